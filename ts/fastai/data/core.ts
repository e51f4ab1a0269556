/** Datasets, their loaders, and several of those as one object. https://docs.fast.ai/data.core.html */
export { DataLoaders } from './dataloaders.js';
export type { DataLoadersOptions, FromDsetsOptions } from './dataloaders.js';
export { Datasets, test_set } from './datasets.js';
export type { DatasetsLoaderOptions, DatasetsOptions } from './datasets.js';
export { TfmdLists } from './tfmd_lists.js';
export type { SplitsLike, TfmdListsOptions } from './tfmd_lists.js';
export { onShowBatch, onShowResults, show_batch, show_results } from './show_batch.js';
export type { ShowBatch, ShowOptions, ShowResults } from './show_batch.js';
export { batch_to_samples, TfmdDL } from './tfmd_dl.js';
export type { ShowBatchOptions, TfmdDLOptions } from './tfmd_dl.js';
