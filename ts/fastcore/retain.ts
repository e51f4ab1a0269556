/** Types of tensors that outlive operations: a batch of pictures is a picture tensor. https://fastcore.fast.ai/dispatch.html#retain_type */
import { Tensor } from '../torch/tensor.js';

/** A class of tensors, made by `class TensorImage extends Tensor {}`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructors differ
export type TensorClass<T extends Tensor = Tensor> = abstract new (...args: any[]) => T;

/**
 * The very same tensor, from now on an instance of `type`: what it prints and computes stays, and `instanceof` and
 * the methods of that class come with it. Results of operations on it are plain tensors again.
 * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.as_subclass.html
 */
export function as_subclass<T extends Tensor>(tensor: Tensor, type: TensorClass<T>): T {
  return Object.setPrototypeOf(tensor, type.prototype as object) as T;
}

/** `result` with the type of `old`, where `result` is a plain tensor and `old` one of a class of its own. */
export function retain_type<T>(result: T, old: unknown): T {
  if (!(result instanceof Tensor) || !(old instanceof Tensor)) return result;
  if (Object.getPrototypeOf(result) !== Tensor.prototype) return result;
  const prototype = Object.getPrototypeOf(old) as object;
  return prototype === Tensor.prototype ? result : (Object.setPrototypeOf(result, prototype) as T);
}

/** The same for every tensor of nested arrays and plain objects. */
export function retain_types<T>(result: T, old: unknown): T {
  if (result instanceof Tensor) return retain_type(result, old);
  const isNested = typeof result === 'object' && result !== null && typeof old === 'object' && old !== null;
  if (!isNested || old instanceof Tensor || ArrayBuffer.isView(result)) return result;
  const before = old as Record<string, unknown>;
  for (const [key, value] of Object.entries(result)) retain_types(value, before[key]);
  return result;
}
