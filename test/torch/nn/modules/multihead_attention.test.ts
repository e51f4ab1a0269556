/** nn.MultiheadAttention against PyTorch: text, initial values, results, gradients, and what is refused. */
import { expect } from 'chai';
import torch, { TorchError, manual_seed, nn, type Tensor } from '../../../../ts/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded, readRecorded, restore, type RecordedTensor } from '../../../support/recorded.js';
import { message, thrown } from '../../../support/thrown.js';

type Named = Record<string, RecordedTensor>;
interface Case {
  dims: [number, number];
  options: Record<string, unknown>;
  mode: 'train' | 'eval' | 'no_grad';
  text: string;
  state: Named;
  inputs: RecordedTensor[];
  masks: Named;
  call: Record<string, unknown>;
  outputs: (RecordedTensor | null)[];
  grads?: Named;
  input_grads?: RecordedTensor[];
}
const { cases, errors } = readRecorded<{ cases: Case[]; errors: [string, string][] }>(
  import.meta.url,
  'attention.json',
);

function title({ options, mode, inputs, masks, call }: Case): string {
  const shapes = inputs.map(({ shape }) => `(${String(shape)})`).join(' ');
  const called = {
    ...call,
    ...Object.fromEntries(Object.keys(masks).map((name) => [name, masks[name]!.dtype])),
  };
  return `${JSON.stringify(options)} ${shapes} ${JSON.stringify(called)} ${mode}`;
}

describe('nn.MultiheadAttention against PyTorch', () => {
  for (const recorded of cases)
    it(title(recorded), () => {
      const { dims, options, mode } = recorded;
      manual_seed(42);
      const module = nn.MultiheadAttention(...dims, options).train(mode === 'train');
      expect(String(module)).to.equal(recorded.text);
      const state = module.state_dict();
      expect(Object.keys(state)).to.deep.equal(Object.keys(recorded.state));
      for (const key of Object.keys(state)) expectRecorded(state[key]!, recorded.state[key]!, 'drawn', key);

      const own = recorded.inputs.map((input) => restore(input).requires_grad_());
      const [query, key = query, value = key] = own as [Tensor, Tensor?, Tensor?];
      const masks = Object.fromEntries(
        Object.entries(recorded.masks).map(([name, mask]) => [name, restore(mask)]),
      );
      manual_seed(5);
      const forward = () => module(query, key, value, { ...masks, ...recorded.call });
      const outputs = mode === 'no_grad' ? torch.no_grad(forward) : forward();
      outputs.forEach((output, i) => {
        const wanted = recorded.outputs[i]!;
        if (wanted === null) expect(output, `output ${i}`).to.equal(null);
        else expectRecorded(output, wanted, 'reduction', `output ${i}`);
      });
      if (!recorded.grads) return;
      outputs
        .filter((output) => output !== null)
        .map((output, i) =>
          output
            .square()
            .sum()
            .mul(i + 1),
        )
        .reduce((a, b) => a.add(b))
        .backward();
      own.forEach((input, i) => {
        expectRecorded(input.grad, recorded.input_grads![i]!, 'reduction', `gradient of input ${i}`);
      });
      const parameters = module.named_parameters();
      expect(parameters.map(([name]) => name)).to.deep.equal(Object.keys(recorded.grads));
      for (const [name, parameter] of parameters)
        expectRecorded(parameter.grad, recorded.grads[name]!, 'reduction', `gradient of ${name}`);
    });
});

describe('nn.MultiheadAttention', () => {
  const mha = nn.MultiheadAttention(4, 2);
  const randn = (...size: number[]): Tensor => torch.randn(size);
  const zeros = (...size: number[]): Tensor => torch.zeros(size);
  const [x, one] = [randn(3, 2, 4), randn(3, 4)];
  const masked = (name: string, mask: Tensor) => () => mha(x, x, x, { [name]: mask });
  const refused: Record<string, () => unknown> = {
    heads: () => nn.MultiheadAttention(4, 3),
    size: () => nn.MultiheadAttention(0, 1),
    query: () => mha(x.unsqueeze(0), x, x),
    key: () => mha(x, one, one),
    'unbatched key': () => mha(one, x, x),
    width: () => mha(randn(3, 2, 6), randn(3, 2, 6), randn(3, 2, 6)),
    value: () => mha(x, x, randn(5, 2, 4)),
    'integer mask': masked('attn_mask', torch.zeros([3, 3], { dtype: torch.int64 })),
    '2D mask': masked('attn_mask', zeros(3, 4)),
    '3D mask': masked('attn_mask', zeros(2, 3, 3)),
    '4D mask': masked('attn_mask', zeros(1, 4, 3, 3)),
    padding: masked('key_padding_mask', zeros(2, 4)),
    'padding batch': masked('key_padding_mask', zeros(3, 3)),
    'padding dims': masked('key_padding_mask', zeros(3)),
    causal: () => mha(x, x, x, { is_causal: true }),
  };
  for (const [name, text] of errors)
    it(`refuses in PyTorch's words: ${name}`, () => {
      const error = thrown(refused[name]!);
      expect(error).to.be.instanceOf(TorchError);
      expect((error as Error).message).to.equal(text);
    });

  it('takes masks by position', () => {
    const keys = torch.tensor([
      [false, true, false],
      [false, false, true],
    ]);
    const [output, weights] = mha(x, x, x, keys, true, null, false);
    expect([...weights!.shape]).to.deep.equal([2, 2, 3, 3]);
    expect(weights!.at(0, ':', ':', 1).abs().sum().item()).to.equal(0);
    expect(output.equal(mha(x, x, x, { key_padding_mask: keys })[0])).to.equal(true);
    expect(message(() => mha(x, x, x, { key_mask: keys } as never))).to.contain("unknown option 'key_mask'");
    expect(message(() => nn.MultiheadAttention(4, 2, { drop: 1 } as never))).to.contain('unknown option');
    expect(String(nn.MultiheadAttention(4, 2, 0.1, false).in_proj_bias)).to.equal('null');
  });

  it('the path of inference gives what the other one gives', () => {
    const layer = nn.MultiheadAttention(8, 2, { batch_first: true }).eval();
    const batch = randn(2, 5, 8);
    const [slow, slowWeights] = layer(batch, batch, batch);
    const [fast, fastWeights] = torch.no_grad(() => layer(batch, batch, batch));
    expect(slow.grad_fn).to.not.equal(null);
    expect(fast.grad_fn).to.equal(null);
    expect(torch.allclose(slow, fast, 1e-5, 1e-6)).to.equal(true);
    expect(torch.allclose(slowWeights!, fastWeights!, 1e-5, 1e-6)).to.equal(true);
  });

  it('leaves nothing behind but what it gives', () => {
    const run = (): void => {
      const [output, weights] = mha(x, x, x);
      output.dispose();
      weights?.dispose();
    };
    torch.no_grad(run);
    expect(growth(() => torch.no_grad(run))).to.equal(0);
  });
});
