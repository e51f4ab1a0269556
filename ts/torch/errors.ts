/**
 * One error class per kind. The addon throws through `makeError`, so `instanceof`, `op` and `code` are the same
 * whether a check of ours or libtorch itself refused.
 */

/** What PyTorch raises as RuntimeError: libtorch's own text, without C++ frames. */
export class TorchError extends Error {
  /** Operator in which it happened, for example `add`. */
  readonly op: string | undefined;
  readonly code: string = 'ERR_TORCH';

  constructor(message: string, op?: string) {
    super(message);
    this.op = op;
  }
  static {
    this.prototype.name = 'TorchError';
  }
}

/** Arguments that no signature takes: what Python raises as TypeError. */
export class ArgumentError extends TorchError {
  override readonly code = 'ERR_TORCH_ARGUMENT';
  static {
    this.prototype.name = 'ArgumentError';
  }
}

export class IndexError extends TorchError {
  override readonly code = 'ERR_TORCH_INDEX';
  static {
    this.prototype.name = 'IndexError';
  }
}

export class ValueError extends TorchError {
  override readonly code = 'ERR_TORCH_VALUE';
  static {
    this.prototype.name = 'ValueError';
  }
}

export class NotImplementedError extends TorchError {
  override readonly code = 'ERR_TORCH_NOT_IMPLEMENTED';
  static {
    this.prototype.name = 'NotImplementedError';
  }
}

/** No memory on a device, after garbage has been collected, caches emptied and the call tried once more. */
export class OutOfMemoryError extends TorchError {
  override readonly code = 'ERR_TORCH_OUT_OF_MEMORY';
  static {
    this.prototype.name = 'OutOfMemoryError';
  }
}

/** In the order of `ErrorKind` in native/error.h. */
const kinds = [TorchError, ArgumentError, IndexError, ValueError, NotImplementedError, OutOfMemoryError];

export function makeError(kind: number, message: string, op?: string): TorchError {
  return new (kinds[kind] ?? TorchError)(message, op);
}

/** @internal The error with the operator's name in front, where it did not know whom it befell. */
export function withOperator(error: unknown, op: string): unknown {
  if (!(error instanceof TorchError) || error.op !== undefined) return error;
  const Kind = error.constructor as typeof TorchError;
  return new Kind(`${op}(): ${error.message}`, op);
}
