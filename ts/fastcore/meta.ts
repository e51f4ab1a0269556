/**
 * Lets a class be called with or without `new`, as Python classes are: `Path('a')` and `new Path('a')` are the
 * same. Subclasses, `instanceof` and static members go on working.
 */
export function callableClass<Class extends abstract new (...args: never[]) => object, Callable>(
  cls: Class,
): Class & Callable {
  // A plain function: only such a one can be both called and constructed.
  function construct(this: unknown, ...args: unknown[]): object {
    return Reflect.construct(cls as never, args, new.target ?? construct) as object;
  }
  construct.prototype = cls.prototype as object;
  Object.setPrototypeOf(construct, cls);
  Object.defineProperty(construct, 'name', { value: cls.name });
  Object.defineProperty(construct.prototype, 'constructor', { value: construct });
  return construct as unknown as Class & Callable;
}
