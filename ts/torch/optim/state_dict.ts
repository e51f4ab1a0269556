/**
 * Optimizer states as Python saves them: parameters are numbered through all groups, and the state hangs on the
 * numbers. https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
 */
import * as dtypes from '../dtype.js';
import { ArgumentError, ValueError } from '../errors.js';
import { Tuple } from '../serialization/pickle/values.js';
import { Tensor } from '../tensor.js';
import type { ParamGroup } from './groups.js';

/** What an optimizer keeps of one parameter. */
export type ParameterState = Record<string, unknown>;
export interface PackedGroup {
  params: number[];
  [option: string]: unknown;
}
export interface OptimizerStateDict {
  /** By the number of the parameter. A Map, since the keys of an object would be texts and Python wants numbers. */
  state: Map<number, ParameterState>;
  param_groups: PackedGroup[];
}

export function pack(
  state: ReadonlyMap<unknown, ParameterState>,
  groups: readonly ParamGroup[],
): OptimizerStateDict {
  const numbers = new Map<unknown, number>();
  let start = 0;
  const param_groups = groups.map(({ params, ...options }) => {
    params.forEach((param, i) => {
      if (!numbers.has(param)) numbers.set(param, start + i);
    });
    start += params.length;
    return { ...options, params: params.map((param) => numbers.get(param) as number) };
  });
  const packed = new Map<number, ParameterState>();
  for (const [key, value] of state) packed.set((numbers.get(key) ?? key) as number, value);
  return { state: packed, param_groups };
}

/** The options of a saved group, so that later changes of the group leave the saved one alone. */
function copy(value: unknown): unknown {
  if (value instanceof Tensor) return value.clone();
  if (value instanceof Tuple) return new Tuple(...value.map(copy));
  if (Array.isArray(value)) return value.map(copy);
  return value;
}

/** On the device of the parameter, floating point values in its dtype; the count of steps stays as it is. */
function adapt(param: Tensor, value: unknown, key: string, fused: boolean): unknown {
  if (value instanceof Tensor) {
    const to =
      key === 'step'
        ? fused
          ? value.to(param.device, dtypes.float32)
          : value
        : param.is_floating_point()
          ? value.to(param.device, param.dtype)
          : value.to(param.device);
    // A handle of its own: disposing of the saved state must not take the optimizer's away.
    return to === value || to.is(value) ? to.detach() : to;
  }
  if (Array.isArray(value)) return value.map((item) => adapt(param, item, '', fused));
  return value;
}

function entriesOf(state: unknown): Iterable<[unknown, unknown]> {
  if (state instanceof Map) return state as Map<unknown, unknown>;
  if (typeof state !== 'object' || state === null)
    throw new ArgumentError("the 'state' of the state dict must be a dict");
  // From JSON the numbers come as texts.
  return Object.entries(state).map(([key, value]) => [/^\d+$/.test(key) ? Number(key) : key, value]);
}

/**
 * The saved state and groups, for the parameters of `groups`.
 * @throws {ValueError} the groups differ in number or size
 */
export function unpack(
  saved: { state?: unknown; param_groups?: unknown },
  groups: readonly ParamGroup[],
): { state: Map<Tensor, ParameterState>; param_groups: ParamGroup[] } {
  const packed = saved.param_groups;
  if (!Array.isArray(packed)) throw new ArgumentError("the state dict has no list 'param_groups'");
  const savedGroups = packed as PackedGroup[];
  if (savedGroups.length !== groups.length)
    throw new ValueError('loaded state dict has a different number of parameter groups');
  if (savedGroups.some((group, i) => group.params.length !== groups[i]!.params.length))
    throw new ValueError(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
  const byNumber = new Map<unknown, { param: Tensor; fused: boolean }>();
  const param_groups = savedGroups.map((savedGroup, i) => {
    const { params: numbers, ...options } = savedGroup;
    const { params, param_names } = groups[i]!;
    numbers.forEach((number, j) => {
      byNumber.set(number, { param: params[j]!, fused: options['fused'] === true });
    });
    const group = { params } as ParamGroup;
    for (const [name, value] of Object.entries(options)) group[name] = copy(value);
    if (param_names && !('param_names' in group)) group.param_names = param_names;
    return group;
  });
  const state = new Map<Tensor, ParameterState>();
  for (const [key, value] of entriesOf(saved.state)) {
    const target = byNumber.get(key);
    if (!target) {
      state.set(key as Tensor, value as ParameterState);
      continue;
    }
    const own: ParameterState = {};
    for (const [name, item] of Object.entries(value as ParameterState))
      own[name] = adapt(target.param, item, name, target.fused);
    state.set(target.param, own);
  }
  return { state, param_groups };
}
