/** NumPy's older generator, as far as scikit-learn's splits need it. https://numpy.org/doc/stable/reference/random/legacy.html */
import { ValueError } from '../torch/errors.js';
import { MersenneTwister } from './mersenne_twister.js';

const largest = 2 ** 32 - 1;

export class RandomState {
  readonly #bits = new MersenneTwister();

  /** @param seed from 0 to 2³² - 1 (default: by chance) */
  constructor(seed: number | null = null) {
    this.seed(seed);
  }
  /** @throws {ValueError} the seed is not from 0 to 2³² - 1 */
  seed(seed: number | null = null): void {
    const given = seed ?? Math.floor(Math.random() * (largest + 1));
    if (!Number.isInteger(given) || given < 0 || given > largest)
      throw new ValueError(`a seed of NumPy is a whole number from 0 to 2**32 - 1, not ${given}`);
    this.#bits.seedByNumber(given);
  }
  /** A whole number from 0 to `max`: bits are drawn until they fit. */
  #upTo(max: number): number {
    const mask = max === 0 ? 0 : largest >>> Math.clz32(max);
    for (;;) {
      const value = (this.#bits.next32() & mask) >>> 0;
      if (value <= max) return value;
    }
  }
  /** The numbers below `x`, or the items of a list, in another order. */
  permutation(x: number | readonly number[]): number[] {
    const items = typeof x === 'number' ? Array.from({ length: x }, (_, i) => i) : [...x];
    for (let i = items.length - 1; i > 0; --i) {
      const j = this.#upTo(i);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
  /** `size` of the items, none twice: `choice` with `replace=False`. */
  sample(items: readonly number[], size: number): number[] {
    return this.permutation(items.length)
      .slice(0, size)
      .map((place) => items[place]!);
  }
}

/** NumPy's global generator: what `np.random.seed` seeds. */
export const numpyRandom = new RandomState();
