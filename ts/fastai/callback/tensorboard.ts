/** Event files for TensorBoard. https://docs.fast.ai/callback.tensorboard.html */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32c } from './crc32c.js';
import { checkOptions } from '../../torch/arguments.js';
import { ValueError } from '../../torch/errors.js';
import { callable } from '../../torch/index.js';
import { Callback } from './core.js';

/*
 * Three messages with five fields are all of protobuf that a scalar needs, so they are written here rather than by a
 * library with a schema compiler: https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}
const tag = (field: number, type: number): Buffer => varint((field << 3) | type);
function bytesField(field: number, value: Buffer | string): Buffer {
  const content = Buffer.from(value as string);
  return Buffer.concat([tag(field, 2), varint(content.length), content]);
}
function doubleField(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), content]);
}
function floatField(field: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeFloatLE(value);
  return Buffer.concat([tag(field, 5), content]);
}
const intField = (field: number, value: number): Buffer => Buffer.concat([tag(field, 0), varint(value)]);

/** A record of TFRecord: length, checksum of the length, content, checksum of the content. */
function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, masked(length), content, masked(content)]);
}
/** Checksums are turned and shifted, since a checksum of data that has checksums in it is a poor one. */
function masked(content: Buffer): Buffer {
  const crc = crc32c(content);
  const result = Buffer.alloc(4);
  result.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return result;
}

let made = 0;

/** Writes numbers to an event file that TensorBoard reads, as torch.utils.tensorboard's SummaryWriter names it. */
export class ScalarWriter {
  readonly file: string;
  #descriptor: number | null;

  /** @param log_dir is made where it is not there */
  constructor(log_dir: string) {
    fs.mkdirSync(log_dir, { recursive: true });
    const seconds = Math.floor(Date.now() / 1000);
    const name = `events.out.tfevents.${seconds}.${os.hostname()}.${process.pid}.${made++}`;
    this.file = path.join(log_dir, name);
    this.#descriptor = fs.openSync(this.file, 'a');
    this.#write(bytesField(3, 'brain.Event:2'), 0);
  }
  /** @throws {ValueError} the writer is closed, or `step` is no whole number */
  add_scalar(name: string, value: number, step: number): void {
    if (!Number.isSafeInteger(step) || step < 0)
      throw new ValueError(`add_scalar(): step must be a whole number, not ${step}`);
    const summary = bytesField(1, Buffer.concat([bytesField(1, name), floatField(2, value)]));
    this.#write(bytesField(5, summary), step);
  }
  #write(what: Buffer, step: number): void {
    if (this.#descriptor === null) throw new ValueError(`${this.file} is closed`);
    const event = Buffer.concat([doubleField(1, Date.now() / 1000), intField(2, step), what]);
    fs.writeSync(this.#descriptor, record(event));
  }
  close(): void {
    if (this.#descriptor !== null) fs.closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

export interface TensorBoardOptions {
  /** Default: `runs/` and the time and host, as SummaryWriter names it. */
  log_dir?: string | null;
}

class TensorBoardCallbackClass extends Callback {
  override order = 70;
  override remove_on_fetch = true;
  readonly log_dir: string;
  writer: ScalarWriter | null = null;

  /** Losses, hyper-parameters and metrics as scalars for `tensorboard --logdir`; no graphs, pictures or embeddings. */
  constructor(options: TensorBoardOptions = {}) {
    super();
    checkOptions('TensorBoardCallback', options, ['log_dir']);
    const time = new Date().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
    this.log_dir = options.log_dir ?? path.join('runs', `${time}_${os.hostname()}`);
  }
  override before_fit(): void {
    this.run = !('lr_finder' in this.learn) && !('gather_preds' in this.learn);
    if (this.run) this.writer ??= new ScalarWriter(this.log_dir);
  }
  override after_batch(): void {
    const { learn, writer } = this;
    if (!learn.training || writer === null) return;
    const step = learn.train_iter;
    writer.add_scalar('train_loss', Number(learn.smooth_loss), step);
    learn.opt!.hypers.forEach((hyper, i) => {
      for (const [name, value] of Object.entries(hyper))
        if (typeof value === 'number') writer.add_scalar(`${name}_${i}`, value, step);
    });
  }
  override after_epoch(): void {
    const names = [...this.recorder.metric_names].slice(2, -1);
    names.forEach((name, i) => {
      const value = this.recorder.log[i + 2];
      if (typeof value === 'number') this.writer?.add_scalar(name, value, this.learn.train_iter);
    });
  }
  override after_fit(): void {
    this.#close();
  }
  override cleanup(): void {
    this.#close();
  }
  #close(): void {
    this.writer?.close();
    this.writer = null;
  }
}
export const TensorBoardCallback = callable(TensorBoardCallbackClass);
export type TensorBoardCallback = TensorBoardCallbackClass;
