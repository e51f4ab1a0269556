/** One pass over a DataLoader in this thread. */
import type { DataLoader } from '../dataloader.js';
import { drawSeed } from '../sampler.js';
import { disposeChunk, type Chunk } from './chunks.js';
import { createFetcher, exhausted, openIndices, openSource, type Fetcher } from './fetch.js';
import { canPin, pin_memory } from './pin_memory.js';

/** What both kinds of pass do: the next batch, now or as a promise, and an end before the end. */
export interface Pass {
  next(): unknown;
  nextAsync(): Promise<unknown>;
  close(): void;
}

export class SinglePass implements Pass {
  readonly #indices: Iterator<unknown, void>;
  readonly #ownsIndices: boolean;
  readonly #fetcher: Fetcher;
  readonly #pins: boolean;
  #closed = false;

  constructor(loader: DataLoader<unknown>, isAsync: boolean) {
    const settings = loader.fetchSettings();
    const source = openSource(settings);
    this.#pins = loader.pin_memory && canPin();
    const { indices, isOwn } = openIndices(loader.indexSampler(), source);
    this.#indices = indices;
    this.#ownsIndices = isOwn;
    // The seed of workers, drawn without them too, so that their number does not change what is drawn after.
    drawSeed(loader.generator);
    this.#fetcher = createFetcher(settings, source, isAsync);
  }

  next(): unknown {
    const next = this.#nextIndex();
    if (next.done) return exhausted;
    const { value } = next;
    try {
      return this.#finish(this.#fetcher.fetch(value));
    } finally {
      if (this.#ownsIndices) disposeChunk(value as Chunk);
    }
  }
  async nextAsync(): Promise<unknown> {
    const next = this.#nextIndex();
    if (next.done) return exhausted;
    const { value } = next;
    try {
      return this.#finish(await this.#fetcher.fetchAsync(value));
    } finally {
      if (this.#ownsIndices) disposeChunk(value as Chunk);
    }
  }
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#indices.return?.();
    this.#fetcher.close();
  }

  #nextIndex(): IteratorResult<unknown, void> {
    if (this.#closed) return { done: true, value: undefined };
    const next = this.#indices.next();
    if (next.done) this.close();
    return next;
  }
  #finish(batch: unknown): unknown {
    if (batch === exhausted) this.close();
    return this.#pins && batch !== exhausted ? pin_memory(batch) : batch;
  }
}
