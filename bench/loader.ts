/**
 * One pass over 60,000 x 784 numbers and their labels, shuffled, 64 at a time, and nothing else:
 *
 *     LIBTORCH_NODE_PYTHON=python3 npx tsx bench/loader.ts [threads]
 *
 * Both sides use the same number of threads (default: 1). A loop that drops its batches and leaves them to the
 * garbage collector is measured beside one that disposes of them, which is what Python's reference counts do.
 */
import path from 'node:path';

import * as torch from '../ts/torch/index.js';
import { inTurns, PythonPeer, report, timed } from './timing.js';

const { DataLoader, TensorDataset } = torch.utils.data;
const threads = process.argv[2] ?? '1';
torch.set_num_threads(Number(threads));

const x = torch.randn([60_000, 784]);
const y = torch.randint(10, [60_000]);
const dataset = TensorDataset(x, y);
const options = { batch_size: 64, shuffle: true };
const zipped = [...x].map((row, i) => [row, y.at(i)] as const);
const byHand = { length: dataset.length, get: (i: number) => dataset.get(i) };

function disposing(data: typeof dataset | typeof zipped | typeof byHand): void {
  for (const [xb, yb] of DataLoader(data as typeof dataset, options)) {
    xb.dispose();
    yb.dispose();
  }
}

const python = PythonPeer.start(path.join(import.meta.dirname, 'loader.py'), [threads]);
const results = await inTurns({
  ...(python && { Python: () => python.run('DataLoader') }),
  'TensorDataset, disposed': () => timed(() => disposing(dataset)),
  'TensorDataset, dropped': () =>
    timed(() => {
      for (const _ of DataLoader(dataset, options));
    }),
  'zipped list, disposed': () => timed(() => disposing(zipped)),
  'index_select by hand, disposed': () =>
    timed(() => {
      for (const rows of torch.randperm(60_000).split(64)) {
        for (const data of [x, y]) data.index_select(0, rows).dispose();
        rows.dispose();
      }
    }),
  ...(python && { "Python's index_select by hand": () => python.run('index_select') }),
});
report(`60,000 x 784 shuffled, batch 64, ${threads} thread(s)`, results, python ? 'Python' : undefined);
const single = await inTurns(
  { 'sample by sample': () => timed(() => disposing(byHand)) },
  { rounds: 3, warmup: 1 },
);
report('the same without looking at the tensors', single);
if (!python) console.log('Name a Python that has torch in LIBTORCH_NODE_PYTHON to compare with it.');
await python?.end();
