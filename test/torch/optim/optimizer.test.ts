/** What all optimizers share: arguments, groups, closures, hooks, states, memory. */
import { expect } from 'chai';
import { native } from '../../../ts/native.js';
import * as torch from '../../../ts/torch/index.js';

const { optim } = torch;
const parameter = (...values: number[]): torch.Tensor => torch.tensor(values).requires_grad_();
const all = ['SGD', 'Adam', 'AdamW', 'Adagrad', 'Adadelta', 'RMSprop', 'Adamax', 'NAdam', 'RAdam', 'LBFGS'];
const make = (name: string, params: unknown, options?: object): torch.optim.Optimizer =>
  (optim as any)[name](params, options);

describe('Optimizer', () => {
  it('works with and without new, and is an Optimizer', () => {
    for (const name of all) {
      const called = make(name, [parameter(1)]);
      const constructed = new (optim as any)[name]([parameter(1)]);
      expect(called).to.be.instanceOf(optim.Optimizer);
      expect(called).to.be.instanceOf((optim as any)[name]);
      expect(constructed.toString()).to.equal(called.toString());
      expect(called.toString()).to.match(new RegExp(`^${name} \\(\nParameter Group 0\n`));
    }
    expect(optim.AdamW([parameter(1)])).to.be.instanceOf(optim.Adam);
  });

  it('takes arrays, generators, pairs with names, and groups', () => {
    const [a, b] = [parameter(1), parameter(2)];
    function* generate() {
      yield a;
      yield b;
    }
    const named = new Map([
      ['a', a],
      ['b', b],
    ]);
    expect(optim.SGD([a, b]).param_groups[0]!.params).to.deep.equal([a, b]);
    expect(optim.SGD(generate()).param_groups[0]!.params).to.deep.equal([a, b]);
    const group = optim.SGD(named).param_groups[0]!;
    expect(group.params).to.deep.equal([a, b]);
    expect(group.param_names).to.deep.equal(['a', 'b']);
    expect(optim.SGD(named).toString()).to.contain("    param_names: ['a', 'b']\n");
    expect(optim.SGD(named).state_dict().param_groups[0]).to.deep.include({
      params: [0, 1],
      param_names: ['a', 'b'],
    });
    const groups = optim.SGD([{ params: a, lr: 0.5 }, { params: [b] }], 0.25).param_groups;
    expect(groups.map(({ lr }) => lr)).to.deep.equal([0.5, 0.25]);
    expect(groups[0]!.params[0]).to.equal(a);
  });

  it('refuses parameters as PyTorch does', () => {
    const a = parameter(1);
    const refused: [unknown, RegExp][] = [
      [
        a,
        /params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch\.Tensor/,
      ],
      [3, /should be an iterable of Tensors or dicts, but got int/],
      [[], /optimizer got an empty parameter list/],
      [[1], /optimizer can only optimize Tensors, but one of the params is int/],
      [[a.mul(2)], /can't optimize a non-leaf Tensor/],
      [[{ params: [a] }, { params: [a] }], /some parameters appear in more than one parameter group/],
      [[['a', a], parameter(2)], /with\/without names\. Some param names are missing/],
      [[{ params: [['a', a]] }, { params: [parameter(2)] }], /cannot add param group without names/],
      [[{ params: [a] }, 3], /param_group must be a dict, but got int/],
    ];
    for (const [params, message] of refused) expect(() => make('SGD', params)).to.throw(message);
    const optimizer = optim.SGD([a]);
    optimizer.add_param_group({ params: [parameter(2)], lr: 3 });
    expect(optimizer.param_groups[1]).to.include({ lr: 3, momentum: 0 });
    expect(() => {
      optimizer.add_param_group({ params: [a] });
    }).to.throw('more than one parameter group');
  });

  it('refuses options as PyTorch does', () => {
    const refused: [string, object, RegExp][] = [
      ['SGD', { lr: -0.1 }, /Invalid learning rate: -0\.1/],
      ['SGD', { momentum: -1 }, /Invalid momentum value: -1/],
      ['SGD', { weight_decay: -1e-5 }, /Invalid weight_decay value: -1e-05/],
      ['SGD', { nesterov: true }, /Nesterov momentum requires a momentum and zero dampening/],
      ['SGD', { nesterov: true, momentum: 0.9, dampening: 0.1 }, /Nesterov momentum requires/],
      ['SGD', { lr: torch.zeros([2]) }, /Tensor lr must be 1-element/],
      ['SGD', { momentun: 0.9 }, /SGD\(\): unknown option 'momentun'.*'momentum'/],
      ['SGD', { lr: 'fast' }, /SGD\(\): argument 'lr' must be float or Tensor, not str/],
      ['SGD', { nesterov: 1 }, /argument 'nesterov' must be bool, not int/],
      ['SGD', { fused: true, foreach: true }, /`fused` and `foreach` cannot be `True` together\./],
      ['SGD', { differentiable: true }, /differentiable=True is not supported: a step changes/],
      ['Adam', { capturable: true }, /capturable=True is not supported: CUDA graphs/],
      ['Adam', { lr: NaN }, /Invalid learning rate: nan/],
      ['Adam', { eps: -1 }, /Invalid epsilon value: -1/],
      ['Adam', { betas: [1, 0.9] }, /Invalid beta parameter at index 0: 1/],
      ['Adam', { betas: [0.9, 1.5] }, /Invalid beta parameter at index 1: 1\.5/],
      ['Adam', { betas: [0.9] }, /argument 'betas' must be a list of 2 numbers/],
      ['AdamW', { weight_decay: -1 }, /Invalid weight_decay value: -1/],
      ['AdamW', { decoupled_weight_decay: false }, /AdamW\(\): unknown option 'decoupled_weight_decay'/],
      ['Adagrad', { lr_decay: -1 }, /Invalid lr_decay value: -1/],
      ['Adagrad', { initial_accumulator_value: -1 }, /Invalid initial_accumulator_value value: -1/],
      ['Adadelta', { rho: 1.5 }, /Invalid rho value: 1\.5/],
      ['RMSprop', { alpha: -0.5 }, /Invalid alpha value: -0\.5/],
      ['Adamax', { betas: [-1, 0.9] }, /Invalid beta parameter at index 0: -1/],
      ['NAdam', { momentum_decay: -1 }, /Invalid momentum_decay value: -1/],
      ['RAdam', { eps: -1 }, /Invalid epsilon value: -1/],
      ['LBFGS', { lr: -1 }, /Invalid learning rate: -1/],
    ];
    for (const [name, options, message] of refused)
      expect(() => make(name, [parameter(1)], options), `${name} ${JSON.stringify(options)}`).to.throw(
        message,
      );
  });

  it('runs a closure with recording on, also inside no_grad, and gives its loss', () => {
    const w = parameter(1, 2);
    const optimizer = optim.SGD([w], { lr: 0.1 });
    const closure = (): torch.Tensor => {
      optimizer.zero_grad();
      const loss = w.pow(2).sum();
      loss.backward();
      return loss;
    };
    const loss = torch.no_grad(() => optimizer.step(closure)) as torch.Tensor;
    expect(loss.item()).to.equal(5);
    expect(w.tolist()).to.deep.equal([1, 2].map((x) => Math.fround(x - Math.fround(0.2 * x))));
    expect(w.requires_grad).to.be.true;
    expect(optimizer.step()).to.equal(null);
    expect(() => optimizer.step((async () => Promise.resolve(1)) as any)).to.throw('not a promise of it');
    expect(() => optimizer.step(3 as any)).to.throw('the closure must be a function');
  });

  it('clears gradients, or fills them with zeros cut from their graph', () => {
    const w = parameter(2);
    const optimizer = optim.SGD([w]);
    w.pow(3).sum().backward({ create_graph: true });
    const held = w.grad!;
    expect(held.requires_grad).to.be.true;
    optimizer.zero_grad(false);
    expect(w.grad!.tolist()).to.deep.equal([0]);
    expect(w.grad!.requires_grad).to.be.false;
    expect(w.grad!.is(held)).to.be.true;
    optimizer.zero_grad();
    expect(w.grad).to.equal(null);
    w.sum().backward();
    optimizer.zero_grad({ set_to_none: false });
    expect(w.grad!.item()).to.equal(0);
    optimizer.zero_grad();
  });

  it('calls hooks in order, and lets go of them', () => {
    const w = parameter(1);
    const optimizer = optim.SGD([w]);
    const calls: string[] = [];
    const handles = [
      optimizer.register_step_pre_hook(() => void calls.push('pre')),
      optimizer.register_step_post_hook((given) => void calls.push(given === optimizer ? 'post' : '?')),
      optim.register_optimizer_step_pre_hook(() => void calls.push('every pre')),
      optim.register_optimizer_step_post_hook(() => void calls.push('every post')),
    ];
    optimizer.step();
    expect(calls).to.deep.equal(['every pre', 'pre', 'post', 'every post']);
    for (const handle of handles) handle.remove();
    optimizer.step();
    expect(calls).to.have.length(4);
    optimizer.register_step_pre_hook(() => [() => torch.tensor(7)]);
    expect((optimizer.step() as unknown as torch.Tensor).item()).to.equal(7);
    const bad = optim.SGD([w]);
    bad.register_step_pre_hook(() => 3 as any);
    expect(() => bad.step()).to.throw('a step pre hook must return');
  });

  it('can be subclassed as in Python, with hooks around the own step', () => {
    class SignSGD extends optim.Optimizer {
      constructor(params: torch.optim.Params, lr: number) {
        super(params, { lr });
      }
      override step(): any {
        torch.no_grad(() => {
          for (const { params, lr } of this.param_groups)
            for (const param of params) if (param.grad) param.sub_(param.grad.sign(), { alpha: lr });
        });
        return null;
      }
    }
    const w = parameter(1, -1);
    const optimizer = new SignSGD([w], 0.5);
    let count = 0;
    optimizer.register_step_post_hook(() => void ++count);
    w.pow(2).sum().backward();
    optimizer.step();
    expect(w.tolist()).to.deep.equal([0.5, -0.5]);
    expect(count).to.equal(1);
    expect(optimizer.toString()).to.equal('SignSGD (\nParameter Group 0\n    lr: 0.5\n)');
    expect(() => new optim.Optimizer([w], {}).step()).to.throw('Optimizer has no step()');
    // A subclass that calls the step of its base has its hooks called once.
    class Twice extends optim.SGD {
      override step(): any {
        super.step();
        return super.step();
      }
    }
    const twice = new Twice([w], { lr: 0.1 });
    let hooks = 0;
    twice.register_step_pre_hook(() => void ++hooks);
    twice.step();
    expect(hooks).to.equal(1);
  });

  it('refuses a state that does not fit, and stays as it was', () => {
    const optimizer = optim.Adam([parameter(1), parameter(2)]);
    const two = optim.Adam([{ params: [parameter(1)] }, { params: [parameter(2)] }]).state_dict();
    const one = optim.Adam([parameter(1)], { lr: 7 }).state_dict();
    expect(() => {
      optimizer.load_state_dict(two);
    }).to.throw('loaded state dict has a different number of parameter groups');
    expect(() => {
      optimizer.load_state_dict(one);
    }).to.throw(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
    expect(() => {
      optimizer.load_state_dict({});
    }).to.throw("the state dict has no list 'param_groups'");
    expect(optimizer.param_groups[0]!.lr).to.equal(0.001);
  });

  it('casts a loaded state to its parameters, and takes states of old versions', () => {
    const w = torch.tensor([1, 2], { dtype: torch.float64 }).requires_grad_();
    const optimizer = optim.Adam([w]);
    const old = {
      state: { 0: { step: 5, exp_avg: torch.tensor([1, 1]), exp_avg_sq: torch.tensor([2, 2]) } },
      param_groups: [{ lr: 0.5, betas: [0.9, 0.99], eps: 1e-8, weight_decay: 0, params: [0] }],
    };
    optimizer.load_state_dict(old);
    const state = optimizer.state.get(w)!;
    expect(String((state['exp_avg'] as torch.Tensor).dtype)).to.equal('torch.float64');
    expect(state['step']).to.be.instanceOf(torch.Tensor);
    expect(optimizer.param_groups[0]).to.include({ lr: 0.5, amsgrad: false, foreach: null, maximize: false });
    w.grad = torch.ones([2], { dtype: torch.float64 });
    optimizer.step();
    expect((state['step'] as torch.Tensor).item()).to.equal(6);
  });

  it('keeps its state apart from the saved one and from scopes', () => {
    const w = parameter(1, 2);
    const optimizer = optim.SGD([w], { lr: 0.1, momentum: 0.9 });
    torch.tidy(() => {
      w.grad = torch.ones([2]);
      optimizer.step();
    });
    expect((optimizer.state.get(w)!['momentum_buffer'] as torch.Tensor).tolist()).to.deep.equal([1, 1]);
    const other = optim.SGD([parameter(1, 2)], { momentum: 0.9 });
    const saved = { ...optimizer.state_dict() };
    torch.tidy(() => {
      other.load_state_dict(saved);
    });
    for (const state of saved.state.values()) (state['momentum_buffer'] as torch.Tensor).dispose();
    expect(
      (other.state.get(other.param_groups[0]!.params[0]!)!['momentum_buffer'] as torch.Tensor).tolist(),
    ).to.deep.equal([1, 1]);
  });

  it('crosses into native code as often for a hundred parameters as for two', () => {
    const crossings = (name: string, count: number, options: object): number => {
      const params = Array.from({ length: count }, (_, i) => parameter(i, 1));
      for (const param of params) param.grad = torch.ones([2]);
      const optimizer = make(name, params, options);
      optimizer.step();
      const raw = native as unknown as Record<string, unknown>;
      const before = { ...raw };
      let calls = 0;
      for (const [key, fn] of Object.entries(before))
        if (typeof fn === 'function')
          raw[key] = (...args: unknown[]): unknown => {
            ++calls;
            return (fn as (...args: unknown[]) => unknown)(...args);
          };
      try {
        optimizer.step();
        optimizer.zero_grad();
      } finally {
        Object.assign(raw, before);
      }
      return calls;
    };
    const cases: [string, object][] = [
      ...all
        .filter((name) => name !== 'LBFGS')
        .map((name): [string, object] => [name, { weight_decay: 0.1 }]),
      ['SGD', { momentum: 0.9, nesterov: true }],
      ...['SGD', 'Adam', 'AdamW', 'Adagrad'].map((name): [string, object] => [name, { fused: true }]),
    ];
    for (const [name, options] of cases) {
      const few = crossings(name, 2, options);
      expect(few, name).to.be.within(3, 32);
      expect(crossings(name, 100, options), name).to.equal(few);
    }
  });

  it('gives the same figures for gradients and parameters in any order of memory, also fused', () => {
    for (const name of ['SGD', 'Adam', 'AdamW', 'Adagrad'])
      for (const strided of [false, true]) {
        const results = [false, true].map((fused) => {
          const data = torch.arange(24).to(torch.float32).reshape([4, 6]);
          const w = (strided ? data.t().contiguous().t() : data).requires_grad_();
          w.grad = strided ? torch.ones([4, 6]).mul(data) : data.clone().reshape([6, 4]).t();
          make(name, [w], { lr: 0.1, fused }).step();
          return w.detach();
        });
        expect(torch.allclose(results[0]!, results[1]!, { rtol: 1e-6 }), `${name} ${strided}`).to.be.true;
      }
  });

  it('takes sparse gradients where PyTorch does', () => {
    const sparse = (): torch.Tensor => {
      const w = torch.ones([4, 2]).requires_grad_();
      w.grad = torch.sparse_coo_tensor(torch.tensor([[0n, 2n, 2n]]), torch.ones([3, 2]), [4, 2]);
      return w;
    };
    const w = sparse();
    optim.SGD([w], { lr: 0.5 }).step();
    expect(w.at(':', 0).tolist()).to.deep.equal([0.5, 1, 0, 1]);
    const v = sparse();
    const adagrad = optim.Adagrad([v], { lr: 0.5, eps: 0 });
    adagrad.step();
    expect(v.at(':', 0).tolist()).to.deep.equal([0.5, 1, 0.5, 1]);
    expect((adagrad.state.get(v)!['sum'] as torch.Tensor).at(':', 1).tolist()).to.deep.equal([1, 0, 4, 0]);
    expect(() => optim.Adam([sparse()]).step()).to.throw('please consider SparseAdam instead');
    expect(() => optim.RMSprop([sparse()]).step()).to.throw('RMSprop does not support sparse gradients');
    expect(() => optim.SGD([sparse()], { fused: true }).step()).to.throw('does not support sparse gradients');
    const decay = optim.Adagrad([sparse()], { weight_decay: 1 });
    expect(() => decay.step()).to.throw('weight_decay option is not compatible with sparse gradients');
  });

  it('says when a parameter has been disposed of, or a state is missing', () => {
    const w = parameter(1);
    w.grad = torch.ones([1]);
    const adam = optim.Adam([w]);
    adam.step();
    adam.param_groups[0]!['amsgrad'] = true;
    expect(() => adam.step()).to.throw("the state of a parameter has no 'max_exp_avg_sq'");
    const sgd = optim.SGD([w]);
    w.dispose();
    expect(() => sgd.step()).to.throw('has been disposed of');
  });
});
