/** Transformers against PyTorch: text, initial values, results, gradients, and what is refused. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import torch, { TorchError, manual_seed, nn, type Tensor } from '../../../../ts/index.js';
import { whyNotNested } from '../../../../ts/torch/nn/modules/transformer_encoder.js';
import { expectRecorded, readRecorded, restore, type RecordedTensor } from '../../../support/recorded.js';
import { Recordings } from '../../../support/recordings.js';
import { message, thrown } from '../../../support/thrown.js';

type Named = Record<string, RecordedTensor>;
type Options = Record<string, unknown>;
interface Case {
  kind: 'EncoderLayer' | 'DecoderLayer' | 'Encoder' | 'Decoder' | 'Transformer';
  options: Options;
  mode: 'train' | 'eval' | 'no_grad';
  text: string;
  state: Record<string, [shape: number[], digest: string]>;
  inputs: RecordedTensor[];
  masks: Named;
  call: Options;
  output: RecordedTensor;
  grads?: Named;
  input_grads?: RecordedTensor[];
}
interface Recorded {
  cases: Case[];
  errors: [name: string, text: string][];
  warned: string[];
  default: string;
  after: RecordedTensor;
}
const recorded = readRecorded<Recorded>(import.meta.url, 'transformer.json');
const recordings = new Recordings(new URL('fixtures/transformer.json', import.meta.url));
const F = nn.functional;

const activations: Record<string, unknown> = {
  'F.gelu': F.gelu,
  'F.silu': F.silu,
  'nn.ReLU': nn.ReLU(),
  'nn.GELU': nn.GELU(),
};
function make({ kind, options }: Case): nn.AnyModule {
  const { num_layers, norm, enable_nested_tensor, activation, ...rest } = options;
  const given = typeof activation === 'string' ? { activation: activations[activation] ?? activation } : {};
  const layer = { ...rest, ...given } as object;
  const last = norm === true ? nn.LayerNorm(4) : null;
  const layers = num_layers as number;
  switch (kind) {
    case 'EncoderLayer':
      return nn.TransformerEncoderLayer(4, 2, 6, layer);
    case 'DecoderLayer':
      return nn.TransformerDecoderLayer(4, 2, 6, layer);
    case 'Encoder':
      return nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, layer), layers, last, {
        enable_nested_tensor: enable_nested_tensor !== false,
      });
    case 'Decoder':
      return nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6, layer), layers, { norm: last });
    case 'Transformer':
      return nn.Transformer(4, 2, 2, 1, 6, layer);
  }
}
/** As in the recorder: shape, and the beginning of a digest of the bytes. */
function digest(tensor: Tensor): [number[], string] {
  const bytes = createHash('sha256').update(new Uint8Array((tensor.toTypedArray() as Float32Array).buffer));
  return [[...tensor.shape], bytes.digest('hex').slice(0, 16)];
}
function title({ kind, options, mode, inputs, masks, call }: Case): string {
  const shapes = inputs.map(({ shape }) => `(${String(shape)})`).join(' ');
  return `${kind} ${JSON.stringify(options)} ${shapes} ${[...Object.keys(masks), ...Object.keys(call)].join(' ')} ${mode}`;
}

/** Makes the module of a case, calls it, and compares all of it with the recorded answer. */
function check(expected: Case): void {
  const { mode } = expected;
  manual_seed(42);
  const module = make(expected);
  // Python writes a dropout of 0 as it was given, too.
  expect(String(module)).to.equal(expected.text);
  const state = module.state_dict();
  expect(Object.keys(state)).to.deep.equal(Object.keys(expected.state));
  for (const key of Object.keys(state)) {
    const [shape, bytes] = digest(state[key]!);
    expect(shape, key).to.deep.equal(expected.state[key]![0]);
    if (process.arch === 'x64') expect(bytes, key).to.equal(expected.state[key]![1]);
  }
  torch.no_grad(() => {
    for (const [i, parameter] of module.parameters().entries())
      if (parameter.ndim === 1)
        parameter.add_(
          torch
            .arange(i, i + parameter.numel())
            .sin()
            .div(4),
        );
  });
  module.train(mode === 'train');
  const own = expected.inputs.map((input) => restore(input).requires_grad_());
  const masks = Object.fromEntries(
    Object.entries(expected.masks).map(([name, mask]) => [name, restore(mask)]),
  );
  manual_seed(5);
  const forward = (): Tensor => module(...own, { ...masks, ...expected.call });
  const output = mode === 'no_grad' ? torch.no_grad(forward) : forward();
  expectRecorded(output, expected.output, 'reduction', 'output');
  if (!expected.grads) return;
  output.square().sum().backward();
  own.forEach((input, i) => {
    expectRecorded(input.grad, expected.input_grads![i]!, 'reduction', `gradient of input ${i}`);
  });
  const parameters = module.named_parameters();
  expect(parameters.map(([name]) => name)).to.deep.equal(Object.keys(expected.grads));
  for (const [name, parameter] of parameters)
    expectRecorded(parameter.grad, expected.grads[name]!, 'reduction', `gradient of ${name}`);
}

describe('transformers against PyTorch', () => {
  for (const expected of recorded.cases)
    it(title(expected), () => {
      recordings.expect(expected, check);
    });

  it('the default model prints, and the generator has drawn as much as in PyTorch', () => {
    expect(String(nn.Transformer({ device: 'meta' }))).to.equal(recorded.default);
    manual_seed(42);
    nn.Transformer(4, 2, 1, 1, 6);
    expectRecorded(torch.rand(3), recorded.after, 'drawn', 'what comes next');
  });

  const randn = (...size: number[]): Tensor => torch.randn(size);
  const model = nn.Transformer(4, 2, 1, 1, 6);
  const first = nn.Transformer(4, 2, 1, 1, 6, { batch_first: true });
  const layer = nn.TransformerEncoderLayer(4, 2, 6);
  const refused: Record<string, () => unknown> = {
    activation: () => nn.TransformerEncoderLayer(4, 2, { activation: 'tanh' as never }),
    batch: () => model(randn(3, 2, 4), randn(3, 1, 4)),
    'batch first': () => first(randn(2, 3, 4), randn(1, 3, 4)),
    width: () => model(randn(3, 2, 6), randn(3, 2, 6)),
    causal: () => layer(randn(3, 2, 4), { is_causal: true }),
    mask: () => layer(randn(3, 2, 4), torch.zeros([3, 3], { dtype: torch.int64 })),
    padding: () => layer(randn(3, 2, 4), null, torch.zeros([2, 3], { dtype: torch.int32 })),
  };
  for (const [name, text] of recorded.errors)
    it(`refuses in PyTorch's words: ${name}`, () => {
      const error = thrown(refused[name]!);
      expect(error).to.be.instanceOf(TorchError);
      expect((error as Error).message).to.equal(text);
    });

  it('says why an encoder does not leave padding out', () => {
    const options = [
      {},
      { batch_first: true, norm_first: true },
      { batch_first: true, bias: false },
      { batch_first: true, activation: F.silu },
      { batch_first: true, nhead: 1 },
    ];
    const start = 'enable_nested_tensor is True, but self.use_nested_tensor is False because ';
    options.forEach((more, i) => {
      const each = nn.TransformerEncoderLayer({ d_model: 4, nhead: 2, ...more });
      expect(start + whyNotNested(each)).to.equal(recorded.warned[i]);
      expect(nn.TransformerEncoder(each, 1).use_nested_tensor).to.equal(false);
    });
    const able = nn.TransformerEncoderLayer(4, 2, { batch_first: true });
    expect(whyNotNested(able)).to.equal('');
    expect(nn.TransformerEncoder(able, 1).use_nested_tensor).to.equal(true);
    expect(nn.TransformerEncoder(able, 1, null, false).use_nested_tensor).to.equal(false);
  });
});

describe('transformers', () => {
  it('generate_square_subsequent_mask, on the class and on an instance', () => {
    const mask = nn.Transformer.generate_square_subsequent_mask(3);
    expect(mask.tolist()).to.deep.equal([
      [0, -Infinity, -Infinity],
      [0, 0, -Infinity],
      [0, 0, 0],
    ]);
    const own = nn.Transformer(4, 2, 1, 1, 4).generate_square_subsequent_mask(2, { dtype: torch.float64 });
    expect(own.dtype).to.equal(torch.float64);
    expect(own.isinf().sum().item()).to.equal(1);
    expect(message(() => nn.Transformer.generate_square_subsequent_mask(2, { size: 3 } as never))).to.contain(
      "unknown option 'size'",
    );
  });

  it('the layers of a stack are copies', () => {
    const layer = nn.TransformerEncoderLayer(4, 2, 6, { activation: nn.ReLU() });
    const encoder = nn.TransformerEncoder(layer, 2);
    const names = encoder.named_parameters().map(([name]) => name);
    expect(new Set(encoder.parameters()).size).to.equal(names.length);
    expect(encoder.layers[0]).to.be.instanceOf(nn.TransformerEncoderLayer);
    expect(encoder.layers[0]).to.not.equal(layer);
    expect(encoder.get_submodule('layers.1.activation')).to.be.instanceOf(nn.ReLU);
    torch.no_grad(() => layer.linear1.weight.zero_());
    expect(encoder.get_parameter('layers.0.linear1.weight').abs().sum().item()).to.be.above(0);
  });

  it('hooks are called in inference too', () => {
    const layer = nn.TransformerEncoderLayer(4, 2, 6, { batch_first: true }).eval();
    const x = torch.randn(2, 3, 4);
    const fused = torch.no_grad(() => layer(x));
    let calls = 0;
    layer.linear2.register_forward_hook(() => void ++calls);
    const seen = torch.no_grad(() => layer(x));
    expect(calls).to.equal(1);
    expect(torch.allclose(fused, seen, 1e-5, 1e-6)).to.equal(true);
  });

  it('takes custom stacks, and refuses unknown options', () => {
    class Twice extends nn.Module {
      forward(src: Tensor, options: Options): Tensor {
        expect(Object.keys(options)).to.deep.equal(['mask', 'src_key_padding_mask', 'is_causal']);
        return src.mul(2);
      }
    }
    class Sum extends nn.Module {
      forward(tgt: Tensor, memory: Tensor): Tensor {
        return tgt.add(memory);
      }
    }
    const model = nn.Transformer({
      d_model: 4,
      nhead: 2,
      custom_encoder: new Twice(),
      custom_decoder: new Sum(),
    });
    const x = torch.ones(3, 2, 4);
    expect(model(x, x).unique().tolist()).to.deep.equal([3]);
    expect(message(() => model(x, x, { mask: x } as never))).to.contain("unknown option 'mask'");
    expect(message(() => nn.Transformer({ heads: 2 } as never))).to.contain("unknown option 'heads'");
    expect(message(() => nn.TransformerDecoderLayer(...([4] as unknown as [number, number])))).to.contain(
      "'nhead'",
    );
  });
});
