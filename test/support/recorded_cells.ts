/** Compares what the cells of an example print with what the notebook's author recorded. */
import { expect } from 'chai';

import type { CellRun } from '../../examples/lib/cells.js';

export interface RecordedCell {
  /** The recorded output. Line breaks and runs of spaces count as one space. */
  text?: string;
  /** Numbers may differ by this much, or by this share of them, whichever is more; all else must be equal. */
  tolerance?: number;
  /** Why the output cannot be the recorded one; then nothing is compared. */
  unequal?: string;
  /** What the output must match where it cannot be equal. */
  matches?: string;
}
export type RecordedCells = Record<string, RecordedCell>;

const NUMBER = /-?\d+(?:\.\d*)?(?:e[-+]?\d+)?/g;
const flat = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/([[(]) /g, '$1')
    .trim();

/** Lines that say where a picture went are no output of a notebook's cell. */
const withoutFigures = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/figure-\d+\.(png|svg|html)$/.test(line))
    .join('\n');

/** The time of an epoch is no result. */
const withoutTimes = (text: string): string => text.replace(/\b\d\d:\d\d\b/g, 'TIME');

export function expectCell(n: string, actual: string, { text, tolerance, matches }: RecordedCell): void {
  const [got, want] = [actual, text ?? ''].map((each) => flat(withoutTimes(withoutFigures(each)))) as [
    string,
    string,
  ];
  if (matches !== undefined) expect(got, `cell ${n}`).to.match(new RegExp(matches));
  if (text === undefined) return;
  if (tolerance === undefined) return void expect(got, `cell ${n}`).to.equal(want);
  expect(got.replace(NUMBER, '#').replace(/ /g, ''), `cell ${n}: text`).to.equal(
    want.replace(NUMBER, '#').replace(/ /g, ''),
  );
  const [numbers, recorded] = [got, want].map((each) => (each.match(NUMBER) ?? []).map(Number)) as [
    number[],
    number[],
  ];
  recorded.forEach((value, i) =>
    expect(numbers[i], `cell ${n}, number ${i}`).to.be.closeTo(
      value,
      Math.max(tolerance, tolerance * Math.abs(value)),
    ),
  );
}

/** One test for each recorded cell; `run` is asked when the first of them runs. */
export function describeCells(run: () => CellRun, recorded: RecordedCells): void {
  for (const [n, cell] of Object.entries(recorded)) {
    const title =
      cell.unequal === undefined ? `cell ${n}` : `cell ${n} (not the recorded output: ${cell.unequal})`;
    it(title, () => {
      const actual = run().outputs.get(Number(n));
      expect(actual, `cell ${n} is missing`).to.not.equal(undefined);
      expectCell(n, actual!, cell);
    });
  }
}
