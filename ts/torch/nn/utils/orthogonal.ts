/** https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.orthogonal.html */
import { namedArguments } from '../../arguments.js';
import { no_grad } from '../../autograd/grad_mode.js';
import { within } from '../../context.js';
import { int32 } from '../../dtype.js';
import { NotImplementedError, ValueError } from '../../errors.js';
import { allclose, cat, eye, randn, zeros_like } from '../../generated/functions.js';
import { householder_product, solve } from '../../generated/linalg.js';
import type { Tensor } from '../../tensor.js';
import { finfo } from '../../type_info.js';
import { Module } from '../modules/module.js';
import { tensorOf } from './forward_pre_norm.js';
import { register_parametrization } from './parametrize.js';

export type OrthogonalMap = 'matrix_exp' | 'cayley' | 'householder';
const maps: readonly string[] = ['matrix_exp', 'cayley', 'householder'];

function identity(n: number, like: Tensor): Tensor {
  return eye(n, { dtype: like.dtype, device: like.device });
}
function diagonal(of: Tensor): Tensor {
  return of.diagonal({ dim1: -2, dim2: -1 });
}
function isOrthogonal(Q: Tensor): boolean {
  const eps = 10 * Q.size(-2) * finfo(Q.dtype).eps;
  return allclose(Q.mH.matmul(Q), identity(Q.size(-1), Q), { atol: eps });
}
/** The Q of a QR decomposition whose R has a positive diagonal. */
function orthogonalized(A: Tensor): Tensor {
  const [X, tau] = A.geqrf();
  return householder_product(X, tau).mul(diagonal(X).sgn().unsqueeze(-2));
}

class _Orthogonal extends Module {
  orthogonal_map: OrthogonalMap;
  shape: Tensor['shape'];
  /** Only where the parametrization is trivialized. */
  declare base?: Tensor | null;

  constructor(weight: Tensor, orthogonal_map: OrthogonalMap, trivialized: boolean) {
    super();
    if (weight.is_complex() && orthogonal_map === 'householder')
      throw new ValueError('The householder parametrization does not support complex tensors.', 'orthogonal');
    this.shape = weight.shape;
    this.orthogonal_map = orthogonal_map;
    if (trivialized) this.register_buffer('base', null);
  }
  forward(given: Tensor): Tensor {
    const transposed = given.size(-2) < given.size(-1);
    const X = transposed ? given.mT : given;
    let Q = this.orthogonal_map === 'householder' ? reflected(X) : rotated(X, this.orthogonal_map);
    if (this.base) Q = this.base.matmul(Q);
    return transposed ? Q.mT : Q;
  }
  right_inverse(value: Tensor): Tensor {
    if (!value.shape.equals(this.shape))
      throw new ValueError(
        `Expected a matrix or batch of matrices of shape ${String(this.shape)}. Got a tensor of shape ${String(value.shape)}.`,
      );
    return no_grad(() => {
      const transposed = value.size(-2) < value.size(-1);
      const Q = transposed ? value.mT : value;
      if ('base' in this) {
        // Lives as long as the module.
        within({ scope: null }, () => {
          this.base = completed(Q);
        });
        const start = zeros_like(value);
        diagonal(start).fill_(-1);
        return start;
      }
      if (this.orthogonal_map !== 'householder')
        throw new NotImplementedError(
          'It is not possible to assign to the matrix exponential or the Cayley parametrizations when ' +
            'use_trivialization=False.',
          'orthogonal',
        );
      const [A, tau] = Q.geqrf();
      diagonal(A).sign_();
      // A reflection that is not made leaves its sign to the diagonal.
      diagonal(A).mul_(tau.eq(0).to(A.dtype).mul(-2).add(1));
      return transposed ? A.mT : A;
    });
  }
}

/** A square orthogonal matrix whose first columns are those of `Q`, made orthogonal where they are not. */
function completed(Q: Tensor): Tensor {
  const [n, k] = [Q.size(-2), Q.size(-1)];
  if (n === k) return isOrthogonal(Q) ? Q.clone() : orthogonalized(Q);
  const rest = randn([...Q.shape.slice(0, -2), n, n - k], { dtype: Q.dtype, device: Q.device });
  return orthogonalized(cat([Q, rest], -1));
}

/** From a tall matrix, through a skew-symmetric one. */
function rotated(tall: Tensor, map: 'matrix_exp' | 'cayley'): Tensor {
  const [n, k] = [tall.size(-2), tall.size(-1)];
  let X = tall.tril();
  if (n !== k) X = cat([X, X.new_zeros([...X.shape.slice(0, -2), n, n - k])], -1);
  const A = X.sub(X.mH);
  const Id = identity(n, A);
  const Q =
    map === 'matrix_exp' ? A.matrix_exp() : solve(Id.add(A, { alpha: -0.5 }), Id.add(A, { alpha: 0.5 }));
  return n === k ? Q : Q.narrow(-1, 0, k);
}

/** A product of reflections; the diagonal says which columns change their sign. */
function reflected(X: Tensor): Tensor {
  const A = X.tril({ diagonal: -1 });
  const tau = A.mul(A).sum(-2).add(1).reciprocal().mul(2);
  return householder_product(A, tau).mul(diagonal(X).to(int32).unsqueeze(-2));
}

interface OrthogonalOptions {
  /** Default: weight. */
  name?: string;
  /** Default: 'matrix_exp' where the matrix is square or complex, else 'householder'. */
  orthogonal_map?: OrthogonalMap | null;
  /** Whether a matrix is kept beside, from which the parameter says how far to go; default: true. */
  use_trivialization?: boolean;
}

/**
 * Makes the weight `name` orthogonal, and keeps it so: orthonormal columns where there are at least as many rows, else
 * orthonormal rows. More than two dimensions are a batch of matrices.
 * @returns the module itself
 * @throws {ValueError} no such tensor, fewer than two dimensions, an unknown map
 */
export function orthogonal<M extends Module>(
  module: M,
  ...args: [options?: OrthogonalOptions] | [name: string, options?: Omit<OrthogonalOptions, 'name'>]
): M {
  const op = 'orthogonal';
  const given = namedArguments(op, ['name', 'orthogonal_map', 'use_trivialization'], args, 2);
  const { name = 'weight', use_trivialization = true } = given as OrthogonalOptions;
  const weight = tensorOf(module, name, op);
  if (weight.ndim < 2)
    throw new ValueError(
      `Expected a matrix or batch of matrices. Got a tensor of ${weight.ndim} dimensions.`,
      op,
    );
  const simple = weight.size(-2) === weight.size(-1) || weight.is_complex();
  const map = (given['orthogonal_map'] ?? (simple ? 'matrix_exp' : 'householder')) as OrthogonalMap;
  if (!maps.includes(map))
    throw new ValueError(
      `orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${String(map)}`,
      op,
    );
  return register_parametrization(module, name, new _Orthogonal(weight, map, use_trivialization), {
    unsafe: true,
  });
}
