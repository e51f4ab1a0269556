/** torch.distributions. https://docs.pytorch.org/docs/stable/distributions.html */
export { Bernoulli } from './bernoulli.js';
export { Categorical } from './categorical.js';
export * as constraints from './constraints.js';
export { Distribution } from './distribution.js';
export type { DistributionOptions } from './distribution.js';
export { kl_divergence } from './kl.js';
export { Normal } from './normal.js';
export { Uniform } from './uniform.js';
