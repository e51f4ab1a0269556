/**
 * Reading and writing the state of modules.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
 */
import { no_grad } from '../../autograd/grad_mode.js';
import { ArgumentError, TorchError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import { Parameter, isLazy } from '../parameter.js';
import { asBuffer } from './convert.js';
import { buffers, members, replace, type Member } from './members.js';
import type { Module } from './module.js';

/**
 * Tensors under their dotted names, in PyTorch's order. An object without a prototype, so that no name means
 * anything but itself. `_metadata`, which does not show among the keys, holds the version of each module's state, as
 * in files that Python writes.
 */
export type StateDict = Record<string, Tensor>;
/** What a state dict may also come as. */
export type StateDictLike = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;
export type Metadata = Record<string, { version?: number; [key: string]: unknown }>;

export interface IncompatibleKeys {
  missing_keys: string[];
  unexpected_keys: string[];
  /** As PyTorch prints it: `<All keys matched successfully>` where that is so. */
  toString(): string;
}

/** What `load_state_dict` has found so far. Nothing is written before everything has been looked at. */
export interface Loading extends Pick<IncompatibleKeys, 'missing_keys' | 'unexpected_keys'> {
  error_msgs: string[];
  assign: boolean;
  writes: (() => void)[];
}

const extraStateKey = '_extra_state';

/** A class that has more to save than tensors has these two methods, as in PyTorch. */
interface WithExtraState {
  get_extra_state?: () => unknown;
  set_extra_state?: (state: unknown) => void;
}

export function newStateDict(): StateDict {
  const result = Object.create(null) as StateDict;
  Object.defineProperty(result, '_metadata', {
    value: Object.create(null),
    writable: true,
    configurable: true,
  });
  return result;
}

export function metadataOf(state: object): Metadata | undefined {
  return (state as { _metadata?: Metadata })._metadata;
}

/** Parameters and persistent buffers of `module` itself. */
function localState(module: Module): Member[] {
  const registered = module[buffers]();
  return members(module).filter(
    ({ kind, name, value }) =>
      kind === 'parameter' ||
      (kind === 'buffer' &&
        (registered.get(name) ?? (value as { persistent?: boolean }).persistent !== false)),
  );
}

/** @internal Module._save_to_state_dict */
export function saveLocal(module: Module, destination: StateDict, prefix: string, keep_vars: boolean): void {
  // Parameters come before buffers, however the fields are mixed.
  for (const kind of ['parameter', 'buffer'])
    for (const member of localState(module))
      if (member.kind === kind) {
        const value = member.value as Tensor;
        destination[prefix + member.name] = keep_vars || isLazy(value) ? value : value.detach();
      }
  const { get_extra_state } = module as WithExtraState;
  if (get_extra_state)
    (destination as Record<string, unknown>)[prefix + extraStateKey] = get_extra_state.call(module);
}

export function saveTree(module: Module, destination: StateDict, prefix: string, keep_vars: boolean): void {
  const metadata = metadataOf(destination);
  if (metadata) metadata[prefix.slice(0, -1)] = { version: module._version };
  module._save_to_state_dict(destination, prefix, keep_vars);
  for (const { kind, name, value } of members(module))
    if (kind === 'module') saveTree(value as Module, destination, `${prefix}${name}.`, keep_vars);
}

/** @internal Module._load_from_state_dict: finds what fits this module and notes what does not. */
export function loadLocal(
  module: Module,
  state: ReadonlyMap<string, unknown>,
  prefix: string,
  loading: Loading,
): void {
  const local = localState(module);
  for (const kind of ['parameter', 'buffer'])
    for (const member of local) {
      if (member.kind !== kind) continue;
      const key = prefix + member.name;
      if (!state.has(key)) loading.missing_keys.push(key);
      else match(member, key, state.get(key), loading);
    }
  const { set_extra_state } = module as WithExtraState;
  const extraKey = prefix + extraStateKey;
  if (set_extra_state && state.has(extraKey))
    loading.writes.push(() => {
      set_extra_state.call(module, state.get(extraKey));
    });
  else if (set_extra_state) loading.missing_keys.push(extraKey);
  else if (state.has(extraKey)) loading.unexpected_keys.push(extraKey);
  const names = new Set(local.map(({ name }) => name));
  const children = members(module).flatMap(({ kind, name }) => (kind === 'module' ? [`${name}.`] : []));
  for (const key of state.keys()) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (name === extraStateKey || names.has(name)) continue;
    if (!children.some((child) => name.startsWith(child))) loading.unexpected_keys.push(key);
  }
}

function match(member: Member, key: string, given: unknown, loading: Loading): void {
  const { error_msgs, writes } = loading;
  if (!(given instanceof Tensor)) {
    error_msgs.push(
      `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but ` +
        `received ${given === null ? 'null' : typeof given}`,
    );
    return;
  }
  if (given.is_disposed) {
    error_msgs.push(`While copying the parameter named "${key}": the tensor has been disposed of`);
    return;
  }
  const target = member.value as Tensor;
  if (isLazy(target)) {
    if (!isLazy(given))
      writes.push(() => {
        target.materialize(given.shape);
        target.copy_(given);
      });
    return;
  }
  if (isLazy(given)) {
    error_msgs.push(`While copying the parameter named "${key}": the given one has not been initialized`);
    return;
  }
  // Before PyTorch 0.4 there were no tensors without dimensions.
  const old = target.ndim === 0 && given.ndim === 1 && given.shape[0] === 1;
  if (!old && !given.shape.equals(target.shape)) {
    error_msgs.push(
      `size mismatch for ${key}: copying a param with shape ${String(given.shape)} from checkpoint, ` +
        `the shape in current model is ${String(target.shape)}.`,
    );
    return;
  }
  const source = (): Tensor => (old ? given.select(0, 0) : given);
  if (loading.assign)
    writes.push(() => {
      replace(member, assigned(target, source()));
    });
  else
    writes.push(() => {
      target.copy_(source());
    });
}

/** What takes the place of `target`: the given tensor, a Parameter or a Buffer where one was. */
function assigned(target: Tensor, given: Tensor): Tensor {
  if (!(target instanceof Parameter)) return asBuffer(target, given);
  const { requires_grad } = target;
  return given instanceof Parameter
    ? given.requires_grad_(requires_grad)
    : new Parameter(given, requires_grad);
}

function entriesOf(state: StateDictLike): Map<string, unknown> {
  if (state instanceof Map) return new Map(state as Map<string, unknown>);
  if (typeof state === 'object' && state !== null && !Array.isArray(state) && !(state instanceof Tensor))
    return new Map(Object.entries(state));
  throw new ArgumentError(
    `Expected state_dict to be dict-like, got ${state === null ? 'null' : Array.isArray(state) ? 'an array' : typeof state}.`,
    'load_state_dict',
  );
}

/** @internal Module.load_state_dict */
export function loadTree(
  module: Module,
  given: StateDictLike,
  { strict, assign }: { strict: boolean; assign: boolean },
): IncompatibleKeys {
  const entries = entriesOf(given);
  const metadata = metadataOf(given);
  const loading: Loading = { missing_keys: [], unexpected_keys: [], error_msgs: [], assign, writes: [] };
  const load = (part: Module, state: Map<string, unknown>, prefix: string): void => {
    part._load_from_state_dict(state, prefix, metadata?.[prefix.slice(0, -1)] ?? {}, loading);
    for (const { kind, name, value } of members(part)) {
      if (kind !== 'module') continue;
      const inner = `${prefix}${name}.`;
      load(value as Module, new Map([...state].filter(([key]) => key.startsWith(inner))), inner);
    }
  };
  load(module, entries, '');

  const { missing_keys, unexpected_keys, error_msgs, writes } = loading;
  const quoted = (keys: string[]): string => keys.map((key) => `"${key}"`).join(', ');
  const errors = [...error_msgs];
  if (strict && unexpected_keys.length > 0)
    errors.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpected_keys)}. `);
  if (strict && missing_keys.length > 0)
    errors.unshift(`Missing key(s) in state_dict: ${quoted(missing_keys)}. `);
  if (errors.length > 0)
    throw new TorchError(
      `Error(s) in loading state_dict for ${module._get_name()}:\n\t${errors.join('\n\t')}`,
      'load_state_dict',
    );
  no_grad(() => {
    for (const write of writes) write();
  });
  return incompatible(missing_keys, unexpected_keys);
}

function incompatible(missing_keys: string[], unexpected_keys: string[]): IncompatibleKeys {
  const text =
    missing_keys.length + unexpected_keys.length === 0
      ? '<All keys matched successfully>'
      : `_IncompatibleKeys(missing_keys=${list(missing_keys)}, unexpected_keys=${list(unexpected_keys)})`;
  return Object.defineProperty({ missing_keys, unexpected_keys }, 'toString', { value: () => text });
}

function list(keys: readonly string[]): string {
  return `[${keys.map((key) => `'${key}'`).join(', ')}]`;
}
