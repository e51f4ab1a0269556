/**
 * torch.autograd.Function: operators with a forward and a backward written in JavaScript.
 * https://docs.pytorch.org/docs/stable/notes/extending.html#extending-torch-autograd
 */
import { native, type Handle } from '../../native.js';
import { calledBack, context, within } from '../context.js';
import { wrapOptional } from '../dispatch.js';
import { NotImplementedError, TorchError } from '../errors.js';
import { handleOf } from '../handle.js';
import { Tensor } from '../tensor.js';

type MaybeTensor = Tensor | null | undefined;

/** What forward and backward of one call share; any property may be put on it. */
export class FunctionCtx {
  [property: string]: unknown;
  /** Per argument of forward: whether backward must give a gradient for it. */
  needs_input_grad: boolean[] = [];
  #saved: readonly MaybeTensor[] = [];
  #node: Handle | null = null;
  #marks: Marks = { nonDifferentiable: [], dirty: [], materialize: true };

  /** Keeps inputs or outputs for backward, where `saved_tensors` gives them. Changes in place are noticed. */
  save_for_backward(...tensors: MaybeTensor[]): void {
    this.#saved = tensors;
  }
  get saved_tensors(): Tensor[] {
    if (this.#node === null) return this.#saved.map((tensor) => tensor ?? null) as Tensor[];
    return native.savedTensors(this.#node).map(wrapOptional) as Tensor[];
  }
  /** Says that these outputs have no gradient. */
  mark_non_differentiable(...outputs: Tensor[]): void {
    this.#marks.nonDifferentiable = outputs;
  }
  /** Says that forward has changed these inputs in place. */
  mark_dirty(...inputs: Tensor[]): void {
    this.#marks.dirty = inputs;
  }
  /** With false, backward gets null instead of zeros for outputs that nothing depends on. */
  set_materialize_grads(value: boolean): void {
    this.#marks.materialize = value;
  }

  /** @internal */
  static takeSaved(ctx: FunctionCtx): { saved: readonly MaybeTensor[]; marks: Marks } {
    const saved = ctx.#saved;
    return { saved, marks: ctx.#marks };
  }
  /** @internal From now on the node holds what was saved, weakly seen from here. */
  static settle(ctx: FunctionCtx, node: Handle | null): void {
    ctx.#node = node;
    ctx.#saved = [];
  }
}

interface Marks {
  nonDifferentiable: Tensor[];
  dirty: Tensor[];
  materialize: boolean;
}

type Result = Tensor | readonly Tensor[];
type Gradients = MaybeTensor | readonly MaybeTensor[];

/**
 * Subclass it with static `forward(ctx, ...args)` and `backward(ctx, ...gradients)`, and call `apply(...args)`.
 * backward gives one gradient per argument of forward, null for those that have none.
 */

export class Function {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- subclasses narrow the arguments
  static forward(_ctx: FunctionCtx, ..._args: any[]): Result {
    throw new NotImplementedError(`${this.name} must implement the static method forward()`, this.name);
  }
  static backward(_ctx: FunctionCtx, ..._gradients: Tensor[]): Gradients {
    throw new NotImplementedError(`${this.name} must implement the static method backward()`, this.name);
  }

  /** Runs forward, and backward when gradients are asked for. */
  static apply<This extends typeof Function>(
    this: This,
    ...args: Parameters<This['forward']> extends [unknown, ...infer Rest] ? Rest : never
  ): ReturnType<This['forward']> {
    return apply(this, args) as ReturnType<This['forward']>;
  }
}

function raw(tensors: readonly MaybeTensor[], what: string): (Handle | null)[] {
  return tensors.map((tensor) => (tensor === null || tensor === undefined ? null : handleOf(tensor, what)));
}

/**
 * What the graph calls. It is made out here and not in apply(): closures of one function share what they see, and
 * one that sees the outputs would keep them, and through them the graph, for ever.
 */
function rawBackward(
  type: typeof Function,
  ctx: FunctionCtx,
  count: number,
  places: readonly number[],
): (...gradients: (Handle | null)[]) => (Handle | null)[] {
  return (...gradients) => {
    const result = calledBack(() => type.backward(ctx, ...(gradients.map(wrapOptional) as Tensor[])));
    const all = Array.isArray(result) ? (result as readonly MaybeTensor[]) : [result as MaybeTensor];
    // More may be given than forward had arguments, as PyTorch allows, if the rest is null.
    if (all.length < count || all.slice(count).some((extra) => extra !== null && extra !== undefined))
      throw new TorchError(
        `function ${type.name}Backward returned an incorrect number of gradients (expected ${count}, got ${all.length})`,
        type.name,
      );
    const stray = all.findIndex(
      (gradient, i) => gradient !== null && gradient !== undefined && !places.includes(i),
    );
    if (stray >= 0)
      throw new TorchError(
        `function ${type.name}Backward returned a gradient different than None at position ${stray + 1}, ` +
          'but the corresponding forward input was not a Variable',
        type.name,
      );
    return raw(
      places.map((i) => all[i]),
      'a gradient',
    );
  };
}

function apply(type: typeof Function, args: readonly unknown[]): Result {
  const ctx = new FunctionCtx();
  const places = args.flatMap((arg, i) => (arg instanceof Tensor ? [i] : []));
  const inputs = raw(
    places.map((i) => args[i] as Tensor),
    'an input',
  );
  const needs = context().grad ? native.needsInputGrad(inputs) : inputs.map(() => false);
  ctx.needs_input_grad = args.map(() => false);
  places.forEach((place, i) => (ctx.needs_input_grad[place] = needs[i] === true));

  const given = within({ grad: false }, () => type.forward(ctx, ...args));
  const outputs = Array.isArray(given) ? (given as readonly Tensor[]) : [given as Tensor];
  const { saved, marks } = FunctionCtx.takeSaved(ctx);
  const [handles, node] = native.applyFunction(
    `${type.name}Backward`,
    inputs,
    raw(outputs, 'an output'),
    raw(marks.nonDifferentiable, 'mark_non_differentiable()') as Handle[],
    raw(marks.dirty, 'mark_dirty()') as Handle[],
    raw(saved, 'save_for_backward()'),
    marks.materialize,
    rawBackward(type, ctx, args.length, places),
  );
  FunctionCtx.settle(ctx, node);
  const results = handles.map((handle, i) => keepIdentity(handle, outputs[i], marks, args));
  return Array.isArray(given) ? results : (results[0] as Tensor);
}

/** An input that was changed in place comes back as the same object. */
function keepIdentity(
  handle: Handle | null,
  output: Tensor | undefined,
  marks: Marks,
  args: readonly unknown[],
): Tensor {
  const result = wrapOptional(handle) as Tensor;
  if (output && marks.dirty.includes(output) && args.includes(output) && output.is(result)) {
    result.dispose();
    return output;
  }
  return result;
}
