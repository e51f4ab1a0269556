/** The same operators on the GPU as on the CPU: values, and gradients through them. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import type { Tensor } from '../../ts/torch/index.js';
import { device, distance, isGpu, needDevice } from './support/gpu.js';

type Make = (...x: Tensor[]) => Tensor;
const F = torch.nn.functional;

/** Name, what it computes, and the shapes of its arguments. */
const operators: [string, Make, number[][]][] = [
  ['add', (a, b) => a.add(b), [[5, 7], [7]]],
  [
    'sub and mul',
    (a, b) => a.sub(b).mul(b),
    [
      [4, 3],
      [4, 3],
    ],
  ],
  [
    'div',
    (a, b) => a.div(b.abs().add(1)),
    [
      [4, 3],
      [4, 3],
    ],
  ],
  [
    'matmul',
    (a, b) => a.matmul(b),
    [
      [64, 33],
      [33, 17],
    ],
  ],
  [
    'bmm',
    (a, b) => a.bmm(b),
    [
      [6, 5, 4],
      [6, 4, 3],
    ],
  ],
  ['sigmoid, tanh, relu', (a) => a.sigmoid().add(a.tanh()).add(a.relu()), [[100]]],
  ['exp, log, sqrt', (a) => a.exp().log().add(a.abs().add(1).sqrt()), [[50]]],
  ['softmax', (a) => a.softmax(-1), [[8, 10]]],
  ['log_softmax', (a) => a.log_softmax(-1), [[8, 10]]],
  ['sum and mean', (a) => a.sum(0).add(a.mean([0])), [[9, 4]]],
  ['std', (a) => a.std(0), [[9, 4]]],
  ['max over a dim', (a) => a.max(1)[0], [[9, 4]]],
  ['cumsum', (a) => a.cumsum(0), [[9, 4]]],
  ['sort', (a) => a.sort(0)[0], [[31]]],
  [
    'where',
    (a, b) => torch.where(a.gt(0), a, b),
    [
      [5, 5],
      [5, 5],
    ],
  ],
  ['clamp', (a) => a.clamp(-0.5, 0.5), [[40]]],
  [
    'cat and stack',
    (a, b) => torch.cat([torch.stack([a, b]).flatten(), a.flatten()]),
    [
      [3, 4],
      [3, 4],
    ],
  ],
  ['transpose, permute', (a) => a.permute([2, 0, 1]).transpose(0, 1).contiguous(), [[2, 3, 4]]],
  ['indexing', (a) => a.at('1:3', [0, 2]), [[4, 4]]],
  ['norm', (a) => a.norm(), [[30]]],
  [
    'linalg.solve',
    (a, b) => torch.linalg.solve(a.add(torch.eye(6, { device: a.device }).mul(9)), b),
    [
      [6, 6],
      [6, 2],
    ],
  ],
  [
    'conv2d',
    (x, w) => F.conv2d(x, w, { padding: 1, stride: 2 }),
    [
      [2, 3, 9, 9],
      [5, 3, 3, 3],
    ],
  ],
  [
    'conv_transpose2d',
    (x, w) => F.conv_transpose2d(x, w, { stride: 2 }),
    [
      [2, 3, 5, 5],
      [3, 4, 2, 2],
    ],
  ],
  ['max_pool2d', (x) => F.max_pool2d(x, 2), [[2, 3, 8, 8]]],
  ['avg_pool2d', (x) => F.avg_pool2d(x, 2), [[2, 3, 8, 8]]],
  ['batch_norm', (x) => F.batch_norm(x, null, null, { training: true }), [[8, 3, 4, 4]]],
  ['layer_norm', (x) => F.layer_norm(x, [12]), [[6, 12]]],
  ['linear', (x, w, b) => F.linear(x, w, b), [[8, 5], [3, 5], [3]]],
  ['mse_loss', (a, b) => F.mse_loss(a, b), [[20], [20]]],
  [
    'binary_cross_entropy_with_logits',
    (a, b) => F.binary_cross_entropy_with_logits(a, b.sigmoid()),
    [[20], [20]],
  ],
  [
    'interpolate',
    (x) => F.interpolate(x, { scale_factor: 2, mode: 'bilinear', align_corners: false }),
    [[1, 2, 5, 5]],
  ],
];

describe('CUDA: operators', function () {
  this.timeout(120_000);
  before(function () {
    needDevice(this);
  });

  for (const [name, make, shapes] of operators)
    it(name, () => {
      torch.manual_seed(7);
      const at = (where: string) => shapes.map((_, i) => inputs[i]!.to(where).detach().requires_grad_());
      const inputs = shapes.map((shape) => torch.randn(shape));
      const [here, there] = [at('cpu'), at(device)];
      const [want, got] = [make(...here), make(...there)];
      expect(got.device.toString()).to.match(new RegExp(`^${device}`));
      expect(got.shape).to.deep.equal(want.shape);
      // cuDNN multiplies with ten bits of mantissa (TF32) unless it is told not to, in Python as here.
      const convolution = isGpu && name.startsWith('conv');
      expect(distance(want, got), 'values').to.be.lessThan(convolution ? 5e-3 : 1e-5);
      want.sum().backward();
      got.sum().backward();
      for (const [i, one] of here.entries())
        expect(distance(one.grad!, there[i]!.grad!), `gradient ${i}`).to.be.lessThan(
          convolution ? 1e-2 : 1e-4,
        );
    });

  it('integers and booleans, exactly', () => {
    const a = torch.arange(-20, 20);
    const b = a.to(device);
    for (const of of [
      (t: Tensor) => t.mul(3).remainder(7),
      (t: Tensor) => t.gt(3),
      (t: Tensor) => t.bitwise_and(6),
    ])
      expect(of(b).to('cpu').equal(of(a))).to.equal(true);
  });

  it('refuses to mix devices in words', function () {
    if (device === 'cpu') this.skip();
    expect(() => torch.ones(2).add(torch.ones(2, { device }))).to.throw(/same device/);
  });
});
