/** torch.nn. https://docs.pytorch.org/docs/stable/nn.html */
export * as functional from './functional.js';
