/** Dropout layers: https://docs.pytorch.org/docs/stable/nn.html#dropout-layers */
import { ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

export interface DropoutOptions {
  /** Probability with which an element (a channel) becomes zero; default: 0.5. */
  p?: number;
  /** Whether the result takes the place of the input; default: false. */
  inplace?: boolean;
}
type DropoutArguments = Forms<[p: number, inplace: boolean], DropoutOptions>;

/** Does something only while the module trains. */
class DropoutNd extends Module {
  p: number;
  inplace: boolean;

  constructor(op: string, args: readonly unknown[]) {
    super();
    const { p = 0.5, inplace = false } = read<DropoutOptions>(op, ['p', 'inplace'], args, 0);
    if (p < 0 || p > 1)
      throw new ValueError(`dropout probability has to be between 0 and 1, but got ${p}`, op);
    this.p = p;
    this.inplace = inplace;
  }
  override extra_repr(): string {
    return `p=${pythonText(this.p)}, inplace=${pythonText(this.inplace)}`;
  }
}

class DropoutClass extends DropoutNd {
  /**
   * Zeroes elements with probability `p` and scales the others by 1/(1-p).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
   * @throws {ValueError} p is not between 0 and 1
   */
  constructor(...args: DropoutArguments) {
    super('Dropout', args);
  }
  forward(input: Tensor): Tensor {
    return F.dropout(input, this.p, this.training, this.inplace);
  }
}
export const Dropout = callable(DropoutClass);
export type Dropout = DropoutClass;

class Dropout1dClass extends DropoutNd {
  /** Zeroes whole channels of (N, C, L) or (C, L). @throws {ValueError} p is not between 0 and 1 */
  constructor(...args: DropoutArguments) {
    super('Dropout1d', args);
  }
  forward(input: Tensor): Tensor {
    return F.dropout1d(input, this.p, this.training, this.inplace);
  }
}
export const Dropout1d = callable(Dropout1dClass);
export type Dropout1d = Dropout1dClass;

class Dropout2dClass extends DropoutNd {
  /** Zeroes whole channels of (N, C, H, W). @throws {ValueError} p is not between 0 and 1 */
  constructor(...args: DropoutArguments) {
    super('Dropout2d', args);
  }
  forward(input: Tensor): Tensor {
    return F.dropout2d(input, this.p, this.training, this.inplace);
  }
}
export const Dropout2d = callable(Dropout2dClass);
export type Dropout2d = Dropout2dClass;

class Dropout3dClass extends DropoutNd {
  /** Zeroes whole channels of (N, C, D, H, W) or (C, D, H, W). @throws {ValueError} p is not between 0 and 1 */
  constructor(...args: DropoutArguments) {
    super('Dropout3d', args);
  }
  forward(input: Tensor): Tensor {
    return F.dropout3d(input, this.p, this.training, this.inplace);
  }
}
export const Dropout3d = callable(Dropout3dClass);
export type Dropout3d = Dropout3dClass;

class AlphaDropoutClass extends DropoutNd {
  /** Dropout that keeps mean and variance of what SELU gives. @throws {ValueError} p is not between 0 and 1 */
  constructor(...args: DropoutArguments) {
    super('AlphaDropout', args);
  }
  forward(input: Tensor): Tensor {
    // Python's layer does not hand `inplace` on either.
    return F.alpha_dropout(input, this.p, this.training);
  }
}
export const AlphaDropout = callable(AlphaDropoutClass);
export type AlphaDropout = AlphaDropoutClass;

class FeatureAlphaDropoutClass extends DropoutNd {
  /** Alpha dropout of whole channels. @throws {ValueError} p is not between 0 and 1 */
  constructor(...args: DropoutArguments) {
    super('FeatureAlphaDropout', args);
  }
  forward(input: Tensor): Tensor {
    return F.feature_alpha_dropout(input, this.p, this.training);
  }
}
export const FeatureAlphaDropout = callable(FeatureAlphaDropoutClass);
export type FeatureAlphaDropout = FeatureAlphaDropoutClass;
