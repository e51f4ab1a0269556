/** Layers that reshape, or call a function: https://docs.fast.ai/layers.html#basic-manipulations-and-resize */
import { checkOptions } from '../../torch/arguments.js';
import { callable, nn, type Tensor } from '../../torch/index.js';
import { pythonText } from '../../torch/nn/modules/text.js';
import { as_subclass, TensorBase, type TensorClass } from '../tensor_types.js';

/** fastai's layers print with the module that they come from, and their fields. */
export function layerText(layer: nn.Module, fields: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown): string =>
    typeof value === 'function'
      ? `<function ${value.name === '' ? '<lambda>' : value.name}>`
      : pythonText(value);
  const all = Object.entries(fields).map(([name, value]) => `${name}=${text(value)}`);
  return `fastai.layers.${layer._get_name()}(${all.join(', ')})`;
}

class IdentityClass extends nn.Module {
  /** Gives what it gets. */
  forward<T>(x: T): T {
    return x;
  }
  override toString(): string {
    return layerText(this, {});
  }
}
export const Identity = callable(IdentityClass);
export type Identity = IdentityClass;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any function can be a layer
export type LayerFunction = (...args: any[]) => unknown;

class LambdaClass extends nn.Module {
  readonly func: LayerFunction;

  /** A layer that calls `func`. */
  constructor(func: LayerFunction) {
    super();
    this.func = func;
  }
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the function gives
  forward(...args: unknown[]): any {
    return this.func(...args);
  }
  override toString(): string {
    return layerText(this, { func: this.func });
  }
}
export const Lambda = callable(LambdaClass);
export type Lambda = LambdaClass;

class PartialLambdaClass extends LambdaClass {
  readonly options: object;

  /** A layer that calls `func(x, options)`. */
  constructor(func: LayerFunction, options: object = {}) {
    super(func);
    this.options = options;
  }
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the function gives
  override forward(...args: unknown[]): any {
    return this.func(...args, this.options);
  }
  override toString(): string {
    const options = Object.entries(this.options).map(([name, value]) => `'${name}': ${pythonText(value)}`);
    return `${this._get_name()}(${this.func.name}, {${options.join(', ')}})`;
  }
}
export const PartialLambda = callable(PartialLambdaClass);
export type PartialLambda = PartialLambdaClass;

class FlattenClass extends nn.Module {
  readonly full: boolean;

  /**
   * [N, ...] to [N, features], or with `full` (default: false) to one dimension. Unlike nn.Flatten it asks for memory
   * in order, as `view` does.
   */
  constructor(full: boolean | { full?: boolean } = false) {
    super();
    if (typeof full === 'object') checkOptions('Flatten', full, ['full']);
    this.full = typeof full === 'object' ? (full.full ?? false) : full;
  }
  forward(x: Tensor): Tensor {
    return this.full ? x.view(-1) : x.view(x.shape[0]!, -1);
  }
  override toString(): string {
    return layerText(this, { full: this.full });
  }
}
export const Flatten = callable(FlattenClass);
export type Flatten = FlattenClass;

class ViewClass extends nn.Module {
  readonly size: readonly number[];

  /** Gives its input the shape `size`; one of the sizes may be -1. */
  constructor(...size: number[]) {
    super();
    this.size = size;
  }
  forward(x: Tensor): Tensor {
    return x.view(...this.size);
  }
}
export const View = callable(ViewClass);
export type View = ViewClass;

class ResizeBatchClass extends nn.Module {
  readonly size: readonly number[];

  /** [N, ...] to [N, *size]. */
  constructor(...size: number[]) {
    super();
    this.size = size;
  }
  forward(x: Tensor): Tensor {
    return x.view(x.shape[0]!, ...this.size);
  }
}
export const ResizeBatch = callable(ResizeBatchClass);
export type ResizeBatch = ResizeBatchClass;

/** The sigmoid, stretched to the range from `low` to `high`. */
export function sigmoid_range(x: Tensor, low: number, high: number): Tensor {
  return x
    .sigmoid()
    .mul(high - low)
    .add(low);
}

class SigmoidRangeClass extends nn.Module {
  /** The sigmoid, stretched to the range from `low` to `high`. */
  readonly low: number;
  readonly high: number;
  constructor(low: number, high: number) {
    super();
    this.low = low;
    this.high = high;
  }
  forward(x: Tensor): Tensor {
    return sigmoid_range(x, this.low, this.high);
  }
  override toString(): string {
    return layerText(this, { low: this.low, high: this.high });
  }
}
export const SigmoidRange = callable(SigmoidRangeClass);
export type SigmoidRange = SigmoidRangeClass;

class ToTensorBaseClass extends nn.Module {
  /** Its input as a tensor of the class `tensor_cls` (default: TensorBase). */
  readonly tensor_cls: TensorClass;
  constructor({ tensor_cls = TensorBase }: { tensor_cls?: TensorClass } = {}) {
    super();
    this.tensor_cls = tensor_cls;
  }
  forward(x: Tensor): Tensor {
    // A view, because a tensor that the caller has keeps its class.
    return as_subclass(x.view(...x.shape), this.tensor_cls);
  }
  override toString(): string {
    return `fastai.layers.ToTensorBase(tensor_cls=<class '${this.tensor_cls.name}'>)`;
  }
}
export const ToTensorBase = callable(ToTensorBaseClass);
export type ToTensorBase = ToTensorBaseClass;
