/** Parameters of distributions: numbers and tensors to tensors of one shape; probabilities and logits. */
import { tensor } from '../creation.js';
import { ArgumentError, ValueError } from '../errors.js';
import { broadcast_tensors } from '../functional.js';
import { isOptions } from '../dispatch.js';
import { Float } from '../scalar.js';
import { Tensor } from '../tensor.js';
import { finfo } from '../type_info.js';

/** A number stands for a tensor without dimensions. */
export type Parameter = Tensor | number | Float;

/** @throws {ValueError} something is neither number nor tensor */
export function broadcastAll(...values: Parameter[]): Tensor[] {
  for (const value of values)
    if (!(value instanceof Tensor || typeof value === 'number' || value instanceof Float))
      throw new ValueError(
        'Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__.',
      );
  const first = values.find((value) => value instanceof Tensor);
  const options = first ? { dtype: first.dtype, device: first.device } : {};
  const tensors = values.map((value) =>
    value instanceof Tensor ? value : tensor(typeof value === 'number' ? value : value.real, options),
  );
  return broadcast_tensors(...tensors);
}

/** One of `probs` and `logits`. @throws {ValueError} none or both */
export function eitherOf<T>(
  probs: T | null | undefined,
  logits: T | null | undefined,
): [T, isProbs: boolean] {
  if ((probs == null) === (logits == null))
    throw new ValueError('Either `probs` or `logits` must be specified, but not both.');
  return probs == null ? [logits as T, false] : [probs, true];
}

/** @throws {ArgumentError} one of the names is missing */
export function required(op: string, given: Record<string, unknown>, names: readonly string[]): void {
  const missing = names.filter((name) => !(name in given)).map((name) => `'${name}'`);
  if (missing.length > 0)
    throw new ArgumentError(
      `${op}(): missing ${missing.length} required argument${missing.length > 1 ? 's' : ''}: ${missing.join(' and ')}`,
      op,
    );
}

export function probsOf(logits: Tensor, is_binary: boolean): Tensor {
  return is_binary ? logits.sigmoid() : logits.softmax(-1);
}
/** Probabilities of exactly 0 and 1 count as the nearest between them. */
export function logitsOf(probs: Tensor, is_binary: boolean): Tensor {
  const { eps } = finfo(probs.dtype);
  const clamped = probs.clamp({ min: eps, max: 1 - eps });
  return is_binary ? clamped.log().sub(clamped.neg().log1p()) : clamped.log();
}

/** What `sample([2, 3])` and `sample({sample_shape: ...})` say. */
export type SampleShape = readonly number[] | { sample_shape?: readonly number[] };
export function sampleShape(shape: SampleShape | undefined): readonly number[] {
  if (shape === undefined) return [];
  return isOptions(shape) ? (shape.sample_shape ?? []) : shape;
}
