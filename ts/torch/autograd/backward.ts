/** Running the graph backward. https://docs.pytorch.org/docs/stable/autograd.html */
import { native } from '../../native.js';
import { checkOptions } from '../arguments.js';
import { enterContext } from '../context.js';
import { isOptions, wrapOptional } from '../dispatch.js';
import { TorchError, ValueError } from '../errors.js';
import { handleOf } from '../handle.js';
import type { Tensor } from '../tensor.js';

export interface BackwardOptions {
  gradient?: Tensor | null;
  /** Keep the graph for another backward; the default is the value of `create_graph`. */
  retain_graph?: boolean | null;
  /** Record the gradients' own graph, for derivatives of higher order. */
  create_graph?: boolean;
  /** Only these leaves get a gradient. */
  inputs?: Tensor | readonly Tensor[] | null;
}

type Many = Tensor | readonly Tensor[];

function list(value: Many | null | undefined): readonly Tensor[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Tensor[]) : [value as Tensor];
}

const backwardOptions = ['gradient', 'retain_graph', 'create_graph', 'inputs'];

/** @internal Tensor.backward */
export function backward(
  tensor: Tensor,
  gradient?: Tensor | null | BackwardOptions,
  options: BackwardOptions = {},
): void {
  if (isOptions(gradient)) {
    options = gradient;
    gradient = options.gradient ?? null;
  }
  checkOptions('backward', options, backwardOptions);
  const start = (gradient ?? options.gradient ?? null) as Tensor | null;
  run([tensor], start === null ? [] : [start], options);
}

function run(
  tensors: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  options: BackwardOptions,
): void {
  if (Array.isArray(options.inputs) && options.inputs.length === 0)
    throw new TorchError('`inputs` argument to `backward()` cannot be empty.', 'backward');
  enterContext();
  native.backward(
    tensors.map((tensor) => handleOf(tensor, "argument 'tensors'")),
    gradients.map((gradient) => (gradient === null ? null : handleOf(gradient, "argument 'gradient'"))),
    options.retain_graph ?? undefined,
    options.create_graph === true,
    list(options.inputs).map((input) => handleOf(input, "argument 'inputs'")),
    elsewhere,
  );
}

let elsewhere = false;

/** @internal For tests: lets the engine run on a thread of its own, as it does for a GPU. */
export function runElsewhere(value: boolean): void {
  elsewhere = value;
}

export type BackwardAllOptions = Omit<BackwardOptions, 'gradient'> & {
  grad_tensors?: Tensor | readonly (Tensor | null)[] | null;
};

/** torch.autograd.backward: sums of the gradients of several tensors. */
export function backwardAll(
  tensors: Many,
  grad_tensors?: Tensor | readonly (Tensor | null)[] | null | BackwardAllOptions,
  options: BackwardAllOptions = {},
): void {
  if (isOptions(grad_tensors)) {
    options = grad_tensors;
    grad_tensors = options.grad_tensors ?? null;
  }
  const start = grad_tensors ?? options.grad_tensors ?? [];
  checkOptions('backward', options, ['grad_tensors', 'retain_graph', 'create_graph', 'inputs']);
  run(
    list(tensors),
    Array.isArray(start) ? (start as readonly (Tensor | null)[]) : [start as Tensor],
    options,
  );
}

export interface GradOptions {
  grad_outputs?: Tensor | readonly (Tensor | null)[] | null;
  retain_graph?: boolean | null;
  create_graph?: boolean;
  /** Give null for an input that no output depends on, where it is an error otherwise. */
  allow_unused?: boolean | null;
  /** Give zeros for such an input; implies `allow_unused`. */
  materialize_grads?: boolean;
}

/**
 * The gradients of the sum of `outputs` with respect to `inputs`, without touching any `grad`.
 * https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
 * @throws {TorchError} when an input is not used and `allow_unused` is not set
 */
export function grad(
  outputs: Many,
  inputs: Many,
  grad_outputs?: Tensor | readonly (Tensor | null)[] | null | GradOptions,
  options: GradOptions = {},
): Tensor[] {
  if (isOptions(grad_outputs)) {
    options = grad_outputs;
    grad_outputs = options.grad_outputs ?? null;
  }
  checkOptions('grad', options, [
    'grad_outputs',
    'retain_graph',
    'create_graph',
    'allow_unused',
    'materialize_grads',
  ]);
  if (options.materialize_grads && options.allow_unused === false)
    throw new ValueError(
      'Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
      'grad',
    );
  const start = (grad_outputs ?? options.grad_outputs ?? []) as Tensor | readonly (Tensor | null)[];
  const starts = Array.isArray(start) ? (start as readonly (Tensor | null)[]) : [start as Tensor];
  const wanted = list(inputs);
  enterContext();
  const results = native.grad(
    list(outputs).map((tensor) => handleOf(tensor, "argument 'outputs'")),
    wanted.map((tensor) => handleOf(tensor, "argument 'inputs'")),
    starts.map((tensor) => (tensor === null ? null : handleOf(tensor, "argument 'grad_outputs'"))),
    options.retain_graph ?? undefined,
    options.create_graph === true,
    options.allow_unused ?? options.materialize_grads === true,
    elsewhere,
  );
  return results.map((handle, i) => {
    const gradient = wrapOptional(handle);
    if (gradient !== null || !options.materialize_grads) return gradient as Tensor;
    return (wanted[i] as Tensor).new_zeros((wanted[i] as Tensor).shape);
  });
}
