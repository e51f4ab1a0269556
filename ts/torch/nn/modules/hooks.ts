/** Calls with hooks: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook */
import { namedArguments } from '../../arguments.js';
import { Function, type FunctionCtx } from '../../autograd/function.js';
import type { RemovableHandle } from '../../autograd/hooks.js';
import { context } from '../../context.js';
import { ArgumentError, TorchError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import type { AnyModule, Module } from './module.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- a hook of a module sees what its forward takes and gives */
/** Gets the arguments of forward; what it returns takes their place. */
export type ForwardPreHook = (module: any, args: any[]) => any;
/** Gets arguments and result of forward; what it returns takes the result's place. */
export type ForwardHook = (module: any, args: any[], output: any) => any;
/** Gets the gradients with respect to the output; what it returns takes their place. */
export type BackwardPreHook = (module: any, grad_output: (Tensor | null)[]) => any;
/** Gets the gradients with respect to input and output; what it returns takes the place of the former. */
export type BackwardHook = (
  module: any,
  grad_input: (Tensor | null)[],
  grad_output: (Tensor | null)[],
) => any;
/* eslint-enable @typescript-eslint/no-explicit-any */

export interface HookOptions {
  /** Before the hooks that are there already. */
  prepend?: boolean;
}
export interface ForwardHookOptions extends HookOptions {
  /** Also after an error in forward, with null for the result. */
  always_call?: boolean;
}

/** Hooks of one kind, in the order of their calls. Each registration counts, also of the same function. */
export class HookList<H> {
  #list: { hook: H; always: boolean }[] = [];

  get size(): number {
    return this.#list.length;
  }
  add(
    hook: H,
    { prepend = false, always_call = false }: ForwardHookOptions,
    changed: () => void,
  ): RemovableHandle {
    const entry = { hook, always: always_call };
    // Replaced, not changed: a hook may take itself off while the list is gone through.
    this.#list = prepend ? [entry, ...this.#list] : [...this.#list, entry];
    changed();
    const remove = (): void => {
      this.#list = this.#list.filter((other) => other !== entry);
      changed();
    };
    return { remove, [Symbol.dispose]: remove };
  }
  /** The hooks of this list and then those of another, as they are now. */
  and(other: HookList<H>): HookList<H> {
    const result = new HookList<H>();
    result.#list = [...this.#list, ...other.#list];
    return result;
  }
  copy(): HookList<H> {
    const result = new HookList<H>();
    result.#list = this.#list.map((entry) => ({ ...entry }));
    return result;
  }
  get all(): readonly { hook: H; always: boolean }[] {
    return this.#list;
  }
}

export class Hooks {
  forwardPre = new HookList<ForwardPreHook>();
  forward = new HookList<ForwardHook>();
  backwardPre = new HookList<BackwardPreHook>();
  backward = new HookList<BackwardHook>();

  get any(): boolean {
    return this.forwardPre.size + this.forward.size + this.backwardPre.size + this.backward.size > 0;
  }
  /** These hooks and then `other`. */
  and(other: Hooks): Hooks {
    const result = new Hooks();
    result.forwardPre = this.forwardPre.and(other.forwardPre);
    result.forward = this.forward.and(other.forward);
    result.backwardPre = this.backwardPre.and(other.backwardPre);
    result.backward = this.backward.and(other.backward);
    return result;
  }
  copy(): Hooks {
    const result = new Hooks();
    result.forwardPre = this.forwardPre.copy();
    result.forward = this.forward.copy();
    result.backwardPre = this.backwardPre.copy();
    result.backward = this.backward.copy();
    return result;
  }
}

export type HookKind = 'forwardPre' | 'forward' | 'backwardPre' | 'backward';
const registerNames: Record<HookKind, string> = {
  forwardPre: 'register_forward_pre_hook',
  forward: 'register_forward_hook',
  backwardPre: 'register_full_backward_pre_hook',
  backward: 'register_full_backward_hook',
};

/** Hooks of all modules: `hooks` is null while there are none. See global_hooks.ts. */
export const everyModule: { active: Hooks | null; hooks: Hooks | null } = { active: null, hooks: null };

/** @internal Module.register_*_hook */
export function register(
  own: { active: Hooks | null; hooks: Hooks | null },
  kind: HookKind,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the kind decides
  hook: (...args: any[]) => any,
  options: ForwardHookOptions,
  op = registerNames[kind],
): RemovableHandle {
  namedArguments(op, kind === 'forward' ? ['prepend', 'always_call'] : ['prepend'], [options]);
  if (typeof hook !== 'function') throw new ArgumentError(`${op}(): the hook must be a function`, op);
  const hooks = (own.hooks ??= new Hooks());
  return hooks[kind].add(hook as never, options, () => {
    own.active = hooks.any ? hooks : null;
  });
}

/** What a call of a module does when there are hooks. */
export function callWithHooks(module: AnyModule, hooks: Hooks, given: unknown[]): unknown {
  let args = given;
  const done = new Set<object>();
  try {
    for (const { hook } of hooks.forwardPre.all) {
      const changed = hook(module, args) as unknown;
      if (changed !== null && changed !== undefined) args = Array.isArray(changed) ? changed : [changed];
    }
    const backward =
      hooks.backward.size + hooks.backwardPre.size > 0 ? new BackwardCalls(module, hooks) : null;
    if (backward) args = backward.watchInputs(args);
    let output: unknown = module.forward(...args);
    for (const entry of hooks.forward.all) {
      done.add(entry);
      const changed = entry.hook(module, args, output) as unknown;
      if (changed !== null && changed !== undefined) output = changed;
    }
    return backward ? backward.watchOutputs(output) : output;
  } catch (error) {
    for (const entry of hooks.forward.all) {
      if (!entry.always || done.has(entry)) continue;
      try {
        entry.hook(module, args, null);
      } catch {
        // The first error is the one that tells something.
      }
    }
    throw error;
  }
}

type Gradients = (Tensor | null)[];

/**
 * Gives its arguments on, and their gradients to the watcher: null for a value that nothing depends on when it has
 * left the module, zeros when it is about to enter, as PyTorch's hooks see them.
 */
class BackwardHookFunction extends Function {
  static override forward(
    ctx: FunctionCtx,
    watcher: (gradients: Gradients) => Gradients,
    materialize: boolean,
    ...args: Tensor[]
  ): Tensor[] {
    ctx['watcher'] = watcher;
    ctx.set_materialize_grads(materialize);
    ctx.mark_non_differentiable(...args.filter((arg) => !arg.requires_grad));
    return args;
  }
  static override backward(ctx: FunctionCtx, ...gradients: Tensor[]): Gradients {
    return [null, null, ...(ctx['watcher'] as (gradients: Gradients) => Gradients)(gradients)];
  }
}

/** The backward hooks of one call: identities around the module tell what flows into it and out of it. */
class BackwardCalls {
  readonly #module: Module;
  readonly #hooks: Hooks;
  /** How many values go in and out, and which of them are tensors; none where autograd does not record. */
  #inputs: Places = { count: 0, at: null };
  #outputs: Places = { count: 0, at: null };
  #gradOutputs: Gradients | null = null;

  constructor(module: Module, hooks: Hooks) {
    this.#module = module;
    this.#hooks = hooks;
  }

  watchInputs(args: unknown[]): unknown[] {
    const [watched, at] = watch(args, true, (gradients) => this.#onInput(gradients));
    this.#inputs = { count: args.length, at };
    return watched;
  }

  watchOutputs(output: unknown): unknown {
    const values = Array.isArray(output) ? (output as unknown[]) : [output];
    const [watched, at] = watch(values, false, (gradients) => this.#onOutput(gradients));
    this.#outputs = { count: values.length, at };
    return Array.isArray(output) ? watched : watched[0];
  }

  #onOutput(gradients: Gradients): Gradients {
    let all = spread(this.#outputs, gradients);
    for (const { hook } of this.#hooks.backwardPre.all) {
      const changed = listOf(hook(this.#module, all));
      if (changed !== null) all = checked('Backward pre hook', 'grad_output', changed, all.length);
    }
    if (this.#inputs.at !== null) this.#gradOutputs = all;
    else
      for (const { hook } of this.#hooks.backward.all) {
        const changed = listOf(hook(this.#module, spread(this.#inputs, []), all));
        if (changed?.some((gradient) => gradient !== null))
          throw new TorchError(
            'Backward hook for Modules where no input requires gradient should always return None or None for all gradients.',
          );
      }
    return gather(this.#outputs, all);
  }

  #onInput(gradients: Gradients): Gradients {
    // A gradient that does not come through the output, as in a second backward, is none of the hooks' business.
    if (this.#gradOutputs === null) return gradients;
    let all = spread(this.#inputs, gradients);
    for (const { hook } of this.#hooks.backward.all) {
      const changed = listOf(hook(this.#module, all, this.#gradOutputs));
      if (changed !== null) all = checked('Backward hook', 'grad_input', changed, all.length);
    }
    this.#gradOutputs = null;
    return gather(this.#inputs, all);
  }
}

interface Places {
  count: number;
  at: readonly number[] | null;
}

/** Puts the tensors among `values` behind an identity, and says where they are; null where autograd does not record. */
function watch(
  values: unknown[],
  materialize: boolean,
  watcher: (gradients: Gradients) => Gradients,
): [values: unknown[], at: number[] | null] {
  const at = values.flatMap((value, i) => (value instanceof Tensor ? [i] : []));
  const tensors = at.map((place) => values[place] as Tensor);
  if (!context().grad || !tensors.some((tensor) => tensor.requires_grad)) return [values, null];
  const watched = [...values];
  const results = BackwardHookFunction.apply(watcher, materialize, ...tensors);
  at.forEach((place, i) => (watched[place] = results[i]));
  return [watched, at];
}

function spread({ count, at }: Places, gradients: Gradients): Gradients {
  const all: Gradients = Array.from({ length: count }, () => null);
  at?.forEach((place, i) => (all[place] = gradients[i] ?? null));
  return all;
}

function gather({ at }: Places, all: Gradients): Gradients {
  return (at ?? []).map((place) => all[place] ?? null);
}

function listOf(value: unknown): Gradients | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? (value as Gradients) : [value as Tensor];
}

function checked(hook: string, what: string, got: Gradients, expected: number): Gradients {
  if (got.length === expected) return got;
  throw new TorchError(
    `${hook} returned an invalid number of ${what}, got ${got.length}, but expected ${expected}`,
  );
}
