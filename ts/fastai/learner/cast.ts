/** Batches as plain tensors. https://docs.fast.ai/learner.html#casttotensor */
import { callable, Tensor } from '../../torch/index.js';
import { Callback } from '../callback/core.js';
import { TensorBase } from '../tensor_types.js';
import { eachTensor } from '../torch_core.js';

/** Models and losses get plain tensors, whatever kind of tensor the data give; what shows a batch sees its kind again. */
class CastToTensorClass extends Callback {
  // Right before MixedPrecision.
  override order = 9;
  #kinds: [tensor: Tensor, prototype: object][] = [];

  override before_batch(): void {
    this.cleanup();
    for (const part of [this.xb, this.yb])
      eachTensor(part, (t) => {
        if (!(t instanceof TensorBase)) return;
        this.#kinds.push([t, Object.getPrototypeOf(t) as object]);
        Object.setPrototypeOf(t, Tensor.prototype);
      });
  }
  override cleanup(): void {
    for (const [t, prototype] of this.#kinds) Object.setPrototypeOf(t, prototype);
    this.#kinds = [];
  }
}
export const CastToTensor = callable(CastToTensorClass);
export type CastToTensor = CastToTensorClass;
