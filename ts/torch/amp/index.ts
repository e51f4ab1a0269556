/** torch.amp: mixed precision. https://docs.pytorch.org/docs/stable/amp.html */
export { autocast, is_autocast_available } from './autocast_mode.js';
export type { AutocastOptions } from './autocast_mode.js';
export { GradScaler } from './grad_scaler.js';
export type { GradScalerOptions, GradScalerState } from './grad_scaler.js';
