/** The first item of anything iterable, or `undefined` when it has none. [fastcore docs](https://fastcore.fast.ai/basics.html#first) */
export function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

/** Python's `enumerate`: pairs of a counter and an item. */
export function* enumerate<T>(items: Iterable<T>, start = 0): Generator<[number, T]> {
  let index = start;
  for (const item of items) yield [index++, item];
}

type Zipped<T extends Iterable<unknown>[]> = {
  [K in keyof T]: T[K] extends Iterable<infer Item> ? Item : never;
};

/** Python's `zip`: tuples of the items at the same place, as long as every input has one. */
export function* zip<T extends Iterable<unknown>[]>(...inputs: T): Generator<Zipped<T>> {
  if (inputs.length === 0) return;
  const iterators = inputs.map((input) => input[Symbol.iterator]());
  const open = new Set(iterators);
  try {
    while (true) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const step = iterator.next();
        if (step.done) {
          open.delete(iterator);
          return;
        }
        row.push(step.value);
      }
      yield row as Zipped<T>;
    }
  } finally {
    for (const iterator of open) iterator.return?.();
  }
}
