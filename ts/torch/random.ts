/** Seeds and generators. https://docs.pytorch.org/docs/stable/random.html */
import { native, type Handle } from '../native.js';
import { wrapTensor } from './dispatch.js';
import { Device } from './device.js';
import { Handled, handleOf } from './handle.js';
import type { Tensor } from './tensor.js';

/**
 * A source of random numbers of its own. The CPU's is the Mersenne Twister that Python's torch uses, so equal seeds
 * give equal numbers. https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
 */
export class Generator extends Handled {
  /** @param options the device, or `{device}` (default: CPU); the second argument is internal */
  constructor(options: Device | string | { device?: Device | string } = {}, handle?: Handle) {
    const device = typeof options === 'string' || options instanceof Device ? options : options.device;
    super(handle ?? native.newGenerator(device === undefined ? undefined : String(device)));
  }
  get device(): Device {
    return new Device(native.generatorDevice(handleOf(this)));
  }
  /** Sets the seed; negative ones count from 2^64. */
  manual_seed(seed: number | bigint): this {
    native.manualSeed(seed, handleOf(this));
    return this;
  }
  /** Seeds with a random number from the system, and gives it. */
  seed(): number | bigint {
    return native.seed(handleOf(this));
  }
  initial_seed(): number | bigint {
    return native.initialSeed(handleOf(this));
  }
  /** The whole state as a uint8 tensor. */
  get_state(): Tensor {
    return wrapTensor(native.getRngState(handleOf(this)));
  }
  set_state(new_state: Tensor): void {
    native.setRngState(handleOf(new_state, "argument 'new_state'"), handleOf(this));
  }
}

/** Seeds the generators of all devices; the CPU's is returned. */
export function manual_seed(seed: number | bigint): Generator {
  native.manualSeed(seed);
  return default_generator;
}
/** Seeds with a random number from the system, and gives it. */
export function seed(): number | bigint {
  const value = native.seed();
  native.manualSeed(value);
  return value;
}
export function initial_seed(): number | bigint {
  return native.initialSeed();
}
/** The state of the CPU's default generator, a uint8 tensor. */
export function get_rng_state(): Tensor {
  return wrapTensor(native.getRngState());
}
export function set_rng_state(new_state: Tensor): void {
  native.setRngState(handleOf(new_state, "argument 'new_state'"));
}

/**
 * Runs `fn` and puts the CPU's generator back to where it was; with an asynchronous `fn`, when its promise settles.
 */
export function fork_rng<T>(fn: () => T): T {
  const state = get_rng_state();
  const restore = (): void => {
    set_rng_state(state);
    state.dispose();
  };
  let result: T;
  try {
    result = fn();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

/** The generator of the CPU that is used where none is given. */
export const default_generator = new Generator({}, native.defaultGenerator());
