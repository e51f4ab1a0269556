/** torch.nn.Module: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html */
import { inspect } from 'node:util';
import { namedArguments } from '../../arguments.js';
import type { RemovableHandle } from '../../autograd/hooks.js';
import { type ToArguments } from '../../casts.js';
import type { Device } from '../../device.js';
import type { DType } from '../../dtype.js';
import { NotImplementedError, ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Parameter } from '../parameter.js';
import { callable } from './callable.js';
import { convert, convertTo, floatingAs, onDevice, zeroGradients } from './convert.js';
import {
  register,
  type BackwardHook,
  type BackwardPreHook,
  type ForwardHook,
  type ForwardHookOptions,
  type ForwardPreHook,
  type HookOptions,
} from './hooks.js';
import { Instance, state, type State } from './instance.js';
import { buffers, names } from './members.js';
import * as registration from './registration.js';
import * as search from './search.js';
import {
  loadLocal,
  loadTree,
  newStateDict,
  saveLocal,
  saveTree,
  type IncompatibleKeys,
  type Loading,
  type StateDict,
  type StateDictLike,
} from './state_dict.js';
import { moduleText } from './text.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- forward takes and gives what a module likes */
type Arguments<M> = M extends { forward(...args: infer A): any } ? A : any[];
type Result<M> = M extends { forward(...args: any[]): infer R } ? R : any;

/** A module whose forward is not known more closely. */
export interface AnyModule extends ModuleClass {
  forward(...args: any[]): any;
}
// Declaration merging makes instances callable for TypeScript too, with the arguments of their own forward.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
interface ModuleClass {
  (...args: Arguments<this>): Result<this>;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/**
 * Base of all networks and layers. Write `forward`, and call the module itself: `model(x)`.
 *
 * Parameters, buffers and submodules are found where they are: in the module's own fields, and in lists and plain
 * objects held by fields (under names such as `layers.0`), in the order in which the fields came into being. A field
 * may be set anew or deleted at any time. What shall not be found belongs in a `#private` field.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
class ModuleClass extends Instance {
  declare readonly [state]: State;
  /** Whether the module trains; `train()` and `eval()` set it. Dropout and batch normalisation go by it. */
  training = true;

  /** Number of the form of this class's state, written with it. */
  get _version(): number {
    return 1;
  }
  /** @internal */
  [names](): readonly string[] {
    return Object.keys(this);
  }
  /** @internal */
  [buffers](): Map<string, boolean> {
    return this[state].buffers;
  }

  /**
   * A parameter under a name that is known only when the program runs; `null` holds the place of one that is absent.
   * @throws {ValueError} the name is empty, contains a dot, or belongs to something else
   * @throws {ArgumentError} `param` is no Parameter
   */
  register_parameter(name: string, param: Parameter | null): void {
    registration.parameter(this, name, param);
  }
  /**
   * State that is not trained. A tensor that takes its place later, `this.name = ...`, is the buffer from then on.
   * @param options `persistent`: whether `state_dict()` holds it (default: true)
   * @throws as register_parameter
   */
  register_buffer(
    name: string,
    tensor: Tensor | null,
    options: boolean | { persistent?: boolean } = true,
  ): void {
    const { persistent } = namedArguments('register_buffer', ['persistent'], [options]);
    registration.buffer(this, name, tensor);
    this[state].buffers.set(name, persistent !== false);
  }
  /** A submodule under a name that is known only when the program runs. @throws as register_parameter */
  register_module(name: string, module: Module | null): void {
    this.add_module(name, module);
  }
  add_module(name: string, module: Module | null): void {
    registration.module(this, name, module);
  }
  /** @internal Where a registered name goes: containers keep their own list. */
  _set_member(name: string, value: unknown): void {
    (this as unknown as Record<string, unknown>)[name] = value;
  }
  /** @internal What a registered name holds. */
  _get_member(name: string): unknown {
    return (this as unknown as Record<string, unknown>)[name];
  }
  /** All parameters, each once. An array, where Python gives a generator. */
  parameters(recurse: boolean | { recurse?: boolean } = true): Parameter[] {
    return search.parameters(this, namedArguments('parameters', ['recurse'], [recurse]));
  }
  /** Parameters with their names: `prefix`, `recurse`, `remove_duplicate` as in PyTorch. */
  named_parameters(...args: search.NamedArguments): [name: string, parameter: Parameter][] {
    return search.named(this, 'named_parameters', 'parameter', args);
  }
  buffers(recurse: boolean | { recurse?: boolean } = true): Tensor[] {
    return search.allBuffers(this, namedArguments('buffers', ['recurse'], [recurse]));
  }
  named_buffers(...args: search.NamedArguments): [name: string, buffer: Tensor][] {
    return search.named(this, 'named_buffers', 'buffer', args);
  }
  /** The modules directly below this one, each once. */
  children(): AnyModule[] {
    return this.named_children().map(([, module]) => module);
  }
  named_children(): [name: string, module: AnyModule][] {
    return search.namedChildren(this);
  }
  /** This module and all below it, each once. */
  modules(): AnyModule[] {
    return search.namedModules(this, []).map(([, module]) => module);
  }
  named_modules(...args: search.NamedModulesArguments): [name: string, module: AnyModule][] {
    return search.namedModules(this, args);
  }
  /** The module of a dotted name; this one for `''`. @throws {TorchError} when there is none */
  get_submodule(target: string): AnyModule {
    return search.submodule(this, target);
  }
  /** The parameter of a dotted name. @throws {TorchError} when there is none */
  get_parameter(target: string): Parameter {
    return search.tensorAt(this, target, 'parameter');
  }
  get_buffer(target: string): Tensor {
    return search.tensorAt(this, target, 'buffer');
  }

  /** Calls `fn` with every module below and then with this one. */
  apply(fn: (module: AnyModule) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this as unknown as AnyModule);
    return this;
  }
  train(mode = true): this {
    if (typeof mode !== 'boolean') throw new ValueError('training mode is expected to be boolean');
    this.training = mode;
    for (const child of this.children()) child.train(mode);
    return this;
  }
  eval(): this {
    return this.train(false);
  }
  requires_grad_(requires_grad = true): this {
    for (const parameter of this.parameters()) parameter.requires_grad_(requires_grad);
    return this;
  }
  /** Drops the gradients, or fills them with zeros. */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    const given = namedArguments('zero_grad', ['set_to_none'], [set_to_none]);
    zeroGradients(this.parameters(), given['set_to_none'] !== false);
  }

  /** @internal Applies `fn` to parameters, their gradients, and buffers; the parameters stay the same objects. */
  _apply(fn: (tensor: Tensor) => Tensor): this {
    for (const child of this.children()) child._apply(fn);
    convert(this, fn);
    return this;
  }
  /**
   * Another dtype (for floating point and complex tensors), device or memory format, in place.
   * @throws {ArgumentError} the dtype is neither floating point nor complex
   */
  to(...args: ToArguments): this {
    return this._apply(convertTo(args));
  }
  float(): this {
    return this._apply(floatingAs('float'));
  }
  double(): this {
    return this._apply(floatingAs('double'));
  }
  half(): this {
    return this._apply(floatingAs('half'));
  }
  bfloat16(): this {
    return this._apply(floatingAs('bfloat16'));
  }
  type(dst_type: DType | string): this {
    return this._apply((tensor) => tensor.type(dst_type));
  }
  cpu(): this {
    return this._apply(onDevice('cpu'));
  }
  cuda(device: Device | string | number = 'cuda'): this {
    return this._apply(onDevice(typeof device === 'number' ? `cuda:${device}` : device));
  }

  /** Detached views of all parameters and persistent buffers under their dotted names. */
  state_dict(options: { destination?: StateDict; prefix?: string; keep_vars?: boolean } = {}): StateDict {
    const given = namedArguments('state_dict', ['destination', 'prefix', 'keep_vars'], [options]);
    const destination = (given['destination'] as StateDict | undefined) ?? newStateDict();
    saveTree(this, destination, (given['prefix'] as string | undefined) ?? '', given['keep_vars'] === true);
    return destination;
  }
  /**
   * Copies a state dict into the module.
   * @param options `strict` (default: true): missing and unexpected keys are errors; `assign` (default: false): the
   *   given tensors themselves take the places of the module's
   * @throws {TorchError} one error with everything that does not fit; the module is unchanged then
   */
  load_state_dict(
    state_dict: StateDictLike,
    ...options:
      [{ strict?: boolean; assign?: boolean }?] | [boolean, { assign?: boolean }?] | [boolean, boolean]
  ): IncompatibleKeys {
    const { strict = true, assign = false } = namedArguments(
      'load_state_dict',
      ['strict', 'assign'],
      options,
    );
    return loadTree(this, state_dict, { strict: strict === true, assign: assign === true });
  }
  /** Puts this module's own state into `destination`; a class with more to save overrides it. */
  _save_to_state_dict(destination: StateDict, prefix: string, keep_vars: boolean): void {
    saveLocal(this, destination, prefix, keep_vars);
  }
  /** Takes this module's own state from `state`; a class that reads old files overrides it. */
  _load_from_state_dict(
    state: Map<string, unknown>,
    prefix: string,
    _local_metadata: { version?: number },
    loading: Loading,
  ): void {
    loadLocal(this, state, prefix, loading);
  }

  /** `hook(module, args)` before forward; what it returns takes the place of the arguments. */
  register_forward_pre_hook(hook: ForwardPreHook, options: HookOptions = {}): RemovableHandle {
    return register(this[state], 'forwardPre', hook, options);
  }
  /** `hook(module, args, output)` after forward; what it returns takes the place of the output. */
  register_forward_hook(hook: ForwardHook, options: ForwardHookOptions = {}): RemovableHandle {
    return register(this[state], 'forward', hook, options);
  }
  /** `hook(module, grad_output)` before the gradients reach the module. */
  register_full_backward_pre_hook(hook: BackwardPreHook, options: HookOptions = {}): RemovableHandle {
    return register(this[state], 'backwardPre', hook, options);
  }
  /** `hook(module, grad_input, grad_output)`; what it returns takes the place of `grad_input`. */
  register_full_backward_hook(hook: BackwardHook, options: HookOptions = {}): RemovableHandle {
    return register(this[state], 'backward', hook, options);
  }
  /** Name of the class, as it is printed. */
  _get_name(): string {
    return this.constructor.name;
  }
  /** What is printed between the brackets; a layer overrides it. */
  extra_repr(): string {
    return '';
  }
  override toString(): string {
    return moduleText(this);
  }
  [inspect.custom](): string {
    return this.toString();
  }
  static {
    // Not a member for TypeScript, so that subclasses write `forward` without `override`, as they do in Python.
    Object.defineProperty(this.prototype, 'forward', {
      value(this: ModuleClass): never {
        throw new NotImplementedError(
          `Module [${this._get_name()}] is missing the required "forward" function`,
          'forward',
        );
      },
      writable: true,
      configurable: true,
    });
  }
}
export const Module = callable(ModuleClass);
export type Module = ModuleClass;
