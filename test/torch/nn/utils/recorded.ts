import { readRecorded, restore, type RecordedTensor } from '../../../support/recorded.js';
import { nn } from '../../../../ts/torch/index.js';

export interface Normalised {
  before: Record<string, RecordedTensor>;
  outputs: RecordedTensor[];
  after: Record<string, RecordedTensor>;
  grads: Record<string, RecordedTensor>;
  removed: Record<string, RecordedTensor>;
}
export const recorded = readRecorded<{
  parameters: RecordedTensor[];
  parameters64: RecordedTensor[];
  given: RecordedTensor[];
  given64: RecordedTensor[];
  clipped: {
    dtype: string;
    max_norm: number;
    norm_type: number | 'inf';
    total: RecordedTensor;
    grads: RecordedTensor[];
  }[];
  clip_value: RecordedTensor[];
  vector: RecordedTensor;
  weight_norm: Normalised;
  weight_norm_1: Normalised;
  weight_norm_none: Normalised;
  spectral_norm: Normalised;
  spectral_norm_3: Normalised;
  messages: Record<string, string>;
}>(import.meta.url, 'utils.json');

/** The recorder's parameters: the last one has no gradient. */
export function parameters(dtype = 'float32'): nn.Parameter[] {
  const suffix = dtype === 'float64' ? '64' : '';
  const made = recorded[`parameters${suffix}`].map((values) => nn.Parameter(restore(values)));
  recorded[`given${suffix}`].forEach((values, i) => (made[i]!.grad = restore(values)));
  return made;
}
