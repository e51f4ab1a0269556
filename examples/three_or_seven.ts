/**
 * Is it a three or a seven? Chapter 4 of fastbook from the pixels up: a baseline without learning, a linear model and
 * a net of two layers, trained with torch-level code only. Run it with `npm start`.
 */
import * as torch from 'libtorch-node';
import { Path } from 'libtorch-node/fastai';

import { digitsFolder } from './lib/digits_folder.js';
import {
  batches,
  init_params,
  linear1,
  makeItems,
  pixelSimilarity,
  simple_net,
  stackDigits,
  train_model,
} from './lib/from_scratch.js';

let started = performance.now();
function lap(what: string): void {
  const now = performance.now();
  console.log(`   ${what} took ${((now - started) / 1000).toFixed(2)} s\n`);
  started = now;
}
const reportAccuracy = ({ accuracy }: { accuracy: number }) =>
  process.stdout.write(` ${accuracy.toFixed(4)}`);

const { path, isMnist, reason } = await digitsFolder();
if (!isMnist) {
  console.log(`MNIST cannot be had here: ${reason}.`);
  console.log('The digits below are drawn by a program. These figures are NOT those of MNIST.\n');
}
Path.BASE_PATH = path;
console.log(isMnist ? `MNIST_SAMPLE in ${String(path)}` : `Drawn digits in ${String(path)}`);
console.log(path.joinpath('train', '3').ls().sorted());
lap('Finding the pictures');

const digits = stackDigits(path);
console.log('threes', digits.stacked_threes.shape, 'sevens', digits.stacked_sevens.shape);
const train = makeItems(digits.stacked_threes, digits.stacked_sevens);
const valid = makeItems(digits.valid_3_tens, digits.valid_7_tens);
console.log('train', train.x.shape, train.y.shape, 'valid', valid.x.shape, valid.y.shape);
const [dl, valid_dl] = [batches(train), batches(valid)];
lap('Reading and stacking them');

const similarity = pixelSimilarity(digits);
console.log('Pixel similarity, nothing learnt: threes, sevens and their mean');
console.log(` ${[similarity.threes, similarity.sevens, similarity.mean].map((a) => a.toFixed(4)).join(' ')}`);
lap('Comparing with the mean pictures');

torch.manual_seed(42);
const weights = init_params([28 * 28, 1]);
const bias = init_params(1);
console.log('Linear model, 20 epochs, learning rate 1: accuracy after each');
train_model(linear1(weights, bias), [weights, bias], dl, valid_dl, {
  lr: 1,
  epochs: 20,
  report: reportAccuracy,
});
console.log();
lap('Training it');

torch.manual_seed(42);
// With the linear model's spread of 1 a layer of 784 inputs would start far out on the sigmoid's flat ends, and learn
// less than the linear model does. Divided by the root of the inputs, sums stay about as large as their terms.
const [w1, b1] = [init_params([28 * 28, 30], 784 ** -0.5), init_params(30, 784 ** -0.5)];
const [w2, b2] = [init_params([30, 1], 30 ** -0.5), init_params(1, 30 ** -0.5)];
console.log('Net of two layers, 40 epochs, learning rate 0.1: accuracy after each');
train_model(simple_net(w1, b1, w2, b2), [w1, b1, w2, b2], dl, valid_dl, {
  lr: 0.1,
  epochs: 40,
  report: reportAccuracy,
});
console.log();
lap('Training it');

const models = Path('models');
models.mkdir({ exist_ok: true });
const file = models.joinpath('three_or_seven.safetensors').absolute();
torch.save_safetensors({ 'linear.weights': weights, 'linear.bias': bias, w1, b1, w2, b2 }, file, {
  metadata: { data: isMnist ? 'MNIST_SAMPLE' : 'drawn digits' },
});
console.log(`The weights of both are in ${String(file)}`);
