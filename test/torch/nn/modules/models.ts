/** The models of fixtures/record_module.py, in TypeScript. */
import { float64, int64, nn, ones, tensor, zeros, type Tensor } from '../../../../ts/torch/index.js';
import { readRecorded } from '../../../support/recorded.js';

export interface Names {
  parameters: string[];
  own_parameters: string[];
  all_parameters: string[];
  buffers: string[];
  children: string[];
  modules: string[];
  all_modules: string[];
  state: string[];
  metadata: Record<string, number>;
  applied: string[];
}
export const recorded = readRecorded<{
  text: Record<string, string>;
  names: Record<string, Names>;
  messages: Record<string, string>;
  hooks: { log: unknown[][]; output: number[][]; grads: unknown[]; input_grad: number[][] };
}>(import.meta.url, 'module.json');

export class Empty extends nn.Module {}

class Extra extends nn.Module {
  override extra_repr(): string {
    return 'first\nsecond, third';
  }
}

class ExtraAndChild extends nn.Module {
  child = nn.Linear(1, 2);
  override extra_repr(): string {
    return 'size=3';
  }
}

export class Block extends nn.Module {
  body = nn.Sequential(nn.Linear(2, 2), nn.ReLU({ inplace: true }));
  scale = nn.Parameter(ones([2]));
  norms = nn.ModuleList([nn.Identity(), nn.Identity()]);
  declare steps: Tensor;
  declare mask: Tensor;
  shift: nn.Parameter;
  declare absent: nn.Parameter | null;
  declare nothing: Tensor | null;

  constructor() {
    super();
    this.register_buffer('steps', zeros([], { dtype: int64 }));
    this.register_buffer('mask', ones([2]), { persistent: false });
    this.shift = nn.Parameter(zeros([2]));
    this.register_parameter('absent', null);
    this.register_buffer('nothing', null);
  }
  forward(x: Tensor): Tensor {
    return (this.body(x) as Tensor).mul(this.scale).add(this.shift);
  }
}

export class Shared extends nn.Module {
  first = new Block();
  second = nn.Linear(2, 2);
  again = this.first;
  tied = nn.Linear(2, 2);
  constructor() {
    super();
    this.tied.weight = this.second.weight;
  }
}

export function models(): Record<string, nn.Module> {
  return {
    empty: new Empty(),
    extra: new Extra(),
    extra_and_child: new ExtraAndChild(),
    block: new Block(),
    shared: new Shared(),
    sequential: nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Sequential(nn.Linear(3, 3), nn.ReLU())),
    named: nn.Sequential({ conv: nn.Linear(1, 1), relu: nn.ReLU() }),
    slice: nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1)).at('1:'),
    empty_list: nn.ModuleList(),
    list: nn.ModuleList([
      ...Array.from({ length: 3 }, () => nn.Linear(1, 1)),
      nn.ReLU(),
      nn.ReLU(),
      nn.Tanh(),
    ]),
    nested_list: nn.ModuleList([new Block(), new Block(), nn.ModuleList([nn.Tanh()])]),
    dict: nn.ModuleDict({ b: nn.Linear(1, 1), a: nn.ReLU() }),
    numbers: nn.ModuleDict([
      ['10', nn.Tanh()],
      ['2', nn.ReLU()],
    ]),
    parameter_list: nn.ParameterList([
      nn.Parameter(ones([2, 3])),
      ones([4], { dtype: float64 }),
      3,
      'word',
      0.5,
      null,
    ]),
    one_parameter: nn.ParameterList([nn.Parameter(ones([2, 3]))]),
    scalar_parameter: nn.ParameterList([nn.Parameter(tensor(1))]),
    parameter_dict: nn.ParameterDict({ right: ones([2]), left: nn.Parameter(ones([1, 5])) }),
  };
}
