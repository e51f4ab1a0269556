import fs from 'node:fs';

import { fastai_path, Path, untar_data, URLs, writeDrawnDigits } from 'libtorch-node/fastai';

/** Pictures of threes and sevens in train/3, train/7, valid/3, valid/7, and whether they are MNIST's. */
export interface DigitsFolder {
  path: Path;
  isMnist: boolean;
  /** Why it is not MNIST. */
  reason: string;
}

const DRAWN = { digits: [3, 7], train: 3000, valid: 500, seed: 42 };

/** Draws the digits once; a folder that is there is complete, because it got its name when it was. */
function drawnFolder(): Path {
  const target = fastai_path('data').joinpath(`drawn_sample_${DRAWN.seed}`);
  if (target.is_dir()) return target;
  target.parent.mkdir({ parents: true, exist_ok: true });
  const unfinished = fs.mkdtempSync(`${String(target)}.`);
  try {
    writeDrawnDigits(unfinished, DRAWN);
    fs.renameSync(unfinished, String(target));
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    // Another run may have drawn the same pictures meanwhile.
    if (!target.is_dir()) throw error;
  }
  return target;
}

/** MNIST's sample from the cache, a local archive or the network; else digits that this project draws. */
export async function digitsFolder(): Promise<DigitsFolder> {
  try {
    return { path: await untar_data(URLs.MNIST_SAMPLE), isMnist: true, reason: '' };
  } catch (error) {
    return { path: drawnFolder(), isMnist: false, reason: (error as Error).message };
  }
}
