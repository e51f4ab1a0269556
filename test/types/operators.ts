// Compiled by `npm run typecheck`, never run: what must compile, and what must not.
import * as torch from '../../ts/torch/index.js';
import type { Generator, Tensor } from '../../ts/torch/index.js';

/** The exact type, so that a result that became `any` or `unknown` is found. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<T>() {
  return <U>(value: U, same: Same<T, U>): void => void [value, same];
}

export function methods(x: Tensor, y: Tensor, generator: Generator): void {
  expectType<Tensor>()(x.add(y), true);
  x.add(1).add(2n).add(true, { alpha: 0.5 });
  x.add_(y, { alpha: 2 }).mul_(3);
  x.sum();
  x.sum(0);
  x.sum([0, -1], true, { dtype: torch.float64 });
  x.sum([0, 1], { keepdim: true });
  x.sum({ dim: [0], keepdim: true });
  x.mean({ dim: 1 });
  x.softmax({ dim: -1 });
  x.view(2, -1);
  x.view([2, -1]);
  x.view(torch.int32);
  x.reshape(x.shape);
  x.permute(2, 0, 1);
  x.expand(3, 4, { implicit: false });
  x.expand([3, 4]);
  x.new_zeros(2, 3);
  x.new_zeros([2, 3], { dtype: torch.float64, requires_grad: true });
  x.normal_(0, 1, { generator });
  x.clamp({ min: 0 });
  x.clamp(0, 1);
  x.where(y, x);
  x.polygamma(2);
  x.split(2, 1);
  x.split([1, 2]);
  x.index([y, null]);
  x.stft(8, { window: y, return_complex: true });

  const { values, indices } = x.max(0);
  const [first, second] = x.max({ dim: 0, keepdim: true });
  expectType<Tensor>()(values, true);
  expectType<Tensor>()(indices, true);
  expectType<Tensor>()(first, true);
  expectType<Tensor>()(second, true);
  expectType<Tensor>()(x.max(), true);
  expectType<boolean>()(x.equal(y), true);
  expectType<Tensor[]>()(x.unbind(), true);
  expectType<Tensor[]>()(x.chunk(2, { dim: 1 }), true);

  // @ts-expect-error an option that does not exist
  x.sum({ keepdims_typo: true });
  // @ts-expect-error text is no tensor
  x.add('a');
  // @ts-expect-error the argument is missing
  x.matmul();
  // @ts-expect-error too many arguments
  x.abs(1);
  // @ts-expect-error out belongs to the function, not to the method
  x.add(y, { out: y });
  // @ts-expect-error a dimension is no text
  x.sum('0');
  // @ts-expect-error a tuple of two
  void x.max(0)[2];
  // @ts-expect-error no such field
  void x.max(0).value;
  // @ts-expect-error numbers stand for tensors only where PyTorch takes them
  x.matmul(2);
  // @ts-expect-error dtypes are objects
  x.sum({ dtype: 'float32' });
}

export function functions(x: Tensor, y: Tensor, generator: Generator): void {
  expectType<Tensor>()(torch.add(x, y), true);
  torch.add(x, 2, { alpha: 3, out: y });
  torch.zeros(2, 3);
  torch.zeros(2, 3, { dtype: torch.int64 });
  torch.zeros([2, 3], { device: 'cpu', requires_grad: true });
  torch.zeros(x.shape, { dtype: x.dtype, device: x.device });
  torch.rand(2, 3, { generator });
  torch.randint(0, 10, [2, 3]);
  torch.randint(10, [2], { dtype: torch.int32 });
  torch.arange(5);
  torch.arange(0, 1, 0.1);
  torch.arange(0, 10, { dtype: torch.float32 });
  torch.cat([x, y], 1);
  torch.cat([x, y], { dim: 1 });
  torch.stack([x, y]);
  torch.where(x, y, 0);
  torch.where(x);
  torch.max(x, 0, { out: [x, y] });
  torch.var(x, 0, { keepdim: true });
  torch.linalg.norm(x, 2, [0, 1]);
  torch.linalg.norm(x, 'fro');
  torch.linalg.svd(x, { full_matrices: false }).S.sum();
  torch.fft.fft(x, { n: 8, dim: 0 });
  torch.special.gammaln(x);
  torch.einsum('ij,jk->ik', x, y);
  torch.einsum('ij,jk->ik', [x, y]);
  torch.meshgrid(x, y, { indexing: 'ij' });
  torch.tensordot(x, y, 1);
  torch.tensordot(x, y, [[0], [1]]);
  torch.norm(x, 'fro', { dim: 0 });
  expectType<Tensor>()(torch.unique(x), true);
  expectType<[Tensor, Tensor]>()(torch.unique(x, { return_counts: true }), true);
  expectType<[Tensor, Tensor, Tensor]>()(
    torch.unique(x, { return_inverse: true, return_counts: true }),
    true,
  );

  // @ts-expect-error text is no tensor
  torch.add(x, 'a');
  // @ts-expect-error an option that does not exist
  torch.zeros(2, 3, { requires_gradient: true });
  // @ts-expect-error sizes are numbers
  torch.zeros('2');
  // @ts-expect-error cat takes a list
  torch.cat(x, y);
  // @ts-expect-error two tensors are written
  torch.max(x, 0, { out: x });
  // @ts-expect-error no such indexing
  torch.meshgrid(x, y, { indexing: 'ji' });
}
