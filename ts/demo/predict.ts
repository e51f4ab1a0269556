/** What a model says of pictures. */
import { from_numpy, no_grad, tidy, type Tensor } from '../torch/index.js';
import type { AnyModule } from '../torch/nn/index.js';
import type { Part } from './pictures.js';

/** Probabilities of all classes for pictures uint8 [N, 1, 28, 28]; the model may be in the middle of its training. */
export function probabilities(model: AnyModule, pictures: Tensor): number[][] {
  const { training } = model;
  // Otherwise the drawing would change what BatchNorm has learnt of the training pictures.
  model.eval();
  try {
    return tidy(() =>
      no_grad(() => (model(pictures.float().div(255)) as Tensor).softmax(1).tolist() as number[][]),
    );
  } finally {
    model.train(training);
  }
}

/** Probabilities for one picture of 784 bytes. */
export function probabilitiesOf(model: AnyModule, pixels: Uint8Array): number[] {
  return tidy(() => probabilities(model, from_numpy(pixels.slice()).view(1, 1, 28, 28)))[0]!;
}

export interface Sample {
  /** 784 bytes in base64. */
  pixels: string;
  truth: number;
  guess: number;
  probability: number;
}

/** What the model says of some pictures of a part, by their numbers. Classes are their places, not their digits. */
export function sample(model: AnyModule, { x, y }: Part, rows: readonly number[]): Sample[] {
  return tidy(() => {
    const index = from_numpy(BigInt64Array.from(rows, BigInt));
    const pictures = x.index_select(0, index);
    const truths = y.index_select(0, index).tolist() as number[];
    const bytes = pictures.toTypedArray() as Uint8Array;
    return probabilities(model, pictures).map((p, i): Sample => {
      const probability = Math.max(...p);
      const pixels = Buffer.from(bytes.subarray(i * 784, (i + 1) * 784)).toString('base64');
      return { pixels, truth: truths[i]!, guess: p.indexOf(probability), probability };
    });
  });
}
