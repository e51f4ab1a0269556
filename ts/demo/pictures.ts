/** The pictures of a task in memory: MNIST's where it can be had, else digits that this project draws. */
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { untar_data } from '../fastai/data/external.js';
import { cat, from_numpy, index_select, randperm, tidy, type Tensor } from '../torch/index.js';
import { drawDigits } from '../torchvision/datasets/index.js';
import { ImageReadMode, readImages } from '../torchvision/io/index.js';
import type { BatchSource } from '../fastai/learner/loop.js';
import type { Task } from './tasks.js';

export type Source = 'mnist' | 'drawn';
/** Pictures, uint8 [N, 1, 28, 28], and the number of each one's class, int64 [N]. */
export interface Part {
  x: Tensor;
  y: Tensor;
}
export interface Pictures {
  source: Source;
  /** Why they are not MNIST's. */
  reason: string;
  train: Part;
  valid: Part;
}

export interface LoadOptions {
  /** Draw digits even where MNIST can be had. */
  drawn?: boolean;
  /** Bars on standard error while MNIST is fetched and unpacked. */
  progress?: boolean;
  signal?: AbortSignal;
}

const DRAWN = { train: 1000, valid: 200, seed: 42 };
/** Files or pictures between two turns of the event loop: some tens of milliseconds. */
const STRETCH = 1000;

async function stack(pieces: Tensor[], counts: readonly number[]): Promise<Part> {
  const x = cat(pieces);
  for (const piece of pieces) piece.dispose();
  const y = BigInt64Array.from(
    counts.flatMap((count, label) => new Array<bigint>(count).fill(BigInt(label))),
  );
  await turn();
  return { x, y: from_numpy(y) };
}

async function readFolder(folder: string, digits: readonly number[], signal?: AbortSignal): Promise<Part> {
  const pieces: Tensor[] = [];
  const counts: number[] = [];
  for (const digit of digits) {
    const own = path.join(folder, String(digit));
    const files = (await fs.promises.readdir(own)).filter((name) => name.endsWith('.png'));
    if (files.length === 0) throw new Error(`${own} holds no pictures`);
    for (let i = 0; i < files.length; i += STRETCH) {
      signal?.throwIfAborted();
      const some = files.slice(i, i + STRETCH).map((name) => path.join(own, name));
      pieces.push(readImages(some, { mode: ImageReadMode.GRAY }));
      await turn();
    }
    counts.push(files.length);
  }
  const part = await stack(pieces, counts);
  if (part.x.shape[2] !== 28 || part.x.shape[3] !== 28)
    throw new Error(`${folder} holds pictures of ${part.x.shape.slice(2).join('x')}, not of 28x28`);
  return part;
}

async function drawParts(digits: readonly number[], signal?: AbortSignal): Promise<[Part, Part]> {
  const { train, valid, seed } = DRAWN;
  const pieces: { train: Tensor; valid: Tensor }[] = [];
  for (const digit of digits) {
    signal?.throwIfAborted();
    const all = from_numpy(drawDigits(digit, train + valid, seed));
    const shaped = all.view(-1, 1, 28, 28);
    pieces.push({
      train: shaped.slice(0, 0, train).clone(),
      valid: shaped.slice(0, train).clone(),
    });
    await turn();
  }
  const each = (count: number) => digits.map(() => count);
  return [
    await stack(
      pieces.map((p) => p.train),
      each(train),
    ),
    await stack(
      pieces.map((p) => p.valid),
      each(valid),
    ),
  ];
}

export async function loadPictures(task: Task, options: LoadOptions = {}): Promise<Pictures> {
  const { signal } = options;
  let reason = 'drawn digits were asked for';
  if (options.drawn !== true)
    try {
      const folder = await untar_data(task.url, { progress: options.progress ?? false, timeout: 10_000 });
      const [train, valid] = [
        await readFolder(String(folder.joinpath(task.folders[0])), task.digits, signal),
        await readFolder(String(folder.joinpath(task.folders[1])), task.digits, signal),
      ];
      return { source: 'mnist', reason: '', train, valid };
    } catch (error) {
      signal?.throwIfAborted();
      reason = (error as Error).message;
    }
  const [train, valid] = await drawParts(task.digits, signal);
  return { source: 'drawn', reason, train, valid };
}

/** Batches of a part in the form that the Learner takes: pictures as floats from 0 to 1, freed after each batch. */
export class Batches implements BatchSource {
  readonly ownsBatches = true;
  constructor(
    readonly part: Part,
    readonly bs: number,
    readonly shuffle = false,
  ) {}
  get length(): number {
    return Math.ceil(this.part.y.numel() / this.bs);
  }
  *[Symbol.iterator](): Generator<[Tensor, Tensor]> {
    const { x, y } = this.part;
    const order = this.shuffle ? randperm(y.numel()) : null;
    try {
      for (let i = 0; i < this.length; i++) {
        const [from, to] = [i * this.bs, (i + 1) * this.bs];
        yield tidy((): [Tensor, Tensor] => {
          const rows = order?.slice(0, from, to);
          const pick = (t: Tensor) => (rows ? index_select(t, 0, rows) : t.slice(0, from, to).clone());
          return [pick(x).float().div_(255), pick(y)];
        });
      }
    } finally {
      order?.dispose();
    }
  }
}
