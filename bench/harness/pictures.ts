/** MNIST's pictures, where the data set has been unpacked or lies as an archive. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { untar_data, URLs } from '../../ts/fastai/data/external.js';

let files: string[] | undefined;

/** An archive in the folder of archives, or null. Python looks in the same folder. */
export function archiveOf(name: string): string | null {
  const file = path.join(process.env['LIBTORCH_NODE_ARCHIVES'] ?? '', name);
  return process.env['LIBTORCH_NODE_ARCHIVES'] && existsSync(file) ? file : null;
}

/** The training pictures of MNIST_SAMPLE. Unpacks the archive where that needs no network; the name goes to Python by the environment. */
export async function findPictures(): Promise<void> {
  files = [];
  if (!process.env['LIBTORCH_NODE_ARCHIVES']) return;
  const folder = String(await untar_data(URLs.MNIST_SAMPLE));
  if (!existsSync(path.join(folder, 'train'))) return;
  process.env['LIBTORCH_NODE_BENCH_PICTURES'] = path.join(folder, 'train');
  for (const digit of ['3', '7'])
    files.push(
      ...readdirSync(path.join(folder, 'train', digit))
        .sort()
        .map((name) => path.join(folder, 'train', digit, name)),
    );
}

export function pictures(): readonly string[] {
  return files ?? [];
}

/** The folder of the training pictures, or null. */
export function picturesFolder(): string | null {
  return process.env['LIBTORCH_NODE_BENCH_PICTURES'] ?? null;
}
