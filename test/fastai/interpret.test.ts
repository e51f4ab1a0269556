/** Confusion matrix, most confused classes, top losses and the report, from predictions that are known beforehand. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { ClassificationInterpretation, Interpretation } from '../../ts/fastai/interpret.js';
import { Learner } from '../../ts/fastai/learner.js';
import { CrossEntropyLossFlat } from '../../ts/fastai/losses.js';
import { Lambda } from '../../ts/fastai/layers.js';

const { DataLoader, TensorDataset } = torch.utils.data;
const targets = [0, 0, 0, 1, 1, 1, 1, 2, 2];
const guesses = [0, 1, 1, 1, 1, 2, 1, 2, 0];
/** How sure each guess is. */
const surety = [1, 2, 3, 1, 2, 4, 3, 1, 5];

function learner(loss_func: any, vocab: string[] | null = ['a', 'b', 'c']): Learner {
  const x = torch.nn.functional
    .one_hot(torch.tensor(guesses).to(torch.int64), 3)
    .mul(torch.tensor(surety).unsqueeze(1));
  const dl = DataLoader(TensorDataset(x, torch.tensor(targets).to(torch.int64)), { batch_size: 4 });
  return Learner(
    { train: dl, valid: dl, ...(vocab ? { vocab } : {}) },
    Lambda((t: torch.Tensor) => t),
    {
      loss_func,
    },
  );
}

describe('ClassificationInterpretation', () => {
  it('counts what was taken for what', async () => {
    for (const loss of [CrossEntropyLossFlat(), torch.nn.functional.cross_entropy]) {
      const interp = await ClassificationInterpretation.from_learner(learner(loss));
      expect(interp).to.be.instanceOf(ClassificationInterpretation);
      expect(interp.confusion_matrix()).to.deep.equal([
        [1, 2, 0],
        [0, 3, 1],
        [1, 0, 1],
      ]);
      expect(interp.most_confused()).to.deep.equal([
        ['a', 'b', 2],
        ['b', 'c', 1],
        ['c', 'a', 1],
      ]);
      expect(interp.most_confused(2)).to.deep.equal([['a', 'b', 2]]);
    }
    const unnamed = await ClassificationInterpretation.from_learner(learner(CrossEntropyLossFlat(), null));
    expect(unnamed.most_confused(2)).to.deep.equal([[0, 1, 2]]);
  });

  it('finds the largest and smallest losses', async () => {
    const interp = await Interpretation.from_learner(learner(CrossEntropyLossFlat()));
    // A wrong guess costs log(2 + e^s), a right one that minus s.
    const expected = guesses.map(
      (guess, i) => Math.log(2 + Math.exp(surety[i]!)) - (guess === targets[i] ? surety[i]! : 0),
    );
    const order = expected.map((_, i) => i).sort((a, b) => expected[b]! - expected[a]!);
    const [losses, idxs] = interp.top_losses(3);
    expect(idxs.tolist()).to.deep.equal(order.slice(0, 3));
    (losses.tolist() as number[]).forEach((loss, i) => {
      expect(loss).to.be.closeTo(expected[order[i]!]!, 1e-5);
    });
    expect(interp.top_losses(1, { largest: false })[1].tolist()).to.deep.equal([order.at(-1)]);
    expect(interp.top_losses()[0].shape).to.deep.equal([9]);
    expect(interp.top_losses(100)[0].shape).to.deep.equal([9]);
  });

  it('prints a report', async () => {
    const interp = await ClassificationInterpretation.from_learner(learner(CrossEntropyLossFlat()));
    expect(interp.classification_report()).to.equal(
      [
        '              precision    recall  f1-score   support',
        '',
        '           a       0.50      0.33      0.40         3',
        '           b       0.60      0.75      0.67         4',
        '           c       0.50      0.50      0.50         2',
        '',
        '    accuracy                           0.56         9',
        '   macro avg       0.53      0.53      0.52         9',
        'weighted avg       0.54      0.56      0.54         9',
        '',
      ].join('\n'),
    );
  });

  it('draws', async () => {
    const interp = await ClassificationInterpretation.from_learner(learner(CrossEntropyLossFlat()));
    expect(interp.plot_confusion_matrix({ normalize: true })).to.be.an('object');
  });

  it('says what it cannot do', async () => {
    const failure = async (options: object): Promise<unknown> =>
      Interpretation.from_learner(learner(CrossEntropyLossFlat()), options).catch((error: unknown) => error);
    expect(await failure({ ds_idx: 5 })).to.be.instanceOf(torch.ArgumentError);
    expect(await failure({ ds_index: 1 })).to.be.instanceOf(torch.ArgumentError);
  });
});
