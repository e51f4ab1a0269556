/** Padding layers: https://docs.pytorch.org/docs/stable/nn.html#padding-layers */
import type { Tensor } from '../../tensor.js';
import { Float } from '../../scalar.js';
import * as F from '../functional.js';
import { read, repeated, type Sizes } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';
import { checkDimensions } from './norm_base.js';
import { pythonText } from './text.js';

type PaddingArguments = [padding: Sizes] | [options: { padding: Sizes }];

/** One size for all sides, or two for each dimension: the last one first, before and after. */
class PadNd extends Module {
  padding: readonly number[];

  constructor(padding: Sizes, dims: number) {
    super();
    this.padding = repeated(padding, 2 * dims);
  }
  override extra_repr(): string {
    return pythonText(this.padding);
  }
}
function readPadding(op: string, args: readonly unknown[]): Sizes {
  return read<{ padding: Sizes }>(op, ['padding'], args, 0, 1).padding;
}

type Value = number | Float;
type ConstantArguments = [padding: Sizes, value: Value] | [options: { padding: Sizes; value: Value }];

class ConstantPadNd extends PadNd {
  value: Value;

  constructor(op: string, dims: number, args: readonly unknown[]) {
    const given = read<{ padding: Sizes; value: Value }>(op, ['padding', 'value'], args, 0, 2);
    super(given.padding, dims);
    this.value = given.value;
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'constant', Number(this.value));
  }
  override extra_repr(): string {
    return `padding=${pythonText(this.padding)}, value=${pythonText(this.value)}`;
  }
}

class ConstantPad1dClass extends ConstantPadNd {
  /** Pads (N, C, L) or (C, L) with a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html */
  constructor(...args: ConstantArguments) {
    super('ConstantPad1d', 1, args);
  }
}
export const ConstantPad1d = callable(ConstantPad1dClass);
export type ConstantPad1d = ConstantPad1dClass;

class ConstantPad2dClass extends ConstantPadNd {
  /** Pads (N, C, H, W) or (C, H, W) with a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html */
  constructor(...args: ConstantArguments) {
    super('ConstantPad2d', 2, args);
  }
}
export const ConstantPad2d = callable(ConstantPad2dClass);
export type ConstantPad2d = ConstantPad2dClass;

class ConstantPad3dClass extends ConstantPadNd {
  /** Pads (N, C, D, H, W) or (C, D, H, W) with a value. https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html */
  constructor(...args: ConstantArguments) {
    super('ConstantPad3d', 3, args);
  }
}
export const ConstantPad3d = callable(ConstantPad3dClass);
export type ConstantPad3d = ConstantPad3dClass;

class ZeroPad1dClass extends ConstantPadNd {
  /** Pads (N, C, L) or (C, L) with zeros. https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html */
  constructor(...args: PaddingArguments) {
    super('ZeroPad1d', 1, [readPadding('ZeroPad1d', args), new Float(0)]);
  }
  override extra_repr(): string {
    return pythonText(this.padding);
  }
}
export const ZeroPad1d = callable(ZeroPad1dClass);
export type ZeroPad1d = ZeroPad1dClass;

class ZeroPad2dClass extends ConstantPadNd {
  /** Pads (N, C, H, W) or (C, H, W) with zeros. https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html */
  constructor(...args: PaddingArguments) {
    super('ZeroPad2d', 2, [readPadding('ZeroPad2d', args), new Float(0)]);
  }
  override extra_repr(): string {
    return pythonText(this.padding);
  }
}
export const ZeroPad2d = callable(ZeroPad2dClass);
export type ZeroPad2d = ZeroPad2dClass;

class ZeroPad3dClass extends ConstantPadNd {
  /** Pads (N, C, D, H, W) or (C, D, H, W) with zeros. https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html */
  constructor(...args: PaddingArguments) {
    super('ZeroPad3d', 3, [readPadding('ZeroPad3d', args), new Float(0)]);
  }
  override extra_repr(): string {
    return pythonText(this.padding);
  }
}
export const ZeroPad3d = callable(ZeroPad3dClass);
export type ZeroPad3d = ZeroPad3dClass;

class ReflectionPad1dClass extends PadNd {
  /** Pads (N, C, L) or (C, L) with what is reflected at its edges. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html */
  constructor(...args: PaddingArguments) {
    super(readPadding('ReflectionPad1d', args), 1);
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'reflect');
  }
}
export const ReflectionPad1d = callable(ReflectionPad1dClass);
export type ReflectionPad1d = ReflectionPad1dClass;

class ReflectionPad2dClass extends PadNd {
  /** Pads (N, C, H, W) or (C, H, W) with what is reflected at its edges. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html */
  constructor(...args: PaddingArguments) {
    super(readPadding('ReflectionPad2d', args), 2);
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'reflect');
  }
}
export const ReflectionPad2d = callable(ReflectionPad2dClass);
export type ReflectionPad2d = ReflectionPad2dClass;

class ReflectionPad3dClass extends PadNd {
  /** Pads (N, C, D, H, W) or (C, D, H, W) with what is reflected at its edges. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html */
  constructor(...args: PaddingArguments) {
    super(readPadding('ReflectionPad3d', args), 3);
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'reflect');
  }
}
export const ReflectionPad3d = callable(ReflectionPad3dClass);
export type ReflectionPad3d = ReflectionPad3dClass;

class ReplicationPad1dClass extends PadNd {
  /** Pads (N, C, L) or (C, L) with the values at its edges. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html */
  constructor(...args: PaddingArguments) {
    super(readPadding('ReplicationPad1d', args), 1);
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'replicate');
  }
}
export const ReplicationPad1d = callable(ReplicationPad1dClass);
export type ReplicationPad1d = ReplicationPad1dClass;

class ReplicationPad2dClass extends PadNd {
  /** Pads (N, C, H, W) or (C, H, W) with the values at its edges. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html */
  constructor(...args: PaddingArguments) {
    super(readPadding('ReplicationPad2d', args), 2);
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'replicate');
  }
}
export const ReplicationPad2d = callable(ReplicationPad2dClass);
export type ReplicationPad2d = ReplicationPad2dClass;

class ReplicationPad3dClass extends PadNd {
  /** Pads (N, C, D, H, W) or (C, D, H, W) with the values at its edges. https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html */
  constructor(...args: PaddingArguments) {
    super(readPadding('ReplicationPad3d', args), 3);
  }
  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'replicate');
  }
}
export const ReplicationPad3d = callable(ReplicationPad3dClass);
export type ReplicationPad3d = ReplicationPad3dClass;

class CircularPad1dClass extends PadNd {
  /**
   * Pads (N, C, L) or (C, L) with what comes from the other side.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
   */
  constructor(...args: PaddingArguments) {
    super(readPadding('CircularPad1d', args), 1);
  }
  forward(input: Tensor): Tensor {
    checkDimensions(input, 2, 3);
    return F.pad(input, this.padding, 'circular');
  }
}
export const CircularPad1d = callable(CircularPad1dClass);
export type CircularPad1d = CircularPad1dClass;

class CircularPad2dClass extends PadNd {
  /**
   * Pads (N, C, H, W) or (C, H, W) with what comes from the other side.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
   */
  constructor(...args: PaddingArguments) {
    super(readPadding('CircularPad2d', args), 2);
  }
  forward(input: Tensor): Tensor {
    checkDimensions(input, 3, 4);
    return F.pad(input, this.padding, 'circular');
  }
}
export const CircularPad2d = callable(CircularPad2dClass);
export type CircularPad2d = CircularPad2dClass;

class CircularPad3dClass extends PadNd {
  /**
   * Pads (N, C, D, H, W) or (C, D, H, W) with what comes from the other side.
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
   */
  constructor(...args: PaddingArguments) {
    super(readPadding('CircularPad3d', args), 3);
  }
  forward(input: Tensor): Tensor {
    checkDimensions(input, 4, 5);
    return F.pad(input, this.padding, 'circular');
  }
}
export const CircularPad3d = callable(CircularPad3dClass);
export type CircularPad3d = CircularPad3dClass;
