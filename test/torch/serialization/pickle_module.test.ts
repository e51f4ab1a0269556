import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { archives } from '../../support/mnist.js';
import { bytesOf, fixture, pk, refusal } from './support.js';

type Pair = [torch.Tensor, torch.Tensor];
type Any = Record<string, any>;

const image = Array.from({ length: 4 }, (_, i) => Array.from({ length: 6 }, (_, j) => (6 * i + j) / 256));

describe('pickle.load', () => {
  it("reads a pickle of Python 2's arrays, packed or not", () => {
    const file = fixture('small_mnist.pkl.gz');
    const unpacked = gunzipSync(fs.readFileSync(file));
    for (const from of [file, unpacked]) {
      const [[x, y], [x1, y1]] = torch.pickle.load<[Pair, Pair]>(from, { encoding: 'latin-1' });
      expect([x.dtype, y.dtype]).to.deep.equal([torch.float32, torch.int64]);
      expect(x.tolist()).to.deep.equal(image);
      expect(y.tolist()).to.deep.equal([5, 0, 4, 1]);
      expect(x1.sub(x).tolist()).to.deep.equal(image.map((row) => row.map(() => 1)));
      expect(y1.tolist()).to.deep.equal([6, 1, 5, 2]);
    }
  });

  for (const protocol of [2, 3, 4, 5])
    it(`reads arrays, numbers and collections of protocol ${protocol}`, () => {
      const v = torch.pickle.load<Any>(fixture(`arrays_${protocol}.pkl`));
      expect(v['pair'][0].tolist()).to.deep.equal(image);
      expect(v['f'].tolist()).to.deep.equal(image);
      expect(v['f'].stride()).to.deep.equal([1, 4]);
      expect([v['big'].dtype, v['big'].tolist()]).to.deep.equal([torch.float64, image]);
      expect([v['one'], v['n'], v['flag'].tolist()]).to.deep.equal([2.5, 2n ** 60n, [true, false]]);
      expect(v['dict']).to.deep.equal({ a: [1, 'x', new Uint8Array([0x79])] });
    });

  it('gives views of the bytes where they are aligned', () => {
    const at = (shift: number): [Uint8Array, torch.Tensor] => {
      const source = bytesOf('arrays_5.pkl');
      const bytes = new Uint8Array(source.length + 8).subarray(shift, shift + source.length);
      bytes.set(source);
      return [bytes, torch.pickle.load<Any>(bytes)['pair'][0] as torch.Tensor];
    };
    const shared = [0, 1, 2, 3].filter((shift) => {
      const [bytes, tensor] = at(shift);
      bytes.fill(0);
      const changed = tensor.sum().item() === 0;
      if (!changed) expect(tensor.tolist()).to.deep.equal(image);
      return changed;
    });
    expect(shared).to.have.length(1);
  });

  it('makes of str of Python 2 what it is told', () => {
    const bytes = pk.program('U\x02', Buffer.from([0x61, 0xe4]));
    expect(torch.pickle.loads(bytes, { encoding: 'latin1' })).to.equal('aä');
    expect(torch.pickle.loads(bytes, { encoding: 'bytes' })).to.deep.equal(new Uint8Array([0x61, 0xe4]));
    expect(refusal(() => torch.pickle.loads(bytes))).to.match(
      /Python 2 is not ASCII; give {encoding: 'latin1'}/,
    );
    expect(refusal(() => torch.pickle.loads(bytes, { encoding: 'utf-9' }))).to.match(
      /unknown encoding 'utf-9'/,
    );
  });

  it('refuses what is not data', () => {
    const cases: [Uint8Array, RegExp][] = [
      [pk.program('cos\nsystem\n', '(', pk.text('touch was_executed'), 'tR'), /os\.system is not allowed/],
      [pk.program('ctorch._utils\n_rebuild_tensor_v2\n'), /is not allowed/],
      [pk.program('cnumpy\nload\n'), /numpy\.load is not allowed/],
      [
        pk.program('cnumpy.core.multiarray\n_reconstruct\n', 'K\x01', '\x85', 'R'),
        /an array of class a number/,
      ],
      [pk.program('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n', '\x85', 'R'), /without content/],
      [pk.program('cnumpy\nndarray\n', ')', 'R'), /nothing to call/],
      [pk.program('cnumpy\ndtype\n', pk.text('O8'), '\x85', 'R'), /numpy dtype "O8" are not supported/],
      [pk.program('cnumpy\ndtype\n', pk.text('f4'), '\x85', 'R', 'N', 'b'), /a numpy dtype from None/],
      [bytesOf('objects.pkl'), /numpy dtype "O8"/],
      [new Uint8Array(0), /cut off/],
      [Buffer.from([0x1f, 0x8b, 1, 2]), /cannot read the given bytes: /],
    ];
    for (const [bytes, wanted] of cases) expect(refusal(() => torch.pickle.load(bytes))).to.match(wanted);
    expect(refusal(() => torch.pickle.load(fixture('no.pkl')))).to.match(/cannot read .*no\.pkl: ENOENT/);
    expect(fs.existsSync('was_executed')).to.equal(false);
  });

  it('refuses arrays whose bytes do not fit their shape', () => {
    const array = (shape: number[], data: string): Uint8Array =>
      pk.program(
        'cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R',
        '(K\x01',
        pk.tuple(...shape.map(pk.integer)),
        'cnumpy\ndtype\nU\x02f4\x85R\x89',
        `U${String.fromCharCode(data.length)}${data}`,
        'tb',
      );
    expect(torch.pickle.load<torch.Tensor>(array([1], '\0\0\0\0')).tolist()).to.deep.equal([0]);
    expect(refusal(() => torch.pickle.load(array([2], '\0\0\0\0')))).to.match(
      /has 4 bytes where 8 are needed/,
    );
    expect(refusal(() => torch.pickle.load(array([-1], '\0\0\0\0')))).to.match(/is negative/);
    expect(refusal(() => torch.pickle.load(array([2 ** 31, 2 ** 31], '')))).to.match(/is too large/);
  });

  it("reads the course's mnist.pkl.gz", function () {
    const file = archives === undefined ? undefined : path.join(archives, 'mnist.pkl.gz');
    if (file === undefined || !fs.existsSync(file)) {
      console.warn('      needs MNIST: set LIBTORCH_NODE_ARCHIVES to a folder that holds mnist.pkl.gz');
      return this.skip();
    }
    const [train, valid] = torch.pickle.load<[Pair, Pair, Pair]>(file, { encoding: 'latin-1' });
    const [x_train, y_train, x_valid] = [...train, ...valid].map((t) => torch.tensor(t)) as [
      torch.Tensor,
      torch.Tensor,
      torch.Tensor,
    ];
    expect([...x_train.shape, ...x_valid.shape]).to.deep.equal([50000, 784, 10000, 784]);
    expect(y_train.at('0:10').tolist()).to.deep.equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect(x_train.max().item()).to.equal(255 / 256);
    expect(x_train.mean().item()).to.be.closeTo(0.13045, 1e-5);
    expect(x_train.std().item()).to.be.closeTo(0.30729, 1e-5);
    expect([...x_train.at(0).reshape([28, 28]).shape]).to.deep.equal([28, 28]);
  });
});
