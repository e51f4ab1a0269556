/** What a module is made of, underneath its class. */
import { Hooks, callWithHooks, everyModule } from './hooks.js';
import { callableInstance } from './callable.js';
import type { AnyModule } from './module.js';

/** What a module has besides its fields. */
export interface State {
  /** Null when there are none: then a call is a call of forward and nothing else. */
  active: Hooks | null;
  hooks: Hooks | null;
  /** The names under which `register_buffer` has put tensors, each with whether the buffer is persistent. */
  readonly buffers: Map<string, boolean>;
}
export const state = Symbol('state');

/** An instance without fields of the class that `prototype` belongs to. */
export function blankModule<T extends object>(prototype: T): T {
  const own: State = { active: null, hooks: null, buffers: new Map() };
  const call = (...args: unknown[]): unknown =>
    own.active === null && everyModule.active === null
      ? (self as AnyModule).forward(...args)
      : callWithHooks(self as AnyModule, hooksOf(own), args);
  const self: unknown = callableInstance(call, prototype);
  return Object.defineProperty(self as T, state, { value: own });
}

/** Those of all modules come before a module's own. */
function hooksOf({ active }: State): Hooks {
  const all = everyModule.active;
  if (all === null) return active!;
  return active === null ? all : all.and(active);
}

/** Gives one module the hooks and the names of buffers of another. */
export function copyState(from: object, to: object): void {
  const [source, target] = [from, to].map((module) => (module as { [state]: State })[state]) as [
    State,
    State,
  ];
  for (const [name, persistent] of source.buffers) target.buffers.set(name, persistent);
  if (source.hooks) target.hooks = source.hooks.copy();
  target.active = target.hooks?.any ? target.hooks : null;
}

/** The base of Module: fields of subclasses come to lie on what this constructor returns. */
export class Instance {
  constructor() {
    return blankModule(new.target.prototype);
  }
}
