/** .safetensors files from strangers: cut, bent, and very large headers. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import {
  load_safetensors,
  safetensors_metadata,
  save_safetensors,
} from '../../../ts/torch/serialization/safetensors.js';
import { inFolder, refusal } from './support.js';

/** A file with this header, however wrong, and so many bytes of data. */
function fileOf(header: string | Uint8Array, dataBytes = 0, claimed?: bigint): Buffer {
  const json = Buffer.from(header as string);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(claimed ?? BigInt(json.length));
  return Buffer.concat([start, json, Buffer.alloc(dataBytes)]);
}
const entry = (
  begin: number,
  end: number,
  shape: unknown = [(end - begin) / 4],
  dtype: unknown = 'F32',
): string => JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
/** The processor's seconds that `fn` takes. */
function seconds(fn: () => void): number {
  const start = process.cpuUsage();
  fn();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

describe('hostile safetensors', () => {
  const folder = inFolder();
  const write = (bytes: Uint8Array): string => {
    const file = path.join(folder(), 'x.safetensors');
    fs.writeFileSync(file, bytes);
    return file;
  };
  const live = (): { tensors: number; bytes: number } => {
    const { tensors, bytes } = torch.memory({ collect: true });
    return { tensors, bytes };
  };

  it('a header of 100,000 tensors is read in time, and refused in time when its last entry is wrong', function () {
    this.timeout(60_000);
    const count = 100_000;
    const list = Array.from({ length: count }, (_, i) => `"layer.${i}.weight":${entry(4 * i, 4 * i + 4)}`);
    const good = write(fileOf(`{${list.join(',')}}`, 4 * count));
    expect(seconds(() => expect(safetensors_metadata(good)).to.deep.equal({}))).to.be.below(2);
    list[count - 1] = `"layer.${count - 1}.weight":${entry(4 * count - 8, 4 * count - 4)}`;
    const before = live();
    const bad = write(fileOf(`{${list.join(',')}}`, 4 * count));
    let text = '';
    expect(
      seconds(() => {
        try {
          load_safetensors(bad);
        } catch (error) {
          text = (error as Error).message;
        }
      }),
    ).to.be.below(2);
    expect(text).to.match(/x\.safetensors: tensor "layer\.99999\.weight" starts at byte/);
    expect(live()).to.deep.equal(before);
  });

  it('a file that is cut at any kilobyte is refused, and nothing of it stays', () => {
    const whole = path.join(folder(), 'whole.safetensors');
    const tensors = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`block.${i}.weight`, torch.randn([16, 40])]),
    );
    save_safetensors(tensors, whole);
    const bytes = fs.readFileSync(whole);
    expect(bytes.length).to.be.above(100_000);
    for (const tensor of Object.values(tensors)) tensor.dispose();
    const before = live();
    for (let end = 0; end < bytes.length; end += 1024) {
      const file = write(bytes.subarray(0, end));
      expect(
        refusal(() => load_safetensors(file)),
        `cut at ${end}`,
      ).to.match(/^cannot read .*x\.safetensors: /);
    }
    expect(live()).to.deep.equal(before);
    for (const tensor of Object.values(load_safetensors(whole))) tensor.dispose();
  });

  it('each byte of the first 4 KB flipped: an error that names the file, or the same tensors', function () {
    this.timeout(60_000);
    const whole = path.join(folder(), 'whole.safetensors');
    const tensors = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`w${i}`, torch.ones([9, 11])]));
    save_safetensors(tensors, whole);
    const bytes = fs.readFileSync(whole);
    for (const tensor of Object.values(tensors)) tensor.dispose();
    const before = live();
    let refused = 0;
    const file = write(bytes);
    const fd = fs.openSync(file, 'r+');
    for (let at = 0; at < 4096; ++at) {
      fs.writeSync(fd, Buffer.from([bytes[at]! ^ 0xff]), 0, 1, at);
      try {
        const loaded = Object.values(load_safetensors(file));
        expect(loaded.length, `byte ${at}`).to.equal(12);
        for (const tensor of loaded) tensor.dispose();
      } catch (error) {
        expect((error as Error).message, `byte ${at}`).to.match(/^cannot read .*x\.safetensors: ./);
        ++refused;
      }
      fs.writeSync(fd, bytes, at, 1, at);
    }
    fs.closeSync(fd);
    expect(refused).to.be.above(600);
    expect(live()).to.deep.equal(before);
  });

  const huge = 2 ** 53;
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['a length beyond the file', fileOf('{}', 0, 1000n), /claims 1000 bytes/],
    ['a length of 2^63', fileOf('{}', 0, 2n ** 63n), /more than the/],
    ['a length of zero', fileOf('', 4), /does not start with/],
    ['depth', fileOf('{"a":'.repeat(50_000)), /not JSON|must have exactly/],
    [
      'depth of lists',
      fileOf(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      /must have exactly|not JSON/,
    ],
    [
      'a shape of a million dimensions',
      fileOf(`{"a":${entry(0, 4, Array(1_000_000).fill(1))}}`, 4),
      /has 1000000 dimensions/,
    ],
    [
      'sizes whose product wraps to what the file holds',
      fileOf(`{"a":${entry(0, 0, [2 ** 32, 2 ** 32])}}`),
      /too large/,
    ],
    ['a size past what a number can hold', fileOf(`{"a":${entry(0, 4, [huge])}}`, 4), /not a list of sizes/],
    [
      'a size of 1e400',
      fileOf('{"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}', 4),
      /not a list of sizes/,
    ],
    ['negative offsets', fileOf(`{"a":${entry(-4, 0)}}`), /not two positions/],
    ['offsets of a petabyte', fileOf(`{"a":${entry(0, 2 ** 50, [2 ** 48])}}`, 4), /end at byte/],
    ['__proto__ as a tensor', fileOf('{"__proto__":{"polluted":"yes"}}'), /must have exactly/],
    [
      '__proto__ in an entry',
      fileOf('{"a":{"__proto__":{"dtype":"F32"},"shape":[],"data_offsets":[0,4]}}', 4),
      /must have exactly/,
    ],
    ['a dtype that is a method', fileOf(`{"a":${entry(0, 4, [1], 'constructor')}}`, 4), /is not known/],
    ['a dtype that is a list', fileOf(`{"a":${entry(0, 4, [1], ['F32'])}}`, 4), /is not known/],
    ['bytes that are no UTF-8', fileOf(Buffer.from([0x7b, 0xc0, 0x80, 0x7d])), /not JSON/],
    ['metadata that are not texts', fileOf('{"__metadata__":{"a":{"b":"c"}}}'), /not a table of strings/],
    [
      'a pickle',
      fileOf(Buffer.from('\x80\x02cos\nsystem\nX\x04\0\0\0echo\x85R.', 'latin1')),
      /does not start with/,
    ],
  ];
  for (const [what, bytes, message] of cases)
    it(`${what} is refused at once`, () => {
      const before = live();
      const file = write(bytes);
      const text = refusal(() => {
        const loaded = load_safetensors(file);
        for (const tensor of Object.values(loaded)) tensor.dispose();
        return loaded;
      });
      expect(text)
        .to.match(message)
        .and.to.match(/^cannot read .*x\.safetensors: /);
      expect(live()).to.deep.equal(before);
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    });
});
