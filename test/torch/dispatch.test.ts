import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { isOptions, lower, operator } from '../../ts/torch/dispatch.js';
import { handleOf } from '../../ts/torch/handle.js';
import { message } from '../support/thrown.js';

describe('dispatch', () => {
  it('lowers objects to handles and leaves the rest alone', () => {
    const t = torch.ones(1);
    expect(lower(t)).to.equal(handleOf(t));
    expect(lower([t, [torch.float32]])).to.deep.equal([handleOf(t), [handleOf(torch.float32)]]);
    const sizes = [1, 2];
    expect(lower(sizes), 'no copy of plain numbers').to.equal(sizes);
    expect(lower(torch.device('cuda:1'))).to.equal('cuda:1');
    for (const value of [1, 'a', null, undefined, 3n]) expect(lower(value)).to.equal(value);
  });

  it('takes a plain object in the last place for options, nothing else', () => {
    expect([{}, Object.create(null), { a: 1 }].map(isOptions)).to.deep.equal([true, true, true]);
    class Mine {}
    expect(
      [[], null, undefined, 1, new Mine(), torch.ones(1), new Map(), new torch.Float(1)].map(isOptions),
    ).to.deep.equal(Array(8).fill(false));
  });

  it('looks an operator up at the first call, and says when there is none', () => {
    const missing = operator('not_an_operator', ['default']);
    expect(message(() => missing(1))).to.match(/has no operator 'not_an_operator'/);
    const add = operator('add', ['Tensor', 'no_such_overload'], { wrapsNumbers: true });
    expect(String(add(torch.ones(1), 2))).to.equal('tensor([3.])');
  });

  it('binds methods that know their name and can be borrowed', () => {
    const { add } = torch.Tensor.prototype;
    expect([add.name, torch.add.name, Object.keys(torch.ones(1))]).to.deep.equal(['add', 'add', []]);
    expect(add.call(torch.ones(1), 1).item()).to.equal(2);
    expect(() => add.call(3 as never, 1)).to.throw(torch.TorchError);
  });

  it('tells a disposed argument from a wrong one', () => {
    const gone = torch.ones(1);
    gone.dispose();
    for (const call of [
      () => torch.ones(1).add(gone),
      () => torch.cat([torch.ones(1), gone]),
      () => torch.ones(1).add(1, { alpha: gone as never }),
      () => gone.add(1),
      () => gone.add(1, { alpha: 2 }),
    ])
      expect(message(call)).to.match(/disposed of/);
  });
});
