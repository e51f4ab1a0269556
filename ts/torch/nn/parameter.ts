/** What a module holds: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html */
import type { Handle } from '../../native.js';
import { namedArguments } from '../arguments.js';
import { within } from '../context.js';
import { operator } from '../dispatch.js';
import { ArgumentError } from '../errors.js';
import { Handled } from '../handle.js';
import { Tensor } from '../tensor.js';
import { parameter_str } from '../tensor_str.js';
import { callable } from './modules/callable.js';

const empty = operator('empty', ['memory_format']) as (size: number[]) => Tensor;

/**
 * A handle of its own on the memory of `data`, without history. No scope knows it: what a module holds lives as long
 * as the module, also when it is made inside `torch.tidy`.
 */
function share(op: string, data: unknown): Handle {
  if (data !== undefined && data !== null && !(data instanceof Tensor))
    throw new ArgumentError(`${op}(): argument 'data' must be a Tensor, not ${typeof data}`, op);
  const made = within({ scope: null }, () => (data ? data.detach() : empty([0])));
  return Handled.release(made) as Handle;
}

class ParameterClass extends Tensor {
  /**
   * A tensor that a module counts among its parameters when one of its fields holds it. It shares the memory of
   * `data`; `torch.tidy` never frees it.
   * @param data default: an empty tensor
   * @param requires_grad default: true
   * @throws {TorchError} when it is to require a gradient and has no floating point dtype
   */
  constructor(data?: Tensor | null, requires_grad?: boolean | { requires_grad?: boolean }) {
    const given = namedArguments('Parameter', ['data', 'requires_grad'], [data ?? undefined, requires_grad]);
    super(share('Parameter', given['data']));
    if (given['requires_grad'] !== false) this.requires_grad = true;
  }
  override toString(): string {
    return this.is_disposed ? super.toString() : parameter_str(this);
  }
}
export const Parameter = callable(ParameterClass);
export type Parameter = ParameterClass;

class BufferClass extends Tensor {
  /** Whether `state_dict()` holds it. */
  persistent: boolean;

  /**
   * A tensor that a module counts among its buffers when one of its fields holds it: state that is not trained.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
   * @param data shares its memory; default: an empty tensor
   * @param persistent default: true
   */
  constructor(data?: Tensor | null, persistent?: boolean | { persistent?: boolean }) {
    const given = namedArguments('Buffer', ['data', 'persistent'], [data ?? undefined, persistent]);
    super(share('Buffer', given['data']));
    this.persistent = given['persistent'] !== false;
  }
}
export const Buffer = callable(BufferClass);
export type Buffer = BufferClass;

/** @internal Quicker than `instanceof`, which goes through what makes the class callable. */
export function isParameter(value: object): value is Parameter {
  return value instanceof ParameterClass;
}
/** @internal What has no shape yet: see uninitialized.ts, which builds on this file. */
export function isLazy(value: unknown): value is Tensor & { materialize(shape: readonly number[]): void } {
  return value instanceof Tensor && 'materialize' in value;
}
/** @internal */
export function isBuffer(value: object): value is Buffer {
  return value instanceof BufferClass;
}
