/** Event files for TensorBoard. https://docs.fast.ai/callback.tensorboard.html */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32c } from './crc32c.js';
import { checkOptions } from '../../torch/arguments.js';
import { plt, type Figure } from '../../plot/index.js';
import { ArgumentError, ValueError } from '../../torch/errors.js';
import { callable, tidy, uint8, type Tensor } from '../../torch/index.js';
import { encode_png } from '../../torchvision/io/index.js';
import type { TfmdDL } from '../data/core.js';
import '../learner/inference.js';
import type { BatchSource } from '../learner/loop.js';
import { TensorImage } from '../tensor_types.js';
import { eachTensor } from '../torch_core.js';
import { Callback } from './core.js';

/*
 * Four messages with a few fields each are all of protobuf that scalars and pictures need, so they are written here rather than by a
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
/** RGB, to TensorBoard; what a picture really holds its own header says. */
const colorspace = 3;

/**
 * Writes numbers and pictures to an event file that TensorBoard reads, named as Python's.
 * https://docs.pytorch.org/docs/stable/tensorboard.html
 */
export class SummaryWriter {
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
    this.#add('add_scalar', name, floatField(2, value), step);
  }
  /**
   * A picture [C, H, W] of one channel or three: uint8, or floating point from 0 to 1.
   * @throws {ValueError} the writer is closed, `step` is no whole number, or the tensor is no picture
   */
  add_image(name: string, img_tensor: Tensor, step: number): void {
    const pixels = tidy(() => {
      const bytes = img_tensor.is_floating_point()
        ? img_tensor.mul(255).clamp({ min: 0, max: 255 }).to(uint8)
        : img_tensor;
      return encode_png(bytes).numpy() as Uint8Array;
    });
    this.#picture('add_image', name, Buffer.from(pixels), step);
  }
  /** A figure, drawn with its own resolution. */
  add_figure(name: string, figure: Figure, step: number): void {
    this.#picture('add_figure', name, figure.toPNG(), step);
  }
  #picture(op: string, name: string, png: Buffer, step: number): void {
    // A PNG's header says its width and height.
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const size = [intField(1, height), intField(2, width), intField(3, colorspace)];
    this.#add(op, name, bytesField(4, Buffer.concat([...size, bytesField(4, png)])), step);
  }
  #add(op: string, name: string, value: Buffer, step: number): void {
    if (!Number.isSafeInteger(step) || step < 0)
      throw new ValueError(`${op}(): step must be a whole number, not ${step}`);
    const summary = bytesField(1, Buffer.concat([bytesField(1, name), value]));
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
  /** The graph of the model: cannot be written, so true is an error (default: false). */
  trace_model?: boolean;
  /** After each epoch a batch of validation pictures with labels and predictions (default: true, where there are pictures). */
  log_preds?: boolean;
  /** How many of them; default: 9. */
  n_preds?: number;
}

class TensorBoardCallbackClass extends Callback {
  override order = 70;
  override remove_on_fetch = true;
  readonly log_dir: string;
  writer: SummaryWriter | null = null;

  readonly log_preds: boolean;
  readonly n_preds: number;

  /**
   * Losses, hyper-parameters, metrics and pictures with predictions for `tensorboard --logdir`; no graphs or embeddings.
   * @throws {ArgumentError} an unknown option, or `trace_model`
   */
  constructor(options: TensorBoardOptions = {}) {
    super();
    checkOptions('TensorBoardCallback', options, ['log_dir', 'trace_model', 'log_preds', 'n_preds']);
    if (options.trace_model === true)
      throw new ArgumentError(
        'TensorBoardCallback(): trace_model: there is no tracer here, so that the graph cannot be written',
        'TensorBoardCallback',
      );
    this.log_preds = options.log_preds ?? true;
    this.n_preds = options.n_preds ?? 9;
    const time = new Date().toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
    this.log_dir = options.log_dir ?? path.join('runs', `${time}_${os.hostname()}`);
  }
  override before_fit(): void {
    this.run = !('lr_finder' in this.learn) && !('gather_preds' in this.learn);
    if (this.run) this.writer ??= new SummaryWriter(this.log_dir);
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
  override async after_epoch(): Promise<void> {
    const names = [...this.recorder.metric_names].slice(2, -1);
    names.forEach((name, i) => {
      const value = this.recorder.log[i + 2];
      if (typeof value === 'number') this.writer?.add_scalar(name, value, this.learn.train_iter);
    });
    if (this.log_preds && this.writer !== null) await this.#showResults(this.writer);
  }
  async #showResults(writer: SummaryWriter): Promise<void> {
    const { learn } = this;
    const valid = learn.dls.valid as Partial<TfmdDL> | null;
    if (typeof valid?.one_batch !== 'function' || typeof valid.show_results !== 'function') return;
    const batch = valid.one_batch() as unknown[];
    if (batch[0] instanceof TensorImage) {
      const dl: BatchSource = Object.assign([batch], { ownsBatches: false });
      const gone = learn.cbs.filter((cb) => cb.remove_on_fetch);
      const [, , decoded] = (await learn.removed_cbs(gone, () =>
        learn.get_preds({ dl, with_decoded: true, inner: true }),
      )) as Tensor[];
      valid.show_results(batch, decoded, { max_n: this.n_preds });
      const figure = plt.gcf();
      writer.add_figure('Sample results', figure, learn.train_iter);
      plt.close(figure);
    }
    eachTensor(batch, (t) => t.dispose());
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
