/** What CyclicLR and OneCycleLR share: they move the momentum against the learning rate. */
import { ValueError } from '../../errors.js';
import { Tuple } from '../../serialization/pickle/values.js';
import type { ParamGroup } from '../groups.js';
import type { Optimizer } from '../optimizer.js';

/** Whether the momentum is the first of Adam's betas. */
export function usesBeta1(optimizer: Optimizer): boolean {
  if (!('momentum' in optimizer.defaults) && !('betas' in optimizer.defaults))
    throw new ValueError('optimizer must support momentum or beta1 with `cycle_momentum` option enabled');
  return 'betas' in optimizer.defaults;
}

export function setMomentum(group: ParamGroup, value: number, beta1: boolean): void {
  if (beta1) group['betas'] = new Tuple(value, ...(group['betas'] as number[]).slice(1));
  else group['momentum'] = value;
}

/** The groups start with the highest momentum, and know the range. */
export function startMomentum(
  optimizer: Optimizer,
  highest: number[],
  lowest: number[],
  beta1: boolean,
): void {
  optimizer.param_groups.forEach((group, i) => {
    setMomentum(group, highest[i]!, beta1);
    group['max_momentum'] = highest[i];
    group['base_momentum'] = lowest[i];
  });
}
