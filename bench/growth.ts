/**
 * node --import tsx bench/growth.ts FOLDER
 *
 * Time of a training step and memory of the process as the batch, the width or the number of rows grows, here and in
 * Python: growth.json and three pictures in FOLDER. Each point is a process of its own.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { plt } from '../ts/plot/index.js';
import { ours, pythons } from './harness/programs.js';

type Axis = 'batch' | 'width' | 'rows';
interface Point {
  value: number;
  step: number;
  peak: number;
}
type Series = Record<'here' | 'Python', Point[]>;

const usual: Record<Axis, number> = { batch: 64, width: 50, rows: 10_000 };
const values: Record<Axis, number[]> = {
  batch: [16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
  width: [30, 64, 128, 256, 512, 1024, 2048, 4096],
  rows: [1000, 10_000, 100_000, 1_000_000],
};
const words: Record<Axis, string> = { batch: 'batch size', width: 'width of the hidden layer', rows: 'rows' };

/** Some hundred steps where they are small, fewer where one takes long. */
function stepsFor(batch: number, width: number): number {
  return Math.max(15, Math.min(200, Math.round(2e7 / (batch * width))));
}

async function measure(axis: Axis): Promise<Series> {
  const series: Series = { here: [], Python: [] };
  for (const value of values[axis]) {
    const { batch, width, rows }: Record<Axis, number> = { ...usual, [axis]: value };
    const args = [batch, width, rows, stepsFor(batch, width)].map(String);
    const mine = await ours('growth', args, 1);
    const theirs = await pythons('growth', args, 1);
    const [a, b] = [mine['result']!, theirs['result']!];
    if (!(Math.abs(a - b) <= 1e-3 * Math.abs(b)))
      throw new Error(`${axis} ${value}: losses ${a} and ${b} differ`);
    for (const [name, figures] of [
      ['here', mine],
      ['Python', theirs],
    ] as const)
      series[name].push({ value, step: figures['step']!, peak: figures['peak']! });
    console.log(
      `${axis} ${value}: ${mine['step']!.toFixed(3)} ms and ${theirs['step']!.toFixed(3)} ms a step,`,
      `${mine['peak']!.toFixed(0)} MB and ${theirs['peak']!.toFixed(0)} MB`,
    );
  }
  return series;
}

function draw(axis: Axis, series: Series, folder: string): void {
  const [fig, axs] = plt.subplots(1, 2, { figsize: [10, 3.6] });
  for (const [i, [what, label]] of (
    [
      ['step', 'ms a step (CPU time)'],
      ['peak', 'peak memory, MB'],
    ] as const
  ).entries()) {
    const ax = axs[i]!;
    for (const [name, format] of [
      ['here', 'C0o-'],
      ['Python', 'C1o--'],
    ] as const) {
      const points = series[name];
      ax.plot(
        points.map(({ value }) => value),
        points.map((point) => point[what]),
        format,
        { label: name === 'here' ? 'libtorch-node' : name },
      );
    }
    ax.set_xscale('log');
    if (what === 'step') ax.set_yscale('log');
    ax.set_xlabel(words[axis]).set_ylabel(label);
    ax.legend();
  }
  fig.savefig(path.join(folder, `growth-${axis}.svg`));
  plt.close('all');
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('Name a folder for the pictures: node --import tsx bench/growth.ts docs/performance');
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const all: Partial<Record<Axis, Series>> = {};
for (const axis of ['batch', 'width', 'rows'] as const) {
  const series = await measure(axis);
  all[axis] = series;
  draw(axis, series, folder);
}
writeFileSync(path.join(folder, 'growth.json'), `${JSON.stringify(all, null, 1)}\n`);
