/** Anomaly detection. https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection */
import { native } from '../../native.js';

function set(enabled: boolean, check_nan: boolean): Disposable {
  const [before, beforeNan] = native.anomaly();
  native.setAnomaly(enabled, check_nan);
  return {
    [Symbol.dispose](): void {
      native.setAnomaly(before, beforeNan);
    },
  };
}

export interface AnomalyOptions {
  /** Raise an error when a backward computation gives nan (default: true). */
  check_nan?: boolean;
}

/**
 * Backward errors name the node that failed, and a nan in a gradient is an error. For the function, or with `using`
 * for a block. It slows training down; use it to search.
 */
export function detect_anomaly<T>(fn: () => T, options?: AnomalyOptions): T;
export function detect_anomaly(options?: AnomalyOptions): Disposable;
export function detect_anomaly<T>(
  first?: (() => T) | AnomalyOptions,
  options: AnomalyOptions = {},
): T | Disposable {
  if (typeof first !== 'function') return set(true, first?.check_nan ?? true);
  const mode = set(true, options.check_nan ?? true);
  try {
    return first();
  } finally {
    mode[Symbol.dispose]();
  }
}

/** Switches anomaly detection on or off; `using` on the result restores what was before. */
export function set_detect_anomaly(mode: boolean, check_nan = true): Disposable {
  return set(mode, check_nan);
}

export function is_anomaly_enabled(): boolean {
  return native.anomaly()[0];
}
