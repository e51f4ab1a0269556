/** Dropout: https://docs.pytorch.org/docs/stable/nn.functional.html#dropout-functions */
import { operator } from '../../dispatch.js';
import { TorchError, ValueError } from '../../errors.js';
import { tidy } from '../../memory.js';
import type { Tensor } from '../../tensor.js';
import { read, warn, type Forms } from './arguments.js';

export interface DropoutOptions {
  /** Probability with which an element (a channel) becomes zero; default: 0.5. */
  p?: number;
  /** Whether anything is done at all. */
  training?: boolean;
  /** Whether the result takes the place of the input; default: false. */
  inplace?: boolean;
}
export type DropoutForms = Forms<[p: number, training: boolean, inplace: boolean], DropoutOptions>;
type Given = { input: Tensor } & Required<DropoutOptions>;
type Call = (input: Tensor, p: number, train: boolean) => Tensor;

function pair(name: string): (given: Given) => Tensor {
  const plain = operator(name, ['default']) as Call;
  const written = operator(`${name}_`, ['default']) as Call;
  return ({ input, p, training, inplace }) => (inplace ? written : plain)(input, p, training);
}
const aten = {
  dropout: pair('dropout'),
  alpha_dropout: pair('alpha_dropout'),
  feature_dropout: pair('feature_dropout'),
  feature_alpha_dropout: pair('feature_alpha_dropout'),
};

const names = ['input', 'p', 'training', 'inplace'];

function readDropout(op: string, args: unknown[], training: boolean): Given {
  const given = {
    p: 0.5,
    training,
    inplace: false,
    ...read<Partial<Given> & Pick<Given, 'input'>>(op, names, args, 1),
  };
  const { p } = given;
  if (p < 0 || p > 1) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`, op);
  return given;
}

/**
 * Zeroes elements with probability `p` and scales the others by 1/(1-p). `training` defaults to true.
 * @throws {ValueError} p is not between 0 and 1
 */
export function dropout(input: Tensor, ...rest: DropoutForms): Tensor;
export function dropout(...args: unknown[]): Tensor {
  return aten.dropout(readDropout('dropout', args, true));
}

/** Dropout that keeps mean and variance of what SELU gives. `training` defaults to false. @throws as dropout */
export function alpha_dropout(input: Tensor, ...rest: DropoutForms): Tensor;
export function alpha_dropout(...args: unknown[]): Tensor {
  return aten.alpha_dropout(readDropout('alpha_dropout', args, false));
}

/** Alpha dropout of whole channels. `training` defaults to false. @throws as dropout */
export function feature_alpha_dropout(input: Tensor, ...rest: DropoutForms): Tensor;
export function feature_alpha_dropout(...args: unknown[]): Tensor {
  return aten.feature_alpha_dropout(readDropout('feature_alpha_dropout', args, false));
}

/** Channels of one sample: a batch of one for the while. */
function unbatched(given: Given): Tensor {
  const { input, inplace } = given;
  return tidy(() => {
    if (inplace) return aten.feature_dropout({ ...given, input: input.unsqueeze_(0) }).squeeze_(0);
    return aten.feature_dropout({ ...given, input: input.unsqueeze(0) }).squeeze(0);
  });
}

/**
 * Zeroes whole channels of (N, C, L) or (C, L). `training` defaults to true.
 * @throws {TorchError} another number of dimensions
 * @throws {ValueError} p is not between 0 and 1
 */
export function dropout1d(input: Tensor, ...rest: DropoutForms): Tensor;
export function dropout1d(...args: unknown[]): Tensor {
  const given = readDropout('dropout1d', args, true);
  const { ndim } = given.input;
  if (ndim !== 2 && ndim !== 3)
    throw new TorchError(
      `dropout1d: Expected 2D or 3D input, but received a ${ndim}D input. Note that dropout1d exists to provide ` +
        'channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch ' +
        'dimension (i.e. 2D or 3D inputs).',
      'dropout1d',
    );
  return ndim === 3 ? aten.feature_dropout(given) : unbatched(given);
}

function warnOfDimensions(op: string, ndim: number, spatial: number): void {
  warn(
    `${op}: Received a ${ndim}-D input to ${op}, which is deprecated and will result in an error in a future ` +
      `release. To retain the behavior and silence this warning, please use dropout instead. Note that ${op} exists ` +
      `to provide channel-wise dropout on inputs with ${spatial} spatial dimensions, a channel dimension, and an ` +
      `optional batch dimension (i.e. ${spatial + 1}D or ${spatial + 2}D inputs).`,
  );
}

/** Zeroes whole channels of (N, C, H, W); (N, C, L) works as in dropout1d. `training` defaults to true. */
export function dropout2d(input: Tensor, ...rest: DropoutForms): Tensor;
export function dropout2d(...args: unknown[]): Tensor {
  const given = readDropout('dropout2d', args, true);
  const { ndim } = given.input;
  if (ndim !== 3 && ndim !== 4) warnOfDimensions('dropout2d', ndim, 2);
  if (ndim === 3)
    warn(
      'dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - ' +
        'input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future ' +
        'release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D ' +
        'channel-wise dropout behavior, please switch to using dropout1d instead.',
    );
  return aten.feature_dropout(given);
}

/** Zeroes whole channels of (N, C, D, H, W) or (C, D, H, W). `training` defaults to true. */
export function dropout3d(input: Tensor, ...rest: DropoutForms): Tensor;
export function dropout3d(...args: unknown[]): Tensor {
  const given = readDropout('dropout3d', args, true);
  const { ndim } = given.input;
  if (ndim !== 4 && ndim !== 5) warnOfDimensions('dropout3d', ndim, 3);
  return ndim === 5 ? aten.feature_dropout(given) : unbatched(given);
}
