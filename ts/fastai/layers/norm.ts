/** Normalization: https://docs.fast.ai/layers.html#batchnorm-layers */
import { callable, nn, no_grad, type Tensor } from '../../torch/index.js';
import { byDimensions } from './pool.js';

/** How a layer is normalized; those with Zero start with a weight of 0, so that a residual branch starts as nothing. */
export const NormType = {
  Batch: 'Batch',
  BatchZero: 'BatchZero',
  Weight: 'Weight',
  Spectral: 'Spectral',
  Instance: 'Instance',
  InstanceZero: 'InstanceZero',
} as const;
export type NormType = (typeof NormType)[keyof typeof NormType];

export interface NormLayerOptions {
  /** 1, 2 (default) or 3. */
  ndim?: number;
  norm_type?: NormType;
  eps?: number;
  momentum?: number;
  affine?: boolean;
  track_running_stats?: boolean;
}

/** Not 0, as in PyTorch: with a weight of 0 the layer would start where ReLU has no gradient. */
const firstBias = 1e-3;

function started<M extends nn.Module>(norm: M, zero: boolean): M {
  const { weight, bias } = norm as unknown as { weight: Tensor | null; bias: Tensor | null };
  no_grad(() => {
    bias?.fill_(firstBias);
    weight?.fill_(zero ? 0 : 1);
  });
  return norm;
}

/** nn.BatchNorm1d, 2d (default) or 3d with weights 1 (0 for NormType.BatchZero) and biases 0.001. */
export function BatchNorm(nf: number, options: NormLayerOptions = {}): nn.BatchNorm2d {
  const { ndim = 2, norm_type, ...rest } = options;
  const make = byDimensions('BatchNorm', ndim, [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d]);
  return started(make(nf, rest), norm_type === NormType.BatchZero);
}

/** nn.InstanceNorm1d, 2d (default) or 3d, `affine` by default, with weights 1 (0 for NormType.InstanceZero). */
export function InstanceNorm(nf: number, options: NormLayerOptions = {}): nn.InstanceNorm2d {
  const { ndim = 2, norm_type, affine = true, ...rest } = options;
  const classes = [nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d] as const;
  const made = byDimensions('InstanceNorm', ndim, classes)(nf, { affine, ...rest });
  return started(made, norm_type === NormType.InstanceZero);
}

class BatchNorm1dFlatClass extends nn.BatchNorm1d {
  /** nn.BatchNorm1d over the last dimension, whatever comes before it: [..., C]. */
  override forward(x: Tensor): Tensor {
    if (x.ndim === 2) return super.forward(x);
    const flat = x.contiguous().view(-1, x.shape.at(-1)!);
    return super.forward(flat).view(...x.shape);
  }
}
export const BatchNorm1dFlat = callable(BatchNorm1dFlatClass);
export type BatchNorm1dFlat = BatchNorm1dFlatClass;

export interface LinBnDropOptions {
  /** BatchNorm; default: true. The linear layer has a bias only without. */
  bn?: boolean;
  /** Probability of dropout; default: 0, no such layer. */
  p?: number;
  /** A module after the linear layer; default: none. */
  act?: nn.Module | null;
  /** The linear layer before the others; default: false. */
  lin_first?: boolean;
}

class LinBnDropClass extends nn.Sequential {
  /**
   * BatchNorm1d, Dropout and Linear in a row: [N, n_in] to [N, n_out].
   * https://docs.fast.ai/layers.html#linbndrop
   */
  constructor(n_in: number, n_out: number, options: LinBnDropOptions = {}) {
    const { bn = true, p = 0, act = null, lin_first = false } = options;
    const layers: nn.Module[] = bn ? [BatchNorm(lin_first ? n_out : n_in, { ndim: 1 })] : [];
    if (p !== 0) layers.push(nn.Dropout(p));
    const linear: nn.Module[] = [nn.Linear(n_in, n_out, { bias: !bn })];
    if (act !== null) linear.push(act);
    super(...(lin_first ? [...linear, ...layers] : [...layers, ...linear]));
  }
}
export const LinBnDrop = callable(LinBnDropClass);
export type LinBnDrop = LinBnDropClass;
