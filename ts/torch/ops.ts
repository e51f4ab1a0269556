/**
 * torch.ops: every operator and overload by its own name, private ones included, as in
 * `torch.ops.aten.add.Scalar(x, 2)`. Arguments follow the schema; the packet itself tries all overloads.
 * https://docs.pytorch.org/docs/stable/torch.compiler_ir.html
 */
import { native } from '../native.js';
import { operator, type AnyFunction } from './dispatch.js';
import { NotImplementedError } from './errors.js';

/** One operator: callable itself, with its overloads as properties. */
export type OperatorPacket = AnyFunction & Readonly<Record<string, AnyFunction>> & { overloads(): string[] };
export type OperatorLibrary = Readonly<Record<string, OperatorPacket>>;

function packet(library: string, name: string): OperatorPacket {
  const qualified = `${library}::${name}`;
  const overloads = native.overloadNames(qualified);
  if (overloads.length === 0) throw new NotImplementedError(`libtorch has no operator '${qualified}'`, name);
  // Which of them write into `out` is read from their schemas.
  const target = operator(qualified, overloads, { outs: overloads }) as OperatorPacket;
  const own = target as unknown as Record<string, unknown>;
  for (const overload of overloads)
    Object.defineProperty(own, overload, {
      value: operator(qualified, [overload], { outs: [overload] }),
      enumerable: true,
      configurable: true,
    });
  Object.defineProperty(own, 'overloads', {
    value: () => [...overloads],
    enumerable: false,
    configurable: true,
  });
  return target;
}

/** Looks a property up once and keeps it. */
function lazy<T>(make: (name: string) => T): Record<string, T> {
  const cache = new Map<string, T>();
  return new Proxy(
    {},
    {
      get(_target, name): T | undefined {
        // What inspection and `await` ask every object for is no operator.
        if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
        let value = cache.get(name);
        if (value === undefined) cache.set(name, (value = make(name)));
        return value;
      },
    },
  );
}

export const ops: Readonly<Record<string, OperatorLibrary>> = lazy((library) =>
  lazy((name) => packet(library, name)),
);
