import fs from 'node:fs';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { message } from '../../support/thrown.js';
import { fixture } from '../serialization/support.js';

const recorded = JSON.parse(fs.readFileSync(fixture('script.json'), 'utf8')) as Record<string, unknown>;

describe('torch.jit.load', () => {
  const x = (): torch.Tensor => torch.tensor([[1, 2]]);

  it("runs Python's modules", () => {
    const script = torch.jit.load(fixture('script.pt'));
    expect(script.training).to.equal(true);
    script.eval();
    expect(script.training).to.equal(false);
    expect((script.forward(x()) as torch.Tensor).tolist()).to.deep.equal(recorded['y']);
    expect((script.forward(x(), 10) as torch.Tensor).tolist()).to.deep.equal(recorded['y_bias']);
    expect(script.methods()).to.include.members(['forward', 'parts']);
    // In a module that has not run yet: libtorch keeps a plan made with gradients, in Python too.
    const fresh = torch.jit.load(fixture('script.pt')).eval();
    expect(torch.no_grad(() => fresh.forward(x()) as torch.Tensor).requires_grad).to.equal(false);
    const [head, sums, list] = script.call('parts', torch.tensor([1, 2, 3]), 2) as [
      torch.Tensor,
      Map<string, torch.Tensor>,
      number[],
    ];
    expect([head.tolist(), sums.get('sum')!.item(), list]).to.deep.equal([[1, 2], 6, [1, 2]]);
  });

  it('drops out only while it trains', () => {
    const script = torch.jit.load(fixture('script.pt'));
    torch.manual_seed(0);
    const outcomes = new Set(Array.from({ length: 20 }, () => (script.forward(x()) as torch.Tensor).item()));
    expect(outcomes.size).to.equal(2);
    expect(outcomes.has(0)).to.equal(true);
  });

  it('has parameters that can be read, moved and trained', () => {
    const script = torch.jit.load(fixture('script.pt'), { map_location: 'cpu' }).to('cpu').eval();
    expect(script.named_parameters().map(([name]) => name)).to.deep.equal(['lin.weight', 'lin.bias']);
    expect(script.named_buffers().map(([name]) => name)).to.deep.equal(['scale']);
    const state = script.state_dict();
    expect(Object.keys(state)).to.deep.equal(['lin.weight', 'lin.bias', 'scale']);
    expect([state['lin.weight']!.tolist(), state['lin.bias']!.tolist()]).to.deep.equal([
      recorded['weight'],
      recorded['bias'],
    ]);
    const [weight] = script.parameters() as [torch.Tensor];
    (script.forward(x()) as torch.Tensor).sum().backward();
    expect(weight.grad!.tolist()).to.deep.equal([[2, 4]]);
    state['scale']!.fill_(0);
    expect((script.forward(x()) as torch.Tensor).item(), 'the same memory').to.equal(0);
  });

  it('says what is wrong', () => {
    const script = torch.jit.load(fixture('script.pt'));
    expect(message(() => script.forward())).to.match(/forward\(\) is missing value for argument 'x'/);
    expect(message(() => script.forward('x'))).to.match(/argument 'x' must be Tensor, not string/);
    expect(message(() => script.forward(x(), 1, 2))).to.match(/takes 2 arguments, not 3/);
    expect(message(() => script.forward(torch.ones([3])))).to.match(
      /size mismatch|shapes cannot|mat1 and mat2/,
    );
    expect(message(() => script.call('missing'))).to.match(/no method 'missing'/);
    expect(message(() => torch.jit.load(fixture('missing.pt')))).to.match(/cannot read .*missing\.pt: /);
    expect(message(() => torch.jit.load(fixture('row.npy')))).to.match(/cannot read .*row\.npy: /);
    script.dispose();
    script.dispose();
    expect(message(() => script.forward(x()))).to.match(/disposed/);
  });

  it('lets go of everything', () => {
    expect(
      growth(() => {
        const script = torch.jit.load(fixture('script.pt'));
        script.forward(x());
        script.state_dict();
      }),
    ).to.equal(0);
  });
});
