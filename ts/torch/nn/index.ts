/** torch.nn. https://docs.pytorch.org/docs/stable/nn.html */
export * as functional from './functional.js';
export * as init from './init.js';
export { Buffer, Parameter } from './parameter.js';
export { UninitializedBuffer, UninitializedParameter } from './uninitialized.js';
export * as modules from './modules/namespace.js';
export * from './modules/index.js';
export * as utils from './utils/index.js';
