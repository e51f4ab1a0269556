import { ArgumentError } from './errors.js';
import { MAX_DIGITS } from './number_text.js';

export interface PrintOptions {
  /** Digits after the decimal point (default 4). */
  precision: number;
  /** Number of elements above which only the edges are printed (default 1000; `Infinity`: never). */
  threshold: number;
  /** Elements kept at either end of every dimension of a summarised tensor (default 3). */
  edgeitems: number;
  /** Characters per line (default 80). */
  linewidth: number;
  /** Scientific notation: always, never, or (null, the default) where the magnitudes ask for it. */
  sci_mode: boolean | null;
}

type Profile = 'default' | 'short' | 'full';

export type PrintOptionsUpdate = { [K in keyof PrintOptions]?: PrintOptions[K] | null } & {
  /** Named settings, applied before the other options. */
  profile?: Profile | null;
};

const profiles: Record<Profile, Omit<PrintOptions, 'sci_mode'>> = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
};

const names = ['precision', 'threshold', 'edgeitems', 'linewidth', 'profile', 'sci_mode'];

let current: PrintOptions = { ...profiles.default, sci_mode: null };

/**
 * Sets how tensors are printed. Options not given keep their value, except `sci_mode`, which goes back to
 * automatic, as in PyTorch.
 *
 * @throws ArgumentError for an unknown option or a value that is no count; nothing is changed then.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function set_printoptions(options: PrintOptionsUpdate = {}): void {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw new ArgumentError(
        `set_printoptions(): unknown option '${name}'; the options are ${names.join(', ')}`,
      );
    }
  }
  const { profile, sci_mode, ...counts } = options;
  const next: PrintOptions = { ...current, sci_mode: sci_mode ?? null };
  if (profile != null) {
    if (!Object.hasOwn(profiles, profile)) {
      throw new ArgumentError(`set_printoptions(): profile must be default, short or full, not '${profile}'`);
    }
    Object.assign(next, profiles[profile]);
  }
  if (next.sci_mode !== null && typeof next.sci_mode !== 'boolean') {
    throw new ArgumentError(`set_printoptions(): sci_mode must be true, false or null`);
  }
  for (const [name, value] of Object.entries(counts) as [keyof typeof counts, number | null | undefined][]) {
    if (value == null) continue;
    requireCount(name, value);
    next[name] = value;
  }
  current = next;
}

function requireCount(name: string, value: number): void {
  const fits = name === 'threshold' ? value >= 0 : Number.isInteger(value) && value >= 0;
  if (typeof value !== 'number' || !fits) {
    throw new ArgumentError(
      `set_printoptions(): ${name} must be a non-negative number, not ${String(value)}`,
    );
  }
  if (name === 'precision' && value > MAX_DIGITS) {
    throw new ArgumentError(`set_printoptions(): precision must be at most ${MAX_DIGITS}, not ${value}`);
  }
}

/** The options in force, as a copy that `set_printoptions` accepts. */
export function get_printoptions(): PrintOptions {
  return { ...current };
}

/**
 * Runs `body` under other print options and puts the old ones back, also when it throws or its promise rejects.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function printoptions<T>(options: PrintOptionsUpdate, body: () => T): T {
  const saved = current;
  const restore = () => {
    current = saved;
  };
  set_printoptions(options);
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
