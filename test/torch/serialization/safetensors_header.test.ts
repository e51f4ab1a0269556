import { expect } from 'chai';

import {
  buildHeader,
  headerLength,
  parseHeader,
} from '../../../ts/torch/serialization/safetensors_header.js';

function parse(json: string | Uint8Array, dataBytes: number): ReturnType<typeof parseHeader> {
  const bytes = typeof json === 'string' ? Buffer.from(json) : json;
  return parseHeader(bytes, 8 + bytes.length + dataBytes);
}
const f32 = (shape: number[], begin: number, end: number) =>
  JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] });

describe('safetensors header', () => {
  it('reads names, types, shapes, places and metadata', () => {
    const json = `{"__metadata__":{"by":"me"},"a":${f32([2, 1], 0, 8)},"b":${f32([], 8, 12)},"e":${f32([0], 12, 12)}} `;
    const { entries, metadata } = parse(json, 12);
    const start = 8 + json.length;
    expect(metadata).to.deep.equal({ by: 'me' });
    expect(entries).to.deep.equal([
      { name: 'a', dtype: 'F32', shape: [2, 1], begin: start, end: start + 8 },
      { name: 'b', dtype: 'F32', shape: [], begin: start + 8, end: start + 12 },
      { name: 'e', dtype: 'F32', shape: [0], begin: start + 12, end: start + 12 },
    ]);
    expect(parse('{}', 0).entries).to.deep.equal([]);
  });

  it('writes what it reads: wide types first, aligned, names of any kind', () => {
    const infos = [
      { name: 'small', dtype: 'BOOL', shape: [3] },
      { name: '10', dtype: 'F32', shape: [1] },
      { name: '__proto__', dtype: 'F32', shape: [2] },
      { name: 'ü"\n', dtype: 'I64', shape: [] },
    ];
    const { start, order } = buildHeader(infos, { k: 'v' });
    expect(order).to.deep.equal([3, 1, 2, 0]);
    expect(start.length % 8).to.equal(0);
    const size = start.length + 8 + 4 + 8 + 3;
    const length = headerLength(start.subarray(0, 8), size);
    const { entries, metadata } = parseHeader(start.subarray(8, 8 + length), size);
    expect(entries.map(({ name }) => name).sort()).to.deep.equal(infos.map(({ name }) => name).sort());
    expect(
      entries.every(({ dtype, begin }) => begin % (dtype === 'I64' ? 8 : dtype === 'F32' ? 4 : 1) === 0),
    );
    expect(metadata).to.deep.equal({ k: 'v' });
    expect(() => buildHeader([infos[0]!, infos[0]!])).to.throw('two tensors are called "small"');
    expect(() => buildHeader([{ name: '__metadata__', dtype: 'F32', shape: [] }])).to.throw('__metadata__');
    expect(() => buildHeader([{ name: 'a', dtype: 'F32', shape: [2 ** 30, 2 ** 30] }])).to.throw('too large');
  });

  it('refuses a length that the file or the format does not allow', () => {
    const length = (value: bigint) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      return bytes;
    };
    expect(headerLength(length(92n), 100)).to.equal(92);
    expect(() => headerLength(length(93n), 100)).to.throw('claims 93 bytes, the file has only 100 in all');
    expect(() => headerLength(length(100_000_001n), 2 ** 40)).to.throw('more than the 100000000 allowed');
    expect(() => headerLength(length(2n ** 64n - 1n), 100)).to.throw('claims 18446744073709551615 bytes');
    expect(() => headerLength(new Uint8Array(3), 3)).to.throw('too short');
  });

  it('refuses a header that is not what it must be, and says why', () => {
    const cases: [string | Uint8Array, number, RegExp][] = [
      ['', 0, /does not start with '{'/],
      [' {}', 0, /does not start with '{'/],
      ['{"a":', 0, /not JSON/],
      ['{}\n', 0, /padded/],
      ['{}\0', 0, /not JSON/],
      [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 0, /not JSON/],
      ['{"__metadata__":{"a":1}}', 0, /__metadata__ is not a table of strings/],
      ['{"a":[]}', 0, /tensor "a": it must have exactly/],
      [
        '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}',
        4,
        /exactly dtype, shape and data_offsets/,
      ],
      ['{"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}}', 4, /dtype "F33" is not known/],
      ['{"a":{"dtype":"toString","shape":[],"data_offsets":[0,4]}}', 4, /"toString" is not known/],
      [`{"a":${f32([-1], 0, 4)}}`, 4, /not a list of sizes/],
      [`{"a":${f32([0.5], 0, 2)}}`, 2, /not a list of sizes/],
      ['{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4, /not two positions/],
      [`{"a":${f32([1], 4, 0)}}`, 4, /span -4 bytes, its dtype and shape need 4/],
      [`{"a":${f32([2], 0, 4)}}`, 4, /span 4 bytes, its dtype and shape need 8/],
      [`{"a":${f32([2 ** 31, 2 ** 31], 0, 4)}}`, 4, /too large/],
      [`{"a":${f32([2 ** 53 - 1, 0], 0, 0)}}`, 0, /too large/],
      [`{"a":${f32([1], 4, 8)}}`, 8, /starts at byte .* expected/],
      [`{"a":${f32([1], 0, 4)},"b":${f32([1], 8, 12)}}`, 12, /tensor "b" starts/],
      [`{"a":${f32([2], 0, 8)},"b":${f32([1], 4, 8)}}`, 8, /tensor "b" starts/],
      [`{"a":${f32([1], 0, 4)},"b":${f32([1], 0, 4)}}`, 4, /tensor "b" starts/],
      [`{"a":${f32([1], 0, 4)}}`, 5, /tensors end at byte .*, the file at/],
      [`{"a":${f32([1], 0, 4)}}`, 3, /tensors end at byte/],
      [`{"a":${f32([1], 0, 4)},"a":${f32([1], 4, 8)}}`, 8, /names something twice/],
      [`{"a":${f32([1], 0, 4)},"a":${f32([1], 0, 4)}}`, 4, /names something twice/],
      ['{"a":{"dtype":"F32","shape":[9],"shape":[],"data_offsets":[0,4]}}', 4, /names something twice/],
      ['{"__metadata__":{"a":"1","a:\\":":"2","a":"3"}}', 0, /names something twice/],
    ];
    for (const [json, data, message] of cases)
      expect(() => parse(json, data), String(json)).to.throw(message);
  });
});
