/** torch.utils.data. https://docs.pytorch.org/docs/stable/data.html */
export {
  ChainDataset,
  ConcatDataset,
  Dataset,
  IterableDataset,
  StackDataset,
  Subset,
  TensorDataset,
  random_split,
} from './dataset.js';
export {
  BatchSampler,
  RandomSampler,
  Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './sampler.js';
export type { RandomSamplerOptions, WeightedRandomSamplerOptions } from './sampler.js';
export { DistributedSampler } from './distributed.js';
export type { DistributedSamplerOptions } from './distributed.js';
export { DataLoader } from './dataloader.js';
export type { DataLoaderOptions } from './dataloader.js';
export { default_collate, default_convert } from './_utils/collate.js';
export type { Collated, Converted } from './_utils/collate.js';
export type { AnyDataset, DatasetLike, SampleOf } from './_utils/item.js';
export type { Importable } from './_utils/transfer.js';
export { get_worker_info } from './_utils/worker.js';
export type { WorkerInfo } from './_utils/worker.js';
