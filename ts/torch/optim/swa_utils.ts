/** torch.optim.swa_utils: https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema */
export {
  AveragedModel,
  get_ema_avg_fn,
  get_ema_multi_avg_fn,
  get_swa_avg_fn,
  get_swa_multi_avg_fn,
  type AverageFn,
  type AveragedModelOptions,
  type MultiAverageFn,
} from './swa_utils/averaged_model.js';
export { SWALR, type SWALROptions } from './swa_utils/swalr.js';
export { update_bn } from './swa_utils/update_bn.js';
