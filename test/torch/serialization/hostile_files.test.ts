import fs from 'node:fs';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { archive, bytesOf, checkpoint, pk, refusal } from './support.js';

type Load = (bytes: Uint8Array) => unknown;

/** What `load` gives, as the bytes of a file of ours; undefined when it refuses. */
function outcome(load: Load, bytes: Uint8Array): Buffer | undefined {
  let value: unknown;
  const start = process.cpuUsage();
  try {
    value = torch.tidy(() => torch.save(load(bytes)));
  } catch (error) {
    expect((error as Error).message).to.match(/^cannot (read the given bytes|save)/);
    expect(error).to.be.instanceOf(torch.TorchError);
  }
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).to.be.below(1);
  return value === undefined ? undefined : Buffer.from(value as Uint8Array);
}

function changed(bytes: Buffer, at: number, mask: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= mask;
  return copy;
}

const numpyLoad: Load = (bytes) => torch.numpy.load(bytes);
const pickleLoad: Load = (bytes) => torch.pickle.load(bytes, { encoding: 'latin-1' });
/** Whether every byte of the format is either checked or of no meaning. */
const files: [string, Load, boolean][] = [
  ['everything.pt', torch.load, true],
  ['training.pt', torch.load, true],
  ['legacy.pt', torch.load, false],
  ['arrays.npz', numpyLoad, true],
  ['packed.npz', numpyLoad, true],
  ['row.npy', numpyLoad, false],
  ['arrays_2.pkl', pickleLoad, false],
  ['arrays_5.pkl', pickleLoad, false],
];

describe('damaged files', () => {
  for (const [name, load, isChecked] of files) {
    const good = bytesOf(name);

    it(`${name}, cut off anywhere, is refused`, () => {
      const ends = [...Array(Math.ceil(good.length / 64)).keys()].map((i) => i * 64);
      expect(
        growth(() => {
          for (const end of [...ends, 1, 3, 4, good.length - 1])
            expect(outcome(load, good.subarray(0, end)), `at ${end}`).to.equal(undefined);
        }),
      ).to.be.at.most(0);
    });

    it(`${name}, a byte of it changed, is refused or means the same`, function () {
      this.timeout(120_000);
      const whole = outcome(load, good)!;
      let refused = 0;
      expect(
        growth(() => {
          for (let at = 0; at < Math.min(good.length, 4096); ++at)
            for (const mask of [0xff, 1]) {
              const result = outcome(load, changed(good, at, mask));
              if (result === undefined) ++refused;
              else if (isChecked) expect(result.equals(whole), `byte ${at}`).to.equal(true);
            }
        }),
      ).to.be.at.most(0);
      expect(refused).to.be.above(100);
    });
  }
});

describe('lying zip archives', () => {
  const program = pk.program(pk.tensor(pk.storage('FloatStorage', '0', 2), 0, [2], [1]));
  const good = Buffer.from(checkpoint(program, { '0': new Uint8Array(8) }));
  const end = good.length - 22;
  const end64 = end - 20 - 56;
  const directory = Number(good.readBigUInt64LE(end64 + 48));
  const altered = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good);
    change(bytes);
    return bytes;
  };
  const entryAt = (bytes: Buffer, name: string): number => bytes.indexOf(name, directory) - 46;

  it('are fine as long as they tell the truth', () => {
    expect(torch.load<torch.Tensor>(good).tolist()).to.deep.equal([0, 0]);
  });

  // Two names of one length, of which the directory then makes one.
  const twice = Buffer.from(archive({ 'a/data.pkl': program, 'a/data.pkk': pk.program('N') }));
  twice.write('l', twice.lastIndexOf('a/data.pkk') + 9);

  const lies: [string, Buffer, RegExp][] = [
    [
      'a wrong checksum',
      altered((b) => b.writeUInt32LE(1, entryAt(b, 'a/data/0') + 16)),
      /checksum of a\/data\/0/,
    ],
    ['a changed byte', altered((b) => (b[b.indexOf(program) + 3]! ^= 1)), /checksum of a\/data\.pkl/],
    ['two entries of one name', twice, /two entries are called a\/data\.pkl/],
    ['another size in zip64', altered((b) => b.writeBigUInt64LE(9n, end64 + 32)), /several parts/],
    [
      'another count in zip64',
      altered((b) => {
        b.writeBigUInt64LE(9n, end64 + 24);
        b.writeBigUInt64LE(9n, end64 + 32);
      }),
      /contradict each other/,
    ],
    [
      'a directory beyond the end',
      altered((b) => {
        b.writeBigUInt64LE(2n ** 62n, end64 + 48);
      }),
      /a size or position of/,
    ],
    [
      'a directory elsewhere',
      altered((b) => {
        b.writeBigUInt64LE(BigInt(directory - 1), end64 + 48);
        b.writeUInt32LE(directory - 1, end + 16);
      }),
      /does not end where/,
    ],
    [
      'a zip64 record elsewhere',
      altered((b) => b.writeBigUInt64LE(0n, end - 20 + 8)),
      /zip64 record is not where/,
    ],
    [
      'an entry beyond the end',
      altered((b) => b.writeUInt32LE(good.length, entryAt(b, 'a/data/0') + 42)),
      /overlaps/,
    ],
    [
      'an entry inside of another',
      altered((b) => b.writeUInt32LE(8, entryAt(b, 'a/data/0') + 42)),
      /overlaps/,
    ],
    [
      'an entry that is too long',
      altered((b) => {
        b.writeUInt32LE(1 << 30, entryAt(b, 'a/data/0') + 20);
        b.writeUInt32LE(1 << 30, entryAt(b, 'a/data/0') + 24);
      }),
      /overlaps/,
    ],
    ['two sizes', altered((b) => b.writeUInt32LE(4, entryAt(b, 'a/data/0') + 24)), /two sizes/],
    [
      'zip64 sizes that are missing',
      altered((b) => b.writeUInt32LE(0xffffffff, entryAt(b, 'a/data/0') + 24)),
      /zip64 field is missing/,
    ],
    [
      'a packing that is none',
      altered((b) => b.writeUInt16LE(8, entryAt(b, 'a/data/0') + 10)),
      /must be stored/,
    ],
    ['encryption', altered((b) => b.writeUInt16LE(1, entryAt(b, 'a/data/0') + 8)), /encrypted/],
    [
      'another name in its header',
      altered((b) => b.write('b', b.indexOf('a/data/0'))),
      /contradicts the directory/,
    ],
    ['something before it', Buffer.concat([Buffer.from('PK\x03\x04'), good]), /does not end|not where/],
    ['something after it', Buffer.concat([good, Buffer.alloc(1)]), /its end is missing/],
    ['nothing in it', Buffer.from(archive({})), /no checkpoint|too short/],
    ['two checkpoints', Buffer.from(archive({ 'a/data.pkl': 'N', 'b/data.pkl': 'N' })), /no checkpoint/],
  ];
  for (const [what, bytes, wanted] of lies)
    it(`with ${what} are refused`, () => {
      expect(growth(() => void expect(refusal(() => torch.load(bytes))).to.match(wanted))).to.be.at.most(0);
    });

  it('with a storage of another size than announced are refused', () => {
    for (const bytes of [7, 12]) {
      const file = checkpoint(program, { '0': new Uint8Array(bytes) });
      expect(refusal(() => torch.load(file))).to.match(/storage 0 has \d+ bytes where 8 are announced/);
    }
    expect(refusal(() => torch.load(checkpoint(program)))).to.match(/no entry data\/0/);
  });

  it('with 60,000 entries are read in time', () => {
    const storages = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, i) => [`x${i}`, new Uint8Array(1)]),
    );
    const file = checkpoint(pk.program('N'), storages);
    const start = process.cpuUsage();
    expect(torch.load(file)).to.equal(null);
    expect(process.cpuUsage(start).user / 1e6).to.be.below(1);
  });

  it('leave nothing behind', () => {
    expect(fs.existsSync('was_executed')).to.equal(false);
  });
});
