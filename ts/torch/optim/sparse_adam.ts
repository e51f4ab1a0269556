/** https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html */
import { operator, wrapTensor } from '../dispatch.js';
import { TorchError, ValueError } from '../errors.js';
import { tidy } from '../memory.js';
import { callable } from '../nn/modules/callable.js';
import type { Tensor } from '../tensor.js';
import type { ParamGroup, Params } from './groups.js';
import { ListOptimizer, zeros, type Batch } from './list_optimizer.js';
import type { Lists } from './lists.js';
import {
  readOptions,
  scalar,
  text,
  checkAdamOptions,
  type OptionArguments,
  type Options,
} from './options.js';

const standard = { lr: 1e-3, betas: [0.9, 0.999] as const, eps: 1e-8, maximize: false };
const rawValues = operator('_values', ['']) as (sparse: Tensor) => Tensor;
const sparse = operator('sparse_coo_tensor', ['indices_size']) as (
  indices: Tensor,
  values: Tensor,
  size: readonly number[],
  options: object,
) => Tensor;

class SparseAdamClass extends ListOptimizer {
  /**
   * Adam for parameters whose gradients are sparse, such as those of `nn.Embedding(n, d, { sparse: true })`: only the
   * rows that a batch has touched change, and only their averages.
   * @param params tensors, pairs of name and tensor, or groups
   * @param lr default 1e-3
   * @param betas of the running averages of gradient and square, default [0.9, 0.999]
   * @param eps default 1e-8
   * @throws {ValueError} options out of range; parameters that are themselves sparse, or complex
   */
  constructor(params: Params, ...args: OptionArguments<typeof standard>) {
    const options = readOptions('SparseAdam', standard, args, 4);
    for (const [what, value] of [
      ['learning rate', options.lr],
      ['epsilon value', options.eps],
    ] as const)
      if (!(scalar(value) > 0)) throw new ValueError(`Invalid ${what}: ${text(value)}`);
    checkAdamOptions({ ...options, weight_decay: 0 });
    super(params, options);
    const places = (chosen: (param: Tensor) => boolean): string =>
      this.param_groups
        .flatMap(({ params: own }, i) => own.flatMap((param, j) => (chosen(param) ? [`[${i}, ${j}]`] : [])))
        .join(', ');
    const sparseAt = places((param) => param.is_sparse);
    if (sparseAt !== '')
      throw new ValueError(
        `Sparse params at indices [${sparseAt}]: SparseAdam requires dense parameter tensors`,
      );
    const complexAt = places((param) => param.is_complex());
    if (complexAt !== '')
      throw new ValueError(
        `Complex params at indices [${complexAt}]: SparseAdam does not support complex parameters`,
      );
  }
  protected override laterOptions(): Record<string, unknown> {
    return {};
  }
  protected override sparseRefusal(): undefined {
    return undefined;
  }
  protected override complete(): void {
    // The count of steps is a plain number here.
  }
  protected newState(param: Tensor): Record<string, unknown> {
    return { step: 0, exp_avg: zeros(param), exp_avg_sq: zeros(param) };
  }

  protected update(group: ParamGroup, batch: Batch, _lists: Lists): void {
    const options = { ...(group as unknown as Options<typeof standard>), lr: scalar(group.lr) };
    const grads = batch.grads.map((handle) => wrapTensor(handle));
    if (grads.some((grad) => !grad.is_sparse))
      throw new TorchError('SparseAdam does not support dense gradients, please consider Adam instead');
    batch.tensors.forEach((param, i) => {
      const state = batch.states[i] as { step: number; exp_avg: Tensor; exp_avg_sq: Tensor };
      state.step += 1;
      tidy(() => {
        sparseStep(param, grads[i]!, state, options);
      });
    });
  }
}

/** The values of the rows that the gradient names. */
function rows(of: Tensor, grad: Tensor): Tensor {
  return rawValues(of.sparse_mask(grad));
}

function sparseStep(
  param: Tensor,
  given: Tensor,
  { step, exp_avg, exp_avg_sq }: { step: number; exp_avg: Tensor; exp_avg_sq: Tensor },
  { lr, betas, eps, maximize }: { lr: number; betas: readonly number[]; eps: number; maximize: boolean },
): void {
  const [beta1, beta2] = betas as readonly [number, number];
  // The update is not linear: an index must not come twice.
  const grad = (maximize ? given.neg() : given).coalesce();
  const values = rawValues(grad);
  if (values.numel() === 0) return;
  const make = (of: Tensor): Tensor =>
    sparse(grad.indices(), of, grad.shape, { dtype: of.dtype, device: of.device });
  const oldAverage = rows(exp_avg, grad);
  const average = values.sub(oldAverage).mul_(1 - beta1);
  exp_avg.add_(make(average));
  const oldSquare = rows(exp_avg_sq, grad);
  const square = values
    .pow(2)
    .sub_(oldSquare)
    .mul_(1 - beta2);
  exp_avg_sq.add_(make(square));
  // Dense additions again: quicker than another mask.
  const above = average.add_(oldAverage);
  const below = square.add_(oldSquare).sqrt_().add_(eps);
  const rate = (lr * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  param.add_(make(above.div_(below).mul(-rate)));
}

export const SparseAdam = callable(SparseAdamClass);
export type SparseAdam = SparseAdamClass;
