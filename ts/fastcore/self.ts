/** Functions written as what they do to their argument: `Self.parent.name`. https://fastcore.fast.ai/basics.html#self */

type Step = readonly [key: string, args: readonly unknown[] | null];
type Getter = (item: unknown) => unknown;

const steps: unique symbol = Symbol('fastcore.Self');

function run(path: readonly Step[], item: unknown): unknown {
  let value = item;
  for (const [key, args] of path) {
    if (value === null || value === undefined)
      throw new TypeError(`Self: cannot take '${key}' of ${String(value)}`);
    const part =
      value instanceof Map && !(key in value)
        ? (value.get(key) as unknown)
        : (Object(value) as Record<string, unknown>)[key];
    value = args !== null && typeof part === 'function' ? (part.apply(value, [...args]) as unknown) : part;
  }
  return value;
}

function record(path: readonly Step[], isReady: boolean): object {
  return new Proxy(() => undefined, {
    get(_, key) {
      if (key === steps) return path;
      // Whoever asks for symbols or `then` wants to know what kind of object this is.
      if (typeof key === 'symbol' || key === 'then') return undefined;
      return record([...path, [key, null]], false);
    },
    apply(_, _this, args: unknown[]) {
      if (isReady) return run(path, args[0]);
      const [key] = path.at(-1)!;
      return record([...path.slice(0, -1), [key, args]], true);
    },
  });
}

/**
 * `files.map(Self.parent.name)`: the name of each one's parent. Methods are called as ever: `Self.lower()`,
 * `Self.split('.').at(0)`; attributes may be followed by `()` too, as in Python, which makes a function of them that
 * can be called anywhere.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any attribute of anything
export const Self: any = record([], false);

/** The function that `f` stands for, where it was written with `Self`. */
export function selfFunction(f: unknown): Getter | null {
  if (typeof f !== 'function') return null;
  const path = (f as { [steps]?: readonly Step[] })[steps];
  return path === undefined ? null : (item) => run(path, item);
}
