/**
 * torch.Tensor. What is written here is what libtorch's schemas do not describe: properties, conversion to and from
 * JavaScript, indexing, autograd's entry points. The hundreds of operators come from generated/methods.ts.
 * https://docs.pytorch.org/docs/stable/tensors.html
 */
import { inspect } from 'node:util';
import { native, type Handle } from '../native.js';
import { bindMethods } from './bind.js';
import { operator, setTensorClass, wrapOptional, wrapTensor } from './dispatch.js';
import { Device } from './device.js';
import { dtypeOfCode, layoutOfCode, type DType, type Layout, type MemoryFormat } from './dtype.js';
import { IndexError } from './errors.js';
import { Handled, handleOf } from './handle.js';
import { at, set_at, type Index, type Assignable } from './indexing.js';
import { bindFunctionalMethods, type FunctionalMethods } from './functional_methods.js';
import type { TensorMethods } from './generated/methods.js';
import { Node } from './autograd/node.js';
import { backward, type BackwardOptions } from './autograd/backward.js';
import { register_hook, type Hook, type RemovableHandle } from './autograd/hooks.js';
import { bindCasts, castTo, typeName, type CastMethods, type ToArguments } from './casts.js';
import {
  item,
  tolist,
  toTypedArray,
  type ItemOptions,
  type NestedArray,
  type TensorArray,
} from './convert.js';
import { Size } from './size.js';
import { tensor_str } from './tensor_str.js';

// Declaration merging gives the class the operators' types; bindMethods() gives it the operators.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface Tensor extends TensorMethods, CastMethods, FunctionalMethods {}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Tensor extends Handled implements Iterable<Tensor>, Disposable {
  /** @internal Tensors are made by `torch.tensor`, factories and operators. */
  constructor(handle: Handle) {
    super(handle);
  }

  /** Sizes of the dimensions. */
  get shape(): Size {
    return Size.own(native.shape(handleOf(this)));
  }
  /** Number of dimensions. */
  get ndim(): number {
    return native.ndim(handleOf(this));
  }
  get dtype(): DType {
    return dtypeOfCode(native.dtype(handleOf(this)));
  }
  get device(): Device {
    return new Device(native.device(handleOf(this)));
  }
  get layout(): Layout {
    return layoutOfCode(native.layout(handleOf(this)));
  }
  get is_cpu(): boolean {
    return this.device.type === 'cpu';
  }
  get is_cuda(): boolean {
    return this.device.type === 'cuda';
  }
  get is_meta(): boolean {
    return this.device.type === 'meta';
  }
  get is_sparse(): boolean {
    return this.layout.name === 'sparse_coo';
  }
  /** Bytes of one element. */
  get itemsize(): number {
    return this.dtype.itemsize;
  }
  /** Bytes of all elements. */
  get nbytes(): number {
    return this.numel() * this.itemsize;
  }
  /** Size of the first dimension: Python's `len(t)`. Undefined for a tensor without dimensions. */
  get length(): number {
    return this.shape[0] as number;
  }

  size(): Size;
  size(dim: number): number;
  size(dim?: number): Size | number {
    const shape = this.shape;
    return dim === undefined ? shape : (shape[wrapDim(dim, shape.length)] as number);
  }
  stride(): number[];
  stride(dim: number): number;
  stride(dim?: number): number[] | number {
    const strides = native.stride(handleOf(this));
    return dim === undefined ? strides : (strides[wrapDim(dim, strides.length)] as number);
  }
  dim(): number {
    return this.ndim;
  }
  /** Same as `dim()`. */
  ndimension(): number {
    return this.dim();
  }
  numel(): number {
    return native.numel(handleOf(this));
  }
  nelement(): number {
    return this.numel();
  }
  element_size(): number {
    return this.itemsize;
  }
  storage_offset(): number {
    return native.storageOffset(handleOf(this));
  }
  is_contiguous(options: { memory_format?: MemoryFormat } = {}): boolean {
    return native.isContiguous(handleOf(this), options.memory_format && handleOf(options.memory_format));
  }
  is_floating_point(): boolean {
    return this.dtype.is_floating_point;
  }
  is_complex(): boolean {
    return this.dtype.is_complex;
  }
  /** Address of the first element; equal for views that start at the same place. */
  data_ptr(): bigint {
    return native.dataPointer(handleOf(this));
  }
  /** How often the tensor has been changed in place; autograd compares it. */
  get _version(): number {
    return native.version(handleOf(this));
  }
  /** Whether `other` is the same tensor: `w.grad` makes a new object on each reading, `===` cannot tell. */
  is(other: Tensor | null | undefined): boolean {
    return other instanceof Tensor && native.isSame(handleOf(this), handleOf(other));
  }

  /** Transposed: all dimensions reversed. */
  get T(): Tensor {
    return this.numpy_T();
  }
  /** Real parts, a view; the tensor itself where it is real. */
  get real(): Tensor {
    return this.is_complex() ? realPart(this) : this;
  }
  /** Imaginary parts of a complex tensor, a view. */
  get imag(): Tensor {
    return imaginaryPart(this);
  }
  /** The last two dimensions exchanged. */
  get mT(): Tensor {
    return this.transpose(-2, -1);
  }
  /** Conjugate transpose of a matrix. */
  get H(): Tensor {
    return this.matrix_H();
  }
  /** Conjugate transpose of the last two dimensions. */
  get mH(): Tensor {
    return this.adjoint();
  }

  /**
   * The value of a tensor of one element: a number, a bigint where an int64 is not safe as a number (or with
   * `{bigint: true}`), a boolean, or a `Complex`.
   * @throws {TorchError} when the tensor has more or less than one element.
   */
  item(options?: ItemOptions): number;
  item<T = number>(options?: ItemOptions): T;
  item(options?: ItemOptions): unknown {
    return item(this, options);
  }
  /** Nested arrays of the elements; a tensor without dimensions gives the element itself. */
  tolist(options?: ItemOptions): NestedArray {
    return tolist(this, options);
  }
  /**
   * The elements in row-major order. A copy, unless `{share: true}`: then the array shares the tensor's memory and
   * keeps it alive. float16 comes as Float16Array where the runtime has one, else (and bfloat16 always) as
   * Float32Array; complex numbers as pairs.
   * @throws {TorchError} with `share`, when the tensor is not contiguous on the CPU or its dtype has no array.
   */
  toTypedArray(options?: { share?: boolean }): TensorArray {
    return toTypedArray(this, options);
  }
  /** Alias of toTypedArray(): the bridge that Python calls numpy(). Shares memory as numpy() does. */
  numpy(): TensorArray {
    return toTypedArray(this, { share: true });
  }

  /** `t[i, j]`: numbers, slices as text (`'4:15'`), `null`, `'...'`, masks, index tensors and lists. */
  at(...indices: Index[]): Tensor {
    return at(this, indices);
  }
  /** `t[i, j] = value` */
  set_at(indices: Index | Index[], value: Assignable): this {
    set_at(this, Array.isArray(indices) ? indices : [indices], value);
    return this;
  }
  *[Symbol.iterator](): Generator<Tensor, void, undefined> {
    if (this.ndim === 0) throw new TypeError('iteration over a 0-d tensor');
    for (const part of this.unbind(0)) yield part;
  }

  /** Another dtype, device or memory format, in all the forms that PyTorch takes. */
  to(...args: ToArguments): Tensor {
    return castTo(this, args);
  }
  /** `'torch.FloatTensor'`, or the tensor as that type. */
  type(): string;
  type(dtype: DType | string): Tensor;
  type(dtype?: DType | string): string | Tensor {
    return typeName(this, dtype);
  }

  get requires_grad(): boolean {
    return native.requiresGrad(handleOf(this));
  }
  set requires_grad(value: boolean) {
    native.setRequiresGrad(handleOf(this), value);
  }
  requires_grad_(requires_grad = true): this {
    this.requires_grad = requires_grad;
    return this;
  }
  get is_leaf(): boolean {
    return native.isLeaf(handleOf(this));
  }
  /** Made in inference mode. */
  is_inference(): boolean {
    return native.isInference(handleOf(this));
  }
  /** The gradient that backward() has summed up here, or null. */
  get grad(): Tensor | null {
    return wrapOptional(native.getGrad(handleOf(this)));
  }
  set grad(value: Tensor | null) {
    native.setGrad(handleOf(this), value === null ? null : handleOf(value, 'the gradient'));
  }
  /** The same memory without history; changes of it are not seen by autograd. */
  get data(): Tensor {
    return wrapTensor(native.data(handleOf(this)));
  }
  set data(value: Tensor) {
    native.setData(handleOf(this), handleOf(value, 'data'));
  }
  /** The node of the graph that made this tensor, or null for a leaf. */
  get grad_fn(): Node | null {
    const node = native.gradFn(handleOf(this));
    return node === null ? null : new Node(node);
  }
  retain_grad(): void {
    native.retainGrad(handleOf(this));
  }
  get retains_grad(): boolean {
    return native.retainsGrad(handleOf(this));
  }
  /**
   * Computes the gradients of this tensor with respect to the leaves of its graph and adds them to their `grad`.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html
   */
  backward(gradient?: Tensor | null | BackwardOptions, options?: BackwardOptions): void {
    backward(this, gradient, options);
  }
  /** Calls `hook` with the gradient of this tensor; what it returns takes the gradient's place. */
  register_hook(hook: Hook): RemovableHandle {
    return register_hook(this, hook);
  }

  /** Frees the tensor at once. Doing so twice is harmless; views and graphs keep what they need. */
  dispose(): void {
    const handle = Handled.release(this);
    if (handle !== undefined) native.dispose(handle);
  }
  get is_disposed(): boolean {
    return Handled.isReleased(this);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }

  override toString(): string {
    return Handled.isReleased(this) ? 'tensor(<disposed>)' : tensor_str(this);
  }
  [inspect.custom](): string {
    return this.toString();
  }
  /** A tensor of one element is a number where JavaScript wants one; as text it is PyTorch's. */
  [Symbol.toPrimitive](hint: 'number' | 'string' | 'default'): number | string {
    return hint === 'string' || this.numel() !== 1 ? this.toString() : Number(this.item());
  }
}

function wrapDim(dim: number, ndim: number): number {
  const wrapped = dim < 0 ? dim + ndim : dim;
  if (Number.isInteger(dim) && wrapped >= 0 && wrapped < ndim) return wrapped;
  if (ndim === 0) throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`);
  throw new IndexError(
    `Dimension out of range (expected to be in range of [${-Math.max(ndim, 1)}, ${Math.max(ndim, 1) - 1}], but got ${dim})`,
  );
}

const realPart = operator('real', ['default']) as (tensor: Tensor) => Tensor;
const imaginaryPart = operator('imag', ['default']) as (tensor: Tensor) => Tensor;

bindCasts(Tensor.prototype);
bindMethods(Tensor.prototype);
bindFunctionalMethods(Tensor.prototype);
setTensorClass(Tensor);
