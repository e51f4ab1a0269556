/** Chapter 4's data and functions, as the recorded fits had them: test/fastai/fixtures/README.md. */
import * as torch from '../../ts/index.js';
import type { Tensor } from '../../ts/index.js';
import { DataLoaders, Learner, SGD } from '../../ts/fastai/index.js';
import type { LearnerOptions } from '../../ts/fastai/learner.js';
import { readImages } from '../../ts/torchvision/io/index.js';
import { mnistSample } from './mnist.js';

const { nn } = torch;
const { DataLoader, TensorDataset } = torch.utils.data;

export function mnist_loss(predictions: Tensor, targets: Tensor): Tensor {
  const p = predictions.sigmoid();
  return torch.where(targets.eq(1), torch.rsub(p, 1), p).mean();
}
export function batch_accuracy(xb: Tensor, yb: Tensor): Tensor {
  return xb.sigmoid().gt(0.5).eq(yb).float().mean();
}

/** Threes (1) and sevens (0) in the order of their file names, batches of 256, not shuffled. */
export async function chapter4(test: Mocha.Context): Promise<DataLoaders> {
  const path = await mnistSample(test);
  const loader = (part: string) => {
    const [threes, sevens] = ['3', '7'].map((digit) =>
      readImages(path.joinpath(part, digit).ls().sorted()).float().div(255).view(-1, 784),
    ) as [Tensor, Tensor];
    const y = torch.cat([torch.ones([threes.length, 1]), torch.zeros([sevens.length, 1])]);
    return DataLoader(TensorDataset(torch.cat([threes, sevens]), y), { batch_size: 256 });
  };
  return DataLoaders(loader('train'), loader('valid'));
}
export function linear_learner(dls: DataLoaders, options: LearnerOptions = {}): Learner {
  torch.manual_seed(42);
  return Learner(dls, nn.Linear(784, 1), {
    opt_func: SGD,
    loss_func: mnist_loss,
    metrics: batch_accuracy,
    ...options,
  });
}
export function simple_learner(dls: DataLoaders, options: LearnerOptions = {}): Learner {
  torch.manual_seed(42);
  const simple_net = nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 1));
  return Learner(dls, simple_net, {
    opt_func: SGD,
    loss_func: mnist_loss,
    metrics: batch_accuracy,
    ...options,
  });
}
