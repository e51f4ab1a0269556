/**
 * Runs the example's own code in a process of its own, because the example uses the built package: two copies of the
 * library in one process would share one addon. Prints what happened as JSON.
 */
import * as torch from 'libtorch-node';

import { digitsFolder } from '../../examples/lib/digits_folder.js';
import {
  batches,
  init_params,
  linear1,
  makeItems,
  pixelSimilarity,
  stackDigits,
  train_model,
} from '../../examples/lib/from_scratch.js';

// The recording was made so; the order of summation depends on it.
torch.set_num_threads(1);
const { path, isMnist, reason } = await digitsFolder();
const digits = stackDigits(path);
const train = makeItems(digits.stacked_threes, digits.stacked_sevens);
const valid = makeItems(digits.valid_3_tens, digits.valid_7_tens);
torch.manual_seed(42);
const weights = init_params([28 * 28, 1]);
const bias = init_params(1);
const init = {
  weights: weights.detach().view(-1).at(':5').tolist(),
  sum: weights.sum().item(),
  bias: bias.item(),
};
const [dl, valid_dl] = [batches(train), batches(valid)];
const before = torch.memory().tensors;
const epochs = train_model(linear1(weights, bias), [weights, bias], dl, valid_dl, { lr: 1, epochs: 20 });
const leaked = torch.memory().tensors - before;
const shapes = [train.x, train.y, valid.x, valid.y].map((tensor) => [...tensor.shape]);
const similarity = pixelSimilarity(digits);
console.log(
  JSON.stringify({ path: String(path), isMnist, reason, shapes, similarity, init, epochs, leaked }),
);
