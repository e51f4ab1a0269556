/** Hooks: what goes through the layers of a model. https://docs.fast.ai/callback.hook.html */
import { L } from '../../fastcore/foundation.js';
import { checkOptions } from '../../torch/arguments.js';
import { within } from '../../torch/context.js';
import { ArgumentError } from '../../torch/errors.js';
import { callable, no_grad, Tensor, tidy } from '../../torch/index.js';
import type { AnyModule, Module } from '../../torch/nn/index.js';
import { flatten_model, one_param, to_detach } from '../torch_core.js';
import { Callback } from './core.js';

/** Gets a layer, its inputs and its output (or gradients with respect to both); what it returns is stored. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- layers take and give what they like
export type HookFunction = (module: AnyModule, input: any, output: any) => unknown;

export interface HookOptions {
  /** Forward (default) or backward. */
  is_forward?: boolean;
  /** The function gets tensors without history; default: true. */
  detach?: boolean;
  /** And on the CPU; default: false. */
  cpu?: boolean;
}
const hookNames = ['is_forward', 'detach', 'cpu'];

class HookClass {
  /** What the function gave last. */
  stored: unknown = null;
  removed = false;
  readonly hook: { remove(): void };

  /** Calls `hook_func` at each pass through a layer; `remove()`, or `using`, ends that. */
  constructor(m: Module, hook_func: HookFunction, options: HookOptions = {}) {
    checkOptions('Hook', options, hookNames);
    const { is_forward = true, detach = true, cpu = false } = options;
    const call = (module: AnyModule, input: unknown, output: unknown): void => {
      // What is stored outlives the scope of the pass.
      within({ scope: null }, () => {
        const values = detach ? to_detach([input, output], { cpu }) : [input, output];
        this.stored = hook_func(module, values[0], values[1]);
      });
    };
    this.hook = is_forward ? m.register_forward_hook(call) : m.register_full_backward_hook(call);
  }
  remove(): void {
    if (!this.removed) this.hook.remove();
    this.removed = true;
  }
  [Symbol.dispose](): void {
    this.remove();
  }
}
export const Hook = callable(HookClass);
export type Hook = HookClass;

class HooksClass implements Iterable<Hook> {
  readonly hooks: Hook[];

  /** A hook on each module. */
  constructor(ms: Iterable<Module>, hook_func: HookFunction, options: HookOptions = {}) {
    this.hooks = [...ms].map((m) => new Hook(m, hook_func, options));
  }
  get length(): number {
    return this.hooks.length;
  }
  at(index: number): Hook | undefined {
    return this.hooks.at(index);
  }
  [Symbol.iterator](): Iterator<Hook> {
    return this.hooks[Symbol.iterator]();
  }
  /** What each hook has stored. */
  get stored(): L<unknown> {
    return L(this.hooks.map(({ stored }) => stored));
  }
  remove(): void {
    for (const hook of this.hooks) hook.remove();
  }
  [Symbol.dispose](): void {
    this.remove();
  }
}
export const Hooks = callable(HooksClass);
export type Hooks = HooksClass;

const output: HookFunction = (_m, _i, o) => o as unknown;
/** `grad`: the gradients with respect to the output instead of the output. */
type OutputOptions = Omit<HookOptions, 'is_forward'> & { grad?: boolean };
function outputOptions({ grad = false, ...rest }: OutputOptions): HookOptions {
  return { ...rest, is_forward: !grad };
}
/** A hook that stores what a module gives: `using hook = hook_output(model[0])`, then `hook.stored`. */
export function hook_output(module: Module, options: OutputOptions = {}): Hook {
  return new Hook(module, output, outputOptions(options));
}
/** Hooks that store what modules give. */
export function hook_outputs(modules: Iterable<Module>, options: OutputOptions = {}): Hooks {
  return new Hooks(modules, output, outputOptions(options));
}

/** The channels that the first convolution takes. @throws {ArgumentError} there is none */
export function in_channels(m: AnyModule): number {
  for (const layer of flatten_model(m)) {
    const { weight } = layer as unknown as { weight?: unknown };
    if (weight instanceof Tensor && weight.ndim === 4) return weight.shape[1]!;
  }
  throw new ArgumentError('in_channels(): the model has no layer with a weight of four dimensions');
}

type Size2 = readonly [number, number];
/** What a model in evaluation mode gives for a random picture of `size`, 64 by 64 by default. */
export function dummy_eval(m: AnyModule, size: Size2 = [64, 64]): unknown {
  const like = one_param(m);
  const channels = in_channels(m);
  return no_grad(() => {
    const x = like!.new_empty([1, channels, ...size]).uniform_(-1, 1);
    return m.eval()(x) as unknown;
  });
}

/** The shapes that the children of a model give for a random picture. */
export function model_sizes(m: AnyModule, size: Size2 = [64, 64]): readonly (readonly number[])[] {
  return tidy(() => {
    const hooks = hook_outputs(m.children());
    try {
      dummy_eval(m, size);
      return Array.from(hooks.stored, (stored) => [...(stored as Tensor).shape]);
    } finally {
      hooks.remove();
    }
  });
}

/** The features of a model's last layer; larger pictures are tried where small ones do not do. */
export function num_features_model(m: AnyModule): number {
  in_channels(m);
  for (let size = 32; ; size *= 2)
    try {
      return model_sizes(m, [size, size]).at(-1)![1]!;
    } catch (error) {
      if (size >= 2048) throw error;
    }
}

export function has_params(m: AnyModule): boolean {
  return m.parameters().length > 0;
}

export interface HookCallbackOptions extends HookOptions {
  /** Default: all layers with parameters. */
  modules?: readonly Module[] | null;
  /** Only at each so many training batches; default: always. */
  every?: number | null;
  /** Take the hooks off after the fit; default: true. */
  remove_end?: boolean;
  /** Layers without parameters too; default: false. */
  include_paramless?: boolean;
  /** What is stored; a subclass may have a method of that name instead. */
  hook?: HookFunction;
}

export class HookCallbackClass extends Callback {
  modules: readonly Module[] | null;
  readonly every: number | null;
  readonly remove_end: boolean;
  readonly include_paramless: boolean;
  hooks: Hooks | null = null;
  readonly #options: HookOptions;
  readonly #hook: HookFunction | null;

  /** Puts hooks on layers for the length of a fit. https://docs.fast.ai/callback.hook.html#hookcallback */
  constructor(options: HookCallbackOptions = {}) {
    super();
    const own = ['modules', 'every', 'remove_end', 'include_paramless', 'hook'];
    checkOptions(new.target.name, options, [...own, ...hookNames]);
    const {
      modules = null,
      every = null,
      remove_end = true,
      include_paramless = false,
      hook = null,
    } = options;
    const { is_forward = true, detach = true, cpu = true } = options;
    this.modules = modules;
    this.every = every;
    this.remove_end = remove_end;
    this.include_paramless = include_paramless;
    this.#options = { is_forward, detach, cpu };
    this.#hook = hook;
  }
  hook(...args: Parameters<HookFunction>): unknown {
    return this.#hook?.(...args);
  }

  override before_fit(): void {
    this.modules ??= flatten_model(this.model).filter((m) => this.include_paramless || has_params(m));
    if (this.every === null) this._register();
  }
  override before_batch(): void {
    if (this.every !== null && this.training && this.learn.train_iter % this.every === 0) this._register();
  }
  override after_batch(): void {
    if (this.every !== null) this._remove();
  }
  override after_fit(): void {
    if (this.remove_end) this._remove();
  }
  /** Also after an error. */
  override cleanup(): void {
    if (this.remove_end) this._remove();
  }
  protected _register(): void {
    this._remove();
    this.hooks = new Hooks(this.modules ?? [], (m, i, o) => this.hook(m, i, o), this.#options);
  }
  protected _remove(): void {
    this.hooks?.remove();
    this.hooks = null;
  }
}
export const HookCallback = callable(HookCallbackClass);
export type HookCallback = HookCallbackClass;
