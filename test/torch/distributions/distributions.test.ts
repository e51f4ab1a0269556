/** torch.distributions against recorded PyTorch. */
import { expect } from 'chai';
import torch, { NotImplementedError, tensor, ValueError, type Tensor } from '../../../ts/index.js';
import { expectRecorded, readRecorded, restore, type RecordedTensor } from '../../support/recorded.js';
import { message, thrown } from '../../support/thrown.js';

const D = torch.distributions;
type Kind = 'Normal' | 'Bernoulli' | 'Categorical' | 'Uniform';
interface Case {
  kind: Kind;
  text: string;
  batch_shape: number[];
  options: Record<string, RecordedTensor | number>;
  value: RecordedTensor;
  draws: Record<string, RecordedTensor>;
  values: Record<string, RecordedTensor>;
}
const recorded = readRecorded<{ cases: Case[]; kl: RecordedTensor[]; errors: string[] }>(
  import.meta.url,
  'distributions.json',
);

function make({ kind, options }: Case): any {
  const given = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : restore(value),
    ]),
  );
  return D[kind](given as never);
}

describe('torch.distributions', () => {
  for (const one of recorded.cases) {
    describe(one.text, () => {
      it('draws what PyTorch draws', () => {
        const d = make(one);
        torch.manual_seed(42);
        const { draws } = one;
        const check = (name: string, drawn: Tensor): void =>
          expectRecorded(drawn, draws[name]!, 'drawn', name);
        check('sample', d.sample());
        check('sample_5', d.sample([5]));
        check('sample_2_3', d.sample({ sample_shape: [2, 3] }));
        if (draws['rsample']) check('rsample', d.rsample([3]));
        const wide = d.expand([4, ...d.batch_shape]);
        expect([...wide.batch_shape]).to.deep.equal([4, ...one.batch_shape]);
        check('expanded', wide.sample([2]));
        check('after', torch.rand([2]));
      });

      it('has the values and the text of PyTorch', () => {
        const d = make(one);
        expect(String(d)).to.equal(one.text);
        expect([...d.batch_shape]).to.deep.equal(one.batch_shape);
        expect([...d.event_shape]).to.deep.equal([]);
        const own: Record<string, () => Tensor> = {
          log_prob: () => d.log_prob(restore(one.value)),
          cdf: () => d.cdf(restore(one.value)),
          icdf: () => d.icdf(tensor([0.1, 0.75])),
          entropy: () => d.entropy(),
          perplexity: () => d.perplexity(),
          enumerate_support: () => d.enumerate_support(),
          enumerate_unexpanded: () => d.enumerate_support({ expand: false }),
        };
        for (const [name, value] of Object.entries(one.values))
          expectRecorded(own[name]?.() ?? (d[name] as Tensor), value, 'reduction', name);
      });
    });
  }

  it('diverge as in PyTorch', () => {
    const pairs = [
      [D.Normal(tensor([0, 1]), 1), D.Normal(0.5, tensor([2, 0.1]))],
      [D.Bernoulli(tensor([0, 0.3, 1, 0.5])), D.Bernoulli(tensor([0.5, 0.6, 1, 0]))],
      [
        D.Categorical(tensor([[0.2, 0.8], [1, 0]])), // prettier-ignore
        D.Categorical(tensor([[0, 1], [0.4, 0.6]])), // prettier-ignore
      ],
      [D.Uniform(tensor([0, 0]), tensor([1, 3])), D.Uniform(tensor([-1, 1]), tensor([2, 4]))],
      [D.Uniform(0, 2), D.Normal(tensor([0.5, 1]), 2)],
    ] as const;
    pairs.forEach(([p, q], i) => {
      expectRecorded(D.kl_divergence(p, q), recorded.kl[i]!, 'reduction', `pair ${i}`);
    });
    expect(thrown(() => D.kl_divergence(D.Normal(0, 1), D.Bernoulli(0.5)))).to.be.instanceOf(
      NotImplementedError,
    );
  });

  it('refuse parameters and values in the words of PyTorch', () => {
    const errors: (() => unknown)[] = [
      () => D.Normal(0, -1),
      () => D.Normal(torch.zeros([2]), tensor([1, -1])),
      () => D.Normal(0, 1).log_prob(tensor(NaN)),
      () => D.Normal(torch.zeros([3]), 1).log_prob(torch.zeros([2])),
      () => D.Bernoulli(tensor([0.5, 1.5])),
      () => D.Bernoulli(0.5).log_prob(tensor(0.25)),
      () => D.Bernoulli({ probs: 0.5, logits: 0.25 }),
      () => D.Bernoulli({}),
      () => D.Bernoulli({ logits: NaN }),
      () => D.Categorical(tensor([[-1, 2]])),
      () => D.Categorical({ logits: tensor([NaN, 1]) }),
      () => D.Categorical(tensor([0.5, 0.5])).log_prob(tensor(2n)),
      () => D.Categorical(tensor(1)),
      () => D.Uniform(1, 0),
      () => D.Uniform(torch.zeros([2]), tensor([1, 0])),
      () => D.Uniform(0, 1).log_prob(tensor(2)),
      () => D.Normal('a' as never, 1),
    ];
    expect(errors).to.have.length(recorded.errors.length);
    errors.forEach((fn, i) => {
      expect(thrown(fn), recorded.errors[i]).to.be.instanceOf(ValueError);
      expect(message(fn)).to.equal(recorded.errors[i]);
    });
    expect(message(() => (D.Normal as any)(0))).to.contain("missing 1 required argument: 'scale'");
    expect(message(() => D.Normal({ loc: 0, scale: 1, sigma: 1 } as never))).to.contain('scale');
    for (const name of ['cdf', 'icdf', 'rsample'] as const)
      expect(thrown(() => D.Categorical(tensor([1, 1]))[name](tensor(1)))).to.be.instanceOf(
        NotImplementedError,
      );
  });

  it('check nothing where they are told so', () => {
    const d = D.Normal(0, -1, { validate_args: false });
    expect(d.log_prob(tensor(NaN)).item()).to.be.NaN;
    expect(
      d
        .expand([2])
        .log_prob(tensor([NaN, 1]))
        .tolist(),
    ).to.have.length(2);
    D.Distribution.set_default_validate_args(false);
    try {
      expect(D.Uniform(1, 0).mean.item()).to.equal(0.5);
    } finally {
      D.Distribution.set_default_validate_args(true);
    }
    expect(thrown(() => D.Uniform(1, 0))).to.be.instanceOf(ValueError);
  });

  it('let gradients through rsample and log_prob, not through sample', () => {
    const [loc, scale] = [tensor([0.5], { requires_grad: true }), tensor([2], { requires_grad: true })];
    const d = D.Normal(loc, scale);
    expect(d.sample().requires_grad).to.equal(false);
    d.rsample([3]).sum().backward();
    expect(loc.grad!.tolist()).to.deep.equal([3]);
    const probs = tensor([0.25, 0.75], { requires_grad: true });
    D.Categorical(probs).log_prob(tensor(0n)).backward();
    expect(probs.grad!.tolist()).to.deep.equal([3, -1]);
  });
});
