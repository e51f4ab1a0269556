/** Compile-only: modules, typed by their own forward. */
import { callable, nn, type Tensor } from '../../ts/torch/index.js';

class Net extends nn.Module {
  lin = nn.Linear(784, 10);
  act = new nn.ReLU();
  layers = [nn.Linear(3, 3), nn.Tanh()];
  // Names that functions have as well: TypeScript asks for `override` where noImplicitOverride is set.
  override name = nn.Linear(1, 1);
  override length = 3;
  forward(x: Tensor) {
    return this.act(this.lin(x));
  }
}
class Two extends nn.Module {
  constructor(readonly size: number) {
    super();
  }
  forward(a: Tensor, b?: Tensor): [Tensor, number] {
    return [b ?? a, this.size];
  }
}
const CallableTwo = callable(Two);

export function called(x: Tensor): Tensor[] {
  const fromNet: Tensor = new Net()(x);
  const [fromTwo, size]: [Tensor, number] = CallableTwo(3)(x, x);
  const fromSequential: Tensor = nn.Sequential(new Net(), nn.ReLU({ inplace: true }), new Two(size))(x);
  const anyModule: nn.Module = new Net();
  const fromAny: Tensor = anyModule(x, 1, 'anything');
  const weight: nn.Parameter = nn.Linear(2, 2, false).weight;
  const bias: nn.Parameter | null = nn.Linear(2, 2, { bias: false }).bias;
  return [fromNet, fromTwo, fromSequential, fromAny, weight, bias ?? weight];
}

/** A subclass of a layer is made as the layer is. */
export class Scaled extends nn.Linear {
  override forward(input: Tensor): Tensor {
    return super.forward(input).mul(2);
  }
}

export function structure(net: Net, x: Tensor): unknown[] {
  const seq = nn.Sequential({ conv: nn.Linear(1, 1), relu: nn.ReLU() });
  for (const module of seq) module(x);
  for (const [name, parameter] of net.named_parameters()) name.concat(String(parameter.grad));
  net.lin = nn.Linear(1, 1);
  net.apply((module) => {
    if (module instanceof nn.Linear) nn.init.zeros_(module.weight);
  });
  const same: Net = net.to('cpu').eval().double().requires_grad_(false);
  const list = nn.ModuleList([nn.Linear(1, 1)]);
  const linear: nn.Linear = list.at(0) as nn.Linear;
  return [same, linear, seq.at('1:'), list.length, nn.ModuleDict({ a: linear }).get('a')];
}

export function convolutions(): nn.Module[] {
  return [
    nn.Conv2d(1, 30, 3, { padding: 1 }),
    nn.Conv2d(1, 30, { kernel_size: 3, padding: 1 }),
    nn.Conv2d({ in_channels: 1, out_channels: 30, kernel_size: [3, 3] }),
    nn.ConvTranspose2d(1, 30, { kernel_size: 2, stride: 2 }),
    // @ts-expect-error kernel_size is missing
    nn.Conv2d(1, 30, { padding: 1 }),
  ];
}

export function refused(x: Tensor): void {
  // @ts-expect-error forward takes a Tensor
  new Net()('x');
  // @ts-expect-error forward takes one
  new Net()(x, x);
  // @ts-expect-error no such option
  nn.Linear(1, 1, { biass: true });
  // @ts-expect-error out_features is missing
  nn.Linear(1);
  // @ts-expect-error a number, not text
  nn.Linear('1', 1);
  // @ts-expect-error no module
  nn.Sequential(1);
  // @ts-expect-error no such mode
  nn.init.kaiming_normal_(x, { mode: 'fan_on' });
}
