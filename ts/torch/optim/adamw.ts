/** https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html */
import { callable } from '../nn/modules/callable.js';
import { AdamClass, type AdamDefaults } from './adam.js';
import type { Params } from './groups.js';
import { readOptions, type OptionArguments } from './options.js';

const standard = {
  lr: 1e-3,
  betas: [0.9, 0.999] as const,
  eps: 1e-8,
  weight_decay: 1e-2,
  amsgrad: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
  fused: null,
};

class AdamWClass extends AdamClass {
  /**
   * Adam whose weight decay enters neither the average nor the squares.
   * @param params tensors, pairs of name and tensor, or groups
   * @param weight_decay default 0.01; all other options as in Adam
   * @throws {ValueError} options out of range
   */
  constructor(params: Params, ...args: OptionArguments<Omit<AdamDefaults, 'decoupled_weight_decay'>>) {
    super(params, { ...readOptions('AdamW', standard, args, 5), decoupled_weight_decay: true });
  }
  protected override complete(): void {
    super.complete();
    for (const group of this.param_groups) group['decoupled_weight_decay'] = true;
  }
}

export const AdamW = callable(AdamWClass);
export type AdamW = AdamWClass;
