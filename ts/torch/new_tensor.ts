/** Tensors like another one, from data. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.new_tensor.html */
import { checkOptions } from './arguments.js';
import { tensor, type TensorLike, type TensorOptions } from './creation.js';
import { Tensor } from './tensor.js';

declare module './tensor.js' {
  interface Tensor {
    /**
     * A new tensor from data, always a copy, with the dtype and the device of this one where the options say nothing.
     * @throws as `torch.tensor`
     */
    new_tensor(data: TensorLike, options?: TensorOptions): Tensor;
  }
}

Tensor.prototype.new_tensor = function (data, options = {}) {
  checkOptions('new_tensor', options, ['dtype', 'device', 'requires_grad']);
  const { dtype, device, requires_grad = false } = options;
  return tensor(data, { dtype: dtype ?? this.dtype, device: device ?? this.device, requires_grad });
};
