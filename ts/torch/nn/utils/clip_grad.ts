/**
 * Limits on gradients. https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 *
 * All gradients of a device go through libtorch's foreach operators: a fixed number of calls, however many there are.
 */
import { namedArguments } from '../../arguments.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { tensor } from '../../creation.js';
import { operator } from '../../dispatch.js';
import { ArgumentError, TorchError } from '../../errors.js';
import { stack } from '../../generated/functions.js';
import { vector_norm } from '../../generated/linalg.js';
import { tidy } from '../../memory.js';
import { repr } from '../../number_text.js';
import { Float } from '../../scalar.js';
import { Tensor } from '../../tensor.js';

type Tensors = Tensor | Iterable<Tensor>;

const foreach = {
  norm: operator('_foreach_norm', ['Scalar']) as (tensors: Tensor[], ord: Float) => Tensor[],
  mul_: operator('_foreach_mul_', ['Tensor']) as (tensors: Tensor[], factor: Tensor) => void,
  clamp_min_: operator('_foreach_clamp_min_', ['Scalar']) as (tensors: Tensor[], low: Float) => void,
  clamp_max_: operator('_foreach_clamp_max_', ['Scalar']) as (tensors: Tensor[], high: Float) => void,
};

export interface NormOptions {
  /** Order of the norm, `Infinity` too; default: 2. */
  norm_type?: number;
  /** Whether a norm that is infinite or not a number is an error; default: false. */
  error_if_nonfinite?: boolean;
  /** Without effect: the foreach operators are always used, which give the same numbers. */
  foreach?: boolean | null;
}
type NormArguments = [options?: NormOptions] | [norm_type: number, options?: Omit<NormOptions, 'norm_type'>];
const normNames = ['norm_type', 'error_if_nonfinite', 'foreach'];

function list(op: string, tensors: Tensors): Tensor[] {
  const all = tensors instanceof Tensor ? [tensors] : [...tensors];
  if (all.every((item) => item instanceof Tensor)) return all;
  throw new ArgumentError(`${op}(): expected a Tensor or Tensors`, op);
}

/** The gradients that there are, by device. */
function gradients(op: string, parameters: Tensors): Tensor[] {
  return list(op, parameters).flatMap(({ grad }) => (grad === null ? [] : [grad]));
}
function byDevice(tensors: readonly Tensor[]): Map<string, Tensor[]> {
  const groups = new Map<string, Tensor[]>();
  for (const item of tensors) {
    const device = String(item.device);
    const group = groups.get(device);
    if (group) group.push(item);
    else groups.set(device, [item]);
  }
  return groups;
}

function number(op: string, name: string, value: unknown): number {
  const result = value === 'inf' ? Infinity : typeof value === 'number' ? value : Number.NaN;
  if (Number.isNaN(result) && !Number.isNaN(value))
    throw new ArgumentError(`${op}(): argument '${name}' must be a number`, op);
  return result;
}

function totalNorm(op: string, tensors: readonly Tensor[], given: Record<string, unknown>): Tensor {
  const order = number(op, 'norm_type', given['norm_type'] ?? 2);
  const [first] = tensors;
  if (!first) return tensor(0);
  const norms = [...byDevice(tensors).values()].flatMap((group) => foreach.norm(group, new Float(order)));
  const total = vector_norm(stack(norms.map((norm) => norm.to(first.device))), new Float(order));
  if (given['error_if_nonfinite'] === true && !Number.isFinite(total.item()))
    throw new TorchError(
      `The total norm of order ${repr(order)} for gradients from \`parameters\` is non-finite, so it cannot be ` +
        'clipped. To disable this error and scale the gradients by the non-finite norm anyway, set ' +
        '`error_if_nonfinite=False`',
      op,
    );
  return total;
}

/** The norm of the norms of all these tensors. */
export function get_total_norm(tensors: Tensors, ...args: NormArguments): Tensor {
  const given = namedArguments('get_total_norm', normNames, args);
  return no_grad(() => tidy(() => totalNorm('get_total_norm', list('get_total_norm', tensors), given)));
}

function scaleDown(op: string, grads: readonly Tensor[], max_norm: unknown, total_norm: Tensor): void {
  const limit = number(op, 'max_norm', max_norm);
  // Clamped on the device: asking whether it is needed would wait for a GPU.
  const factor = total_norm
    .add(1e-6)
    .reciprocal()
    .mul(limit)
    .clamp({ max: new Float(1) });
  for (const group of byDevice(grads).values()) foreach.mul_(group, factor.to(group[0]!.device));
}

/** Scales the gradients by `max_norm / total_norm` where that is below 1. */
export function clip_grads_with_norm_(
  parameters: Tensors,
  max_norm: number,
  total_norm: Tensor,
  options: { foreach?: boolean | null } = {},
): void {
  const op = 'clip_grads_with_norm_';
  namedArguments(op, ['foreach'], [options]);
  no_grad(() => {
    tidy(() => {
      scaleDown(op, gradients(op, parameters), max_norm, total_norm);
    });
  });
}

/**
 * Scales all gradients together, so that their norm is at most `max_norm`.
 * @returns the norm before
 * @throws {TorchError} with `error_if_nonfinite`, when the norm is no finite number; the gradients are unchanged then
 */
export function clip_grad_norm_(parameters: Tensors, max_norm: number, ...args: NormArguments): Tensor {
  const op = 'clip_grad_norm_';
  const given = namedArguments(op, normNames, args);
  return no_grad(() =>
    tidy(() => {
      const grads = gradients(op, parameters);
      const total = totalNorm(op, grads, given);
      scaleDown(op, grads, max_norm, total);
      return total;
    }),
  );
}

/** Clips every element of the gradients to [-clip_value, clip_value]. */
export function clip_grad_value_(
  parameters: Tensors,
  clip_value: number,
  options: { foreach?: boolean | null } = {},
): void {
  const op = 'clip_grad_value_';
  namedArguments(op, ['foreach'], [options]);
  const limit = number(op, 'clip_value', clip_value);
  no_grad(() => {
    tidy(() => {
      for (const group of byDevice(gradients(op, parameters)).values()) {
        foreach.clamp_min_(group, new Float(-limit));
        foreach.clamp_max_(group, new Float(limit));
      }
    });
  });
}
