/** Comparing gradients with finite differences. https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html */
import { NotImplementedError, TorchError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { grad } from './backward.js';
import { enable_grad, no_grad } from './grad_mode.js';

export interface GradcheckOptions {
  /** Step of the finite difference (default: 1e-6). */
  eps?: number;
  /** Absolute tolerance (default: 1e-5). */
  atol?: number;
  /** Relative tolerance (default: 1e-3). */
  rtol?: number;
  /** Throw with the difference (default), or give false. */
  raise_exception?: boolean;
}

export class GradcheckError extends TorchError {
  static {
    this.prototype.name = 'GradcheckError';
  }
}

type Differentiable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

function outputsOf(fn: Differentiable, inputs: readonly Tensor[]): Tensor[] {
  const result = fn(...inputs);
  const all = Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
  // Passing over them would call a wrong gradient right.
  if ([...inputs, ...all].some((tensor) => tensor.is_complex()))
    throw new NotImplementedError(
      'gradcheck: complex tensors are not checked; take view_as_real()',
      'gradcheck',
    );
  return all.filter((tensor) => tensor.is_floating_point());
}

/** Columns of the numerical Jacobian: d(output[k]) / d(input[i]) for every i, by central differences. */
function numerical(fn: Differentiable, inputs: readonly Tensor[], which: number, eps: number): number[][][] {
  return no_grad(() => {
    const input = inputs[which] as Tensor;
    const flat = input.data.reshape([-1]);
    if (flat.data_ptr() !== input.data_ptr())
      throw new GradcheckError('gradcheck: inputs must be contiguous', 'gradcheck');
    const values = flat.tolist() as number[];
    const evaluate = (): number[][] =>
      outputsOf(fn, inputs).map((o) => o.detach().flatten().tolist() as number[]);
    return values.map((value, i) => {
      flat.set_at(i, value + eps);
      const above = evaluate();
      flat.set_at(i, value - eps);
      const below = evaluate();
      flat.set_at(i, value);
      return above.map((column, k) => column.map((y, j) => (y - (below[k]?.[j] as number)) / (2 * eps)));
    });
  });
}

/**
 * Checks the gradients that backward computes for `fn` against finite differences. Inputs should be float64.
 * @throws {GradcheckError} when they differ, unless `raise_exception` is false
 */
export function gradcheck(
  fn: Differentiable,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3, raise_exception = true } = options;
  const all = Array.isArray(inputs) ? (inputs as readonly Tensor[]) : [inputs as Tensor];
  const checked = all.flatMap((input, i) => (input.requires_grad ? [i] : []));
  if (checked.length === 0)
    throw new ValueError(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
      'gradcheck',
    );
  for (const which of checked) {
    const expected = numerical(fn, all, which, eps);
    const outputs = enable_grad(() => outputsOf(fn, all));
    for (const [k, output] of outputs.entries()) {
      const count = output.numel();
      for (let j = 0; j < count; ++j) {
        const gradient = analytical(output, all[which] as Tensor, j);
        for (const [i, got] of gradient.entries()) {
          const want = expected[i]?.[k]?.[j] as number;
          if (Math.abs(got - want) <= atol + rtol * Math.abs(want)) continue;
          if (!raise_exception) return false;
          throw new GradcheckError(
            `Jacobian mismatch for output ${k} with respect to input ${which}, element (${j}, ${i}): ` +
              `numerical ${want}, analytical ${got}`,
            'gradcheck',
          );
        }
      }
    }
  }
  return true;
}

/** Row `j` of the Jacobian, by backward. */
function analytical(output: Tensor, input: Tensor, j: number): number[] {
  if (!output.requires_grad) return new Array<number>(input.numel()).fill(0);
  const start = output.detach().clone().zero_();
  start.reshape([-1]).set_at(j, 1);
  const [gradient] = grad(output, input, start, { retain_graph: true, allow_unused: true });
  return gradient ? (gradient.flatten().tolist() as number[]) : new Array<number>(input.numel()).fill(0);
}

/** Checks second derivatives: gradcheck of the gradients themselves. */
export function gradgradcheck(
  fn: Differentiable,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  const all = Array.isArray(inputs) ? (inputs as readonly Tensor[]) : [inputs as Tensor];
  const first = (...given: Tensor[]): Tensor[] => {
    const outputs = outputsOf(fn, given).filter((output) => output.requires_grad);
    const wanted = given.filter((input) => input.requires_grad);
    return enable_grad(() =>
      grad(
        outputs,
        wanted,
        outputs.map((o) => o.detach().clone().fill_(1)),
        { create_graph: true, materialize_grads: true },
      ),
    );
  };
  return gradcheck((...given) => enable_grad(() => first(...given)), all, options);
}
