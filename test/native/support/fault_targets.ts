/** Faults that no schema tells of: impossible values of the right kind, and the addon's functions called by hand. */
import { native } from '../../../ts/native.js';
import * as torch from '../../../ts/torch/index.js';
import { expectError, type Target } from './fault_sweep.js';

const { ones } = torch;
type Call = () => unknown;

const sixtyFive = Array<number>(65).fill(1);
const a = ones([2, 3]);
const b = ones([4, 5]);
const row = ones([3]);
const words = ones([2]).to(torch.int64);
const t = torch as unknown as Record<string, (...args: unknown[]) => unknown>;
const m = (tensor: torch.Tensor): Record<string, (...args: unknown[]) => unknown> => tensor as never;

/** By operator: what is impossible about each call is its own text. */
const impossible: Record<string, Call[]> = {
  zeros: [() => t['zeros']!([-1]), () => t['zeros']!([2 ** 40, 2 ** 40]), () => t['zeros']!([2], { device: 'mars' })],
  empty: [() => t['empty']!([-5, 2]), () => t['empty']!([2 ** 52, 2 ** 52]), () => t['empty']!([1], { device: 'cuda:99' })],
  full: [() => t['full']!([-1], 1), () => t['full']!([NaN], 1), () => t['full']!([2 ** 53], 1)],
  arange: [() => t['arange']!(0, 10, 0), () => t['arange']!(0, NaN), () => t['arange']!(0, Infinity), () => t['arange']!(5, 0)],
  linspace: [() => t['linspace']!(0, 1, -1)],
  eye: [() => t['eye']!(-1), () => t['eye']!(2 ** 40)],
  randperm: [() => t['randperm']!(-1)],
  randint: [() => t['randint']!(5, 5, [2]), () => t['randint']!(0, 10, [-2])],
  add: [() => m(a)['add']!(b), () => m(a)['add']!(ones([2], { dtype: torch.bool }), { alpha: 2 })],
  add_: [() => m(row)['add_']!(a), () => m(words)['add_']!(row.narrow(0, 0, 2).mul(0.5))],
  matmul: [() => m(a)['matmul']!(b), () => m(a)['matmul']!(ones([], {}))],
  mm: [() => m(a)['mm']!(row), () => m(a)['mm']!(ones([3, 2], { dtype: torch.float64 }))],
  view: [() => m(a)['view']!([-1, -1]), () => m(a)['view']!([7]), () => m(a)['view']!([-2, 3])],
  reshape: [() => m(a)['reshape']!([5]), () => m(a)['reshape']!(2 ** 50, 2 ** 50)],
  expand: [() => m(a)['expand']!([5, 5])],
  as_strided: [() => m(a)['as_strided']!([10], [1]), () => m(a)['as_strided']!([2], [-1]), () => m(a)['as_strided']!([2], [1], -5)],
  permute: [() => m(a)['permute']!([0, 0]), () => m(a)['permute']!([0]), () => m(a)['permute']!([0, 7])],
  transpose: [() => m(a)['transpose']!(0, 9)],
  select: [() => m(a)['select']!(0, 5), () => m(a)['select']!(9, 0)],
  narrow: [() => m(a)['narrow']!(0, 1, 5), () => m(a)['narrow']!(0, 0, -1)],
  unfold: [() => m(a)['unfold']!(0, 9, 1), () => m(a)['unfold']!(0, 1, 0)],
  gather: [() => m(a)['gather']!(0, ones([2, 3], { dtype: torch.int64 }).mul(9)), () => m(a)['gather']!(0, a)],
  index_select: [() => m(a)['index_select']!(0, words.mul(50)), () => m(a)['index_select']!(5, words)],
  scatter_: [() => m(ones([2, 3]))['scatter_']!(0, ones([2, 3], { dtype: torch.int64 }).mul(-9), 1)],
  index_add_: [() => m(ones([2, 3]))['index_add_']!(0, words.mul(7), a)],
  take: [() => m(a)['take']!(words.mul(1000))],
  put_: [() => m(ones([2]))['put_']!(words.mul(1000), row)],
  cat: [() => t['cat']!([]), () => t['cat']!([a, b]), () => t['cat']!([a, a], 9)],
  stack: [() => t['stack']!([]), () => t['stack']!([a, b])],
  split: [() => m(a)['split']!(-1), () => m(a)['split']!([1, 5])],
  chunk: [() => m(a)['chunk']!(0)],
  sum: [() => m(a)['sum']!([0, 0]), () => m(a)['sum']!(9)],
  mean: [() => m(words)['mean']!()],
  max: [() => m(ones([0]))['max']!(), () => m(a)['max']!(9)],
  argmax: [() => m(ones([0]))['argmax']!()],
  multinomial: [() => m(row)['multinomial']!(50), () => m(row.neg())['multinomial']!(1)],
  bernoulli: [() => t['bernoulli']!(row.mul(5))],
  linalg_inv: [() => torch.linalg.inv(ones([2, 2])), () => torch.linalg.inv(a)],
  linalg_cholesky: [() => torch.linalg.cholesky(ones([2, 2]).neg())],
  conv2d: [
    () => t['conv2d']!(ones([1, 1, 4, 4]), ones([1, 2, 3, 3])),
    () => t['conv2d']!(ones([1, 1, 4, 4]), ones([1, 1, 9, 9])),
    () => t['conv2d']!(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), null, 0),
    () => t['conv2d']!(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), { groups: 0 }),
    () => t['conv2d']!(ones([1, 1, 4, 4]), ones([1, 1, 3, 3]), { padding: -9 }),
  ],
  embedding: [() => t['embedding']!(a, words.mul(99))],
  one_hot: [() => torch.nn.functional.one_hot(words.neg())],
  nll_loss_nd: [() => torch.nn.functional.nll_loss(a, words.mul(99))],
  bincount: [() => t['bincount']!(words.neg())],
  einsum: [() => t['einsum']!('ij,jk->ik', [a, b]), () => t['einsum']!('i->->', [row])],
  fft_fft: [() => torch.fft.fft(row, 0), () => torch.fft.fft(ones([0]))],
  unsqueeze: [() => m(a)['unsqueeze']!(9)],
  ones: [() => t['ones']!(sixtyFive.map(() => 2))],
};

export function valueTargets(): Target[] {
  return Object.entries(impossible).map(([op, calls]) => ({
    name: op,
    op,
    // libtorch's own words need not say which operator it was, but the error's `op` does.
    check: (report) => calls.forEach((call, i) => expectError(report, op, `impossible value ${i}`, call)),
  }));
}

/** A pointer of somebody else's, where the runtime shows one. */
function foreignExternal(): unknown {
  return (process.stdout as unknown as { _handle?: { _externalStream?: unknown } })._handle?._externalStream;
}

/** They would change the process, or wait, with arguments that are right by accident. */
const spared = new Set(['initialize', 'setNumThreads', 'schemas']);

/**
 * The addon's functions with what nobody should give them: an error or a value, as long as the process lives and
 * keeps nothing.
 */
export function rawTargets(): Target[] {
  const names = Object.keys(native).filter((name) => !spared.has(name));
  const functions = native as unknown as Record<string, (...args: unknown[]) => unknown>;
  return names.map((name) => ({
    name: `native.${name}`,
    op: name,
    check(report) {
      const handle = native.getRngState();
      const stale = native.alias(handle);
      native.dispose(stale);
      const garbage: unknown[] = [undefined, null, 1, -1, NaN, 2 ** 53, 1n << 70n, true, 'no such', Symbol('x'), [], {}];
      garbage.push([NaN], [null], [handle, 1], new ArrayBuffer(8), () => 1, handle, stale);
      garbage.push(native.enums().dtypes['float32']!.handle, native.defaultGenerator(), foreignExternal(), new Proxy({}, {}));
      for (const first of [handle, stale, ...garbage])
        for (const rest of garbage) {
          ++report.calls;
          try {
            functions[name]!(first, rest, rest, rest, rest, rest, rest, rest);
          } catch {
            // as it should be
          }
        }
      functions['setModes']!(true, false);
      functions['setAnomaly']!(false, true);
      native.dispose(handle);
    },
  }));
}
