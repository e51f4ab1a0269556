import { expect } from 'chai';
import { ArgumentError, callable, nn, type Tensor } from '../../../../ts/torch/index.js';
import { Empty } from './models.js';

describe('callable', () => {
  it('makes instances with and without new', () => {
    expect(nn.Linear(2, 3)).to.be.instanceOf(nn.Linear);
    expect(new nn.Linear(2, 3).out_features).to.equal(3);
    expect(nn.Linear({ in_features: 2, out_features: 3, bias: false }).bias).to.equal(null);
  });

  it('works for classes of one’s own, subclassed further', () => {
    class Doubled extends nn.Linear {
      static made = 0;
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2);
      }
    }
    const Double = callable(Doubled);
    class Quadrupled extends Double {
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2);
      }
    }
    const made = Double(1, 1);
    expect([made instanceof Double, made instanceof Doubled, made instanceof nn.Linear]).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect(Double.made).to.equal(0);
    expect(String(made)).to.equal('Doubled(in_features=1, out_features=1, bias=True)');
    const quadrupled = new Quadrupled(1, 1);
    expect(quadrupled._get_name()).to.equal('Quadrupled');
    expect(quadrupled).to.be.instanceOf(Double);
    expect(new Empty()).to.not.be.instanceOf(Double);
  });

  it('drops the ending of a class that has the constant’s name', () => {
    class ThingClass {}
    class Class {}
    expect(callable(ThingClass).name).to.equal('Thing');
    expect(callable(Class).name).to.equal('Class');
    expect(new (callable(ThingClass))().constructor.name).to.equal('Thing');
  });

  it('says which arguments are missing or unknown', () => {
    const make = nn.Linear as unknown as (...args: unknown[]) => unknown;
    expect(() => make()).to.throw(
      ArgumentError,
      "Linear(): missing 2 required arguments: 'in_features' and 'out_features'",
    );
    expect(() => make(1)).to.throw(ArgumentError, "Linear(): missing 1 required argument: 'out_features'");
    expect(() => make(1, 1, { biass: true })).to.throw(ArgumentError, "unknown option 'biass'");
    expect(() => make(1, 1, { in_features: 3 })).to.throw(ArgumentError, "'in_features' is given twice");
    expect(() => make(1, 1, true, 'cpu', null, 6)).to.throw(ArgumentError, 'but 6 were given');
  });
});
