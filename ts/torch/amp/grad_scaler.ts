/** torch.amp.GradScaler: https://docs.pytorch.org/docs/stable/amp.html#gradient-scaling */
import { namedArguments } from '../arguments.js';
import { no_grad } from '../autograd/grad_mode.js';
import { native } from '../../native.js';
import { full } from '../creation.js';
import { float16, float32, int32 } from '../dtype.js';
import { TorchError, ValueError } from '../errors.js';
import { escape, tidy } from '../memory.js';
import { callable } from '../nn/modules/callable.js';
import type { Optimizer } from '../optim/optimizer.js';
import { ops } from '../ops.js';
import { Tensor } from '../tensor.js';

export interface GradScalerOptions {
  /** Kind of the device; default: 'cuda'. */
  device?: string;
  /** Default: 65536. */
  init_scale?: number;
  /** Default: 2. */
  growth_factor?: number;
  /** Default: 0.5. */
  backoff_factor?: number;
  /** Default: 2000. */
  growth_interval?: number;
  /** Default: true. */
  enabled?: boolean;
}

export interface GradScalerState {
  scale: number;
  growth_factor: number;
  backoff_factor: number;
  growth_interval: number;
  _growth_tracker: number;
}

interface OptimizerStage {
  stage: 'ready' | 'unscaled' | 'stepped';
  /** One for each device with gradients: 1 where some were infinite or nan. */
  found: Map<string, Tensor>;
}

const fix =
  'This may indicate your script did not use scaler.scale(loss or outputs) earlier in the iteration.';

/** For state that outlives the scope in which it comes into being. */
function kept(tensor: Tensor): Tensor {
  escape(tensor);
  return tensor;
}

class GradScalerClass {
  readonly #device: string;
  readonly #enabled: boolean;
  #initScale: number;
  #growthFactor: number;
  #backoffFactor: number;
  #growthInterval: number;
  #initTracker = 0;
  #scale: Tensor | null = null;
  #tracker: Tensor | null = null;
  #stages = new Map<object, OptimizerStage>();

  /**
   * Scales losses so that gradients of float16 do not vanish, and skips steps whose gradients overflow.
   * @throws {TorchError} growth_factor is not above 1, or backoff_factor not below 1
   */
  constructor(...args: [device?: string, options?: GradScalerOptions] | [options?: GradScalerOptions]) {
    const names = ['device', 'init_scale', 'growth_factor', 'backoff_factor', 'growth_interval', 'enabled'];
    const given = namedArguments('GradScaler', names, args) as GradScalerOptions;
    this.#device = given.device ?? 'cuda';
    this.#initScale = given.init_scale ?? 2 ** 16;
    this.#growthFactor = given.growth_factor ?? 2;
    this.#backoffFactor = given.backoff_factor ?? 0.5;
    this.#growthInterval = given.growth_interval ?? 2000;
    let enabled = given.enabled ?? true;
    if (enabled && this.#device === 'cuda' && native.cudaDeviceCount() === 0) {
      process.emitWarning('torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.', {
        type: 'UserWarning',
        code: 'TORCH_WARNING',
      });
      enabled = false;
    }
    this.#enabled = enabled;
    if (!enabled) return;
    if (!(this.#growthFactor > 1)) throw new TorchError('The growth factor must be > 1.0.', 'GradScaler');
    if (!(this.#backoffFactor < 1)) throw new TorchError('The backoff factor must be < 1.0.', 'GradScaler');
  }

  #begun(name: string): [scale: Tensor, tracker: Tensor] {
    if (this.#scale === null) throw new TorchError(`Attempted ${name} but _scale is None.  ${fix}`, name);
    if (this.#tracker === null)
      throw new TorchError(`Attempted ${name} but _growth_tracker is None.  ${fix}`, name);
    return [this.#scale, this.#tracker];
  }
  #stage(optimizer: object): OptimizerStage {
    let stage = this.#stages.get(optimizer);
    if (!stage) this.#stages.set(optimizer, (stage = { stage: 'ready', found: new Map() }));
    return stage;
  }

  /** The tensor, or each of a list, times the scale; itself when the scaler is disabled. */
  scale(outputs: Tensor): Tensor;
  scale(outputs: readonly Tensor[]): Tensor[];
  scale(outputs: Tensor | readonly Tensor[]): Tensor | Tensor[] {
    if (!this.#enabled) return outputs as Tensor;
    if (Array.isArray(outputs)) return outputs.map((output: Tensor) => this.scale(output));
    if (!(outputs instanceof Tensor))
      throw new ValueError('outputs must be a Tensor or an iterable of Tensors', 'scale');
    const { device } = outputs;
    if (this.#scale === null) {
      this.#scale = kept(full([], this.#initScale, { dtype: float32, device }));
      this.#tracker = kept(full([], this.#initTracker, { dtype: int32, device }));
    }
    const scale = this.#scale;
    return tidy(() => outputs.mul(scale.to({ device, non_blocking: true })));
  }

  /**
   * Divides the gradients of the optimizer's parameters by the scale, in place. `step()` does it where it has not been
   * done; call it to clip gradients first.
   * @throws {TorchError} a second time before `update()`, or after `step()`
   * @throws {ValueError} a gradient is float16
   */
  unscale_(optimizer: Optimizer): void {
    if (!this.#enabled) return;
    const [scale] = this.#begun('unscale_');
    const stage = this.#stage(optimizer);
    if (stage.stage === 'unscaled')
      throw new TorchError('unscale_() has already been called on this optimizer since the last update().');
    if (stage.stage === 'stepped') throw new TorchError('unscale_() is being called after step().');
    no_grad(() =>
      tidy(() => {
        const groups = gradients(optimizer);
        // A reciprocal of float32 may be off by a bit; this one is rounded once.
        const inverse = scale.double().reciprocal().float();
        for (const { device, list } of groups) {
          let found = stage.found.get(device);
          if (!found) stage.found.set(device, (found = kept(full([], 0, { dtype: float32, device }))));
          ops['aten']!['_amp_foreach_non_finite_check_and_unscale_']!(list, found, inverse.to({ device }));
        }
      }),
    );
    stage.stage = 'unscaled';
  }

  /**
   * `optimizer.step()` with unscaled gradients; nothing when one of them is infinite or nan.
   * @returns what the optimizer's step returns, or null when it was skipped
   * @throws {TorchError} a closure, a second step before `update()`, no gradients
   */
  step(optimizer: Optimizer, ...closure: unknown[]): Tensor | number | null {
    if (!this.#enabled) return (optimizer.step as (...args: unknown[]) => null).apply(optimizer, closure);
    if (closure.length > 0)
      throw new TorchError('Closure use is not currently supported if GradScaler is enabled.', 'step');
    this.#begun('step');
    const stage = this.#stage(optimizer);
    if (stage.stage === 'stepped')
      throw new TorchError('step() has already been called since the last update().');
    if (stage.stage === 'ready') this.unscale_(optimizer);
    if (stage.found.size === 0) throw new TorchError('No inf checks were recorded for this optimizer.');
    const overflow = [...stage.found.values()].some((found) => found.item() !== 0);
    const result = overflow ? null : optimizer.step();
    stage.stage = 'stepped';
    return result;
  }

  /**
   * The next scale: smaller after a skipped step, larger after `growth_interval` good ones, or `new_scale`.
   * @throws {TorchError} no step was made since the last update, or `new_scale` is no single number
   */
  update(new_scale: number | Tensor | null = null): void {
    if (!this.#enabled) return;
    const [scale, tracker] = this.#begun('update');
    const found = [...this.#stages.values()].flatMap((stage) => [...stage.found.values()]);
    if (typeof new_scale === 'number') scale.fill_(new_scale);
    else if (new_scale !== null) {
      if (new_scale.device.type !== this.#device || new_scale.numel() !== 1 || new_scale.requires_grad)
        throw new TorchError(
          'new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with ' +
            'requires_grad=False.',
          'update',
        );
      scale.copy_(new_scale);
    } else {
      if (found.length === 0) throw new TorchError('No inf checks were recorded prior to update.', 'update');
      tidy(() => {
        const { device } = scale;
        const all = found.map((one) => one.to({ device })).reduce((sum, one) => sum.add(one));
        const { _amp_update_scale_ } = ops['aten']!;
        _amp_update_scale_!(
          scale,
          tracker,
          all,
          this.#growthFactor,
          this.#backoffFactor,
          this.#growthInterval,
        );
      });
    }
    for (const one of found) one.dispose();
    this.#stages = new Map();
  }

  get_scale(): number {
    if (!this.#enabled) return 1;
    return this.#scale === null ? this.#initScale : this.#scale.item();
  }
  get_growth_factor(): number {
    return this.#growthFactor;
  }
  set_growth_factor(new_factor: number): void {
    this.#growthFactor = new_factor;
  }
  get_backoff_factor(): number {
    return this.#backoffFactor;
  }
  set_backoff_factor(new_factor: number): void {
    this.#backoffFactor = new_factor;
  }
  get_growth_interval(): number {
    return this.#growthInterval;
  }
  set_growth_interval(new_interval: number): void {
    this.#growthInterval = new_interval;
  }
  /** Good steps since the scale last changed. */
  _get_growth_tracker(): number {
    if (!this.#enabled) return 0;
    return this.#tracker === null ? this.#initTracker : this.#tracker.item();
  }
  is_enabled(): boolean {
    return this.#enabled;
  }

  /** Empty when the scaler is disabled. */
  state_dict(): GradScalerState | Record<string, never> {
    if (!this.#enabled) return {};
    return {
      scale: this.get_scale(),
      growth_factor: this.#growthFactor,
      backoff_factor: this.#backoffFactor,
      growth_interval: this.#growthInterval,
      _growth_tracker: this._get_growth_tracker(),
    };
  }
  /** @throws {TorchError} the state is that of a disabled scaler */
  load_state_dict(state_dict: Partial<GradScalerState>): void {
    if (!this.#enabled) return;
    if (Object.keys(state_dict).length === 0)
      throw new TorchError(
        'The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler.',
        'load_state_dict',
      );
    const { scale, growth_factor, backoff_factor, growth_interval, _growth_tracker } =
      state_dict as GradScalerState;
    this.#initScale = scale;
    this.#scale?.fill_(scale);
    this.#growthFactor = growth_factor;
    this.#backoffFactor = backoff_factor;
    this.#growthInterval = growth_interval;
    this.#initTracker = _growth_tracker;
    this.#tracker?.fill_(_growth_tracker);
  }
}
export const GradScaler = callable(GradScalerClass);
export type GradScaler = GradScalerClass;

/** The gradients of an optimizer's parameters, those of one device and dtype together. */
function gradients(optimizer: Optimizer): { device: string; list: Tensor[] }[] {
  const groups = new Map<string, { device: string; list: Tensor[] }>();
  for (const { params } of optimizer.param_groups) {
    for (const param of params) {
      const { grad } = param;
      if (grad === null) continue;
      if (grad.dtype === float16) throw new ValueError('Attempting to unscale FP16 gradients.', 'unscale_');
      const values = grad.is_sparse ? (ops['aten']!['_values']!(grad) as Tensor) : grad;
      const device = String(values.device);
      const key = `${device} ${values.dtype.name}`;
      const group = groups.get(key);
      if (group) group.list.push(values);
      else groups.set(key, { device, list: [values] });
    }
  }
  return [...groups.values()];
}
