/** The nets of fastbook's chapter 4 learn on the GPU what they learn on the CPU: from the same start, the same losses. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { device, distance, needDevice } from './support/gpu.js';

const { nn, optim } = torch;

/** Two kinds of points in 784 dimensions that a line can tell apart. */
function data(): [torch.Tensor, torch.Tensor] {
  const y = torch.randint(0, 2, [512, 1]).to(torch.float32);
  const x = torch
    .randn(512, 784)
    .mul(0.5)
    .add(
      y
        .mul(2)
        .sub(1)
        .mul(torch.linspace(-0.3, 0.3, 784)),
    );
  return [x, y];
}

const nets: [string, () => torch.nn.Module][] = [
  ['a linear model', () => nn.Linear(784, 1)],
  ['the two-layer net', () => nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 1))],
  [
    'a convolutional net',
    () =>
      nn.Sequential(
        nn.Unflatten(1, [1, 28, 28]),
        nn.Conv2d(1, 4, 3, { stride: 2, padding: 1 }),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(784, 1),
      ),
  ],
];

describe('CUDA: training', function () {
  this.timeout(300_000);
  before(function () {
    needDevice(this);
  });

  for (const [name, make] of nets)
    it(name, () => {
      torch.manual_seed(42);
      const [x, y] = data();
      const here = make();
      const there = make();
      there.load_state_dict(here.state_dict());
      there.to(device);
      const run = (model: torch.nn.Module, where: string) => {
        const opt = optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
        const losses: number[] = [];
        for (let epoch = 0; epoch < 5; epoch++)
          for (let i = 0; i < 512; i += 128) {
            const [xb, yb] = [x, y].map((t) => t.narrow(0, i, 128).to(where)) as [torch.Tensor, torch.Tensor];
            const out = (model as unknown as { forward(x: torch.Tensor): torch.Tensor }).forward(xb);
            const loss = torch.where(yb.eq(1), out.sigmoid().neg().add(1), out.sigmoid()).mean();
            loss.backward();
            opt.step();
            opt.zero_grad();
            losses.push(Number(loss.item()));
          }
        return losses;
      };
      const [want, got] = [run(here, 'cpu'), run(there, device)];
      expect(want.at(-1)).to.be.lessThan(want[0]! / 2);
      for (const [i, loss] of want.entries()) expect(got[i], `loss ${i}`).to.be.closeTo(loss, 5e-3);
      const theirs = there.parameters();
      for (const [i, one] of here.parameters().entries()) {
        expect(theirs[i]!.device.toString()).to.match(new RegExp(`^${device}`));
        expect(distance(one, theirs[i]!), `parameter ${i}`).to.be.lessThan(1e-2);
      }
    });

  it('a generator of the device repeats itself, and its state can be kept', () => {
    const draw = () => torch.randn([1000], { device });
    torch.manual_seed(3);
    const first = draw();
    torch.manual_seed(3);
    expect(draw().equal(first)).to.equal(true);
    expect(draw().equal(first)).to.equal(false);
  });

  it('half precision under autocast learns too', () => {
    torch.manual_seed(1);
    const [x, y] = data().map((t) => t.to(device)) as [torch.Tensor, torch.Tensor];
    const model = nn.Linear(784, 1).to(device);
    const opt = optim.SGD(model.parameters(), { lr: 0.1 });
    const type = device.split(':')[0]!;
    const losses: number[] = [];
    for (let step = 0; step < 20; step++) {
      const loss = torch.autocast(type, { dtype: torch.bfloat16 }, () => {
        const out = model.forward(x);
        expect(out.dtype).to.equal(torch.bfloat16);
        return nn.functional.binary_cross_entropy_with_logits(out.to(torch.float32), y);
      });
      loss.backward();
      opt.step();
      opt.zero_grad();
      losses.push(Number(loss.item()));
    }
    expect(losses.at(-1)).to.be.lessThan(losses[0]! / 2);
  });
});
