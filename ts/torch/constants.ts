/** Numbers and words of the torch module. https://docs.pytorch.org/docs/stable/torch.html#constants */
import { libtorchVersion } from '../native.js';

/** The circle's circumference over its diameter. */
export const pi = Math.PI;
/** Euler's number. */
export const e = Math.E;
/** Infinity. */
export const inf = Infinity;
/** Not a number. */
export const nan = NaN;
/** A new axis in an index: `t.at(':', torch.newaxis)`, same as null. */
export const newaxis = null;
/** The libtorch that is in use, such as `2.13.0+cpu`. */
export const __version__: string = libtorchVersion;
