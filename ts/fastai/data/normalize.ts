/** What is done to batches of pictures: https://docs.fast.ai/data.transforms.html#inttofloattensor */
import { Transform } from '../../fastcore/transform.js';
import { namedArguments } from '../../torch/arguments.js';
import { ArgumentError, callable, tensor, tidy, type Tensor } from '../../torch/index.js';
import { TensorImage, TensorMask } from '../tensor_types.js';

class ToTensorClass extends Transform {
  override order = 5;
  override passesTensors = true;
  /** Pictures to tensors, [C, H, W] uint8: what has `toTensorImage()` gives it. */
  override encodes(o: unknown): unknown {
    const make = (o as { toTensorImage?: () => Tensor } | null)?.toTensorImage;
    return typeof make === 'function' ? make.call(o) : o;
  }
}
export const ToTensor = callable(ToTensorClass);
export type ToTensor = ToTensorClass;

class IntToFloatTensorClass extends Transform {
  override order = 10;
  readonly div: number;
  readonly div_mask: number;

  /** Pictures to float32 divided by `div` (default: 255); masks to int64, floor-divided by `div_mask` (default: 1). */
  constructor(...args: [div?: number | { div?: number; div_mask?: number }, div_mask?: number]) {
    super();
    const given = namedArguments('IntToFloatTensor', ['div', 'div_mask'], args) as Record<string, number>;
    this.div = given['div'] ?? 255;
    this.div_mask = given['div_mask'] ?? 1;
  }
  override encodes(o: unknown): unknown {
    if (o instanceof TensorImage)
      return tidy(() => (o.is_floating_point() ? o.div(this.div) : o.float().div_(this.div)));
    if (o instanceof TensorMask) return tidy(() => o.long().div(this.div_mask, { rounding_mode: 'floor' }));
    return o;
  }
  override decodes(o: unknown): unknown {
    if (!(o instanceof TensorImage) || this.div === 0) return o;
    return tidy(() => o.clamp({ min: 0, max: 1 }).mul(this.div).long());
  }
}
export const IntToFloatTensor = callable(IntToFloatTensorClass);
export type IntToFloatTensor = IntToFloatTensorClass;

interface NormalizeOptions {
  mean?: Tensor | null;
  std?: Tensor | null;
  axes?: readonly number[];
}

class NormalizeClass extends Transform {
  override order = 99;
  override parameters = ['mean', 'std'] as const;
  mean: Tensor | null;
  std: Tensor | null;
  readonly axes: readonly number[];

  /**
   * `(x - mean) / std` of batches of pictures. Without a mean and a std, those of one batch of the training set are
   * taken when the DataLoader is made, over `axes` (default: [0, 2, 3], all but the channels), 1e-7 added to the std.
   * [fastai docs](https://docs.fast.ai/data.transforms.html#normalize)
   */
  constructor(
    ...args: [
      mean?: Tensor | NormalizeOptions | null,
      std?: Tensor | null,
      axes?: readonly number[] | NormalizeOptions,
    ]
  ) {
    super();
    const given = namedArguments('Normalize', ['mean', 'std', 'axes'], args) as NormalizeOptions;
    this.mean = given.mean ?? null;
    this.std = given.std ?? null;
    this.axes = given.axes ?? [0, 2, 3];
  }
  /** With known statistics of each channel: those of dimension `dim` (default: 1) of `ndim` (default: 4). */
  static from_stats(
    mean: readonly number[] | Tensor,
    std: readonly number[] | Tensor,
    { dim = 1, ndim = 4 }: { dim?: number; ndim?: number } = {},
  ): NormalizeClass {
    const shape = Array<number>(ndim).fill(1);
    shape[dim] = -1;
    const shaped = (stats: readonly number[] | Tensor) =>
      tidy(() => (Array.isArray(stats) ? tensor([...(stats as number[])]) : (stats as Tensor)).view(shape));
    return new Normalize(shaped(mean), shaped(std));
  }
  override setups(dl: { one_batch?: () => unknown } | null): void {
    if (this.mean !== null && this.std !== null) return;
    if (typeof dl?.one_batch !== 'function')
      throw new ArgumentError(
        'Normalize: without mean and std it needs a DataLoader to be set up with',
        'Normalize',
      );
    const batch = dl.one_batch() as Tensor[];
    const x = batch[0]!;
    const axes = [...this.axes];
    this.mean = x.mean(axes, { keepdim: true });
    this.std = tidy(() => x.std(axes, { keepdim: true }).add(1e-7));
    for (const part of batch) part.dispose?.();
  }
  override encodes(x: unknown): unknown {
    if (!(x instanceof TensorImage)) return x;
    return tidy(() => x.sub(this.mean!).div_(this.std!));
  }
  override decodes(x: unknown): unknown {
    if (!(x instanceof TensorImage)) return x;
    return tidy(() => x.mul(this.std!.to(x.device)).add_(this.mean!.to(x.device)));
  }
}
export const Normalize = callable(NormalizeClass);
export type Normalize = NormalizeClass;
