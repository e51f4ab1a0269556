/** What the activations of a model look like while it trains. https://docs.fast.ai/callback.hook.html#activationstats */
import { L } from '../../fastcore/foundation.js';
import { callable, stack, Tensor, tidy } from '../../torch/index.js';
import type { AnyModule } from '../../torch/nn/index.js';
import type { Axes } from '../../plot/index.js';
import * as plots from '../plots.js';
import { HookCallbackClass, type HookCallbackOptions } from './hook.js';

/** Of one layer in one batch. */
export interface LayerStats {
  mean: number;
  std: number;
  /** The share of activations of at most 0.05. */
  near_zero: number;
  /** With `with_hist`: how many lie in each of 40 parts of 0 to 10. */
  hist?: Tensor;
}

class ActivationStatsClass extends HookCallbackClass {
  override order = -20;
  readonly with_hist: boolean;
  /** For each training batch, what each layer's activations were like. */
  stats: L<L<LayerStats | LayerStats[]>> = L();

  /**
   * Mean, deviation and share near zero of each layer's activations, batch by batch; `learn.activation_stats` afterwards.
   * @param options with_hist (histograms too, default false), and HookCallback's
   */
  constructor(options: { with_hist?: boolean } & HookCallbackOptions = {}) {
    const { with_hist = false, ...rest } = options;
    super(rest);
    this.with_hist = with_hist;
  }
  override before_fit(): void {
    super.before_fit();
    this.stats = L();
  }
  override hook(m: AnyModule, i: unknown, o: unknown): LayerStats | LayerStats[] {
    // The outputs of recurrent layers are nested lists.
    if (Array.isArray(o)) {
      const tensors = (o as unknown[]).flat(Infinity).filter((item) => item instanceof Tensor);
      return tensors.map((item) => this.hook(m, i, item) as LayerStats);
    }
    return tidy(() => {
      const values = (o as Tensor).float();
      return {
        mean: Number(values.mean().item()),
        std: Number(values.std().item()),
        near_zero: Number(values.le(0.05).sum().item()) / values.numel(),
        ...(this.with_hist ? { hist: values.histc(40, 0, 10) } : {}),
      };
    });
  }
  override after_batch(): void {
    // With `every`, hooks are there for the chosen batches only.
    if (this.training && this.hooks) this.stats.push(this.hooks.stored as L<LayerStats>);
    super.after_batch();
  }

  /** Means, deviations and shares near zero of layer `idx`, each a list over batches. */
  layer_stats(idx: number): L<L<number>> {
    const layer = this.stats.itemgot(idx);
    return L((['mean', 'std', 'near_zero'] as const).map((name) => layer.itemgot(name) as L<number>));
  }
  /** The histograms of layer `idx`: [40, batches], the logarithm of the counts plus one. */
  hist(idx: number): Tensor {
    return tidy(() => this.#hists(idx).t().float().log1p());
  }
  #hists(idx: number): Tensor {
    return stack(this.stats.itemgot(idx).itemgot('hist') as L<Tensor>);
  }
  /** The 'colorful dimension': histograms of layer `idx` as columns, batch by batch. */
  color_dim(idx: number, options: { figsize?: readonly number[]; ax?: Axes | null } = {}): Axes {
    return tidy(() => plots.color_dim(this.#hists(idx), options));
  }
  /** Three lines over the batches: mean, deviation and share near zero of layer `idx`. */
  plot_layer_stats(idx: number): Axes[] {
    const [means, stds, nears] = this.layer_stats(idx) as unknown as [L<number>, L<number>, L<number>];
    return plots.plot_layer_stats({ means, stds, nears }, { figsize: [12, 3] });
  }
}
export const ActivationStats = callable(ActivationStatsClass);
export type ActivationStats = ActivationStatsClass;
