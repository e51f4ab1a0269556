/** What is drawn for the pictures of a batch. https://docs.fast.ai/vision.augment.html#mask_tensor */
import { random } from '../../../fastcore/random.js';
import { made } from '../../../fastcore/reduce.js';
import { namedArguments } from '../../../torch/arguments.js';
import { full_like, no_grad, tensor, Tensor, tidy, ValueError } from '../../../torch/index.js';

/** In place of chance: one value for all pictures, one for each, or a function of the batch that gives them. */
export type Draw = number | readonly number[] | ((x: Tensor) => Tensor) | null;

export interface MaskOptions {
  /** How likely a value is to stay; default: 0.5. */
  p?: number;
  /** What the others become; default: 0. */
  neutral?: number;
  /** All or none, by one draw of Python's generator; default: false, each by torch's. */
  batch?: boolean;
}

/**
 * `x` with each value replaced by `neutral` with probability `1 - p`, in place unless `batch`.
 * `p` of 1 draws nothing.
 */
export function mask_tensor(
  x: Tensor,
  ...args: [p?: number | MaskOptions, neutral?: number | MaskOptions, batch?: boolean | MaskOptions]
): Tensor {
  const given = namedArguments('mask_tensor', ['p', 'neutral', 'batch'], args) as MaskOptions;
  const { p = 0.5, neutral = 0, batch = false } = given;
  if (p === 1) return x;
  if (batch) return random.random() < p ? x : full_like(x, neutral);
  return tidy(() => {
    if (neutral !== 0) x.sub_(neutral);
    x.mul_(x.new_empty(x.shape).bernoulli_(p));
    return neutral === 0 ? x : x.add_(neutral);
  });
}

/** A value from `low` to `high` for each picture of the batch `x`, or with `batch` one for all. */
export function between(x: Tensor, low: number, high: number, batch: boolean): Tensor {
  const n = x.shape[0]!;
  return batch
    ? x.new_full([n], random.uniform(low, high))
    : no_grad(() => x.new_empty([n]).uniform_(low, high));
}

/**
 * A value for each picture of the batch `x`: those that `chance` draws or that `draw` says, masked.
 * @throws {ValueError} `draw` is a list of fewer values than there are pictures
 */
export function drawn(x: Tensor, chance: (x: Tensor) => Tensor, draw: Draw, mask: MaskOptions): Tensor {
  return tidy(() => mask_tensor(values(x, draw ?? chance), mask));
}
function values(x: Tensor, draw: NonNullable<Draw>): Tensor {
  const n = x.shape[0]!;
  if (typeof draw === 'number') return x.new_full([n], draw);
  if (typeof draw === 'function') {
    const made: unknown = draw(x);
    if (made instanceof Tensor && made.ndim === 1 && made.length === n) return made;
    throw new ValueError(`draw: the function must give a tensor of ${n} values, one for each picture`);
  }
  if (draw.length < n) throw new ValueError(`draw: ${draw.length} values for ${n} pictures`);
  return tensor(draw.slice(0, n), { dtype: x.dtype, device: x.device });
}

/**
 * For `draw`: the values one after the other, each for a whole batch.
 * [fastai docs](https://docs.fast.ai/vision.augment.html#deterministicdraw)
 */
export function DeterministicDraw(vals: readonly number[]): (x: Tensor) => Tensor {
  let count = 0;
  const next = (x: Tensor) => x.new_full([x.shape[0]!], vals[count++ % vals.length]!);
  return made(next, DeterministicDraw as never, [vals]);
}
