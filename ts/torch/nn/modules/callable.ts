/**
 * What lets PyTorch's classes be used as in Python: `Linear(784, 10)` without `new`, and modules that are called,
 * `model(x)`.
 */

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any class
type Constructor = new (...args: any[]) => object;

const targets = new WeakMap<object, object>();
/** @internal The class itself, whose text can be read. */
export function targetOf(type: object): object {
  return targets.get(type) ?? type;
}

/** A class that may be called without `new`. */
export type Callable<C extends Constructor> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>);

const handler: ProxyHandler<Constructor> = {
  apply: (type, _this, args: unknown[]) => new type(...args),
};

/**
 * The class, also callable without `new`: `export const Net = callable(class Net extends nn.Module { ... })`.
 * Subclasses with `extends`, `instanceof` and static members work as before.
 *
 * A class called `LinearClass` becomes `Linear` in texts: TypeScript wants the class and the constant under two names.
 */
export function callable<C extends Constructor>(type: C): Callable<C> {
  if (/.Class$/.test(type.name))
    Object.defineProperty(type, 'name', { value: type.name.slice(0, -'Class'.length), configurable: true });
  const result = new Proxy(type, handler) as Callable<C>;
  targets.set(result, type);
  (type.prototype as { constructor: unknown }).constructor = result;
  return result;
}

type AnyFunction = (...args: unknown[]) => unknown;

/**
 * A function with the prototype of a class: an instance that can be called. Constructors that return it hand it to
 * the constructors of subclasses as `this`, fields and all.
 *
 * A function's own `name` and `length` go: a field of that name would come before all others in the order of
 * parameters, and `Function.prototype` is out of the chain, so that no member of it stands in a field's way.
 */
export function callableInstance<T extends object>(call: AnyFunction, prototype: T): T {
  Reflect.deleteProperty(call, 'name');
  Reflect.deleteProperty(call, 'length');
  return Object.setPrototypeOf(call, prototype) as T;
}
