/** torchvision: the names of Python's torchvision package. */
export * as datasets from './datasets/index.js';
export * as io from './io/index.js';
export * as models from './models/index.js';
export * as transforms from './transforms/index.js';
