/** Event files, read by a decoder that shares nothing with the writer. */
import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as torch from '../../../ts/torch/index.js';
import { crc32c } from '../../../ts/fastai/callback/crc32c.js';
import { ScalarWriter, TensorBoardCallback } from '../../../ts/fastai/callback/tensorboard.js';
import { Learner } from '../../../ts/fastai/learner.js';
import { SGD } from '../../../ts/fastai/optimizer/index.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;

/** CRC-32C bit by bit, by its definition as a remainder of polynomials. */
function checksum(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit) crc = (crc >>> 1) ^ (0x82f63b78 & -(crc & 1));
  }
  return ~crc >>> 0;
}
const unmasked = (sum: number): number => {
  const turned = (sum - 0xa282ead8) >>> 0;
  return ((turned >>> 17) | (turned << 15)) >>> 0;
};
type Fields = Record<number, any>;
/** Fields by their numbers: numbers, or bytes. */
function message(bytes: Buffer): Fields {
  const fields: Fields = {};
  let at = 0;
  const varint = (): number => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
      shift += 7n;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [key >> 3, key & 7];
    if (type === 0) fields[field] = varint();
    else if (type === 1) {
      fields[field] = bytes.readDoubleLE(at);
      at += 8;
    } else if (type === 5) {
      fields[field] = bytes.readFloatLE(at);
      at += 4;
    } else if (type === 2) {
      const size = varint();
      fields[field] = bytes.subarray(at, at + size);
      at += size;
    } else throw new Error(`wire type ${type}`);
  }
  return fields;
}
interface Scalar {
  name: string;
  value: number;
  step: number;
}
function read(file: string): { version: string; scalars: Scalar[] } {
  const bytes = fs.readFileSync(file);
  const events: Fields[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = Number(bytes.readBigUInt64LE(at));
    expect(unmasked(bytes.readUInt32LE(at + 8))).to.equal(checksum(bytes.subarray(at, at + 8)));
    const content = bytes.subarray(at + 12, at + 12 + size);
    expect(unmasked(bytes.readUInt32LE(at + 12 + size))).to.equal(checksum(content));
    events.push(message(content));
    at += 16 + size;
  }
  for (const event of events) expect(Math.abs(event[1] - Date.now() / 1000)).to.be.below(60);
  const scalars = events.slice(1).map((event) => {
    const value = message(message(event[5])[1]);
    return { name: String(value[1]), value: value[2] as number, step: event[2] as number };
  });
  return { version: String(events[0]![3]), scalars };
}

describe('TensorBoard', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-board-'));
  after(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('knows the checksums of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).to.equal(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).to.equal(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).to.equal(0x46dd794e);
  });

  it('writes numbers and long names', () => {
    const writer = new ScalarWriter(path.join(folder, 'a', 'b'));
    const long = 'name/'.repeat(60);
    writer.add_scalar(long, 0.5, 3_000_000_000);
    writer.add_scalar('ü', NaN, 0);
    writer.close();
    writer.close();
    const { version, scalars } = read(writer.file);
    expect(version).to.equal('brain.Event:2');
    expect(scalars).to.deep.equal([
      { name: long, value: 0.5, step: 3_000_000_000 },
      { name: 'ü', value: NaN, step: 0 },
    ]);
    expect(() => writer.add_scalar('x', 1, 1)).to.throw(torch.ValueError, 'is closed');
    expect(() => new ScalarWriter(folder).add_scalar('x', 1, -1)).to.throw(torch.ValueError, 'whole number');
  });

  it('records a fit', async () => {
    const x = torch.randn([8, 1]);
    const loader = () => DataLoader(TensorDataset(x, x.mul(2)), { batch_size: 4 });
    const log_dir = path.join(folder, 'fit');
    const learn = Learner({ train: loader(), valid: loader() }, nn.Linear(1, 1), {
      loss_func: nn.functional.mse_loss,
      opt_func: SGD,
      lr: 0.1,
      cbs: [TensorBoardCallback({ log_dir })],
      metrics: [
        function mean_pred(pred: torch.Tensor): torch.Tensor {
          return pred.mean();
        },
      ],
    });
    await learn.no_logging(() => learn.no_mbar(() => learn.fit(2)));
    const [file] = fs.readdirSync(log_dir);
    const { scalars } = read(path.join(log_dir, file!));
    const of = (name: string): Scalar[] => scalars.filter((scalar) => scalar.name === name);
    const { recorder } = learn as unknown as { recorder: { losses: number[]; values: number[][] } };
    expect(of('train_loss').map(({ value }) => value)).to.deep.equal(recorder.losses.map(Math.fround));
    expect(of('train_loss').map(({ step }) => step)).to.deep.equal([1, 2, 3, 4]);
    expect(of('lr_0').map(({ value }) => value)).to.deep.equal(new Array(4).fill(Math.fround(0.1)));
    expect(of('valid_loss').map(({ value }) => value)).to.deep.equal(
      recorder.values.map((row) => Math.fround(row[1]!)),
    );
    expect(of('mean_pred').map(({ step }) => step)).to.deep.equal([2, 4]);
    expect(() => TensorBoardCallback({ logdir: 'x' } as never)).to.throw(torch.ArgumentError);
  });
});
