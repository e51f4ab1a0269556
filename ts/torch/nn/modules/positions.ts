/** Containers that are read by position: `seq[0]`, `seq[-1]`, `seq.at('1:3')`. */
import { IndexError } from '../../errors.js';
import { Module } from './module.js';
import { parseSlice } from './slices.js';

/** Up to which position the prototype answers. */
let answered = 0;

/** What a position holds; the methods with an underscore are for the containers only. */
export abstract class Positional<T> extends Module implements Iterable<T> {
  [position: number]: T;

  /** @internal The items in order. */
  abstract _list(): readonly T[];
  /** @internal Puts `value` in the place of what is at `position`. */
  abstract _put(position: number, value: T): void;
  /** @internal Takes the items at these positions away. */
  abstract _take(positions: readonly number[]): void;
  /** @internal A container of the same kind with the items at these positions. */
  abstract _sliced(positions: readonly number[]): this;

  override get length(): number {
    return this._list().length;
  }
  [Symbol.iterator](): IterableIterator<T> {
    return this._list()[Symbol.iterator]();
  }
  /**
   * The item at a position, from the end if negative, or a container of the items of a slice: `at('1:')`.
   * @throws {IndexError} there is no such position
   */
  at(index: number): T;
  at(slice: string): this;
  at(index: number | string): T | this {
    if (typeof index === 'string') return this._sliced(parseSlice(index, this.length));
    return this._list()[this._position(index)] as T;
  }
  /** `container[index] = value` @throws {IndexError} there is no such position */
  set_at(index: number, value: T): this {
    this._put(this._position(index), value);
    return this;
  }
  /** Takes an item or a slice out and gives it. @throws {IndexError} there is no such position */
  pop(index: number): T;
  pop(slice: string): this;
  pop(index: number | string): T | this {
    const positions = typeof index === 'string' ? parseSlice(index, this.length) : [this._position(index)];
    const result = typeof index === 'string' ? this._sliced(positions) : (this._list()[positions[0]!] as T);
    this._take(positions);
    return result;
  }
  /** @internal */
  _position(index: number): number {
    const { length } = this;
    if (Number.isInteger(index) && index >= -length && index < length)
      return index < 0 ? index + length : index;
    throw new IndexError(`index ${String(index)} is out of range`);
  }
  /** @internal Lets `container[position]` work for as many items as there are; called when items are added. */
  _answer(): void {
    for (; answered < this.length; ++answered)
      for (const index of [answered, -1 - answered])
        Object.defineProperty(Positional.prototype, index, {
          get(this: Positional<unknown>): unknown {
            const list = this._list();
            return list[index < 0 ? index + list.length : index];
          },
          set(this: Positional<unknown>, value: unknown) {
            this.set_at(index, value);
          },
          configurable: true,
        });
  }
}
