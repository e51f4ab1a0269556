import { Transformer } from '@napi-rs/image';

/** A decoded PNG whose pixels can be asked for. */
export class Decoded {
  readonly width: number;
  readonly height: number;
  readonly #data: Uint8Array;
  readonly #channels: number;

  constructor(png: Uint8Array) {
    const image = new Transformer(png);
    ({ width: this.width, height: this.height } = image.metadataSync());
    this.#data = image.rawPixelsSync();
    this.#channels = this.#data.length / (this.width * this.height);
  }

  /** Red, green, blue. */
  at(x: number, y: number): number[] {
    const from = (y * this.width + x) * this.#channels;
    return [...this.#data.subarray(from, from + 3)];
  }

  /** How many pixels satisfy a condition, within a box given in shares of the size. */
  count(test: (r: number, g: number, b: number) => boolean, [x0, y0, x1, y1] = [0, 0, 1, 1]): number {
    let count = 0;
    for (let y = Math.floor(y0 * this.height); y < Math.floor(y1 * this.height); y++)
      for (let x = Math.floor(x0 * this.width); x < Math.floor(x1 * this.width); x++) {
        const [r, g, b] = this.at(x, y) as [number, number, number];
        if (test(r, g, b)) count++;
      }
    return count;
  }
}
