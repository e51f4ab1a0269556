/** What a DataLoader is made with. */
import type { Device } from '../../../torch/index.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- items and batches are of any type */

/** Steps of a pass that may be replaced, by an option or in a subclass. */
export interface LoaderSteps {
  /** Called at the start of a pass that loads ahead (`num_workers` > 0). */
  wif(): void;
  before_iter(): void;
  /** An item of the dataset, before it goes into a batch. */
  after_item(item: any): any;
  /** The items of a batch, before they are collated. */
  before_batch(items: any): any;
  /** A batch, on the device. */
  after_batch(batch: any): any;
  after_iter(): void;
  create_batches(samples: Iterable<any>): Iterable<any>;
  /** The item at place `s`; the next one where s is null. */
  create_item(s: any): any;
  /** A batch of items. */
  create_batch(items: any): any;
  /** `res` with the types of tensors that `b`, the items, had. */
  retain(res: any, b: any): any;
  /** The places of a pass, shuffled or not. */
  get_idxs(): Iterable<any>;
  /** The places to be loaded, one after the other. */
  sample(): Iterable<any>;
  /** The places in random order. */
  shuffle_fn(idxs: any[]): any[];
  do_batch(items: any): any;
}

export interface DataLoaderOptions extends Partial<LoaderSteps> {
  /** Items in a batch (default: null, every item is a batch of its own). */
  bs?: number | null;
  /** PyTorch's name of `bs`. */
  batch_size?: number | null;
  /** A new random order in each pass, of Python's `random` (default: false). */
  shuffle?: boolean;
  /** Leave out the last batch when it would be smaller (default: false). */
  drop_last?: boolean;
  /** Loads ahead in `for await` (default: 0): see docs/data-loading.md. */
  num_workers?: number;
  /** Copy batches to pinned memory, where there is a GPU (default: false). */
  pin_memory?: boolean;
  /** Which GPU's; only the current one can be named (default: ''). */
  pin_memory_device?: string;
  /** Seconds to wait for an item that is loaded asynchronously (default: 0, for ever). */
  timeout?: number;
  /** Whether items are asked for by their place (default: whether the dataset has an index). */
  indexed?: boolean | null;
  /** Number of items in a pass (default: those of the dataset). */
  n?: number | null;
  /** Where batches go (default: null, where they are). */
  device?: Device | string | null;
  /** Taken for the sake of PyTorch's signature: there are no processes to keep. */
  persistent_workers?: boolean;
}

export const stepNames = [
  ...['wif', 'before_iter', 'after_item', 'before_batch', 'after_batch', 'after_iter', 'create_batches'],
  ...['create_item', 'create_batch', 'retain', 'get_idxs', 'sample', 'shuffle_fn', 'do_batch'],
] as const satisfies readonly (keyof LoaderSteps)[];

/** In fastai's order, which is that of positional arguments. */
export const optionNames: readonly string[] = [
  ...[
    'dataset',
    'bs',
    'num_workers',
    'pin_memory',
    'timeout',
    'batch_size',
    'shuffle',
    'drop_last',
    'indexed',
  ],
  ...['n', 'device', 'persistent_workers', 'pin_memory_device'],
  ...stepNames,
];
