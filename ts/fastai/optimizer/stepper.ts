/**
 * Steppers: what an optimizer does to its parameters, in parts. fastai calls them parameter by parameter; those here
 * also know how to treat a whole list at once, with a number of native calls that does not depend on its length.
 */
import { native, type Handle } from '../../native.js';
import { within } from '../../torch/context.js';
import { operator } from '../../torch/dispatch.js';
import { ArgumentError } from '../../torch/errors.js';
import { handleOf } from '../../torch/handle.js';
import { Lists, type List, type Numbers } from '../../torch/optim/lists.js';
import { Tensor } from '../../torch/tensor.js';
import type { Hyper, State } from './base.js';

/** Parameters with equal hyper-parameters, all with a gradient, and what belongs to each at the same place. */
export interface StepBatch {
  tensors: readonly Tensor[];
  params: List;
  grads: List;
  states: readonly State[];
  hyper: Hyper;
  lists: Lists;
}

/**
 * Changes a parameter or what is kept of it: gets the parameter, and its state and hyper-parameters in one object;
 * gives what is new in the state.
 */
export interface OptimizerCallback {
  (param: Tensor, all: Readonly<Record<string, unknown>>): State | null | undefined | void;
  /** Hyper-parameters that it brings along. */
  defaults?: Record<string, number | boolean>;
  /** The same for a list of parameters; their states are changed in place. */
  list?: (batch: StepBatch) => void;
}
export type Stepper = OptimizerCallback & {
  list: (batch: StepBatch) => void;
  writes: readonly string[];
};

interface StepperOptions {
  /** The names that it sets in the state. */
  writes?: readonly string[];
  defaults?: Record<string, number | boolean>;
}

/** A stepper from what it does to a list. */
export function stepper(list: (batch: StepBatch) => void, options: StepperOptions = {}): Stepper {
  const { writes = [], defaults = {} } = options;
  const one = (param: Tensor, all: Readonly<Record<string, unknown>>): State => {
    const state = { ...all };
    const batch = gather([param], [state], state);
    if (!batch) throw new ArgumentError('an optimizer callback was given a parameter without a gradient');
    withBatch(batch, list);
    return Object.fromEntries(writes.map((name) => [name, state[name]]));
  };
  return Object.assign(one, { list, writes, defaults });
}

/** Python's `functools.partial` for steppers: some of the options are fixed, unless the optimizer has its own. */
export function partial(step: Stepper, options: Hyper): Stepper {
  const { writes, defaults } = step;
  return stepper(
    (batch) => {
      step.list({ ...batch, hyper: { ...options, ...batch.hyper } });
    },
    { writes, ...(defaults ? { defaults } : {}) },
  );
}

/** In a plain array: `map` of an `L` makes an `L`, which takes as long as the step of a small net. */
export function handlesOf(params: readonly Tensor[]): Handle[] {
  const handles = new Array<Handle>(params.length);
  for (let i = 0; i < handles.length; ++i) handles[i] = handleOf(params[i]!);
  return handles;
}

/** What of a group has a gradient; null where nothing has. The gradients are those of the parameters, not copies. */
export function gather(params: readonly Tensor[], states: readonly State[], hyper: Hyper): StepBatch | null {
  const handles = handlesOf(params);
  const { grads } = native.gradients(handles);
  const has = (_: unknown, i: number): boolean => grads[i] !== null;
  const found = grads.filter((grad) => grad !== null);
  if (found.length === 0) return null;
  if (found.length === grads.length)
    return { tensors: params, params: handles, grads: found, states, hyper, lists: new Lists() };
  return {
    tensors: Array.from(params).filter(has),
    params: handles.filter(has),
    grads: found,
    states: states.filter(has),
    hyper,
    lists: new Lists(),
  };
}

/** No scope may free what an optimizer keeps, and nothing that it does is recorded. */
export function withoutScope(fn: () => void): void {
  within({ grad: false, scope: null }, fn);
}

/** Runs a part of a step. */
export function withBatch(batch: StepBatch, fn: (batch: StepBatch) => void): void {
  try {
    withoutScope(() => {
      fn(batch);
    });
  } finally {
    batch.lists.free();
    native.disposeAll([...batch.grads]);
  }
}

/** A number among the hyper-parameters. @throws {ArgumentError} it is not there */
export function number(batch: StepBatch, name: string): number {
  const value = batch.hyper[name];
  if (typeof value !== 'number')
    throw new ArgumentError(`the optimizer has no number '${name}' among its hyper-parameters`);
  return value;
}

/** One of the numbers that the states hold; one where all are equal. */
export function numbers(batch: StepBatch, name: string): Numbers {
  const all = batch.states.map((state) => state[name]);
  if (!all.every((value) => typeof value === 'number'))
    throw new ArgumentError(`the state of a parameter has no number '${name}': which stepper should set it?`);
  return all.every((value) => value === all[0]) ? all[0]! : all;
}

const zerosLike = operator('zeros_like', ['']) as (like: Tensor) => Tensor;

/** The tensors that the states hold under one name; those that are missing start at zero. */
export function tensors(batch: StepBatch, name: string): List {
  return batch.states.map((state, i) => {
    const known = (state[name] ??= zerosLike(batch.tensors[i]!));
    if (!(known instanceof Tensor))
      throw new ArgumentError(`'${name}' in the state of a parameter is no tensor`);
    return handleOf(known);
  });
}

/** Whether a state holds the name in all places; steppers that make use of momentum ask so. */
export function known(batch: StepBatch, name: string): boolean {
  return batch.states.every((state) => state[name] instanceof Tensor);
}
