/** Parameters whose shape the first batch decides: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedParameter.html */
import { within } from '../context.js';
import type { DType } from '../dtype.js';
import { TorchError, ValueError } from '../errors.js';
import { empty } from '../generated/functions.js';
import type { Size } from '../size.js';
import type { Tensor } from '../tensor.js';
import type { DeviceLike } from '../types.js';
import { callable } from './modules/callable.js';
import { Buffer, Parameter } from './parameter.js';

interface Factory {
  device?: DeviceLike | null;
  dtype?: DType | null;
}

/** A tensor without elements, of the wanted dtype and device. */
function nothing({ device, dtype }: Factory): Tensor {
  return empty([0], { ...(device == null ? {} : { device }), ...(dtype == null ? {} : { dtype }) });
}
function fill(tensor: Tensor, shape: readonly number[], prototype: object, given: Factory): void {
  // No scope may free what a module holds.
  within({ scope: null, grad: false }, () => {
    const data = empty(shape, { device: given.device ?? tensor.device, dtype: given.dtype ?? tensor.dtype });
    tensor.data = data;
    data.dispose();
  });
  Object.setPrototypeOf(tensor, prototype);
}
function refuseShape(): never {
  throw new TorchError(
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` " +
      'when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the ' +
      'parameters before accessing their attributes.',
  );
}
function refuse(op: string, kind: string): never {
  throw new ValueError(
    `Attempted to use an uninitialized ${kind} in ${op}. Call \`forward\` with a dummy batch to initialize the ` +
      'parameters before calling torch functions',
    op,
  );
}

class UninitializedParameterClass extends Parameter {
  /**
   * A parameter that has a dtype and a device but no shape yet. `materialize` makes a plain Parameter of the same
   * object, so that an optimizer may know it before.
   * @param requires_grad default: true
   */
  constructor(requires_grad = true, options: Factory = {}) {
    super(nothing(options), requires_grad);
  }
  /** Gives it a shape and memory, without values. */
  materialize(shape: readonly number[], options: Factory = {}): void {
    fill(this, shape, Parameter.prototype, options);
  }
  override get shape(): Size {
    return refuseShape();
  }
  override numel(): number {
    return refuse('numel', 'parameter');
  }
  override toString(): string {
    return '<UninitializedParameter>';
  }
}
export const UninitializedParameter = callable(UninitializedParameterClass);
export type UninitializedParameter = UninitializedParameterClass;

class UninitializedBufferClass extends Buffer {
  /** The same for state that is not trained. @param persistent default: true */
  constructor(persistent = true, options: Factory = {}) {
    super(nothing(options), persistent);
  }
  materialize(shape: readonly number[], options: Factory = {}): void {
    fill(this, shape, Buffer.prototype, options);
  }
  override get shape(): Size {
    return refuseShape();
  }
  override numel(): number {
    return refuse('numel', 'buffer');
  }
  override toString(): string {
    return '<UninitializedBuffer>';
  }
}
export const UninitializedBuffer = callable(UninitializedBufferClass);
export type UninitializedBuffer = UninitializedBufferClass;
