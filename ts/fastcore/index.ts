export { enumerate, first, zip } from './basics.js';
export { L } from './foundation.js';
export type { Selection, SortOptions } from './foundation.js';
export { Path } from './path.js';
export type { PathLike } from './path.js';
export { repr } from './protocol.js';
export { Random, random } from './random.js';
export type { ChoicesOptions, RandomState, SampleOptions, Seed } from './random.js';
