/** Event files, read by a decoder that shares nothing with the writer. */
import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as torch from '../../../ts/torch/index.js';
import { crc32c } from '../../../ts/fastai/callback/crc32c.js';
import { SummaryWriter, TensorBoardCallback } from '../../../ts/fastai/callback/tensorboard.js';
import { ImageDataLoaders } from '../../../ts/fastai/vision/data.js';
import { Learner } from '../../../ts/fastai/learner.js';
import { CrossEntropyLossFlat } from '../../../ts/fastai/losses.js';
import { plt } from '../../../ts/plot/index.js';
import { writeDrawnDigits } from '../../../ts/torchvision/datasets/index.js';
import { decode_image } from '../../../ts/torchvision/io/index.js';
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
interface Picture {
  name: string;
  step: number;
  size: number[];
  png: Uint8Array;
}
function read(file: string): { version: string; scalars: Scalar[]; pictures: Picture[] } {
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
  const values = events.slice(1).map((event): [Fields, number] => [message(message(event[5])[1]), event[2]]);
  const scalars = values
    .filter(([value]) => 2 in value)
    .map(([value, step]) => ({ name: String(value[1]), value: value[2] as number, step }));
  const pictures = values
    .filter(([value]) => 4 in value)
    .map(([value, step]) => {
      const { 1: height, 2: width, 4: png } = message(value[4]);
      return { name: String(value[1]), step, size: [height, width] as number[], png: png as Uint8Array };
    });
  return { version: String(events[0]![3]), scalars, pictures };
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
    const writer = new SummaryWriter(path.join(folder, 'a', 'b'));
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
    expect(() => new SummaryWriter(folder).add_scalar('x', 1, -1)).to.throw(torch.ValueError, 'whole number');
  });

  it('writes pictures and figures', () => {
    const writer = new SummaryWriter(path.join(folder, 'pictures'));
    const image = torch.linspace(0, 1, 12).view(1, 3, 4);
    writer.add_image('ramp', image, 1);
    const [figure, ax] = plt.subplots({ figsize: [2, 1] });
    ax.plot([1, 2]);
    writer.add_figure('line', figure, 2);
    plt.close(figure);
    writer.close();
    const [ramp, line_] = read(writer.file).pictures as [Picture, Picture];
    expect([ramp.name, ramp.step, ramp.size]).to.deep.equal(['ramp', 1, [3, 4]]);
    const pixels = decode_image(torch.tensor(ramp.png)).tolist();
    expect(pixels).to.deep.equal(image.mul(255).to(torch.uint8).tolist());
    expect([line_.name, line_.step]).to.deep.equal(['line', 2]);
    expect([...decode_image(torch.tensor(line_.png)).shape.slice(1)]).to.deep.equal(line_.size);
    expect(() => new SummaryWriter(folder).add_image('x', image, 0.5)).to.throw(
      'step must be a whole number',
    );
    expect(() => TensorBoardCallback({ trace_model: true })).to.throw(torch.ArgumentError, 'trace_model');
  });

  it('shows validation pictures with what the model says of them', async () => {
    const root = path.join(folder, 'digits');
    writeDrawnDigits(root, { digits: [3, 7], train: 4, valid: 4, seed: 1 });
    const dls = ImageDataLoaders.from_folder(root, { bs: 8 });
    const run = async (options: object) => {
      const log_dir = fs.mkdtempSync(path.join(folder, 'run-'));
      const learn = Learner(dls, nn.Sequential(nn.Flatten(), nn.Linear(3 * 28 * 28, 2)), {
        loss_func: CrossEntropyLossFlat(),
        cbs: TensorBoardCallback({ log_dir, ...options }),
      });
      await learn.no_logging(() => learn.no_mbar(() => learn.fit(2)));
      expect(learn.recorder.values.length).to.equal(2);
      return read(path.join(log_dir, fs.readdirSync(log_dir)[0]!)).pictures;
    };
    const pictures = await run({ n_preds: 4 });
    expect(pictures.map(({ name, step }) => [name, step])).to.deep.equal([
      ['Sample results', 1],
      ['Sample results', 2],
    ]);
    expect(await run({ log_preds: false })).to.deep.equal([]);
    const before = torch.memory({ collect: true }).tensors;
    await run({});
    expect(torch.memory({ collect: true }).tensors).to.be.at.most(before + 12);
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
