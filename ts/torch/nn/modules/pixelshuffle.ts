/** Channels and pixels: https://docs.pytorch.org/docs/stable/nn.html#vision-layers */
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';

class PixelShuffleClass extends Module {
  upscale_factor: number;

  /**
   * (*, C·r², H, W) as (*, C, H·r, W·r).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
   */
  constructor(...args: [upscale_factor: number] | [options: { upscale_factor: number }]) {
    super();
    const given = read<{ upscale_factor: number }>('PixelShuffle', ['upscale_factor'], args, 0, 1);
    this.upscale_factor = given.upscale_factor;
  }
  forward(input: Tensor): Tensor {
    return F.pixel_shuffle(input, this.upscale_factor);
  }
  override extra_repr(): string {
    return `upscale_factor=${this.upscale_factor}`;
  }
}
export const PixelShuffle = callable(PixelShuffleClass);
export type PixelShuffle = PixelShuffleClass;

class PixelUnshuffleClass extends Module {
  downscale_factor: number;

  /**
   * (*, C, H·r, W·r) as (*, C·r², H, W).
   * https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
   */
  constructor(...args: [downscale_factor: number] | [options: { downscale_factor: number }]) {
    super();
    const given = read<{ downscale_factor: number }>('PixelUnshuffle', ['downscale_factor'], args, 0, 1);
    this.downscale_factor = given.downscale_factor;
  }
  forward(input: Tensor): Tensor {
    return F.pixel_unshuffle(input, this.downscale_factor);
  }
  override extra_repr(): string {
    return `downscale_factor=${this.downscale_factor}`;
  }
}
export const PixelUnshuffle = callable(PixelUnshuffleClass);
export type PixelUnshuffle = PixelUnshuffleClass;
