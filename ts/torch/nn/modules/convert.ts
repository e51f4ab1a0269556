/** Moving and casting what a module holds. */
import { native } from '../../../native.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { readTo, castTo, type ToArguments } from '../../casts.js';
import { within } from '../../context.js';
import type { Device } from '../../device.js';
import { operator } from '../../dispatch.js';
import { ArgumentError } from '../../errors.js';
import { Handled, handleOf } from '../../handle.js';
import type { Tensor } from '../../tensor.js';
import { Buffer, isLazy, type Parameter } from '../parameter.js';
import { members, replace } from './members.js';
import type { Module } from './module.js';

type Conversion = (tensor: Tensor) => Tensor;

const sameKind = operator('_has_compatible_shallow_copy_type', ['']) as (a: Tensor, b: Tensor) => boolean;

function isFloating(tensor: Tensor): boolean {
  return tensor.is_floating_point() || tensor.is_complex();
}

/** What `Module.to` does with each tensor. */
export function convertTo(args: ToArguments): Conversion {
  const { dtype, ...rest } = readTo(args);
  if (dtype && !dtype.is_floating_point && !dtype.is_complex)
    throw new ArgumentError(
      `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${String(dtype)}`,
      'to',
    );
  return (tensor) => {
    const options = { ...rest };
    // channels_last is a matter of pictures.
    if (tensor.ndim !== 4 && tensor.ndim !== 5) delete options.memory_format;
    return castTo(tensor, [dtype && isFloating(tensor) ? { ...options, dtype } : options]);
  };
}

export function floatingAs(cast: 'float' | 'double' | 'half' | 'bfloat16'): Conversion {
  return (tensor) => (tensor.is_floating_point() ? tensor[cast]() : tensor);
}

export function onDevice(device: Device | string): Conversion {
  return (tensor) => castTo(tensor, [{ device }]);
}

/** Applies `fn` to the tensors of `module` itself. */
export function convert(module: Module, fn: Conversion): void {
  // Outside all scopes: what the module holds afterwards must outlive them.
  within({ scope: null, grad: false }, () => {
    for (const member of members(module)) {
      const { kind } = member;
      if (kind === 'module') continue;
      const tensor = member.value as Tensor;
      const result = fn(tensor);
      if (result === tensor) convertGradient(tensor, fn);
      else if (kind === 'parameter' || isLazy(tensor)) putBehind(tensor, result, fn);
      else replace(member, asBuffer(tensor, result));
    }
  });
}

/** What takes the place of the buffer `old`: a Buffer where one was, since a plain tensor in a list is nothing. */
export function asBuffer(old: Tensor, next: Tensor): Tensor {
  if (!(old instanceof Buffer) || next instanceof Buffer) return next;
  return new Buffer(next, old.persistent);
}

/** The parameter stays the object it is; its memory becomes that of `result`. */
function putBehind(parameter: Parameter, result: Tensor, fn: Conversion): void {
  if (sameKind(parameter, result)) {
    parameter.data = result;
    result.dispose();
    convertGradient(parameter, fn);
    return;
  }
  const { grad, requires_grad } = parameter;
  result.requires_grad_(requires_grad);
  if (grad) result.grad = fn(grad);
  native.dispose(handleOf(parameter));
  Handled.replace(parameter, Handled.release(result)!);
}

function convertGradient(tensor: Tensor, fn: Conversion): void {
  const { grad } = tensor;
  if (grad === null) return;
  const result = fn(grad);
  if (result !== grad) {
    if (sameKind(grad, result)) grad.data = result;
    else tensor.grad = result;
    result.dispose();
  }
  grad.dispose();
}

export function zeroGradients(parameters: readonly Parameter[], set_to_none: boolean): void {
  for (const parameter of parameters) {
    if (set_to_none) {
      parameter.grad = null;
      continue;
    }
    const { grad } = parameter;
    if (grad === null) continue;
    if (grad.grad_fn !== null) grad.detach_();
    else grad.requires_grad_(false);
    no_grad(() => grad.zero_());
  }
}
