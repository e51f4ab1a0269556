/** torch.nn.utils.parametrizations. https://docs.pytorch.org/docs/stable/nn.html#parametrizations */
import { namedArguments } from '../../arguments.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { within } from '../../context.js';
import { operator } from '../../dispatch.js';
import { IndexError, ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../modules/conv.js';
import { Module } from '../modules/module.js';
import type { Loading } from '../modules/state_dict.js';
import { tensorOf } from './forward_pre_norm.js';
import { register_parametrization } from './parametrize.js';

export { orthogonal, type OrthogonalMap } from './orthogonal.js';

const weightNorm = operator('_weight_norm', ['default']) as (v: Tensor, g: Tensor, dim: number) => Tensor;
const normExcept = operator('norm_except_dim', ['default']) as (
  v: Tensor,
  pow: number,
  dim: number,
) => Tensor;

class _WeightNorm extends Module {
  dim: number;
  constructor(dim: number) {
    super();
    this.dim = dim;
  }
  forward(weight_g: Tensor, weight_v: Tensor): Tensor {
    return weightNorm(weight_v, weight_g, this.dim);
  }
  right_inverse(weight: Tensor): [Tensor, Tensor] {
    return [normExcept(weight, 2, this.dim), weight];
  }
}

/**
 * Computes the weight `name` from its lengths, `original0`, and its directions, `original1`, which are parameters. State
 * dicts of the older `nn.utils.weight_norm` are understood.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html
 * @param args `name` (default: weight), `dim` (default: 0): the dimension along which there are lengths, null for one
 * @returns the module itself
 */
export function weight_norm<M extends Module>(
  module: M,
  ...args:
    | [name?: string, dim?: number | null]
    | [name: string, options: { dim?: number | null }]
    | [options: { name?: string; dim?: number | null }]
): M {
  const given = namedArguments('weight_norm', ['name', 'dim'], args);
  const name = (given['name'] ?? 'weight') as string;
  const dim = given['dim'] === null ? -1 : ((given['dim'] ?? 0) as number);
  register_parametrization(module, name, new _WeightNorm(dim), { unsafe: true });
  const own = Object.getPrototypeOf(module) as Module;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the module that loads
  const plain = own._load_from_state_dict;
  own._load_from_state_dict = function (
    state: Map<string, unknown>,
    prefix: string,
    metadata: { version?: number },
    loading: Loading,
  ) {
    const [g, v] = [`${prefix}${name}_g`, `${prefix}${name}_v`];
    if (state.has(g) && state.has(v)) {
      state.set(`${prefix}parametrizations.${name}.original0`, state.get(g));
      state.set(`${prefix}parametrizations.${name}.original1`, state.get(v));
      state.delete(g);
      state.delete(v);
    }
    plain.call(this, state, prefix, metadata, loading);
  };
  return module;
}

interface SpectralNormOptions {
  /** Default: weight. */
  name?: string;
  /** Steps of the power iteration at each use in training; default: 1. */
  n_power_iterations?: number;
  /** Smallest divisor; default: 1e-12. */
  eps?: number;
  /** The dimension of the outputs; default: 1 for transposed convolutions, else 0. */
  dim?: number | null;
}

class _SpectralNorm extends Module {
  dim: number;
  eps: number;
  n_power_iterations: number;
  declare _u: Tensor;
  declare _v: Tensor;

  constructor(weight: Tensor, n_power_iterations: number, dim: number, eps: number) {
    super();
    const { ndim } = weight;
    if (dim >= ndim || dim < -ndim)
      throw new IndexError(
        `Dimension out of range (expected to be in range of [-${ndim}, ${ndim - 1}] but got ${dim})`,
      );
    if (n_power_iterations <= 0)
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`,
      );
    this.dim = dim < 0 ? dim + ndim : dim;
    this.eps = eps;
    this.n_power_iterations = n_power_iterations;
    if (ndim === 1) return;
    no_grad(() => {
      within({ scope: null }, () => {
        const rows = this._matrix(weight);
        const [u, v] = [rows.size(0), rows.size(1)].map((size) => rows.new_empty([size]).normal_(0, 1));
        this.register_buffer('_u', F.normalize(u!, { dim: 0, eps }));
        this.register_buffer('_v', F.normalize(v!, { dim: 0, eps }));
        this._iterate(rows, 15);
      });
    });
  }
  /** @internal The weight as a matrix with the outputs as rows. */
  _matrix(weight: Tensor): Tensor {
    const others = weight.shape.map((_, d) => d).filter((d) => d !== this.dim);
    return (this.dim === 0 ? weight : weight.permute([this.dim, ...others])).flatten(1);
  }
  /** @internal */
  _iterate(rows: Tensor, times: number): void {
    no_grad(() => {
      tidy(() => {
        for (let i = 0; i < times; ++i) {
          this._u.copy_(F.normalize(rows.mv(this._v), { dim: 0, eps: this.eps }));
          this._v.copy_(F.normalize(rows.mH.mv(this._u), { dim: 0, eps: this.eps }));
        }
      });
    });
  }
  forward(weight: Tensor): Tensor {
    if (weight.ndim === 1) return F.normalize(weight, { dim: 0, eps: this.eps });
    const rows = this._matrix(weight);
    if (this.training) this._iterate(rows, this.n_power_iterations);
    // Copies, since the next use changes both in place while this one's graph may still be needed.
    return weight.div(this._u.clone().vdot(rows.mv(this._v.clone())));
  }
  right_inverse(value: Tensor): Tensor {
    return value;
  }
}

/**
 * Divides the weight `name` by its largest singular value, as a power iteration at each use in training estimates it; a
 * vector by its length.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
 * @returns the module itself
 * @throws {ValueError} there is no such tensor, no iterations @throws {IndexError} no such dimension
 */
export function spectral_norm<M extends Module>(
  module: M,
  ...args: [options?: SpectralNormOptions] | [name: string, options?: Omit<SpectralNormOptions, 'name'>]
): M {
  const names = ['name', 'n_power_iterations', 'eps', 'dim'];
  const given = namedArguments('spectral_norm', names, args) as SpectralNormOptions;
  const { name = 'weight', n_power_iterations = 1, eps = 1e-12 } = given;
  const weight = tensorOf(module, name, 'spectral_norm');
  const transposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some(
    (type) => module instanceof type,
  );
  const dim = given.dim ?? (transposed ? 1 : 0);
  return register_parametrization(module, name, new _SpectralNorm(weight, n_power_iterations, dim, eps));
}
