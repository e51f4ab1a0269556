/** The graphs of fixtures/record_autograd.py, line by line. */
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';

const F = torch.nn.functional;
const { float64 } = torch;
type Graph = () => [value: Tensor, leaves: Tensor[]];

function leaf(shape: number[], low = -1, high = 1): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return torch.linspace(low, high, count, { dtype: float64 }).reshape(shape).requires_grad_();
}

export const graphs: Record<string, Graph> = {
  mlp() {
    const [x, w1, b1, w2] = [leaf([4, 3]), leaf([3, 5], -0.5), leaf([5]), leaf([5, 2], -1, 0.7)] as const;
    const logits = x.matmul(w1).add(b1).relu().matmul(w2);
    const loss = torch.ops['aten']!['cross_entropy_loss']!(logits, torch.tensor([0n, 1n, 1n, 0n]));
    return [loss as Tensor, [x, w1, b1, w2]];
  },
  broadcasting() {
    const [a, b] = [leaf([3, 1], 0.5, 2), leaf([4], 1, 3)] as const;
    return [a.pow(b).div(a.add(b)).sum(), [a, b]];
  },
  reuse() {
    const x = leaf([3], 0.2);
    const y = x.exp();
    return [y.mul(y).add(y.log().mul(x)).add(y.at(0)).sum(), [x]];
  },
  views() {
    const x = leaf([2, 6]);
    const y = x.view(3, 4).at('1:', '::2').transpose(0, 1).reshape(-1);
    return [y.mul(torch.arange(1, 5)).sum().add(x.diagonal().prod()), [x]];
  },
  inplace() {
    const x = leaf([4]);
    const y = x.mul(2);
    y.at('1:3').mul_(3);
    y.set_at(0, x.at(3).pow(2));
    y.add_(x);
    return [y.mul(y).sum(), [x]];
  },
  detached() {
    const x = leaf([3], 0.5);
    const frozen = x.detach().mul(x);
    const weight = torch.no_grad(() => x.exp());
    return [frozen.mul(weight).sum(), [x]];
  },
  reductions() {
    const x = leaf([3, 4]);
    const { values } = x.max({ dim: 1 });
    const sum = values.sum().add(x.std()).add(x.logsumexp(0).sum());
    return [sum.add(x.softmax(-1).norm()).add(x.cumsum(0).prod()), [x]];
  },
  convolution() {
    const [x, w, b] = [leaf([1, 2, 5, 5]), leaf([3, 2, 3, 3]), leaf([3])] as const;
    const y = F.conv2d(x, w, b, { padding: 1, stride: 2 });
    return [torch.max_pool2d(y, 2).square().sum(), [x, w, b]];
  },
  picking() {
    const [x, table] = [leaf([5]), leaf([4, 2])] as const;
    const rows = torch.embedding(table, torch.tensor([3n, 0n, 3n]));
    const chosen = x.at(torch.tensor([0n, 0n, 4n])).sum();
    return [chosen.mul(rows.square().sum()).add(torch.where(x.gt(0), x, x.mul(-2)).sum()), [x, table]];
  },
  linear_algebra() {
    const a = leaf([3, 3]);
    const spd = a.matmul(a.T).add(torch.eye(3, { dtype: float64 }).mul(2));
    const { logabsdet } = torch.linalg.slogdet(spd);
    return [torch.linalg.cholesky(spd).sum().add(logabsdet).add(spd.inverse().trace()), [a]];
  },
  double_backward() {
    const x = leaf([4], 0.3);
    const [first] = torch.autograd.grad(x.sin().mul(x.pow(3)).sum(), x, { create_graph: true });
    return [(first as Tensor).square().sum(), [x]];
  },
};
