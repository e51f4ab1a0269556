/** Sliding windows: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html */
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read, type Forms, type Sizes } from '../functional/arguments.js';
import type { WindowOptions } from '../functional/vision.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { pythonText } from './text.js';

type Positions = [dilation: Sizes, padding: Sizes, stride: Sizes];
const windowNames = ['kernel_size', 'dilation', 'padding', 'stride'];

class FoldClass extends Module {
  output_size: Sizes;
  kernel_size: Sizes;
  dilation: Sizes;
  padding: Sizes;
  stride: Sizes;

  /**
   * Adds columns (N, C · kernel elements, windows) up to pictures (N, C, *output_size).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
   */
  constructor(
    ...args:
      | [output_size: Sizes, kernel_size: Sizes, ...rest: Forms<Positions, WindowOptions>]
      | [options: { output_size: Sizes; kernel_size: Sizes } & WindowOptions]
  ) {
    super();
    type Given = { output_size: Sizes; kernel_size: Sizes } & WindowOptions;
    const given = read<Given>('Fold', ['output_size', ...windowNames], args, 0, 2);
    this.output_size = given.output_size;
    this.kernel_size = given.kernel_size;
    this.dilation = given.dilation ?? 1;
    this.padding = given.padding ?? 0;
    this.stride = given.stride ?? 1;
  }
  forward(input: Tensor): Tensor {
    const { output_size, kernel_size, dilation, padding, stride } = this;
    return F.fold(input, output_size, kernel_size, dilation, padding, stride);
  }
  override extra_repr(): string {
    return `output_size=${pythonText(this.output_size)}, ${windowText(this)}`;
  }
}
export const Fold = callable(FoldClass);
export type Fold = FoldClass;

class UnfoldClass extends Module {
  kernel_size: Sizes;
  dilation: Sizes;
  padding: Sizes;
  stride: Sizes;

  /** The windows of (N, C, H, W) as columns (N, C · kernel elements, windows). */
  constructor(
    ...args:
      | [kernel_size: Sizes, ...rest: Forms<Positions, WindowOptions>]
      | [options: { kernel_size: Sizes } & WindowOptions]
  ) {
    super();
    const given = read<{ kernel_size: Sizes } & WindowOptions>('Unfold', windowNames, args, 0, 1);
    this.kernel_size = given.kernel_size;
    this.dilation = given.dilation ?? 1;
    this.padding = given.padding ?? 0;
    this.stride = given.stride ?? 1;
  }
  forward(input: Tensor): Tensor {
    const { kernel_size, dilation, padding, stride } = this;
    return F.unfold(input, kernel_size, dilation, padding, stride);
  }
  override extra_repr(): string {
    return windowText(this);
  }
}
export const Unfold = callable(UnfoldClass);
export type Unfold = UnfoldClass;

function windowText({ kernel_size, dilation, padding, stride }: FoldClass | UnfoldClass): string {
  return (
    `kernel_size=${pythonText(kernel_size)}, dilation=${pythonText(dilation)}, ` +
    `padding=${pythonText(padding)}, stride=${pythonText(stride)}`
  );
}
