/** torch.autocast against recorded PyTorch. */
import { expect } from 'chai';
import torch, { nn, type Tensor } from '../../../ts/index.js';
import {
  dtypeNamed,
  expectRecorded,
  readRecorded,
  restore,
  type RecordedTensor,
} from '../../support/recorded.js';
import { message } from '../../support/thrown.js';

interface Recorded {
  results: Record<string, Record<string, { dtype: string; value: RecordedTensor }>>;
  gradients: Record<'y' | 'weight' | 'bias', RecordedTensor>;
}
const recorded = readRecorded<Recorded>(import.meta.url, 'amp.json');
const F = nn.functional;

function results(): Record<string, Tensor> {
  const generator = new torch.Generator().manual_seed(7);
  const draw = (...shape: number[]): Tensor => torch.randn(shape, { generator });
  const [a, b, c] = [draw(4, 4), draw(4, 4), draw(2, 3, 6, 6)] as const;
  const [w, bias] = [draw(5, 3, 3, 3), draw(5)];
  const p = torch.rand([4, 4], { generator });
  return {
    matmul: a.matmul(b),
    linear: F.linear(a, b),
    bmm: torch.bmm(a.unsqueeze(0), b.unsqueeze(0)),
    conv2d: F.conv2d(c, w, bias),
    softmax: torch.softmax(a, 1),
    log_softmax_of_product: torch.log_softmax(a.matmul(b), 1),
    relu_of_product: torch.relu(a.matmul(b)),
    add: a.add(b),
    mixed_add: a.matmul(b).add(a),
    exp: torch.exp(a.matmul(b)),
    layer_norm: F.layer_norm(a.matmul(b), [4]),
    mse_loss: F.mse_loss(a.matmul(b), a),
    sum: a.matmul(b).sum(),
    cross_entropy: F.cross_entropy(a.matmul(b), torch.tensor([0n, 1n, 2n, 3n])),
    double: a.double().matmul(b.double()),
    addmm: torch.addmm(a, a, b),
    prod: torch.prod(p),
  };
}

function product(): string {
  return torch.ones([2, 2]).matmul(torch.ones([2, 2])).dtype.name;
}

describe('torch.autocast', () => {
  for (const dtype of ['bfloat16', 'float16'])
    it(`gives the dtypes and values of PyTorch with ${dtype}`, () => {
      const own = torch.autocast('cpu', { dtype: dtypeNamed(dtype) }, results);
      const wanted = recorded.results[dtype]!;
      expect(Object.keys(own)).to.deep.equal(Object.keys(wanted));
      for (const [name, value] of Object.entries(own)) {
        const { dtype: result, value: numbers } = wanted[name]!;
        expect(value.dtype.name, name).to.equal(result);
        const scale = { bfloat16: 2 ** -6, float16: 2 ** -9 }[dtype]!;
        const difference = value.float().sub(restore(numbers)).abs().max().item();
        // Recorded as float32; what was computed in fewer bits may differ by the last two of them.
        expect(difference, name).to.be.at.most(scale * Math.max(1, restore(numbers).abs().max().item()));
      }
    });

  it('trains: gradients come back in float32', () => {
    torch.manual_seed(42);
    const lin = nn.Linear(3, 2);
    const x = torch.randn([4, 3]);
    const y = torch.autocast('cpu', () => lin(x));
    y.float().pow(2).sum().backward();
    expectRecorded(y, recorded.gradients.y, 'reduction', 'y');
    expect(lin.weight.grad!.dtype).to.equal(torch.float32);
    const near = (actual: Tensor, wanted: RecordedTensor): void => {
      expect(actual.sub(restore(wanted)).abs().max().item()).to.be.below(
        2 ** -6 * restore(wanted).abs().max().item(),
      );
    };
    near(lin.weight.grad!, recorded.gradients.weight);
    near(lin.bias!.grad!, recorded.gradients.bias);
  });

  it('holds for the function, also when it throws', () => {
    expect(torch.autocast('cpu', product)).to.equal('bfloat16');
    expect(product()).to.equal('float32');
    expect(() =>
      torch.autocast('cpu', () => {
        throw new Error('no');
      }),
    ).to.throw('no');
    expect(product()).to.equal('float32');
    expect(torch.is_autocast_enabled('cpu')).to.equal(false);
  });

  it('nests, and can be switched off inside', () => {
    torch.autocast({ device_type: 'cpu', dtype: torch.float16, cache_enabled: false }, () => {
      expect(product()).to.equal('float16');
      expect(torch.is_autocast_cache_enabled()).to.equal(false);
      expect(torch.autocast('cpu', { enabled: false }, product)).to.equal('float32');
      expect(torch.autocast('cpu', { dtype: torch.bfloat16 }, product)).to.equal('bfloat16');
      expect(torch.get_autocast_dtype('cpu')).to.equal(torch.float16);
      expect(product()).to.equal('float16');
    });
    expect(torch.get_autocast_dtype('cpu')).to.equal(torch.bfloat16);
    expect(torch.is_autocast_cache_enabled()).to.equal(true);
  });

  it('holds for the rest of a block, and ends once', () => {
    const mode = torch.autocast('cpu', torch.bfloat16);
    expect(product()).to.equal('bfloat16');
    expect(torch.is_autocast_enabled('cpu')).to.equal(true);
    mode[Symbol.dispose]();
    mode[Symbol.dispose]();
    expect(product()).to.equal('float32');
  });

  it('casts a weight once while it holds, and sees it changed afterwards', () => {
    const lin = nn.Linear(2, 2, { bias: false });
    const x = torch.ones([1, 2]);
    const call = (): number => torch.autocast('cpu', () => lin(x).float().sum().item());
    torch.no_grad(() => lin.weight.fill_(1));
    expect(call()).to.equal(4);
    torch.no_grad(() => lin.weight.fill_(2));
    expect(call()).to.equal(8);
  });

  it('is disabled with a dtype that the device does not know', () => {
    expect(torch.autocast('cpu', { dtype: torch.float32 }, product)).to.equal('float32');
    if (!torch.cuda.is_available()) expect(torch.autocast('cuda', product)).to.equal('float32');
  });

  it('refuses unknown devices, unknown options and asynchronous functions', () => {
    expect(message(() => torch.autocast('meta', product))).to.contain(
      "User specified an unsupported autocast device_type 'meta'",
    );
    expect(message(() => torch.autocast('nonsense', product))).to.contain('nonsense');
    expect(message(() => torch.autocast(1 as never, product))).to.contain(
      'Expected `device_type` of type `str`',
    );
    expect(message(() => torch.autocast('cpu', { type: torch.float16 } as object, product))).to.contain(
      'dtype',
    );
    expect(message(() => torch.autocast('cpu', async () => Promise.resolve(1)))).to.contain('synchronous');
    expect(product()).to.equal('float32');
  });
});
