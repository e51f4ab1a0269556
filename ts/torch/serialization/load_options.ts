import { checkOptions } from '../arguments.js';
import { NotImplementedError } from '../errors.js';
import type { MapLocation } from './rebuild.js';

export interface LoadOptions {
  /** Where tensors go: a device, a table of devices, or a function from the saved device to another. */
  map_location?: MapLocation | null;
  /** Only true: code in a file is never run. */
  weights_only?: boolean;
  /** Map the file into memory instead of reading it. */
  mmap?: boolean | null;
  /** What becomes of str of Python 2. */
  encoding?: 'ascii' | 'latin1' | 'bytes';
}

const known = ['map_location', 'weights_only', 'mmap', 'encoding'];

/** @internal */
export function checkLoadOptions(options: LoadOptions): void {
  checkOptions('load', options, known);
  if (options.weights_only === false)
    throw new NotImplementedError(
      'load(): weights_only=false would run what the file says, and there is no Python here to run it; ' +
        'save a state_dict() instead of a whole model',
      'load',
    );
}
