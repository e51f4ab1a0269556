/** Many picture files at once: one tensor for all of them, without a picture and a tensor for each. */
import { from_numpy, tidy, ValueError, type Tensor } from '../../torch/index.js';
import { as_subclass } from '../tensor_types.js';
import { readFile, type PILBase } from './image.js';
import { channelsOf, convertMode, decodePicture, decodePictureAsync, type Picture } from './modes.js';

/** Where decoding takes longer than handing it to another thread and back. */
const LARGE_FILE = 16 * 1024;

/** Collects pictures of one size, [N, C, H, W]. */
class Collector {
  #all: Uint8Array | Uint16Array | null = null;
  #shape: readonly number[] = [];
  #area = 0;
  constructor(
    readonly files: readonly string[],
    readonly type: typeof PILBase,
  ) {}

  put(i: number, opened: Picture): void {
    const mode = this.type.openMode;
    const picture = mode === null ? opened : convertMode(opened, mode);
    const { width, height, data } = picture;
    const shape = [channelsOf(picture.mode), height, width];
    if (this.#all === null) {
      this.#shape = shape;
      this.#area = width * height;
      const length = this.files.length * data.length;
      this.#all = data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
    }
    if (
      shape.some((side, k) => side !== this.#shape[k]) ||
      data instanceof Uint16Array !== this.#all instanceof Uint16Array
    )
      throw new ValueError(
        `pictures of a batch must be of one size: ${this.files[i]} is [${shape.join(', ')}], others are ` +
          `[${this.#shape.join(', ')}]; a transform such as Resize(${height}) makes them so`,
        'stack',
      );
    const [channels] = shape as [number];
    const at = i * data.length;
    if (channels === 1) this.#all.set(data, at);
    else
      for (let c = 0; c < channels; c++) {
        const plane = at + c * this.#area;
        for (let p = 0, from = c; p < this.#area; p++, from += channels) this.#all[plane + p] = data[from]!;
      }
  }
  finish(): Tensor {
    const shape = [this.files.length, ...this.#shape];
    return as_subclass(
      tidy(() => from_numpy(this.#all!).view(shape)),
      this.type.tensorClass,
    );
  }
}

/**
 * What stacking `type.create(file)` of each file gives, uint8 [N, C, H, W].
 * @throws {Error} a file cannot be read or decoded, or differs in size: the text names it
 */
export function readPictures(files: readonly string[], type: typeof PILBase): Tensor {
  const all = new Collector(files, type);
  files.forEach((file, i) => {
    all.put(i, decodePicture(readFile(file), file));
  });
  return all.finish();
}

/** `readPictures` with large files decoded by other threads, side by side; a batch of small ones is ready sooner without. */
export function readPicturesAhead(files: readonly string[], type: typeof PILBase): Tensor | Promise<Tensor> {
  const [first] = files;
  if (first === undefined || readFile(first).byteLength < LARGE_FILE) return readPictures(files, type);
  const all = new Collector(files, type);
  const decoded = files.map((file) => decodePictureAsync(readFile(file), file));
  // The first failure is heard of below; others must not end the process.
  for (const one of decoded) one.catch(() => undefined);
  return (async () => {
    // In order, so that it is always the same file that an error names.
    for (const [i, picture] of decoded.entries()) all.put(i, await picture);
    return all.finish();
  })();
}
