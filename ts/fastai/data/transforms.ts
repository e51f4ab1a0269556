/** From files to numbers: https://docs.fast.ai/data.transforms.html */
export * from './categories.js';
export { AttrGetter, ColReader, ItemGetter, type ColReaderOptions } from './columns.js';
export * from './files.js';
export * from './labellers.js';
export * from './normalize.js';
export * from './splitters.js';
export * from './train_test_splitter.js';
