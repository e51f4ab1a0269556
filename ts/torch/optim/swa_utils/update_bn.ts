/** https://docs.pytorch.org/docs/stable/optim.html#taking-care-of-batch-normalization */
import { no_grad } from '../../autograd/grad_mode.js';
import { tidy } from '../../memory.js';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, SyncBatchNorm } from '../../nn/modules/batchnorm.js';
import type { AnyModule, Module } from '../../nn/modules/module.js';
import type { NormBase } from '../../nn/modules/norm_base.js';
import type { Tensor } from '../../tensor.js';
import type { DeviceLike } from '../../types.js';

const kinds = [BatchNorm1d, BatchNorm2d, BatchNorm3d, SyncBatchNorm];

/**
 * Computes the running statistics of all batch normalizations in `model` anew, as means over one pass through
 * `loader`: those of averaged weights are in no batch that was trained on.
 * @param loader batches: tensors, or lists whose first element is the input
 * @param device where the inputs go; default: they stay
 */
export function update_bn(
  loader: Iterable<Tensor | readonly unknown[]>,
  model: Module,
  device: DeviceLike | null = null,
): void {
  const found = model.modules().filter((module) => kinds.some((kind) => module instanceof kind));
  if (found.length === 0) return;
  const norms = found as unknown as NormBase[];
  const momenta = norms.map(({ momentum }) => momentum);
  const { training } = model;
  no_grad(() => {
    for (const norm of norms) norm.reset_running_stats();
    model.train();
    // Without a momentum all batches count alike.
    for (const norm of norms) norm.momentum = null;
    try {
      for (const batch of loader)
        tidy(() => {
          const input = (Array.isArray(batch) ? batch[0] : batch) as Tensor;
          (model as AnyModule)(device === null ? input : input.to({ device }));
        });
    } finally {
      norms.forEach((norm, i) => (norm.momentum = momenta[i]!));
      model.train(training);
    }
  });
}
