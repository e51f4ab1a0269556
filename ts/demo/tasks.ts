/** What there is to learn, and the nets that learn it. */
import { ConvLayer, Flatten } from '../fastai/layers.js';
import { nn } from '../torch/index.js';
import type { AnyModule } from '../torch/nn/index.js';
import { URLs } from '../fastai/data/external.js';

export type TaskName = 'digits' | 'three_or_seven';
export interface Task {
  readonly title: string;
  readonly digits: readonly number[];
  /** fast.ai's data set, and what its folders of training and of test pictures are called. */
  readonly url: string;
  readonly folders: readonly [train: string, valid: string];
  /** The net that the page offers trained. */
  readonly net: NetName;
  readonly epochs: number;
  readonly lr: number;
}

export const tasks: Readonly<Record<TaskName, Task>> = {
  three_or_seven: {
    title: '3 or 7',
    digits: [3, 7],
    url: URLs.MNIST_SAMPLE,
    folders: ['train', 'valid'],
    net: 'two_layers',
    epochs: 3,
    lr: 0.01,
  },
  digits: {
    title: 'Ten digits',
    digits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    url: URLs.MNIST,
    folders: ['training', 'testing'],
    net: 'convolutions',
    epochs: 1,
    lr: 0.01,
  },
};
export const taskNames = Object.keys(tasks) as TaskName[];

export type NetName = 'linear' | 'two_layers' | 'convolutions';
export interface Net {
  readonly title: string;
  /** A net with its first weights, which makes one number for each class of pictures [N, 1, 28, 28]. */
  make(classes: number): AnyModule;
}

export const nets: Readonly<Record<NetName, Net>> = {
  linear: {
    title: 'Linear',
    make: (classes) => nn.Sequential(Flatten(), nn.Linear(784, classes)),
  },
  two_layers: {
    title: 'Two layers',
    make: (classes) => nn.Sequential(Flatten(), nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, classes)),
  },
  convolutions: {
    title: 'Convolutions',
    // Chapter 13 of fastbook: each convolution halves the picture, the last one leaves a number for each class.
    make: (classes) =>
      nn.Sequential(
        ConvLayer(1, 8, { ks: 5, stride: 2 }),
        ConvLayer(8, 16, { stride: 2 }),
        ConvLayer(16, 32, { stride: 2 }),
        ConvLayer(32, 64, { stride: 2 }),
        ConvLayer(64, classes, { stride: 2, norm_type: null, act_cls: null }),
        Flatten(),
      ),
  },
};
export const netNames = Object.keys(nets) as NetName[];
