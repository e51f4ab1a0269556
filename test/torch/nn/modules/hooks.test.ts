/** Hooks of modules, against what they saw in PyTorch. */
import { expect } from 'chai';
import {
  ArgumentError,
  TorchError,
  nn,
  no_grad,
  ones,
  tensor,
  zeros,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { thrown } from '../../../support/thrown.js';
import { recorded } from './models.js';

type Gradients = (Tensor | null)[];

/** float32 rounding apart, and null for null. */
function near(actual: unknown, expected: unknown, path = ''): void {
  if (Array.isArray(expected)) {
    expect(actual, path).to.be.an('array').with.length(expected.length);
    expected.forEach((item, i) => {
      near((actual as unknown[])[i], item, `${path}[${i}]`);
    });
  } else if (typeof expected === 'number')
    expect(actual, path).to.be.closeTo(expected, 1e-6 * Math.max(1, Math.abs(expected)));
  else expect(actual, path).to.equal(expected);
}
const lists = (values: Gradients): unknown[] => values.map((value) => value?.tolist() ?? null);

describe('hooks of modules', () => {
  it('see and change what they do in PyTorch, in the same order', () => {
    const log: unknown[] = [];
    const net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1));
    for (const p of net.parameters()) nn.init.constant_(p, 0.25);
    const [first, second] = net as unknown as [nn.Module, nn.Module];
    first.register_forward_pre_hook((m: nn.Module, args: Tensor[]) => {
      log.push(['pre', m._get_name(), lists(args)]);
    });
    first.register_forward_pre_hook((_, args: Tensor[]) => args[0]!.mul(2));
    first.register_forward_pre_hook(
      (_, args: Tensor[]) => {
        log.push(['pre first', lists(args)]);
      },
      { prepend: true },
    );
    first.register_forward_hook((_, args: Tensor[], out: Tensor) => {
      log.push(['forward', lists(args), out.tolist()]);
    });
    second.register_forward_hook((_, __, out: Tensor) => out.add(1));
    second.register_full_backward_pre_hook((_, grads) => {
      log.push(['backward pre', lists(grads)]);
    });
    second.register_full_backward_pre_hook((_, grads) => [grads[0]!.mul(3)]);
    second.register_full_backward_hook((_, given, out) => {
      log.push(['backward', lists(given), lists(out)]);
    });
    second.register_full_backward_hook((_, given) => [given[0]!.div(2)]);
    first.register_full_backward_hook((_, given, out) => {
      log.push(['first', lists(given), lists(out)]);
    });
    const x = tensor([
      [1, 2],
      [-1, 0.5],
    ]);
    const out = net(x) as Tensor;
    out.sum().backward();
    const grads = net.parameters().map(({ grad }) => grad!.tolist());
    const input = tensor([[0.5, 0.25]], { requires_grad: true });
    (net(input) as Tensor).sum().backward();
    near({ ...recorded.hooks, log }.log, recorded.hooks.log);
    near(out.tolist(), recorded.hooks.output);
    near(grads, recorded.hooks.grads);
    near(input.grad!.tolist(), recorded.hooks.input_grad);
  });

  it('can be taken off, each for itself', () => {
    const calls: string[] = [];
    const linear = nn.Linear(1, 1);
    const hook = (): void => void calls.push('hook');
    const [one, two] = [linear.register_forward_hook(hook), linear.register_forward_hook(hook)];
    linear(ones([1]));
    one.remove();
    one.remove();
    linear(ones([1]));
    expect(calls).to.have.length(3);
    {
      using _ = two;
    }
    linear(ones([1]));
    expect(calls).to.have.length(3);
  });

  it('may take themselves off, and others on, while they run', () => {
    const linear = nn.Linear(1, 1);
    let calls = 0;
    const handle = linear.register_forward_hook(() => {
      ++calls;
      handle.remove();
      linear.register_forward_hook(() => void (calls += 10));
    });
    linear(ones([1]));
    expect(calls).to.equal(1);
    linear(ones([1]));
    expect(calls).to.equal(11);
  });

  it('with always_call run after an error too, which stays the error', () => {
    class Failing extends nn.Module {
      forward(): Tensor {
        throw new Error('forward failed');
      }
    }
    const failing = new Failing();
    const calls: unknown[] = [];
    failing.register_forward_hook(() => void calls.push('usual'));
    failing.register_forward_hook((_, __, out) => void calls.push(out), { always_call: true });
    failing.register_forward_hook(
      () => {
        throw new Error('hook failed');
      },
      { always_call: true },
    );
    expect((thrown(() => failing()) as Error).message).to.equal('forward failed');
    expect(calls).to.deep.equal([null]);
  });

  it('see several inputs and outputs, and null for what is no tensor', () => {
    class Split extends nn.Module {
      forward(a: Tensor, _scale: number, b: Tensor): [Tensor, string, Tensor] {
        return [a.mul(2), 'word', b.mul(3)];
      }
    }
    const split = new Split();
    const seen: unknown[] = [];
    split.register_full_backward_hook((_, given, out) => {
      seen.push(lists(given), lists(out));
    });
    const [a, b] = [ones([1], { requires_grad: true }), ones([1])];
    const [left, word, right] = split(a, 5, b);
    expect(word).to.equal('word');
    expect(right.requires_grad).to.equal(false);
    left.sum().backward();
    expect(seen).to.deep.equal([
      [[2], null, [0]],
      [[1], null, null],
    ]);
    expect(a.grad!.tolist()).to.deep.equal([2]);
  });

  it('fire on the output alone where no input requires a gradient', () => {
    const linear = nn.Linear(1, 1);
    const seen: unknown[] = [];
    linear.register_full_backward_hook((_, given, out) => {
      seen.push(given, lists(out));
    });
    linear(ones([1]))
      .sum()
      .backward();
    expect(seen).to.deep.equal([[null], [1]].map((list, i) => (i === 0 ? list : [[1]])));
    linear.register_full_backward_hook((_, __, out) => out);
    const error = thrown(() =>
      linear(ones([1]))
        .sum()
        .backward(),
    ) as Error;
    expect(error.message).to.include('where no input requires gradient should always return None');
  });

  it('do not fire without recording', () => {
    const linear = nn.Linear(1, 1);
    linear.register_full_backward_hook(() => expect.fail('fired'));
    const out = no_grad(() => linear(ones([1], { requires_grad: true })));
    expect(out.requires_grad).to.equal(false);
  });

  it('refuse the wrong number of gradients, and what is no function', () => {
    const linear = nn.Linear(1, 1);
    linear.register_full_backward_hook((_, given) => [...given, ...given]);
    const x = ones([1], { requires_grad: true });
    const error = thrown(() => linear(x).sum().backward()) as Error;
    expect(error).to.be.instanceOf(TorchError);
    expect(error.message).to.include(
      'Backward hook returned an invalid number of grad_input, got 2, but expected 1',
    );
    expect(() => linear.register_forward_hook(3 as unknown as () => void)).to.throw(ArgumentError);
    expect(() => linear.register_forward_hook(() => null, { prepnd: true } as object)).to.throw(
      ArgumentError,
      "'prepend'",
    );
  });

  it('leave nothing behind', () => {
    const net = nn.Sequential(nn.Linear(2, 2), nn.Tanh());
    net[0]!.register_full_backward_hook((_, given) => given.map((gradient) => gradient?.mul(2) ?? null));
    net[1]!.register_forward_hook((_, __, out: Tensor) => out.mul(2));
    const step = (): void => {
      for (let i = 0; i < 20; ++i) (net(zeros([1, 2], { requires_grad: true })) as Tensor).sum().backward();
      net.zero_grad();
    };
    step();
    expect(growth(step)).to.equal(0);
  });
});
