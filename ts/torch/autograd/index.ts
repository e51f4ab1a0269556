/** torch.autograd. https://docs.pytorch.org/docs/stable/autograd.html */
export { backwardAll as backward, grad } from './backward.js';
export type { BackwardOptions, GradOptions } from './backward.js';
export { Function, FunctionCtx } from './function.js';
export { enable_grad, inference_mode, no_grad, set_grad_enabled } from './grad_mode.js';
export { detect_anomaly, is_anomaly_enabled, set_detect_anomaly } from './anomaly_mode.js';
export { gradcheck, GradcheckError, gradgradcheck } from './gradcheck.js';
export { Node } from './node.js';
