/** What stacks of transformer layers share. */
import { full } from '../../creation.js';
import type { DType } from '../../dtype.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import type { DeviceLike } from '../../types.js';
import { deepcopy } from './deepcopy.js';
import type { AnyModule } from './module.js';
import { ModuleList } from './module_list.js';

export type Mask = Tensor | null;
interface MaskOptions {
  device?: DeviceLike | null;
  dtype?: DType | null;
}
export type MaskArguments = [device?: DeviceLike | null, dtype?: DType | null] | [options: MaskOptions];

/** (sz, sz): -inf above the diagonal, 0 elsewhere. */
export function subsequentMask(sz: number, { device, dtype }: MaskOptions): Tensor {
  const options: MaskOptions = {};
  if (device != null) options.device = device;
  if (dtype != null) options.dtype = dtype;
  using all = full([sz, sz], -Infinity, options);
  return all.triu(1);
}

/** Whether the mask is the causal one: as said, or, where nothing is said, by comparison. */
export function isCausal(mask: Mask, said: boolean | null | undefined, size: number | null): boolean {
  if (said != null || mask === null) return said === true;
  return tidy(() => {
    const causal = subsequentMask(size ?? mask.size(-2), { device: mask.device, dtype: mask.dtype });
    return mask.shape.equals(causal.shape) && mask.eq(causal).all().item<boolean>();
  });
}

/** A layer's attention, as far as a stack of layers looks at it. */
interface Attending {
  self_attn: { batch_first: boolean };
}
/** The length of the sequences, as the first layer sees them. */
export function lengthOf(src: Tensor, layers: ModuleList): number {
  const { batch_first } = (layers[0] as unknown as Attending).self_attn;
  return src.size(src.ndim !== 2 && batch_first ? 1 : 0);
}

export function copies(layer: AnyModule, count: number): ModuleList {
  return new ModuleList(Array.from({ length: count }, () => deepcopy(layer)));
}
