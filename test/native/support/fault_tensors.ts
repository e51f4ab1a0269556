/** The values of this library that the faults are made of, and the counts that must come out even. */
export { Complex, Float, Generator, contiguous_format, float32, ones, strided } from '../../../ts/torch/index.js';
import { ones } from '../../../ts/torch/index.js';

const gone = ones([2, 2]);
gone.dispose();
export const disposed: unknown = gone;
