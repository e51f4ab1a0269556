/**
 * torch.autocast: some operators in a smaller dtype, chosen by libtorch operator by operator.
 * https://docs.pytorch.org/docs/stable/amp.html
 *
 * The mode belongs to the thread, so it holds for synchronous code: around the forward pass and the loss, as PyTorch
 * recommends. Code that waits in between leaves the mode before and enters it again afterwards.
 */
import { native } from '../../native.js';
import { namedArguments } from '../arguments.js';
import { bfloat16, dtypeOfCode, float16, type DType } from '../dtype.js';
import { ArgumentError, TorchError, ValueError } from '../errors.js';
import { handleOf } from '../handle.js';

export interface AutocastOptions {
  /** Default: bfloat16 on the CPU, float16 on CUDA. */
  dtype?: DType | null;
  /** Default: true. */
  enabled?: boolean;
  /** Whether a weight is cast once for the whole stretch; default: as it is around it. */
  cache_enabled?: boolean | null;
}
type Device = [device_type: string] | [options: AutocastOptions & { device_type: string }];
type Positional = [dtype?: DType | null, enabled?: boolean, cache_enabled?: boolean | null];
type AutocastArguments = Device | [device_type: string, ...Positional] | [string, AutocastOptions];

const names = ['device_type', 'dtype', 'enabled', 'cache_enabled'];

/** Whether libtorch has the mode for this kind of device. */
export function is_autocast_available(device_type: string): boolean {
  return native.autocastAvailable(device_type);
}
/** @throws {TorchError} */
function checked(device_type: string): string {
  if (is_autocast_available(device_type)) return device_type;
  throw new TorchError(`User specified an unsupported autocast device_type '${device_type}'`, 'autocast');
}
/** Whether the code that runs now runs under autocast for the device; default: 'cuda', as in Python. */
export function is_autocast_enabled(device_type = 'cuda'): boolean {
  return native.getAutocast(checked(device_type))[0];
}
/** The dtype that autocast takes where none is given, or has been given around here. */
export function get_autocast_dtype(device_type: string): DType {
  return dtypeOfCode(native.getAutocast(checked(device_type))[1]);
}
export function is_autocast_cache_enabled(): boolean {
  return native.getAutocast('cpu')[2];
}
/** Frees the copies of weights that autocast has cast. */
export function clear_autocast_cache(): void {
  native.clearAutocastCache();
}

function warn(text: string): void {
  process.emitWarning(text, { type: 'UserWarning', code: 'TORCH_WARNING' });
}

interface Mode {
  device: string;
  dtype: DType;
  enabled: boolean;
  cache: boolean;
}

function read(args: readonly unknown[]): Mode {
  const given = namedArguments('autocast', names, args) as AutocastOptions & { device_type?: unknown };
  const { device_type } = given;
  if (typeof device_type !== 'string')
    throw new ValueError(
      `Expected \`device_type\` of type \`str\`, got: \`${device_type === null ? 'null' : typeof device_type}\``,
      'autocast',
    );
  const device = checked(device_type);
  const dtype = given.dtype ?? get_autocast_dtype(device);
  const cache = given.cache_enabled ?? is_autocast_cache_enabled();
  let enabled = given.enabled ?? true;
  if (enabled && device === 'cuda' && native.cudaDeviceCount() === 0) {
    warn('CUDA is not available. Disabling autocast.');
    enabled = false;
  } else if (enabled && device !== 'cuda' && dtype !== bfloat16 && dtype !== float16) {
    const name = device.toUpperCase();
    warn(
      `In ${name} autocast, but the target dtype is not supported. Disabling autocast.\n` +
        `${name} Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.`,
    );
    enabled = false;
  }
  return { device, dtype, enabled, cache };
}

function enter({ device, dtype, enabled, cache }: Mode): Disposable {
  const [enabledBefore, dtypeBefore, cacheBefore] = native.getAutocast(device);
  native.setAutocast(device, enabled, handleOf(dtype), cache);
  native.autocastNesting(true);
  let over = false;
  return {
    [Symbol.dispose](): void {
      if (over) return;
      over = true;
      native.autocastNesting(false);
      native.setAutocast(device, enabledBefore, handleOf(dtypeOfCode(dtypeBefore)), cacheBefore);
    },
  };
}

/**
 * Runs `fn` under autocast: `torch.autocast('cpu', { dtype: torch.bfloat16 }, () => model(x))`; without a function,
 * the rest of a block: `using _ = torch.autocast('cpu')`. Arguments as in Python, the function last. A dtype that the
 * device does not support, or CUDA where there is none, disables the stretch with a warning.
 * https://docs.pytorch.org/docs/stable/amp.html#torch.autocast
 * @throws {TorchError} the device knows no autocast
 * @throws {ArgumentError} the function is asynchronous: the mode would not hold for what it does after waiting
 */
export function autocast<T>(device_type: string, fn: () => T): T;
export function autocast<T>(device_type: string, options: AutocastOptions, fn: () => T): T;
export function autocast<T>(options: AutocastOptions & { device_type: string }, fn: () => T): T;
export function autocast(...args: AutocastArguments): Disposable;
export function autocast(...args: unknown[]): unknown {
  const fn = args.at(-1);
  if (typeof fn !== 'function') return enter(read(args));
  if (fn.constructor.name === 'AsyncFunction')
    throw new ArgumentError('autocast(): the function must be synchronous, without await', 'autocast');
  const mode = enter(read(args.slice(0, -1)));
  try {
    return (fn as () => unknown)();
  } finally {
    mode[Symbol.dispose]();
  }
}
