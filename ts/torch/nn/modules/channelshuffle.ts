/** https://docs.pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html */
import type { Tensor } from '../../tensor.js';
import * as F from '../functional.js';
import { read } from '../functional/arguments.js';
import { callable } from './callable.js';
import { Module } from './module.js';

class ChannelShuffleClass extends Module {
  groups: number;

  /** The channels of (N, C, *) in `groups` groups, and then in turn from each. */
  constructor(...args: [groups: number] | [options: { groups: number }]) {
    super();
    this.groups = read<{ groups: number }>('ChannelShuffle', ['groups'], args, 0, 1).groups;
  }
  forward(input: Tensor): Tensor {
    return F.channel_shuffle(input, this.groups);
  }
  override extra_repr(): string {
    return `groups=${this.groups}`;
  }
}
export const ChannelShuffle = callable(ChannelShuffleClass);
export type ChannelShuffle = ChannelShuffleClass;
