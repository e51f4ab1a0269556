// Compiled by `npm run typecheck`, never run: what must compile, and what must not. Operators are in operators.ts.
import * as torch from '../../ts/torch/index.js';
import type { Device, DType, Size, Tensor } from '../../ts/torch/index.js';

/** The exact type, so that a result that became `any` or `unknown` is found. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expectType<T>() {
  return <U>(value: U, same: Same<T, U>): void => void [value, same];
}

export function properties(x: Tensor): void {
  expectType<Size>()(x.shape, true);
  expectType<Size>()(x.size(), true);
  expectType<number>()(x.size(0), true);
  expectType<number[]>()(x.stride(), true);
  expectType<DType>()(x.dtype, true);
  expectType<Device>()(x.device, true);
  expectType<Tensor | null>()(x.grad, true);
  expectType<bigint>()(x.data_ptr(), true);
  expectType<string>()(x.type(), true);
  expectType<Tensor>()(x.type('torch.LongTensor'), true);
  expectType<Tensor>()(x.T.mT.H.mH, true);
  x.grad = null;
  x.grad = x;
  x.requires_grad = true;
  x.data = x;
  for (const row of x) expectType<Tensor>()(row, true);

  // @ts-expect-error a shape is read only
  x.shape = [2];
  // @ts-expect-error a gradient is a tensor or null
  x.grad = 3;
  // @ts-expect-error undefined is not null
  x.grad = undefined;
  // @ts-expect-error the class hides its handle
  x.handle;
  // @ts-expect-error a dtype is no text
  const name: string = x.dtype;
  void name;
}

export function values(x: Tensor): void {
  expectType<number>()(x.item(), true);
  expectType<bigint>()(x.item<bigint>({ bigint: true }), true);
  expectType<boolean>()(x.item<boolean>(), true);
  x.tolist({ bigint: true });
  x.toTypedArray({ share: true });
  torch.tensor([
    [1, 2n, true],
    [new torch.Float(1), new torch.Complex(1, 2), x],
  ]);
  torch.tensor(new Float32Array(2), { dtype: torch.int64, requires_grad: false, device: 'cpu' });
  torch.from_numpy(new BigInt64Array(2));
  torch.full([2, 3], 1n);
  torch.full([2], { fill_value: 3, dtype: torch.float64 });

  // @ts-expect-error text is no number
  torch.tensor(['a']);
  // @ts-expect-error null is no number
  torch.tensor([1, null]);
  // @ts-expect-error a dtype is an object, not its name
  torch.tensor([1], { dtype: 'float32' });
  // @ts-expect-error an option that does not exist
  torch.tensor([1], { dtpye: torch.float32 });
  // @ts-expect-error as_tensor() gives what is there, so it cannot require gradients
  torch.as_tensor([1], { requires_grad: true });
  // @ts-expect-error a list has no memory to share
  torch.from_numpy([1, 2]);
}

export function casts(x: Tensor, other: Tensor): void {
  expectType<Tensor>()(x.to(torch.float64), true);
  x.to(torch.float64, true, false);
  x.to(torch.float64, { copy: true, memory_format: torch.preserve_format });
  x.to('cuda:0');
  x.to(torch.device('cpu'), torch.int64, false, true);
  x.to(null, torch.int64);
  x.to(other);
  x.to(other, true);
  x.to({ dtype: torch.int32, device: 'cpu', non_blocking: true });
  x.float()
    .double()
    .half()
    .bfloat16()
    .long()
    .int()
    .short()
    .char()
    .byte()
    .bool()
    .cfloat()
    .cpu()
    .type_as(other);

  // @ts-expect-error a target is needed
  x.to();
  // @ts-expect-error dtype comes after the device
  x.to(torch.float64, 'cpu');
  // @ts-expect-error a layout is no dtype
  x.to(torch.strided);
  // @ts-expect-error copy is a boolean
  x.to(torch.float64, false, 1);
}

export function autograd(x: Tensor): void {
  x.backward();
  x.backward(x, { retain_graph: true });
  x.backward({ gradient: x, create_graph: true, inputs: [x] });
  expectType<Tensor[]>()(torch.autograd.grad(x, [x], { allow_unused: true }), true);
  const handle = x.register_hook((gradient) => gradient.mul(2));
  x.register_hook((gradient) => {
    expectType<Tensor>()(gradient, true);
  });
  expectType<void>()(handle.remove(), true);
  expectType<string>()(x.grad_fn!.name(), true);

  class Scaled extends torch.autograd.Function {
    static override forward(ctx: torch.autograd.FunctionCtx, a: Tensor, factor: number): Tensor {
      ctx.save_for_backward(a, null);
      ctx['factor'] = factor;
      return a.mul(factor);
    }
    static override backward(ctx: torch.autograd.FunctionCtx, g: Tensor): [Tensor, null] {
      return [g.mul(ctx['factor'] as number), null];
    }
  }
  expectType<Tensor>()(Scaled.apply(x, 2), true);

  // @ts-expect-error the arguments are those of forward
  Scaled.apply(x);
  // @ts-expect-error in their types
  Scaled.apply(x, 'a');
  // @ts-expect-error an unknown option
  x.backward({ retain: true });
  // @ts-expect-error the hook gives a tensor or nothing
  x.register_hook(() => 3);
}

export async function modes(x: Tensor): Promise<void> {
  expectType<Tensor>()(
    torch.no_grad(() => x.mul(2)),
    true,
  );
  expectType<Tensor>()(await torch.no_grad(async () => x.mul(await Promise.resolve(2))), true);
  expectType<{ a: Tensor }>()(
    torch.tidy(() => ({ a: x })),
    true,
  );
  expectType<number>()(
    torch.fork_rng(() => 3),
    true,
  );
  expectType<boolean>()(
    torch.inference_mode(true, () => true),
    true,
  );
  using _ = torch.enable_grad();
  using t = torch.ones(2);
  void t;
  new torch.Generator('cpu').manual_seed(3n);
  new torch.Size([2, 3]).numel();

  // @ts-expect-error a mode is switched by a boolean
  torch.set_grad_enabled(1);
  // @ts-expect-error only tensors can be kept
  torch.keep(3);
  // @ts-expect-error a seed is a number
  torch.manual_seed('3');
  // @ts-expect-error a size is a list
  new torch.Size(3);
}
