/** Another program: reads an exported learner and prints what it says of a picture, and the labels it knows. */
import { load_learner, type DataLoaders, type Tensor } from '../../../ts/fastai/index.js';

const [file, picture] = process.argv.slice(2) as [string, string];
const learn = load_learner(file);
const [label, , probabilities] = (await learn.predict(picture)) as [string, Tensor, Tensor];
const { vocab } = learn.dls as unknown as DataLoaders;
console.log(JSON.stringify([label, probabilities.tolist(), [...(vocab as string[])]]));
