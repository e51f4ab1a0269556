/** Basic torch helpers of fastai. https://docs.fast.ai/torch_core.html */
import { numpyRandom } from '../fastcore/random_state.js';
import { random } from '../fastcore/random.js';
import * as torch from '../torch/index.js';
import { Tensor, type TensorLike } from '../torch/index.js';
import type { AnyModule, Parameter } from '../torch/nn/index.js';

const { nn } = torch;

/** Structures of tensors: a batch, its parts, or one tensor. */
export type Nested<T> = T | readonly Nested<T>[] | { [key: string]: Nested<T> };

/** Applies `fn` to every tensor in a nested structure; other values stay as they are. */
export function apply<T>(fn: (tensor: Tensor) => Tensor, value: T): T {
  if (value instanceof Tensor) return fn(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => apply(fn, item)) as T;
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, apply(fn, item)])) as T;
  return value;
}

/** Visits every tensor in a nested structure. */
export function eachTensor(value: unknown, fn: (tensor: Tensor) => void): void {
  if (value instanceof Tensor) fn(value);
  else if (Array.isArray(value)) for (const item of value as unknown[]) eachTensor(item, fn);
  else if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    for (const item of Object.values(value)) eachTensor(item, fn);
}

type TensorOptions = NonNullable<Parameters<typeof torch.tensor>[1]>;

/** Keyword arguments, as no data are: a plain object. */
const isOptions = (value: unknown): value is TensorOptions =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * fastai's `tensor`: like `torch.tensor`, but several scalars make a vector, float64 becomes float32 unless it is asked
 * for, and a tensor is returned as it is. An object with a `toTensor()` method, such as an image, gives what that returns.
 * https://docs.fast.ai/torch_core.html#tensor
 * @param rest more scalars; as the last one options of torch.tensor
 * @throws {ArgumentError} options that torch.tensor does not know
 */
export function tensor(
  x: TensorLike | { toTensor(): Tensor },
  ...rest: (TensorLike | TensorOptions)[]
): Tensor {
  const options = isOptions(rest.at(-1)) ? (rest.pop() as TensorOptions) : {};
  if (rest.length > 0) x = [x as TensorLike, ...(rest as TensorLike[])];
  if (x instanceof Tensor) return x;
  if (typeof x === 'object' && x !== null && 'toTensor' in x && typeof x.toTensor === 'function')
    return x.toTensor();
  const made = torch.tensor(x as TensorLike, options);
  return made.dtype === torch.float64 && options.dtype == null ? made.float() : made;
}

/** The logits of probabilities, kept within 1e-7 and 1 - 1e-7: finite at 0 and 1, unlike torch's. */
export function logit(x: Tensor): Tensor {
  return torch.tidy(() =>
    x
      .clamp(1e-7, 1 - 1e-7)
      .reciprocal()
      .sub(1)
      .log()
      .neg(),
  );
}

/**
 * Seeds Python's `random`, NumPy's global generator (of TrainTestSplitter) and torch; `reproducible` is accepted for the sake of fastai's signature and asks nothing
 * more on a CPU. https://docs.fast.ai/torch_core.html#set_seed
 */
export function set_seed(
  seed: number | bigint,
  _reproducible: boolean | { reproducible?: boolean } = false,
): void {
  random.seed(seed);
  const cut = BigInt(seed) % (2n ** 32n - 1n);
  // As Python's modulo: never negative.
  numpyRandom.seed(Number(cut < 0n ? cut + 2n ** 32n - 1n : cut));
  torch.manual_seed(seed);
}

/** CUDA where there is a GPU, otherwise the CPU; `use` fixes it for this thread. */
let chosen: torch.Device | null = null;
export function default_device(use?: torch.Device | string | boolean | null): torch.Device {
  if (use === true) chosen = torch.device('cuda');
  else if (use === false) chosen = torch.device('cpu');
  else if (use === null) chosen = null;
  else if (use !== undefined) chosen = torch.device(use);
  return chosen ?? torch.device(torch.cuda.is_available() ? 'cuda' : 'cpu');
}

/** Every tensor of a batch on a device (default: the default device). */
export function to_device<T>(b: T, device: torch.Device | string | null = null): T {
  const target = torch.device(device ?? default_device());
  return apply((t) => (t.device.toString() === target.toString() ? t : t.to(target)), b);
}
export function to_cpu<T>(b: T): T {
  return to_device(b, 'cpu');
}
/** Every tensor without its history, on the CPU unless `cpu` is false. */
export function to_detach<T>(b: T, { cpu = true }: { cpu?: boolean } = {}): T {
  return apply((t) => {
    const detached = t.detach();
    return cpu && detached.device.type !== 'cpu' ? detached.cpu() : detached;
  }, b);
}
/** The elements of a tensor as a TypedArray, row by row, whatever its history and device. https://docs.fast.ai/torch_core.html#to_np */
export function to_np(t: Tensor): ReturnType<Tensor['toTypedArray']> {
  return t.detach().cpu().toTypedArray();
}
/** Floats of half precision become float32. */
export function to_float<T>(b: T): T {
  return apply((t) => (t.is_floating_point() ? t.float() : t), b);
}

/** The number of rows in a batch. */
export function find_bs(b: unknown): number {
  let found: number | undefined;
  eachTensor(b, (t) => {
    // Its length is one number; its shape would be an object that is made for the occasion.
    if (found === undefined && t.ndim > 0) found = t.length;
  });
  return found ?? 0;
}

/** One nested list out of many of the same form, tensors joined along `dim`. */
export function to_concat<T>(xs: readonly T[], dim = 0): T {
  const first = xs[0];
  if (first === undefined) return [] as T;
  if (first instanceof Tensor) {
    const tensors = xs as unknown as Tensor[];
    return (first.ndim === 0 ? torch.stack(tensors) : torch.cat(tensors, dim)) as T;
  }
  if (Array.isArray(first))
    return first.map((_, i) =>
      to_concat(
        xs.map((x) => (x as unknown[])[i]),
        dim,
      ),
    ) as T;
  if (typeof first === 'object' && first !== null)
    return Object.fromEntries(
      Object.keys(first).map((key) => [
        key,
        to_concat(
          xs.map((x) => (x as Record<string, unknown>)[key]),
          dim,
        ),
      ]),
    ) as T;
  return xs as unknown as T;
}

/** All parameters of a module. */
export function params(m: AnyModule): Parameter[] {
  return m.parameters();
}
export function trainable_params(m: AnyModule): Parameter[] {
  return m.parameters().filter((p) => p.requires_grad);
}
/** The first parameter of a module; null where it has none. */
export function one_param(m: AnyModule): Parameter | null {
  return m.parameters()[0] ?? null;
}

export const norm_types: readonly unknown[] = [
  nn.BatchNorm1d,
  nn.BatchNorm2d,
  nn.BatchNorm3d,
  nn.InstanceNorm1d,
  nn.InstanceNorm2d,
  nn.InstanceNorm3d,
  nn.LayerNorm,
];
const isNorm = (m: unknown): boolean =>
  norm_types.some((type) => m instanceof (type as new (...args: unknown[]) => unknown));

/** The parameters of normalisation layers, and with `with_bias` every bias too. */
export function norm_bias_params(m: AnyModule, with_bias = true): Parameter[] {
  if (isNorm(m)) return m.parameters();
  const found = m.children().flatMap((child) => norm_bias_params(child, with_bias));
  const bias = (m as unknown as { bias?: unknown }).bias;
  if (with_bias && bias instanceof nn.Parameter) found.push(bias);
  return found;
}

class ParameterModuleClass extends nn.Module {
  declare val: Parameter;

  /** A module for a parameter that belongs to none but one with children. */
  constructor(p: Parameter) {
    super();
    this.val = p;
  }
  forward<T>(x: T): T {
    return x;
  }
}
export const ParameterModule = torch.callable(ParameterModuleClass);
export type ParameterModule = ParameterModuleClass;

/** The children of `m`, and a ParameterModule for each of its parameters that are in none of them. */
export function children_and_parameters(m: AnyModule): AnyModule[] {
  const children = m.children();
  const theirs = new Set(children.flatMap((child) => child.parameters()));
  const own = m.parameters().filter((p) => !theirs.has(p));
  return [...children, ...own.map((p) => new ParameterModule(p) as AnyModule)];
}
export function has_children(m: AnyModule): boolean {
  return m.children().length > 0;
}

/**
 * The modules without children below `m`, in order, and after its children a ParameterModule for each parameter that
 * is directly in a module with children. https://docs.fast.ai/layers.html#flatten_model
 */
export function flatten_model(m: AnyModule): AnyModule[] {
  return has_children(m) ? children_and_parameters(m).flatMap(flatten_model) : [m];
}

/** Applies `init` to the weights of every layer but normalisations, and zeroes their biases. */
export function apply_init(m: AnyModule, init: (weight: Tensor) => unknown = nn.init.kaiming_normal_): void {
  m.apply((layer) => {
    if (isNorm(layer)) return;
    const { weight, bias } = layer as unknown as { weight?: unknown; bias?: unknown };
    if (weight instanceof nn.Parameter && weight.ndim > 1) init(weight);
    if (bias instanceof nn.Parameter) nn.init.constant_(bias, 0);
  });
}

export { random };
