/** What a DataBlock does, step by step, in words: https://docs.fast.ai/data.block.html#datablock.summary */
import type { Pipeline } from '../../fastcore/pipeline.js';
import { repr } from '../../fastcore/protocol.js';
import { checkOptions } from '../../torch/arguments.js';
import { Tensor } from '../../torch/index.js';
import { to_device } from '../torch_core.js';
import { DataBlock } from './block.js';
import type { TfmdDL } from './tfmd_dl.js';

type Print = (text: string) => void;

export interface SummaryOptions {
  /** Items in the batch that is made (default: 4). */
  bs?: number;
  /** Whether to show the batch at the end (default: false). */
  show_batch?: boolean;
  /** Where the text goes, line by line (default: console.log). */
  print?: Print;
  [option: string]: unknown;
}

/** Short tensors as they are, others by their size. */
function short(x: unknown): string {
  if (x instanceof Tensor)
    return x.ndim <= 1 && x.numel() <= 20 ? String(x) : `${x.constructor.name} of size ${x.shape.join('x')}`;
  if (Array.isArray(x) && Object.getPrototypeOf(x) === Array.prototype) return `(${x.map(short).join(', ')})`;
  return typeof x === 'string' ? x : repr(x);
}

function through(pipeline: Pipeline, x: unknown, print: Print): unknown {
  print(`  ${String(pipeline)}\n    starting from\n      ${short(x)}`);
  let value = x;
  for (const f of pipeline) {
    try {
      value = f.encode(value, { split_idx: pipeline.split_idx });
    } catch (error) {
      print(`    applying ${f.name} failed.`);
      throw error;
    }
    print(`    applying ${f.name} gives\n      ${short(value)}`);
  }
  return value;
}

/** Which member of the samples cannot be put into a batch, and why. */
function reason(samples: readonly unknown[]): string {
  const rows = samples.map((sample) => (Array.isArray(sample) ? sample : [sample]) as unknown[]);
  for (const [i, first] of rows[0]!.entries()) {
    if (!(first instanceof Tensor) && !['number', 'string', 'boolean', 'bigint'].includes(typeof first))
      return `${first?.constructor.name ?? typeof first} is not collatable`;
    const shapes = rows.map((row) => (row[i] instanceof Tensor ? String(row[i].shape) : 'None'));
    if (new Set(shapes).size > 1)
      return `Could not collate the ${i}-th members of your tuples because got the following shapes\n${shapes.join(',')}`;
  }
  return 'Make sure all parts of your samples are tensors of the same size';
}

function makeBatch(dl: TfmdDL, samples: readonly unknown[], print: Print): unknown {
  try {
    return dl.retain(dl.create_batch(samples), samples);
  } catch (error) {
    print("Error! It's not possible to collate your items in a batch");
    print(reason(samples));
    throw error;
  }
}

/** Prints how the first items of `source` become a batch; where a step fails, it says which, and on what. */
function summary(this: DataBlock, source: unknown, options: SummaryOptions = {}): void {
  const { bs = 4, show_batch = false, print = console.log, ...rest } = options;
  checkOptions('summary', { bs, show_batch }, ['bs', 'show_batch']);
  print('Setting-up type transforms pipelines');
  const dsets = this.datasets(source, { verbose: true, print });
  print('\nBuilding one sample');
  const { train } = dsets;
  const items = train.items as ArrayLike<unknown>;
  for (const list of train.tls) through(list.tfms, items[0], print);
  print(`\nFinal sample: ${short(train.get(0))}\n\n`);
  const dls = this.dataloaders(source, { bs, print, verbose: true });
  const dl = dls.train as TfmdDL;
  print('\nBuilding one batch');
  const count = Math.min(bs, train.length);
  const rest_of = (from: number) =>
    Array.from({ length: count - from }, (_, i): unknown => dl.after_item(train.get(from + i)));
  let samples: unknown[];
  if (dl.after_item.length > 0) {
    print('Applying item_tfms to the first sample:');
    samples = [through(dl.after_item, train.get(0), print)];
    print(`\nAdding the next ${count - 1} samples`);
    samples.push(...rest_of(1));
  } else {
    print('No item_tfms to apply');
    samples = rest_of(0);
  }
  if (dl.before_batch.length > 0) {
    print('\nApplying before_batch to the list of samples');
    samples = through(dl.before_batch, samples, print) as unknown[];
  } else print('\nNo before_batch transform to apply');
  print('\nCollating items in a batch');
  const batch = makeBatch(dl, samples, print);
  if (dl.after_batch.length > 0) {
    print('\nApplying batch_tfms to the batch built');
    through(dl.after_batch, dl.device === null ? batch : to_device(batch, dl.device), print);
  } else print('\nNo batch_tfms to apply');
  if (show_batch) dls.show_batch(rest);
}

declare module './block.js' {
  interface DataBlockClass {
    /**
     * Prints how the first items of `source` become a batch; where a step fails, it says which one, and on what.
     * [fastai docs](https://docs.fast.ai/data.block.html#datablock.summary)
     */
    summary(source: unknown, options?: SummaryOptions): void;
  }
}
(DataBlock.prototype as { summary: typeof summary }).summary = summary;
