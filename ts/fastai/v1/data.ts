/** The data of fastai 1. https://fastai1.fast.ai/basic_data.html */
import { Path, type PathLike } from '../../fastcore/path.js';
import { checkOptions, namedArguments } from '../../torch/arguments.js';
import { callable, device as makeDevice, utils, ValueError, type Device } from '../../torch/index.js';
import { default_collate, type DataLoaderOptions } from '../../torch/utils/data/index.js';
import { apply, default_device, to_detach } from '../torch_core.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- datasets and batches are of any type */

/** What is done to each batch, after it has come to its device. */
export type BatchTransform = (batch: any) => any;
type CollateFunction = (samples: any[]) => unknown;

export interface DataBunchOptions {
  /** Where files of these data go (default: '.'). */
  path?: PathLike;
  /** Samples in a batch (default: 64). */
  bs?: number;
  /** The same for validation and test (default: `bs`). */
  val_bs?: number | null;
  /** Threads that load batches ahead (default: 0, this thread does). */
  num_workers?: number;
  dl_tfms?: Iterable<BatchTransform> | null;
  /** Where batches go (default: the default device). */
  device?: Device | string | null;
  collate_fn?: CollateFunction;
  /** Taken for the sake of fastai's signature: nothing is checked here. */
  no_check?: boolean;
}
const names = [
  'test_ds',
  'path',
  'bs',
  'val_bs',
  'num_workers',
  'dl_tfms',
  'device',
  'collate_fn',
  'no_check',
];

class DeviceDataLoaderClass<Batch = any> implements Iterable<Batch>, AsyncIterable<Batch> {
  /** PyTorch's DataLoader behind this one. */
  readonly dl: utils.data.DataLoader<any>;
  device: Device;
  tfms: BatchTransform[];

  /** PyTorch's DataLoader with batches on a device, and transformed there. */
  constructor(
    dl: utils.data.DataLoader<any>,
    device: Device | string,
    tfms: Iterable<BatchTransform> | null = null,
  ) {
    this.dl = dl;
    this.device = makeDevice(device);
    this.tfms = [...(tfms ?? [])];
  }
  get length(): number {
    return this.dl.length;
  }
  get dataset(): any {
    return this.dl.dataset;
  }
  get batch_size(): number | null {
    return this.dl.batch_size;
  }
  get num_workers(): number {
    return this.dl.num_workers;
  }
  get drop_last(): boolean {
    return this.dl.drop_last;
  }
  /** Whether batches are the consumer's to free: those that were collated here, and that no transform touched. */
  get ownsBatches(): boolean {
    return this.dl.collate_fn === default_collate && this.tfms.length === 0;
  }
  add_tfm(tfm: BatchTransform): void {
    this.tfms.push(tfm);
  }
  remove_tfm(tfm: BatchTransform): void {
    this.tfms = this.tfms.filter((one) => one !== tfm);
  }
  /** The batch on its device, transformed. */
  proc_batch(batch: any): Batch {
    const there: unknown = apply(
      (t) => (String(t.device) === String(this.device) ? t : t.to(this.device)),
      batch as unknown,
    );
    return this.tfms.reduce<unknown>((result, tfm) => tfm(result) as unknown, there) as Batch;
  }
  *[Symbol.iterator](): IterableIterator<Batch> {
    for (const batch of this.dl) yield this.proc_batch(batch);
  }
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    for await (const batch of this.dl) yield this.proc_batch(batch);
  }
}
export const DeviceDataLoader = callable(DeviceDataLoaderClass);
export type DeviceDataLoader<Batch = any> = DeviceDataLoaderClass<Batch>;

class DataBunchClass {
  train_dl: DeviceDataLoader;
  /** Null where there are no validation data. */
  valid_dl: DeviceDataLoader | null;
  /** The training data in their order. */
  fix_dl: DeviceDataLoader | null;
  test_dl: DeviceDataLoader | null;
  path: Path;
  device: Device;

  /** Loaders as one object; `DataBunch.create` makes them of datasets. [fastai docs](https://fastai1.fast.ai/basic_data.html#DataBunch) */
  constructor(
    train_dl: utils.data.DataLoader<any>,
    valid_dl: utils.data.DataLoader<any> | null,
    fix_dl: utils.data.DataLoader<any> | null = null,
    test_dl: utils.data.DataLoader<any> | null = null,
    options: Pick<DataBunchOptions, 'path' | 'device' | 'dl_tfms'> = {},
  ) {
    checkOptions('DataBunch', options, ['path', 'device', 'dl_tfms']);
    this.device = makeDevice(options.device ?? default_device());
    this.path = Path(options.path ?? '.');
    const wrap = (dl: utils.data.DataLoader<any>) =>
      new DeviceDataLoaderClass(dl, this.device, options.dl_tfms);
    this.train_dl = wrap(train_dl);
    this.valid_dl = valid_dl && wrap(valid_dl);
    this.fix_dl = fix_dl && wrap(fix_dl);
    this.test_dl = test_dl && wrap(test_dl);
  }

  /**
   * Loaders of datasets. Batches for training come in a new order in each pass, and the last one is left out when it
   * would be smaller; those for validation come in order, all of them.
   * @throws {ArgumentError} an unknown option
   * @throws {ValueError} fewer training items than one batch needs
   */
  static create(train_ds: any, valid_ds: any, ...args: any[]): DataBunchClass {
    const given = namedArguments('DataBunch.create', names, args) as DataBunchOptions & { test_ds?: unknown };
    const { bs = 64, num_workers = 0, collate_fn = default_collate, test_ds } = given;
    const val_bs = given.val_bs ?? bs;
    const load = (dataset: unknown, batch_size: number, isTraining: boolean) => {
      if (dataset === null || dataset === undefined) return null;
      const options: DataLoaderOptions<any> = { batch_size, num_workers, collate_fn };
      return new utils.data.DataLoader(dataset as any[], {
        ...options,
        shuffle: isTraining,
        drop_last: isTraining,
      });
    };
    const train = load(train_ds, bs, true)!;
    if (train.length === 0)
      throw new ValueError(
        `DataBunch.create(): ${(train_ds as { length: number }).length} training items do not fill one batch of ${bs}`,
        'DataBunch.create',
      );
    const { path, device, dl_tfms } = given;
    return new DataBunchClass(
      train,
      load(valid_ds, val_bs, false),
      load(train_ds, val_bs, false),
      load(test_ds, val_bs, false),
      {
        ...(path === undefined ? {} : { path }),
        ...(device === undefined ? {} : { device }),
        ...(dl_tfms === undefined ? {} : { dl_tfms }),
      },
    );
  }

  /** What Learner asks for. */
  get train(): DeviceDataLoader {
    return this.train_dl;
  }
  get valid(): DeviceDataLoader | null {
    return this.valid_dl;
  }
  get train_ds(): any {
    return this.train_dl.dataset as unknown;
  }
  get valid_ds(): any {
    return (this.valid_dl?.dataset ?? null) as unknown;
  }
  get test_ds(): any {
    return (this.test_dl?.dataset ?? null) as unknown;
  }
  get batch_size(): number | null {
    return this.train_dl.batch_size;
  }
  /** Number of classes, where the dataset says. */
  get c(): any {
    return (this.train_ds as { c?: unknown }).c;
  }
  get loss_func(): any {
    return (this.train_ds as { loss_func?: unknown }).loss_func;
  }
  get dls(): DeviceDataLoader[] {
    return [this.train_dl, this.valid_dl, this.fix_dl, this.test_dl].filter((dl) => dl !== null);
  }
  at(index: number): DeviceDataLoader | undefined {
    return [this.train_dl, this.valid_dl ?? undefined][index];
  }
  add_tfm(tfm: BatchTransform): void {
    for (const dl of this.dls) dl.add_tfm(tfm);
  }
  remove_tfm(tfm: BatchTransform): void {
    for (const dl of this.dls) dl.remove_tfm(tfm);
  }
  /** The first batch of a new pass over the training data, without history, on the CPU. */
  one_batch(): any {
    for (const batch of this.train_dl) return to_detach(batch as unknown);
    throw new ValueError('DataBunch: there are no batches', 'one_batch');
  }
}
export const DataBunch = callable(DataBunchClass);
export type DataBunch = DataBunchClass;
