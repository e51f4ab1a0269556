/** A program that leaves a loader with workers in the middle of a pass. */
import * as torch from '../../../../ts/torch/index.js';
import { Scaled } from './worker_datasets.js';

const iterator = torch.utils.data.DataLoader(new Scaled(1000, 1), { num_workers: 2 })[Symbol.asyncIterator]();
const { value } = (await iterator.next()) as { value: { value: torch.Tensor } };
console.log('first', value.value.item());
