/** Python's copy.deepcopy, as far as modules and what they hold need it. */
import { TorchError } from '../../errors.js';
import { Handled } from '../../handle.js';
import { Tensor } from '../../tensor.js';
import { Buffer, Parameter, isLazy } from '../parameter.js';
import { isModule } from './members.js';
import { blankModule, copyState, state } from './instance.js';

/**
 * A copy that shares nothing with `value` that could be changed: modules with their fields, parameters, buffers and
 * registered hooks; tensors; arrays, maps, sets, plain objects and other objects with their fields. What was one object
 * is one object in the copy. Functions, generators and `#private` fields of classes are not copied.
 * @throws {TorchError} a tensor has a history
 */
export function deepcopy<T>(value: T, memo: Map<object, unknown> = new Map()): T {
  return copy(value, memo) as T;
}

function copy(value: unknown, memo: Map<object, unknown>): unknown {
  if (value === null || (typeof value !== 'object' && !isModule(value))) return value;
  const known = memo.get(value);
  if (known !== undefined) return known;
  const remember = <R extends object>(result: R): R => {
    memo.set(value, result);
    return result;
  };
  if (isModule(value)) {
    const result = remember(blankModule(Object.getPrototypeOf(value) as typeof value));
    copyState(value, result);
    copyFields(value, result, memo);
    return result;
  }
  if (value instanceof Tensor) return remember(copyTensor(value));
  if (value instanceof Handled) return value;
  if (Array.isArray(value)) {
    const result: unknown[] = remember([]);
    for (const item of value) result.push(copy(item, memo));
    return result;
  }
  if (value instanceof Map) {
    const result = remember(new Map());
    for (const [key, item] of value) result.set(copy(key, memo), copy(item, memo));
    return result;
  }
  if (value instanceof Set) {
    const result = remember(new Set());
    for (const item of value) result.add(copy(item, memo));
    return result;
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Date)
    return remember(structuredClone(value));
  const result = remember(Object.create(Object.getPrototypeOf(value) as object | null) as object);
  copyFields(value, result, memo);
  return result;
}

function copyFields(from: object, to: object, memo: Map<object, unknown>): void {
  for (const key of Reflect.ownKeys(from)) {
    if (key === state) continue;
    const descriptor = Object.getOwnPropertyDescriptor(from, key)!;
    if ('value' in descriptor) descriptor.value = copy(descriptor.value, memo);
    Object.defineProperty(to, key, descriptor);
  }
}

function copyTensor(tensor: Tensor): Tensor {
  if (!tensor.is_leaf)
    throw new TorchError(
      'Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If ' +
        'you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see ' +
        'https://github.com/pytorch/pytorch/pull/103001',
      'deepcopy',
    );
  const source = tensor.detach();
  const clone = source.clone();
  source.dispose();
  if (tensor instanceof Parameter || tensor instanceof Buffer) {
    const result =
      tensor instanceof Parameter
        ? new Parameter(clone, tensor.requires_grad)
        : new Buffer(clone, tensor.persistent);
    clone.dispose();
    if (isLazy(tensor)) Object.setPrototypeOf(result, Object.getPrototypeOf(tensor) as object);
    return result;
  }
  const { grad } = tensor;
  clone.requires_grad_(tensor.requires_grad);
  if (grad) clone.grad = grad.detach().clone();
  return clone;
}
