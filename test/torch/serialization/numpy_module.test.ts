import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { message } from '../../support/thrown.js';
import { bytesOf, fixture, inFolder, python, refusal } from './support.js';

const { numpy } = torch;
const image = Array.from({ length: 4 }, (_, i) => Array.from({ length: 6 }, (_, j) => (6 * i + j) / 256));

/** A .npy file with this header and so many zeros. */
function npy(header: string, bytes: number, version = 1): Uint8Array {
  const text = Buffer.from(header, 'latin1');
  const start = Buffer.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    version,
    0,
    text.length & 255,
    text.length >> 8,
  ]);
  return Buffer.concat([start, ...(version > 1 ? [Buffer.alloc(2)] : []), text, Buffer.alloc(bytes)]);
}

describe('numpy files', () => {
  const folder = inFolder();
  const load = (name: string): torch.Tensor => numpy.load(fixture(name)) as torch.Tensor;

  it('reads arrays in either order of elements and of bytes', () => {
    expect([load('row.npy').dtype, load('row.npy').tolist()]).to.deep.equal([torch.float32, image]);
    expect([load('column.npy').stride(), load('column.npy').tolist()]).to.deep.equal([[1, 4], image]);
    expect([load('big_endian.npy').dtype, load('big_endian.npy').tolist()]).to.deep.equal([
      torch.float64,
      image,
    ]);
    expect([load('scalar.npy').dtype, load('scalar.npy').tolist()]).to.deep.equal([torch.uint8, 7]);
    expect((numpy.load(bytesOf('row.npy')) as torch.Tensor).tolist()).to.deep.equal(image);
    load('row.npy').add_(1);
  });

  it('reads archives, stored and packed', () => {
    const { a, labels } = numpy.load(fixture('arrays.npz')) as Record<string, torch.Tensor>;
    expect(a!.tolist()).to.deep.equal(image);
    expect(labels!.tolist()).to.deep.equal([5, 0, 4, 1]);
    const packed = numpy.load(fixture('packed.npz')) as Record<string, torch.Tensor>;
    expect(packed['a']!.tolist()).to.deep.equal(image);
    expect([...packed['z']!.shape]).to.deep.equal([3, 0]);
  });

  it("writes numpy's own file, byte for byte", () => {
    const file = path.join(folder(), 'row');
    numpy.save(file, load('row.npy'));
    expect(fs.readFileSync(`${file}.npy`).equals(bytesOf('row.npy'))).to.equal(true);
    numpy.save(file, load('scalar.npy'));
    expect(fs.readFileSync(`${file}.npy`).equals(bytesOf('scalar.npy'))).to.equal(true);
  });

  it('gives back what it was given', () => {
    const values = {
      half: torch.tensor([1.5, -2]).half(),
      turned: torch.arange(6).view(2, 3).t(),
      part: torch.arange(10).at('2:5'),
      flags: torch.tensor([[true], [false]]),
      complex: torch.tensor([new torch.Complex(1, 2)]).conj(),
      empty: torch.zeros([0, 2]),
      zero_d: torch.tensor(2n),
    };
    const file = path.join(folder(), 'all.npz');
    numpy.savez(file, values);
    const loaded = numpy.load(file) as Record<string, torch.Tensor>;
    expect(Object.keys(loaded)).to.deep.equal(Object.keys(values));
    for (const [name, value] of Object.entries(values)) {
      const one = path.join(folder(), `${name}.npy`);
      numpy.save(one, value);
      for (const back of [loaded[name]!, numpy.load(one) as torch.Tensor])
        expect([back.dtype, [...back.shape], String(back.tolist())], name).to.deep.equal([
          value.dtype,
          [...value.shape],
          String(value.tolist()),
        ]);
    }
    expect(message(() => numpy.save(file, torch.ones([1]).bfloat16()))).to.match(
      /no dtype for torch\.bfloat16/,
    );
    expect(message(() => numpy.save(file, [1] as never))).to.match(/expected a Tensor/);
  });

  it('is read by numpy', function () {
    const file = path.join(folder(), 'all.npz');
    numpy.savez(file, { a: torch.arange(6).view(2, 3).t(), h: torch.tensor([1.5]).half() });
    numpy.save(path.join(folder(), 'one.npy'), torch.tensor([[true, false]]));
    const code = `
import sys, numpy as np
v = np.load(sys.argv[1])
assert v['a'].tolist() == [[0, 3], [1, 4], [2, 5]] and v['h'].dtype == np.float16
assert np.load(sys.argv[2]).tolist() == [[True, False]]
print('read')`;
    expect(python(this, code, file, path.join(folder(), 'one.npy'))).to.equal('read');
  });

  it('refuses what is damaged or no array of numbers', () => {
    const header = (descr: string, shape: string): string =>
      `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;
    const cases: [Uint8Array, RegExp][] = [
      [bytesOf('structured.npy'), /structured numpy dtypes/],
      [npy(header("'<U3'", '(1,)'), 12), /numpy dtype "<U3" are not supported/],
      [npy(header("'|O'", '(1,)'), 8), /numpy dtype "\|O"/],
      [npy(header("'<f4'", '(2,)'), 4), /has 4 bytes where 8 are needed/],
      [npy(header("'<f4'", '(1,)'), 8), /has 8 bytes where 4 are needed/],
      [npy(header("'<f4'", '(9007199254740993,)'), 0), /too large/],
      [npy(header("'<f4'", '(4294967296, 4294967296)'), 0), /too large/],
      [npy(header("'<f4'", '(-1,)'), 4), /header is damaged/],
      [npy(header("'<f4'", '__import__("os").system("touch was_executed")'), 4), /header is damaged/],
      [
        npy("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), 'fortran_order': False}", 4),
        /header is damaged/,
      ],
      [npy("{'descr': '<f4', 'shape': (1,)}", 4), /header is damaged/],
      [npy('', 4), /header is damaged/],
      [npy(header("'<f4'", '()'), 4, 9), /version 9/],
      [npy('x'.repeat(200), 0, 2).subarray(0, 50), /cut off/],
      [Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff', 'latin1'), /header claims 4294967295 bytes/],
      [npy(header("'|b1'", '(1,)'), 0), /has 0 bytes where 1 are needed/],
      [new Uint8Array(0), /no \.npy file/],
      [bytesOf('plain.pt'), /it holds .*, which is no array/],
    ];
    for (const [bytes, wanted] of cases)
      expect(growth(() => void expect(refusal(() => numpy.load(bytes))).to.match(wanted))).to.equal(0);
    expect((numpy.load(npy(header("'<f4'", '(2L, 1L)'), 8)) as torch.Tensor).tolist()).to.deep.equal([
      [0],
      [0],
    ]);
    expect(fs.existsSync('was_executed')).to.equal(false);
  });
});
