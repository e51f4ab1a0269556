import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Comparison, fixturesOf, readCases, suites } from './record_processor.js';
import { Recordings, digest, isFixture, otherFiles, readAnswers, type Tensors } from './recordings.js';
import { message } from './thrown.js';

interface Case {
  name: string;
  steps: number[];
}
const tensor = (...values: number[]) => ({
  dtype: 'float32',
  shape: [values.length],
  data: Buffer.from(new Float32Array(values).buffer).toString('base64'),
});

describe('recordings', () => {
  let folder: string;
  const one: Case = { name: 'one', steps: [1, 2] };
  const two: Case = { name: 'two', steps: [3, 4] };
  const lines = (...entries: object[]): string =>
    entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const at = (file: string): URL => pathToFileURL(path.join(folder, file));
  const accepts = (recordings: Recordings, asked: Case, steps: number[]): void => {
    recordings.expect(asked, (answer) => {
      expect(steps).to.deep.equal(answer.steps);
    });
  };

  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-recordings-'));
    writeFileSync(
      at('fixture.json'),
      JSON.stringify({ torch: '2.13.0', cases: [one, two], text: ['other'] }),
    );
    writeFileSync(
      at('fixture.here.jsonl'),
      lines(
        { processor: 'here' },
        { tensor: 'abc', ...tensor(1) },
        { case: digest(one), answer: { steps: [10, 20] } },
      ),
    );
    writeFileSync(
      at('fixture.there.jsonl'),
      lines({ processor: 'there' }, { case: digest(two), answer: { steps: [30, 40] } }),
    );
    writeFileSync(at('fixture_more.json'), '{}');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds the files of other processors, and none of another fixture', () => {
    expect(otherFiles(at('fixture.json')).map(String)).to.deep.equal(
      ['fixture.here.jsonl', 'fixture.there.jsonl'].map((file) => String(at(file))),
    );
    expect(otherFiles(at('fixture_more.json'))).to.deep.equal([]);
    expect(['a.json', 'a.jsonl', 'a.here.jsonl', 'a.py'].map(isFixture)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    const tensors: Tensors = new Map();
    expect(new Recordings(at('fixture.json'), tensors).answers(two)).to.deep.equal([
      two,
      two,
      { name: 'two', steps: [30, 40] },
    ]);
    expect([...tensors.keys()]).to.deep.equal(['abc']);
  });

  it('takes the answer of any one processor', () => {
    const recordings = new Recordings(at('fixture.json'));
    for (const steps of [
      [1, 2],
      [10, 20],
    ])
      accepts(recordings, one, steps);
    accepts(recordings, two, [30, 40]);
  });

  it('takes no wrong figure, no mixture, no answer to another case, and tells the difference to the fixture', () => {
    const recordings = new Recordings(at('fixture.json'));
    for (const steps of [[1, 3], [10, 21], [1, 20], [10, 2], [30, 40], []])
      expect(message(() => accepts(recordings, one, steps))).to.equal(
        message(() => expect(steps).to.deep.equal(one.steps)),
      );
    // One that was recorded anew.
    expect(() => accepts(recordings, { ...one, name: 'another' }, [10, 20])).to.throw();
  });

  it('keeps what differs by more than the tests allow, with all fields that differ', () => {
    const base = { tensors: new Map([['a', tensor(1, 2)]]), cases: [] };
    const compare = (there: ReturnType<typeof tensor>, more: [object, object] = [{}, {}]) =>
      new Comparison(base, { tensors: new Map([['b', there]]), cases: [] }, (_, kind) => kind).answer(
        { op: 'f', kind: 'elementwise', result: 'a', ...more[0] },
        { op: 'f', kind: 'elementwise', result: 'b', ...more[1] },
      );
    expect(compare(tensor(1, 2 + 1e-6))).to.equal(null);
    expect(compare(tensor(1, 2 + 1e-5))).to.deep.equal({ result: 'b' });
    const near = [{ loss: 1 }, { loss: 1 + 1e-7 }] as [object, object];
    expect(compare(tensor(1, 2), near)).to.equal(null);
    expect(compare(tensor(1, 3), near)).to.deep.equal({ result: 'b', loss: 1 + 1e-7 });
    expect(() => compare(tensor(1))).to.throw('the recorder has changed');
    expect(() => compare(tensor(1, 2), [{ text: 'a' }, { text: 'c' }])).to.throw('no figure');
    expect(() => compare(tensor(1, 2), [{}, { after: 1 }])).to.throw('no figure');
  });

  it('each answer belongs to a case of its fixture', () => {
    for (const fixture of suites.flatMap((suite) => fixturesOf(suite))) {
      const others = otherFiles(fixture);
      if (others.length === 0) continue;
      const { cases, tensors } = readCases(fixture);
      const known = new Set(cases.map(digest));
      for (const file of others)
        for (const key of readAnswers(file, tensors).keys())
          expect(known.has(key), `${file.pathname} is older than its fixture: record it again`).to.equal(
            true,
          );
    }
  });
});
