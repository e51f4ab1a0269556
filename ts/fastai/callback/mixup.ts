/** Batches that are mixed with themselves. https://docs.fast.ai/callback.mixup.html */
import { ArgumentError } from '../../torch/errors.js';
import { callable, full, ops, randint, randperm, stack, tidy, type Tensor } from '../../torch/index.js';
import { Callback } from './core.js';
import type { LossFunc } from '../learner.js';

/** A loss as the words say. */
export function reduce_loss(loss: Tensor, reduction = 'mean'): Tensor {
  if (reduction === 'mean') return loss.mean();
  return reduction === 'sum' ? loss.sum() : loss;
}

type Reducible = LossFunc & { reduction?: string; y_int?: boolean };
/** The loss of each item. */
function unreduced(loss: Reducible, pred: unknown, targets: readonly Tensor[]): Tensor {
  if (typeof loss.reduction !== 'string') return loss(pred, ...targets, { reduction: 'none' });
  const before = loss.reduction;
  loss.reduction = 'none';
  try {
    return loss(pred, ...targets);
  } finally {
    loss.reduction = before;
  }
}

export class MixHandlerClass extends Callback {
  override run_valid = false;
  readonly alpha: number;
  /** Targets are classes, so that losses are mixed instead of targets. */
  stack_y = false;
  /** The targets of the items that are mixed in. */
  protected yb1: Tensor[] = [];
  /** How much of itself an item keeps: [N], or of no dimensions. */
  protected lam: Tensor | null = null;
  #old: Reducible | null = null;
  #mixed: Tensor[] = [];

  /** What MixUp and CutMix share; `alpha` is both parameters of a Beta distribution. @throws {ArgumentError} it is not positive */
  constructor(alpha = 0.5) {
    super();
    if (!(alpha > 0)) throw new ArgumentError(`${new.target.name}(): alpha must be above 0, not ${alpha}`);
    this.alpha = alpha;
  }
  override before_train(): void {
    const { learn } = this;
    const old = learn.loss_func as Reducible;
    this.stack_y = old.y_int === true;
    if (!this.stack_y) return;
    this.#old = old;
    learn.loss_func = (pred: unknown, ...yb: Tensor[]) => this.lf(pred, ...yb);
  }
  override after_train(): void {
    if (this.#old !== null) this.learn.loss_func = this.#old;
    this.#old = null;
    this.#free();
  }
  override after_cancel_train(): void {
    this.after_train();
  }
  override after_cancel_fit(): void {
    this.after_train();
  }
  override cleanup(): void {
    this.after_train();
  }
  override after_batch(): void {
    this.#free();
  }
  #free(): void {
    for (const tensor of [...this.#mixed, ...this.yb1, ...(this.lam ? [this.lam] : [])]) tensor.dispose();
    this.#mixed = [];
    this.yb1 = [];
    this.lam = null;
  }

  /** The loss for both targets, mixed as the items are. */
  lf(pred: unknown, ...yb: Tensor[]): Tensor {
    const loss = this.#old!;
    if (!this.training || this.lam === null) return loss(pred, ...yb);
    const mixed = unreduced(loss, pred, this.yb1).lerp(unreduced(loss, pred, yb), this.lam);
    return reduce_loss(mixed, loss.reduction ?? 'mean');
  }
  /** Puts what `mix` makes in the place of the batch; it goes with the batch. */
  protected replace(mix: () => { xb: Tensor[]; yb: Tensor[]; yb1: Tensor[]; lam: Tensor }): void {
    const { learn } = this;
    const given = new Set([...learn.xb, ...learn.yb]);
    const { xb, yb, yb1, lam } = tidy(mix);
    learn.xb = xb;
    learn.yb = yb;
    this.yb1 = yb1;
    this.lam = lam;
    this.#mixed = [...xb, ...yb].filter((tensor) => !given.has(tensor));
  }
  /** [n] draws of the Beta distribution, the very ones that Python makes. */
  protected draw(n: number): Tensor {
    const draw = ops['aten']!['_sample_dirichlet'] as unknown as (concentration: Tensor) => Tensor;
    return draw(full([n, 2], this.alpha)).at(':', 0);
  }
  /** Targets that are no classes are mixed themselves. */
  protected mixed(yb: readonly Tensor[], yb1: readonly Tensor[], lam: Tensor): Tensor[] {
    return this.stack_y ? [...yb] : yb.map((y, i) => yb1[i]!.lerp(y, widened(lam, y)));
  }
}
export const MixHandler = callable(MixHandlerClass);
export type MixHandler = MixHandlerClass;

/** One number for each item, in as many dimensions as the items have. */
function widened(lam: Tensor, like: Tensor): Tensor {
  const shape = [...lam.shape, ...new Array<number>(Math.max(0, like.ndim - lam.ndim)).fill(1)];
  return lam.ndim === 0 ? lam : lam.reshape(shape);
}

class MixUpClass extends MixHandlerClass {
  /** Each item and a random other one, added in random shares. `alpha` defaults to 0.4. https://arxiv.org/abs/1710.09412 */
  constructor(alpha = 0.4) {
    super(alpha);
  }
  override before_batch(): void {
    const { xb, yb } = this.learn;
    this.replace(() => {
      const count = yb[0]!.shape[0]!;
      const { device } = xb[0]!;
      const drawn = this.draw(count).to(device);
      // The larger share, so that two items never change places.
      const lam = stack([drawn, drawn.neg().add(1)], 1).amax(1);
      const shuffle = randperm(count).to(device);
      const yb1 = yb.map((y) => y.at(shuffle));
      const mixed = xb.map((x) => x.at(shuffle).lerp(x, widened(lam, x)));
      return { xb: mixed, yb: this.mixed(yb, yb1, lam), yb1, lam };
    });
  }
}
export const MixUp = callable(MixUpClass);
export type MixUp = MixUpClass;

class CutMixClass extends MixHandlerClass {
  /** A rectangle of each picture comes from another one. `alpha` defaults to 1. https://arxiv.org/abs/1905.04899 */
  constructor(alpha = 1) {
    super(alpha);
  }
  override before_batch(): void {
    const { xb, yb } = this.learn;
    this.replace(() => {
      const [x, ...others] = xb as [Tensor, ...Tensor[]];
      const [count, , height, width] = x.shape as unknown as [number, number, number, number];
      const drawn = Number(this.draw(1).item());
      const shuffle = randperm(count).to(x.device);
      const [x1, y1, x2, y2] = rand_bbox(width, height, drawn);
      const part = ['...', `${y1}:${y2}`, `${x1}:${x2}`] as const;
      const mixed = x.clone();
      if (x2 > x1 && y2 > y1) mixed.set_at([...part], x.at(shuffle).at(...part));
      const lam = full([], 1 - ((x2 - x1) * (y2 - y1)) / (width * height)).to(x.device);
      const yb1 = yb.map((y) => y.at(shuffle));
      return { xb: [mixed, ...others], yb: this.mixed(yb, yb1, lam), yb1, lam };
    });
  }
}
export const CutMix = callable(CutMixClass);
export type CutMix = CutMixClass;

/** A random rectangle with the share `1 - lam` of the picture, cut off at its edges: left, top, right, bottom. */
export function rand_bbox(
  width: number,
  height: number,
  lam: number,
): [x1: number, y1: number, x2: number, y2: number] {
  const side = Math.fround(Math.sqrt(Math.fround(1 - lam)));
  // Halves to the even number, as torch.round does.
  const round = (value: number): number => {
    const near = Math.round(value);
    return Math.abs(value % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
  };
  const [w, h] = [round(Math.fround(width * side)), round(Math.fround(height * side))];
  const at = (size: number): number => Number(randint(0, size, [1]).item());
  const [cx, cy] = [at(width), at(height)];
  const within = (value: number, size: number): number => Math.min(Math.max(value, 0), size);
  const [dx, dy] = [Math.floor(w / 2), Math.floor(h / 2)];
  return [within(cx - dx, width), within(cy - dy, height), within(cx + dx, width), within(cy + dy, height)];
}
