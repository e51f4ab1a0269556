import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import {
  load_safetensors,
  safetensors_metadata,
  save_safetensors,
} from '../../../ts/torch/serialization/safetensors.js';

const reference = path.join(import.meta.dirname, 'fixtures', 'reference.safetensors');

describe('safetensors', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'safetensors-test-'));
    file = path.join(folder, 'model.safetensors');
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it('reads what the official library wrote', () => {
    const t = load_safetensors(reference);
    expect(Object.keys(t)).to.have.length(15);
    const shown = (name: string) => [String(t[name]!.dtype), [...t[name]!.shape], t[name]!.tolist()];
    expect(shown('layer.weight')).to.deep.equal([
      'torch.float32',
      [2, 3],
      [
        [0, 0.25, 0.5],
        [0.75, 1, 1.25],
      ],
    ]);
    expect(shown('layer.bias')).to.deep.equal(['torch.float32', [], 0.25]);
    expect([...t['empty']!.shape]).to.deep.equal([0, 3]);
    expect(shown('flags')).to.deep.equal(['torch.bool', [3], [true, false, true]]);
    expect(t['counts']!.tolist({ bigint: true })).to.deep.equal([-(2n ** 62n), 7n]);
    for (const [name, dtype] of [
      ['double', 'float64'],
      ['half', 'float16'],
      ['brain', 'bfloat16'],
      ['eight', 'float8_e4m3fn'],
    ] as const) {
      expect(String(t[name]!.dtype)).to.equal(`torch.${dtype}`);
      expect(t[name]!.to(torch.float32).tolist(), name).to.deep.equal([0, 1, -2.5, 3]);
    }
    expect(shown('bytes')).to.deep.equal(['torch.uint8', [2], [0, 255]]);
    expect(shown('small')).to.deep.equal(['torch.int8', [2], [-128, 127]]);
    expect(shown('short')).to.deep.equal(['torch.int16', [1], [-32768]]);
    expect(shown('int')).to.deep.equal(['torch.int32', [1, 1], [[2 ** 31 - 1]]]);
    expect(String(t['complex']!)).to.equal('tensor([1.+2.j])');
    expect(shown('größe "x"')).to.deep.equal(['torch.float32', [1], [1]]);
    expect(safetensors_metadata(reference)).to.deep.equal({ format: 'pt' });
  });

  it('writes the same bytes as the official library', () => {
    save_safetensors(load_safetensors(reference), file, { metadata: { format: 'pt' } });
    expect(fs.readFileSync(file).equals(fs.readFileSync(reference))).to.equal(true);
    expect(fs.readdirSync(folder)).to.deep.equal(['model.safetensors']);
  });

  it('keeps values of tensors that are strided, need a gradient or have odd names', () => {
    const square = torch.arange(6).view(2, 3);
    const weight = torch.randn([4, 4]).requires_grad_();
    const tensors = { turned: square.t(), part: square.at(':', 1), weight, ['__proto__']: torch.ones([2]) };
    save_safetensors(tensors, file);
    const loaded = load_safetensors(file);
    expect(loaded['turned']!.tolist()).to.deep.equal(square.t().tolist());
    expect(loaded['part']!.tolist()).to.deep.equal([1, 4]);
    expect(loaded['weight']!.requires_grad).to.equal(false);
    expect(torch.equal(loaded['weight']!, weight)).to.equal(true);
    expect(Object.hasOwn(loaded, '__proto__')).to.equal(true);
    expect(Object.getPrototypeOf(loaded)).to.equal(Object.prototype);
    loaded['part']!.add_(1);
    expect(loaded['part']!.tolist(), 'writable, and its own').to.deep.equal([2, 5]);
  });

  it('writes and reads a file without tensors', () => {
    save_safetensors({}, file);
    expect(load_safetensors(file)).to.deep.equal({});
  });

  it('replaces a file only when the new one is complete', () => {
    save_safetensors({ a: torch.ones([1]) }, file);
    const quantized = torch.ones([1]).to(torch.complex128);
    expect(() => save_safetensors({ a: torch.zeros([1]), b: quantized }, file)).to.throw(
      TypeError,
      /model\.safetensors: tensor "b" is torch\.complex128/,
    );
    const gone = torch.ones([1]);
    gone.dispose();
    expect(() => save_safetensors({ a: gone }, file)).to.throw();
    expect(load_safetensors(file)['a']!.tolist()).to.deep.equal([1]);
    expect(fs.readdirSync(folder)).to.deep.equal(['model.safetensors']);
    expect(() => save_safetensors({}, path.join(folder, 'no', 'x'))).to.throw(/ENOENT/);
  });

  it('refuses a damaged file by name, and frees what it had read', () => {
    const good = fs.readFileSync(reference);
    const before = torch.memory().tensors;
    const refuse = (bytes: Uint8Array, message: RegExp) => {
      fs.writeFileSync(file, bytes);
      expect(() => load_safetensors(file)).to.throw(message);
    };
    refuse(Buffer.alloc(0), /cannot read .*model\.safetensors: it is too short/);
    refuse(good.subarray(0, 7), /too short/);
    refuse(good.subarray(0, 100), /header claims \d+ bytes, the file has only 100/);
    refuse(good.subarray(0, good.length - 1), /tensors end at byte \d+, the file at \d+/);
    refuse(Buffer.concat([good, Buffer.alloc(1)]), /tensors end at byte/);
    const notBool = Buffer.from(good);
    notBool[good.length - 1] = 2;
    refuse(notBool, /"flags" has a BOOL that is neither 0 nor 1/);
    expect(torch.memory().tensors).to.equal(before);
    expect(() => load_safetensors(path.join(folder, 'no'))).to.throw(/cannot read .*no: ENOENT/);
    for (let at = 0; at < good.length; at += 3) {
      const damaged = Buffer.from(good);
      damaged[at]! ^= 0x15;
      fs.writeFileSync(file, damaged);
      try {
        for (const tensor of Object.values(load_safetensors(file))) tensor.dispose();
      } catch (error) {
        expect((error as Error).message).to.match(/^cannot read .*model\.safetensors: ./);
      }
    }
  });
});
