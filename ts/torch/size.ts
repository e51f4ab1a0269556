/** torch.Size: the shape of a tensor, an array of numbers that prints and compares as PyTorch's does. */
import { inspect } from 'node:util';

export class Size extends Array<number> {
  /**
   * `new Size([2, 3])`
   * @throws {TypeError} when `sizes` is no list of integers
   */
  constructor(sizes: Iterable<number> = []) {
    super();
    if (typeof sizes !== 'object' || !(Symbol.iterator in sizes))
      throw new TypeError('torch.Size() takes a list of integers');
    for (const size of sizes) {
      if (!Number.isInteger(size))
        throw new TypeError(`torch.Size() takes a list of integers, not of ${String(size)}`);
      this.push(size);
    }
  }
  /** map() and filter() give plain arrays: their results need not be sizes. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** @internal A size from an array that nobody else keeps. */
  static own(values: number[]): Size {
    return Object.setPrototypeOf(values, Size.prototype) as Size;
  }

  /** Number of elements of a tensor of this shape. */
  numel(): number {
    let count = 1;
    for (const size of this) count *= size;
    return count;
  }
  equals(other: readonly number[]): boolean {
    return this.length === other.length && this.every((size, i) => size === other[i]);
  }
  override slice(start?: number, end?: number): Size {
    return Size.own(super.slice(start, end));
  }
  override toString(): string {
    return `torch.Size([${this.join(', ')}])`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
