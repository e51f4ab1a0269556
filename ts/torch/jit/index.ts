/**
 * torch.jit: TorchScript modules that Python wrote with `torch.jit.save`, run by libtorch itself.
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.load.html
 */
import { native, type Handle } from '../../native.js';
import { enterContext } from '../context.js';
import { lower, wrapTensor } from '../dispatch.js';
import { Device } from '../device.js';
import { TorchError } from '../errors.js';
import { Handled, handleOf } from '../handle.js';
import { Complex } from '../scalar.js';
import { dtypeOfCode } from '../dtype.js';
import type { Tensor } from '../tensor.js';

/** Like the results of operators, and also dicts, which come as Maps. */
function raise(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(raise);
  if (value.constructor !== Object) return wrapTensor(value as Handle);
  const plain = value as { pairs?: [unknown, unknown][]; dtype?: number; real?: number; imag?: number };
  if (plain.pairs) return new Map(plain.pairs.map(([key, item]) => [raise(key), raise(item)]));
  return plain.dtype === undefined ? new Complex(plain.real ?? 0, plain.imag) : dtypeOfCode(plain.dtype);
}

/** A loaded program with its parameters. Its methods are called by name: `module.call('forward', x)`. */
export class ScriptModule extends Handled implements Disposable {
  /** @internal */
  constructor(handle: Handle) {
    super(handle);
  }
  /** The names of its methods. */
  methods(): string[] {
    return native.jitMethods(handleOf(this));
  }
  /** Runs a method; arguments and results are tensors, numbers, strings, booleans and lists of them. */
  call(method: string, ...args: unknown[]): unknown {
    enterContext();
    return raise(native.jitCall(handleOf(this), method, args.map(lower)));
  }
  forward(...args: unknown[]): unknown {
    return this.call('forward', ...args);
  }
  get training(): boolean {
    return native.jitIsTraining(handleOf(this));
  }
  train(mode = true): this {
    native.jitTrain(handleOf(this), mode);
    return this;
  }
  eval(): this {
    return this.train(false);
  }
  named_parameters(): [string, Tensor][] {
    return this.#tensors(false);
  }
  parameters(): Tensor[] {
    return this.named_parameters().map(([, tensor]) => tensor);
  }
  named_buffers(): [string, Tensor][] {
    return this.#tensors(true);
  }
  /** Parameters and buffers by name, on the module's own memory. */
  state_dict(): Record<string, Tensor> {
    return Object.fromEntries(
      [...this.named_parameters(), ...this.named_buffers()].map(([name, tensor]) => [name, tensor.detach()]),
    );
  }
  /** Moves parameters and buffers. */
  to(device: Device | string): this {
    native.jitTo(handleOf(this), String(device));
    return this;
  }
  dispose(): void {
    const handle = Handled.release(this);
    if (handle !== undefined) native.dispose(handle);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
  #tensors(buffers: boolean): [string, Tensor][] {
    const [names, tensors] = native.jitTensors(handleOf(this), buffers);
    return names.map((name, i) => [name, wrapTensor(tensors[i] as Handle)]);
  }
}

/**
 * Loads a TorchScript module. **Only from sources you trust**: such a file is a program, and libtorch's reader of it is
 * not made for hostile input, unlike `torch.load` and `load_safetensors`.
 * @param f path of the file
 * @param options `map_location`: device for the parameters (default: where they were saved)
 * @throws {TorchError} naming the file, when libtorch cannot read it
 */
export function load(
  f: string | { toString(): string },
  options: { map_location?: Device | string | null } = {},
): ScriptModule {
  const device = options.map_location;
  try {
    return new ScriptModule(native.jitLoad(String(f), device == null ? undefined : String(device)));
  } catch (error) {
    const reason = (error as Error).message.split('\n', 1)[0] ?? '';
    throw Object.assign(new TorchError(`cannot read ${String(f)}: ${reason}`, 'jit.load'), { cause: error });
  }
}
