/** Passes whose items take time: they are asked for ahead, and used in order. */
import { TorchError } from '../../../torch/index.js';
import type { DataLoader } from '../load.js';
import { hasAsyncItems, isPromise, SkipItemException, StopIteration } from './source.js';

/** Batches of items that nobody has asked for yet, for each worker that there would be. */
const batchesAhead = 1;
const mostAhead = 4;

/** An item on its way, or the reason why it will not come. */
interface Pending {
  value: unknown;
}

function limited(value: PromiseLike<unknown>, seconds: number): Promise<unknown> {
  const promise = Promise.resolve(value);
  if (seconds === 0) return promise;
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TorchError(`DataLoader timed out after ${seconds} seconds`));
    }, seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** Places one after the other; null for each item of an asynchronous stream. */
function createItem(dl: DataLoader, s: unknown): unknown {
  const isPlain = dl.isOriginal('create_item') && dl.indexed;
  return isPlain && hasAsyncItems(dl.dataset)
    ? dl.dataset.getAsync(Number(s ?? 0))
    : (dl.create_item(s) as unknown);
}

async function* streamItems(dl: DataLoader, samples: Iterable<unknown>): AsyncGenerator<Pending> {
  const stream = (dl.dataset as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  try {
    for (const _ of samples) {
      const next = await limited(stream.next(), dl.timeout);
      if (next === undefined || (next as IteratorResult<unknown>).done) return;
      yield { value: (next as IteratorResult<unknown>).value };
    }
  } finally {
    await stream.return?.();
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a rejection with whatever was thrown
const failure = async (error: unknown): Promise<never> => {
  throw error;
};

/** Items in order; once one turns out to be a promise, those after it are asked for ahead. */
function* indexedItems(dl: DataLoader, samples: Iterable<unknown>): Generator<Pending, void, undefined> {
  const most = (dl.bs ?? 1) * (1 + batchesAhead * Math.min(dl.num_workers, mostAhead));
  const places = samples[Symbol.iterator]();
  const waiting: Pending[] = [];
  let isOpen = true;
  let ahead = 1;
  const ask = () => {
    const next = places.next();
    if (next.done) return (isOpen = false);
    try {
      const value = createItem(dl, next.value);
      // An item that fails while others are waited for is heard of when its turn comes.
      if (isPromise(value)) {
        value.then(undefined, () => undefined);
        ahead = most;
      }
      waiting.push({ value });
    } catch (error) {
      if (error instanceof StopIteration) return (isOpen = false);
      const failed = failure(error);
      failed.catch(() => undefined);
      waiting.push({ value: failed });
    }
    return true;
  };
  try {
    for (;;) {
      while (isOpen && waiting.length < ahead) ask();
      const next = waiting.shift();
      if (next === undefined) return;
      yield next;
    }
  } finally {
    places.return?.();
  }
}

/**
 * Batches whose items may be promises. Items are asked for ahead of their time; everything else, from `after_item` on,
 * is done when their batch is due, so that random numbers are drawn in the same order whatever takes how long.
 */
export async function* asyncBatches(dl: DataLoader): AsyncGenerator<unknown> {
  const samples = dl.sample();
  if (!(['create_batches', 'do_item', 'chunkify'] as const).every((name) => dl.isOriginal(name))) {
    for (const batch of dl.create_batches(samples)) yield await batch;
    return;
  }
  const source = dl.dataset as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null;
  const isStream =
    !dl.indexed && dl.isOriginal('create_item') && typeof source?.[Symbol.asyncIterator] === 'function';
  let chunk: unknown[] = [];
  for await (const pending of isStream ? streamItems(dl, samples) : indexedItems(dl, samples)) {
    const item = await finished(dl, pending);
    if (item === null || item === undefined) continue;
    if (dl.bs === null) {
      yield await dl.do_batch(item);
      continue;
    }
    chunk.push(item);
    if (chunk.length < dl.bs) continue;
    const full = chunk;
    chunk = [];
    yield await dl.do_batch(full);
  }
  if (chunk.length > 0 && !dl.drop_last) yield await dl.do_batch(chunk);
}

/** The item after its transforms; null where it shall be left out. */
async function finished(dl: DataLoader, { value }: Pending): Promise<unknown> {
  try {
    const item = isPromise(value) ? await limited(value, dl.timeout) : value;
    const after: unknown = dl.after_item(item);
    return isPromise(after) ? await after : after;
  } catch (error) {
    if (error instanceof SkipItemException) return null;
    throw error;
  }
}

/** Batches that may be promises; with `isAhead`, the next one is on its way while this one is used. */
export async function* promised(batches: Iterator<unknown, void>, isAhead: boolean): AsyncGenerator<unknown> {
  let next = batches.next();
  while (!next.done) {
    const { value } = next;
    let after: IteratorResult<unknown, void> | null = null;
    if (isPromise(value) && isAhead) {
      value.then(undefined, () => undefined);
      const ahead = batches.next();
      if (isPromise(ahead.value)) ahead.value.then(undefined, () => undefined);
      after = ahead;
    }
    yield isPromise(value) ? await value : value;
    next = after ?? batches.next();
  }
}
