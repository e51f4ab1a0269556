/** MNIST and its likes: https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html */
import fs from 'node:fs';
import path from 'node:path';
import { callable, TorchError, utils, ValueError, type Tensor } from '../../torch/index.js';
import { namedArguments } from '../../torch/arguments.js';
import { readIdx } from './idx.js';

const { Dataset } = utils.data;

export interface MNISTOptions {
  /** The 60,000 images to train with, else the 10,000 to test with; default: true. */
  train?: boolean;
  /** Gets each image, a uint8 tensor [1, H, W], where Python gives a PIL image. */
  transform?: ((image: Tensor) => unknown) | null;
  /** Gets each label. */
  target_transform?: ((target: number) => unknown) | null;
  /** Accepted for lines of Python: nothing is downloaded, the error says which file belongs where. */
  download?: boolean;
}

const names = ['root', 'train', 'transform', 'target_transform', 'download'];

class MNISTClass extends Dataset {
  static readonly classes: readonly string[] = [
    'zero',
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
  ].map((word, digit) => `${digit} - ${word}`);

  readonly root: string;
  readonly train: boolean;
  transform: MNISTOptions['transform'];
  target_transform: MNISTOptions['target_transform'];
  /** All images, uint8 [N, H, W]. */
  data: Tensor;
  /** All labels, int64 [N]. */
  targets: Tensor;
  readonly #labels: readonly number[];

  /**
   * Images and labels from IDX files, packed by gzip or not, in `root/MNIST/raw` as torchvision has them, or in `root`
   * itself.
   * @throws {TorchError} they are not there: the text says what belongs where
   * @throws {ValueError} naming the file that is damaged
   */
  constructor(root: string | { toString(): string }, options: MNISTOptions = {}) {
    super();
    const given = namedArguments(new.target.name, names, [options], 0) as MNISTOptions;
    this.root = String(root);
    this.train = given.train ?? true;
    this.transform = given.transform ?? null;
    this.target_transform = given.target_transform ?? null;
    const part = this.train ? 'train' : 't10k';
    const [images, labels] = [
      this.#find(`${part}-images-idx3-ubyte`),
      this.#find(`${part}-labels-idx1-ubyte`),
    ];
    this.data = readIdx(images, 3);
    const bytes = readIdx(labels, 1);
    this.targets = bytes.long();
    this.#labels = Array.from(bytes.toTypedArray() as Uint8Array);
    bytes.dispose();
    const wrong = this.#labels.findIndex((label) => label > 9);
    if (wrong >= 0) throw new ValueError(`${labels}: label ${wrong} is ${this.#labels[wrong]}, not 0 to 9`);
    if (this.#labels.length !== this.data.length)
      throw new ValueError(
        `${labels}: it has ${this.#labels.length} labels, but ${images} has ${this.data.length} images`,
      );
  }
  #find(name: string): string {
    for (const folder of [this.raw_folder, this.root])
      for (const file of [name, `${name}.gz`])
        if (fs.existsSync(path.join(folder, file))) return path.join(folder, file);
    throw new TorchError(
      `Dataset not found, and nothing is downloaded here: put ${name}, or ${name}.gz, into ${this.raw_folder} or ${this.root}`,
      this.constructor.name,
    );
  }
  get classes(): readonly string[] {
    return (this.constructor as typeof MNISTClass).classes;
  }
  get class_to_idx(): Record<string, number> {
    return Object.fromEntries(this.classes.map((name, i) => [name, i]));
  }
  get raw_folder(): string {
    return path.join(this.root, this.constructor.name, 'raw');
  }
  get length(): number {
    return this.#labels.length;
  }
  /** Image and label, each through its transform. @throws {ValueError} no such index */
  override get(index: number): [image: unknown, target: unknown] {
    const { length } = this.#labels;
    const place = index < 0 ? index + length : index;
    const target = this.#labels[place];
    if (target === undefined)
      throw new ValueError(`index ${index} is out of range for a dataset of ${length} samples`);
    // A copy: what changes the image must not change the dataset.
    const image = this.data.slice(0, place, place + 1).clone();
    return [
      this.transform ? this.transform(image) : image,
      this.target_transform ? this.target_transform(target) : target,
    ];
  }
  override toString(): string {
    return `Dataset ${this.constructor.name}\n    Number of datapoints: ${this.length}\n    Root location: ${this.root}\n    Split: ${this.train ? 'Train' : 'Test'}`;
  }
}
export const MNIST = callable(MNISTClass);
export type MNIST = MNISTClass;

class FashionMNISTClass extends MNISTClass {
  static override readonly classes: readonly string[] = [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ];
}
/** Clothes in the form of MNIST. https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FashionMNIST.html */
export const FashionMNIST = callable(FashionMNISTClass);
export type FashionMNIST = FashionMNISTClass;
