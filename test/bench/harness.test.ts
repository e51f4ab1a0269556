import fs from 'node:fs';
import { expect } from 'chai';

import { difference } from '../../bench/harness/check.js';
import { runBenchmark } from '../../bench/harness/rounds.js';
import { duration, lines } from '../../bench/harness/table.js';
import { replaceSection, section } from '../../bench/document.js';
import { ALLOWED, risen, RUNS } from '../../bench/instructions/index.mjs';

/** Takes processor time, as the rounds count it; long enough that the collector's threads do not matter beside it. */
function busy(milliseconds: number): void {
  const used = (): number => process.cpuUsage().user + process.cpuUsage().system;
  const end = used() + milliseconds * 4000;
  while (used() < end);
}

describe('bench: rounds', () => {
  const row = (mine: number, check: readonly number[]) => ({
    name: 'busy',
    what: 'waits',
    goals: { reference: 0.8 },
    ...{ count: 1, rounds: 5, warmup: 0 },
    prepare: () => ({
      run: () => {
        busy(mine);
      },
      check: () => check,
    }),
    reference: () => ({
      run: () => {
        busy(10);
      },
      check: () => [1, 2],
    }),
  });
  const peers = { python: null, cpp: null };

  it('gives the ratio of the times that the sides took', async () => {
    const result = await runBenchmark(row(5, [1, 2]), peers);
    expect(result.ratios.reference).to.be.within(0.35, 0.7);
    expect(result.rounds).to.equal(5);
    expect(lines([result])[0]!.at(-1)).to.equal('<= 0.8 yes');
    const slow = await runBenchmark(row(15, [1, 2]), peers);
    expect(lines([slow])[0]!.at(-1)).to.equal('<= 0.8 NO');
  });

  it('refuses to compare works that come out differently', async () => {
    let message = '';
    try {
      await runBenchmark(row(1, [1, 2.1]), peers);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.match(/our result and that of reference differ by 0\.04/);
  });
});

describe('bench: checks and tables', () => {
  it('measures differences against the larger number, and takes NaN and other lengths for none', () => {
    expect(difference([1, -4], [1, -5])).to.be.closeTo(0.2, 1e-12);
    expect(difference([0], [1e-12])).to.equal(0);
    expect(difference([NaN], [NaN])).to.equal(Infinity);
    expect(difference([1], [1, 1])).to.equal(Infinity);
  });

  it('writes times in the unit that reads best', () => {
    expect([2e-5, 0.00061, 1.5, 42.25, 2500].map(duration)).to.deep.equal([
      '20.0 ns',
      '610 ns',
      '1.50 ms',
      '42.3 ms',
      '2.50 s',
    ]);
  });

  it('replaces what lies between the marks of the document, and nothing else', () => {
    const text = 'before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n';
    const content = section({ machine: { node: 'v20' }, rows: [], programs: [] });
    const replaced = replaceSection(text, content);
    expect(replaced)
      .to.match(/^before\n[^]*node: v20[^]*\nafter\n$/)
      .and.not.to.include('old');
    expect(replaceSection(replaced, content)).to.equal(replaced);
    expect(() => replaceSection('no marks', content)).to.throw(/has no <!-- bench: begin -->/);
  });

  it('sees a count of instructions that has risen by more than 3 %', () => {
    expect(ALLOWED).to.equal(0.03);
    expect(risen({ add: 1029, step: 500 }, { add: 1000, step: 600 })).to.deep.equal([]);
    expect(risen({ add: 1031, step: 500 }, { add: 1000, step: 600 })).to.deep.equal([
      'add: 1031 instructions, 3.1 % more than the 1000 recorded',
    ]);
  });

  it('has a count on record for each work, so that none can rise unseen', () => {
    const file = new URL('../../bench/instructions/recorded.json', import.meta.url);
    const { instructions } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      instructions: Record<string, number>;
    };
    expect(Object.keys(instructions).sort()).to.deep.equal(Object.keys(RUNS).sort());
    for (const [name, count] of Object.entries(instructions)) {
      expect(count, name).to.be.above(1000);
      expect(risen({ ...instructions, [name]: Math.ceil(count * 1.04) }, instructions)).to.have.length(1);
    }
  });
});
