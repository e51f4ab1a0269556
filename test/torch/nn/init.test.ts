/** nn.init against PyTorch, bit for bit, and how much of the generator it uses. */
import { expect } from 'chai';
import torch, { Generator, full, manual_seed, nn, randint, zeros, type Tensor } from '../../../ts/index.js';
import { ArgumentError, ValueError } from '../../../ts/torch/errors.js';
import { growth } from '../../support/live.js';
import { expectRecorded, dtypeNamed, readRecorded, type RecordedTensor } from '../../support/recorded.js';
import { thrown } from '../../support/thrown.js';

interface Recorded {
  cases: { name: string; args: unknown[]; kwargs: object; result: RecordedTensor; next: number }[];
  refused: { name: string; args: unknown[]; shape: number[]; message: string }[];
  gains: { args: [string, number?]; gain: number }[];
}
const recorded = readRecorded<Recorded>(import.meta.url, 'init.json');
const init = nn.init as unknown as Record<string, (tensor: Tensor, ...args: unknown[]) => Tensor>;

describe('nn.init', () => {
  for (const { name, args, kwargs, result, next } of recorded.cases) {
    const given = Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
    it(`${name}(${JSON.stringify(result.shape)}, ${JSON.stringify(given)}) ${result.dtype}`, () => {
      const tensor = full(result.shape, -7, { dtype: dtypeNamed(result.dtype) });
      manual_seed(42);
      expect(init[name]!(tensor, ...given)).to.equal(tensor);
      // A factorisation, and an inverse of the normal distribution's integral, are no single draws.
      expectRecorded(tensor, result, name === 'orthogonal_' ? 'reduction' : 'drawn', name);
      expect(randint(2 ** 40, []).item()).to.equal(next);
    });
  }

  for (const { name, args, shape, message } of recorded.refused)
    it(`${name}(${JSON.stringify(shape)}, ${JSON.stringify(args)}) is refused`, () => {
      const tensor = zeros(shape);
      const error = thrown(() => init[name]!(tensor, ...args)) as Error;
      expect(error).to.be.instanceOf(ValueError);
      expect(error.message).to.equal(message);
    });

  it('knows the gains', () => {
    for (const { args, gain } of recorded.gains)
      expect(nn.init.calculate_gain(...(args as ['relu'])), args.join()).to.equal(gain);
    expect(() => nn.init.calculate_gain('gelu' as 'relu')).to.throw(
      ValueError,
      'Unsupported nonlinearity gelu',
    );
    expect(() => nn.init.calculate_gain('leaky_relu', true as unknown as number)).to.throw(
      ValueError,
      'negative_slope true not a valid number',
    );
  });

  it('draws from the generator that is given', () => {
    const drawn = (generator?: Generator): number[] => {
      const tensor = zeros([3, 4]);
      nn.init.kaiming_normal_(tensor, { mode: 'fan_out', ...(generator ? { generator } : {}) });
      return tensor.reshape([-1]).tolist() as number[];
    };
    manual_seed(1);
    const expected = drawn();
    manual_seed(2);
    expect(drawn(new Generator().manual_seed(1))).to.deep.equal(expected);
    expect(drawn()).to.not.deep.equal(expected);
  });

  it('works on parameters without recording, and leaves no temporaries', () => {
    const parameter = nn.Parameter(zeros([20, 10]));
    const grown = growth(() => {
      for (const name of ['uniform_', 'trunc_normal_', 'orthogonal_', 'eye_', 'xavier_normal_'])
        init[name]!(parameter);
      nn.init.trunc_normal_(parameter, 0, 1, 2, 3);
      nn.init.sparse_(parameter, 0.5);
    });
    expect(grown).to.equal(0);
    expect(parameter.is_leaf).to.equal(true);
    expect(parameter.requires_grad).to.equal(true);
  });

  it('leaves meta tensors alone', () => {
    const tensor = torch.empty([3, 3], { device: 'meta' });
    for (const name of ['trunc_normal_', 'orthogonal_']) expect(init[name]!(tensor)).to.equal(tensor);
    expect(nn.init.sparse_(tensor, 0.5)).to.equal(tensor);
  });

  it('refuses what is no tensor, no number and no option', () => {
    expect(() => nn.init.zeros_([1] as unknown as Tensor)).to.throw(
      ArgumentError,
      "'tensor' must be a Tensor",
    );
    expect(() => nn.init.uniform_(zeros([2]), '1' as unknown as number)).to.throw(ArgumentError, "'a'");
    expect(() => nn.init.normal_(zeros([2]), { sdt: 1 } as object)).to.throw(ArgumentError, "'std'");
  });
});
