/** MT19937 as CPython seeds and reads it. https://docs.python.org/3/library/random.html */

const size = 624;
const shift = 397;

/** The generator behind Python's `random`: 32 bits at a time. */
export class MersenneTwister {
  readonly #state = new Uint32Array(size);
  #index = size;

  /** `init_genrand`, as NumPy's RandomState is seeded. `seed`: 32 bits. */
  seedByNumber(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < size; ++i) state[i] = Math.imul(1812433253, mixed(state, i)) + i;
    this.#index = size;
  }

  /** CPython's `init_by_array`. `key`: at least one word. */
  seedByArray(key: ArrayLike<number>): void {
    const state = this.#state;
    this.seedByNumber(19650218);
    let i = 1;
    let j = 0;
    for (let k = Math.max(size, key.length); k > 0; --k) {
      state[i] = (state[i]! ^ Math.imul(mixed(state, i), 1664525)) + key[j]! + j;
      if (++i >= size) [state[0], i] = [state[size - 1]!, 1];
      if (++j >= key.length) j = 0;
    }
    for (let k = size - 1; k > 0; --k) {
      state[i] = (state[i]! ^ Math.imul(mixed(state, i), 1566083941)) - i;
      if (++i >= size) [state[0], i] = [state[size - 1]!, 1];
    }
    state[0] = 0x80000000;
    this.#index = size;
  }

  /** The next 32 bits, as an unsigned number. */
  next32(): number {
    if (this.#index >= size) this.#refill();
    let y = this.#state[this.#index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** The 624 words and the place in them: the middle part of Python's `getstate()`. */
  save(): number[] {
    return [...this.#state, this.#index];
  }
  restore(words: readonly number[]): void {
    this.#state.set(words.slice(0, size));
    this.#index = words[size]!;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < size; ++i) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
      state[i] = state[(i + shift) % size]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }
}

function mixed(state: Uint32Array, i: number): number {
  const before = state[i - 1]!;
  return before ^ (before >>> 30);
}
