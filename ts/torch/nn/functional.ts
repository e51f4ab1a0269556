/** torch.nn.functional. https://docs.pytorch.org/docs/stable/nn.functional.html */
export * from '../generated/nn_functional.js';
export * from './functional/activation.js';
