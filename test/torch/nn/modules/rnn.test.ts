/** Recurrent layers against PyTorch: text, initial values, results and gradients, and what is refused. */
import { expect } from 'chai';
import torch, { TorchError, ValueError, manual_seed, nn, type Tensor } from '../../../../ts/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded, readRecorded, restore, type RecordedTensor } from '../../../support/recorded.js';
import { message, thrown } from '../../../support/thrown.js';

type Named = Record<string, RecordedTensor>;
interface Case {
  kind: string;
  args: number[];
  options: Record<string, unknown>;
  mode: 'train' | 'eval' | 'no_grad';
  text: string;
  state: Named;
  x: RecordedTensor;
  lengths: number[] | null;
  enforce_sorted: boolean;
  hx: RecordedTensor[];
  outputs: RecordedTensor[];
  grads?: Named;
  x_grad?: RecordedTensor;
  hx_grad?: RecordedTensor[];
}
interface Recorded {
  cases: Case[];
  errors: [name: string, type: string, text: string][];
  after: RecordedTensor;
}
const { cases, errors, after } = readRecorded<Recorded>(import.meta.url, 'rnn.json');
const { PackedSequence, pack_padded_sequence } = nn.utils.rnn;

function make({ kind, args, options }: Case): nn.AnyModule {
  return (nn as unknown as Record<string, (...args: unknown[]) => nn.AnyModule>)[kind]!(...args, options);
}
function flat(value: unknown): Tensor[] {
  if (value instanceof PackedSequence) return [value.data];
  return Array.isArray(value) ? value.flatMap(flat) : [value as Tensor];
}
function title({ kind, args, options, mode, lengths, hx, x }: Case): string {
  const more = [hx.length > 0 ? 'with a state' : '', lengths ? `packed ${String(lengths)}` : ''];
  return [kind, String(args), JSON.stringify(options), `${x.shape.length}-D`, mode, ...more].join(' ');
}

describe('recurrent layers against PyTorch', () => {
  for (const recorded of cases)
    it(title(recorded), () => {
      const { mode, lengths, enforce_sorted, options } = recorded;
      manual_seed(42);
      const module = make(recorded).train(mode === 'train');
      expect(String(module)).to.equal(recorded.text);
      const state = module.state_dict();
      expect(Object.keys(state)).to.deep.equal(Object.keys(recorded.state));
      for (const key of Object.keys(state)) expectRecorded(state[key]!, recorded.state[key]!, 'drawn', key);

      const x = restore(recorded.x).requires_grad_();
      const hx = recorded.hx.map((part) => restore(part).requires_grad_());
      const batch_first = options['batch_first'] === true;
      const input = lengths ? pack_padded_sequence(x, lengths, { batch_first, enforce_sorted }) : x;
      manual_seed(5);
      const forward = (): Tensor[] => flat(module(input, hx.length === 2 ? hx : (hx[0] ?? null)));
      const outputs = mode === 'no_grad' ? torch.no_grad(forward) : forward();
      expect(outputs.length).to.equal(recorded.outputs.length);
      outputs.forEach((output, i) => {
        expectRecorded(output, recorded.outputs[i]!, 'reduction', `output ${i}`);
      });
      if (!recorded.grads) return;
      outputs
        .map((output, i) =>
          output
            .square()
            .sum()
            .mul(i + 1),
        )
        .reduce((a, b) => a.add(b))
        .backward();
      expectRecorded(x.grad, recorded.x_grad!, 'reduction', 'gradient of the input');
      hx.forEach((part, i) => {
        expectRecorded(part.grad, recorded.hx_grad![i]!, 'reduction', `gradient of state ${i}`);
      });
      const parameters = module.named_parameters();
      expect(parameters.map(([name]) => name)).to.deep.equal(Object.keys(recorded.grads));
      for (const [name, parameter] of parameters)
        expectRecorded(parameter.grad, recorded.grads[name]!, 'reduction', `gradient of ${name}`);
    });

  it('the generator has drawn as much as in PyTorch', () => {
    manual_seed(42);
    nn.LSTM(3, 4, 2, { bidirectional: true, proj_size: 2 });
    nn.GRUCell(3, 4);
    expectRecorded(torch.rand(3), after, 'drawn', 'what comes next');
  });
});

describe('recurrent layers', () => {
  const lstm = nn.LSTM(3, 4);
  const gru = nn.GRU(3, 4);
  const zeros = (...size: number[]): Tensor => torch.zeros(size);
  const any = (value: unknown): never => value as never;
  const refused: Record<string, () => unknown> = {
    proj_size: () => nn.GRU(3, 4, any({ proj_size: 2 })),
    nonlinearity: () => nn.RNN(3, 4, { nonlinearity: any('elu') }),
    dropout: () => nn.LSTM(3, 4, { dropout: 1.5 }),
    hidden_size: () => nn.LSTM(3, 0),
    num_layers: () => nn.LSTM(3, 4, 0),
    'wide projection': () => nn.LSTM(3, 4, { proj_size: 4 }),
    mode: () => nn.RNNBase(any('ELMAN'), 3, 4),
    '1-D': () => lstm(zeros(3)),
    'GRU 1-D': () => gru(zeros(3)),
    'RNN 4-D': () => nn.RNN(3, 4)(zeros(1, 1, 1, 3)),
    width: () => lstm(zeros(5, 2, 4)),
    dtype: () => lstm(torch.zeros([5, 2, 3], { dtype: torch.float64 })),
    hidden: () => gru(zeros(5, 2, 3), zeros(1, 3, 4)),
    'hidden[1]': () => lstm(zeros(5, 2, 3), [zeros(1, 2, 4), zeros(1, 2, 3)]),
    '2-D hidden': () => gru(zeros(5, 2, 3), zeros(2, 4)),
    '3-D hiddens': () => lstm(zeros(5, 3), [zeros(1, 1, 4), zeros(1, 4)]),
    cell: () => nn.GRUCell(3, 4)(zeros(1, 1, 3)),
    'cell hidden': () => nn.RNNCell(3, 4)(zeros(1, 3), zeros(1, 1, 4)),
    'cell hx': () => nn.LSTMCell(3, 4)(zeros(1, 3), [zeros(1, 4), zeros(1, 1, 4)]),
  };
  for (const [name, type, text] of errors)
    it(`refuses in PyTorch's words: ${name}`, () => {
      const error = thrown(refused[name]!);
      expect(error).to.be.instanceOf(type === 'ValueError' ? ValueError : TorchError);
      expect((error as Error).message).to.equal(text);
    });

  it('refuses arguments of other types and unknown options', () => {
    expect(message(() => nn.LSTM(any('3'), 4))).to.equal('input_size should be of type int, got: string');
    expect(message(() => nn.LSTM(3, 4.5))).to.equal('hidden_size should be of type int, got: 4.5');
    expect(message(() => nn.GRU(3, 4, { bias: any(1) }))).to.equal(
      'bias should be of type bool, got: number',
    );
    expect(message(() => nn.LSTM(3, 4, any({ layers: 2 })))).to.contain("unknown option 'layers'");
    expect(message(() => (nn.LSTM as unknown as (n: number) => void)(3))).to.contain("'hidden_size'");
  });

  it('takes all arguments by position, and the state by name', () => {
    const both = nn.LSTM(3, 4, 2, true, true, 0, true);
    expect(String(both)).to.equal('LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True)');
    expect(String(nn.RNN(3, 4, 2, 'relu', false))).to.equal('RNN(3, 4, num_layers=2, bias=False)');
    const [x, h] = [torch.randn(5, 2, 3), torch.randn(1, 2, 4)];
    expect(gru(x, { hx: h })[1].equal(gru(x, h)[1])).to.equal(true);
    expect(message(() => gru(x, any({ h: h })))).to.contain("unknown option 'h'");
  });

  it('uses the parameters that are there when it is called', () => {
    const layer = nn.GRU(3, 4, { bias: false });
    const x = torch.randn(5, 2, 3);
    torch.no_grad(() => {
      for (const parameter of layer.parameters()) parameter.zero_();
    });
    expect(layer(x)[0].abs().sum().item()).to.equal(0);
    (layer as unknown as Record<string, unknown>)['weight_ih_l0'] = nn.Parameter(torch.ones(12, 3));
    expect(layer(x)[0].abs().sum().item()).to.be.above(0);
    layer.double();
    expect(layer(x.double())[0].dtype).to.equal(torch.float64);
    expect(layer.all_weights.map((weights) => weights.length)).to.deep.equal([2]);
  });

  it('a pass leaves nothing behind but what it gives', () => {
    const x = torch.randn(5, 3);
    const packed = nn.utils.rnn.pack_sequence([x, x]);
    const cell = nn.LSTMCell(3, 4);
    const run = (): void => {
      const [output, [h, c]] = lstm(x);
      const [sequence, state] = lstm(packed);
      const [ch, cc] = cell(x);
      for (const tensor of [output, h, c, sequence.data, ...state, ch, cc]) tensor.dispose();
    };
    torch.no_grad(run);
    expect(growth(() => torch.no_grad(run))).to.equal(0);
  });
});
