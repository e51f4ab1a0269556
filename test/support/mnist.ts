import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { Path } from '../../ts/fastcore/index.js';
import { unpack } from '../../ts/fastai/data/unpack.js';

/** The folder with MNIST's archives, or undefined. */
export const archives = process.env['LIBTORCH_NODE_ARCHIVES'];

let sample: Promise<Path> | undefined;

/** mnist_sample, unpacked once for each test run into a folder of its own. Skips the test where there is none. */
export async function mnistSample(test: Mocha.Context): Promise<Path> {
  const archive = archives === undefined ? undefined : path.join(archives, 'mnist_sample.tgz');
  if (archive === undefined || !fs.existsSync(archive)) {
    console.warn('      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds mnist_sample.tgz');
    return test.skip();
  }
  sample ??= (async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-mnist-'));
    process.once('exit', () => {
      fs.rmSync(folder, { recursive: true, force: true });
    });
    await unpack(archive, path.join(folder, 'mnist_sample'));
    return Path(folder, 'mnist_sample');
  })();
  return sample;
}

let home: Promise<string> | undefined;

/** A folder for FASTAI_HOME in which mnist_sample is there already. Skips the test where there is none. */
export async function mnistHome(test: Mocha.Context): Promise<string> {
  const folder = await mnistSample(test);
  home ??= (async () => {
    const made = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'libtorch-node-home-'));
    process.once('exit', () => {
      fs.rmSync(made, { recursive: true, force: true });
    });
    fs.mkdirSync(path.join(made, 'data'));
    fs.symlinkSync(String(folder), path.join(made, 'data', 'mnist_sample'));
    return made;
  })();
  return home;
}
