import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs, { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { torch } from '../../ts/fastai/index.js';
import { evaluate, type Scope } from './evaluate.js';
import { normal, readSections } from './rows.js';

const page = path.join(import.meta.dirname, '../../docs/coming-from-python.md');
const sections = readSections(fs.readFileSync(page, 'utf8'));
const python = process.env['LIBTORCH_NODE_PYTHON'];

describe('docs/coming-from-python.md', () => {
  it('has its sections and rows', () => {
    expect(sections.length).to.be.at.least(11);
    expect(sections.reduce((sum, { rows }) => sum + rows.length, 0)).to.be.at.least(150);
    for (const { title, rows } of sections) expect(rows, title).to.not.be.empty;
  });

  for (const { title, setup, rows } of sections)
    describe(title, () => {
      const scope: Scope = { mkdtempSync, tmpdir };
      before(async () => {
        await evaluate(setup.ts, scope);
      });
      after(() => {
        torch.set_printoptions({ profile: 'default' });
      });
      for (const { ts, prints, line } of rows)
        it(`line ${line}: ${ts.split('\n')[0]!}`, async () => {
          const printed = await evaluate(ts, scope);
          // Where nothing is said, the row is there for what it does.
          if (prints !== '') expect(normal(printed)).to.equal(normal(prints));
        });
    });

  it('the Python of it prints the same', function () {
    if (python === undefined) return this.skip();
    const able = sections.filter((section) => !section.fastai);
    const script = path.join(import.meta.dirname, 'run_python.py');
    const output = execFileSync(python, [script], { input: JSON.stringify(able), encoding: 'utf8' });
    const results = JSON.parse(output) as (string | null)[][];
    const differing: string[] = [];
    let compared = 0;
    able.forEach(({ rows }, i) =>
      rows.forEach(({ prints, line }, j) => {
        const printed = results[i]![j]!;
        if (printed === null || prints === '') return;
        if (normal(printed) !== normal(prints)) differing.push(`line ${line}: ${printed}, not ${prints}`);
        ++compared;
      }),
    );
    expect(differing).to.deep.equal([]);
    expect(compared).to.be.at.least(110);
  });
});

describe('the evaluation of a piece of TypeScript', () => {
  it('keeps names, shows the last value and what is printed', async () => {
    const scope: Scope = {};
    expect(await evaluate('const [a, b] = [1, 2]; function f(): number { return a + b; }', scope)).to.equal(
      '',
    );
    expect(await evaluate("console.log('x', [1]); f()", scope)).to.equal('x (1,)\n3');
    expect(await evaluate('await Promise.resolve(null)', scope)).to.equal('None');
  });
  it('reports names that are not there', async () => {
    let error: unknown;
    await evaluate('nowhere + 1', {}).catch((e: unknown) => (error = e));
    expect(error).to.be.instanceOf(ReferenceError).with.property('message', 'nowhere is not defined');
  });
});

describe('rows of the page', () => {
  it('reads tables, blocks and setups', () => {
    const text =
      '# t\n\n```ts\nimport\n```\n\n## A\n\n```python\na\n```\n\n```ts\nb\n```\n\n| Python | TypeScript | prints |\n' +
      '| --- | --- | --- |\n| `x` | `` y`z` `` | |\n\n<!-- fastai -->\n\n```python\nc\n```\n\n```ts\nd\n```\n\nprints\n\n```text\ne\n```\n';
    const [section] = readSections(text);
    expect(section!.setup).to.deep.equal({ python: 'a', ts: 'b' });
    expect(section!.fastai).to.equal(true);
    expect(section!.rows.map(({ python: p, ts, prints }) => [p, ts, prints])).to.deep.equal([
      ['x', 'y`z`', ''],
      ['c', 'd', 'e'],
    ]);
  });
  it('refuses what it cannot read', () => {
    expect(() => readSections('## A\n\n| `x` | y | `z` |\n')).to.throw('no code: y');
    expect(() => readSections('## A\n\n| `x` | `y` |\n')).to.throw('2 cells');
    expect(() => readSections('## A\n\n```ts\nx\n```\n')).to.throw('line 3: ts');
  });
});
