import { expect } from 'chai';

import {
  DataLoader,
  DataLoaders,
  Datasets,
  Learner,
  Path,
  SGD,
  TfmdDL,
  torch,
  Transform,
  type Tensor,
} from '../../../ts/fastai/index.js';
import { default_collate_fn_map } from '../../../ts/torch/utils/data/_utils/collate.js';
import { live } from '../../support/live.js';
import { message, thrown } from '../../support/thrown.js';

const { nn } = torch;
const data = torch.utils.data;
const points = (n: number) =>
  Array.from({ length: n }, (_, i): [Tensor, Tensor] => [torch.tensor([i]), torch.tensor([2 * i])]);
class Tenfold extends Transform {
  override encodes(x: Tensor): Tensor {
    return x.mul(10);
  }
}

describe('fastai DataLoaders', () => {
  it("the book's DataLoaders(dl, valid_dl)", () => {
    const dl = DataLoader(points(6), { bs: 2 });
    const valid_dl = DataLoader(points(3), { bs: 2 });
    const dls = DataLoaders(dl, valid_dl);
    expect([dls.train, dls.valid, dls.at(0), dls.at(-1), dls.length]).to.deep.equal([
      dl,
      valid_dl,
      dl,
      valid_dl,
      2,
    ]);
    expect([...dls]).to.deep.equal([dl, valid_dl]);
    expect([dls.train_ds, dls.valid_ds]).to.deep.equal([dl.dataset, valid_dl.dataset]);
    expect([dls.bs, String(dls.path), dls.device]).to.deep.equal([2, '.', null]);
    expect((dls.one_batch() as Tensor[]).map((t) => t.tolist())).to.deep.equal([
      [[0], [1]],
      [[0], [2]],
    ]);
    expect(String(dls)).to.equal('DataLoaders(6, 3 items)');
  });
  it('asks the training loader, then its dataset, for what it has not', () => {
    const dsets = Datasets(['a', 'b', 'a', 'b'], {
      tfms: [[]],
      splits: [
        [0, 1],
        [2, 3],
      ],
    });
    const dls = DataLoaders.from_dsets(Object.assign(points(4), { vocab: ['x', 'y'], c: 2 }), points(2), {
      bs: 2,
    });
    expect([dls.vocab, dls.c]).to.deep.equal([['x', 'y'], 2]);
    expect(DataLoaders(DataLoader(dsets.train, { bs: 1 })).vocab).to.equal(undefined);
    expect([dls.train.shuffle, dls.valid.shuffle, dls.train.drop_last, dls.valid.drop_last]).to.deep.equal([
      true,
      false,
      true,
      false,
    ]);
    const plain = DataLoaders.from_dsets(points(3), points(2), {
      bs: 2,
      shuffle: [false, true],
      drop_last: false,
      path: 'here',
    });
    expect([plain.train.shuffle, plain.valid.shuffle, plain.train.length, String(plain.path)]).to.deep.equal([
      false,
      true,
      2,
      'here',
    ]);
  });
  it('says what is wrong', () => {
    expect(message(() => DataLoaders(3))).to.contain('every loader must give batches; number does not');
    expect(thrown(() => DataLoaders([], { paht: 'x' }))).to.be.instanceOf(torch.ArgumentError);
    const dls = DataLoaders(DataLoader(points(2), { bs: 1 }));
    expect(dls.valid).to.equal(null);
    expect(message(() => dls.show_batch())).to.contain('has no transforms to undo');
    expect(
      message(() => {
        dls.add_tfms([Tenfold], 'after_item');
      }),
    ).to.contain('loader 0 has no pipelines');
    expect(
      message(() => {
        dls.add_tfms([Tenfold], 'after_fit');
      }),
    ).to.contain("no event 'after_fit'");
  });
  it('adds transforms to some loaders or all', () => {
    const dls = DataLoaders(TfmdDL(points(2), { bs: 2 }), TfmdDL(points(2), { bs: 2 }));
    dls.add_tfms([Tenfold], 'after_batch', 1);
    expect(
      [dls.train, dls.valid].map((dl: TfmdDL) => (dl.one_batch() as Tensor[])[0]!.tolist()),
    ).to.deep.equal([
      [[0], [1]],
      [[0], [10]],
    ]);
    dls.add_tfms([Tenfold], 'after_item');
    expect((dls.valid.one_batch() as Tensor[])[0]!.tolist()).to.deep.equal([[0], [100]]);
  });
  it('goes to a device', () => {
    const dls = DataLoaders(DataLoader(points(2), { bs: 1 }), DataLoader(points(2), { bs: 1 }), {
      device: 'cpu',
    });
    expect([dls.device, dls.train.device, dls.valid.device].map(String)).to.deep.equal(['cpu', 'cpu', 'cpu']);
    expect(String(dls.to('cpu').cpu().device)).to.equal('cpu');
  });
  it('without items keeps its loaders and path', () => {
    const dls = DataLoaders(
      TfmdDL(points(2), { bs: 1, after_batch: Tenfold }),
      DataLoader(points(2), { bs: 2 }),
      data.DataLoader(points(2)),
      { path: 'p' },
    );
    const empty = dls.new_empty();
    expect(empty.loaders.map((dl: { length: number }) => dl.length)).to.deep.equal([0, 0, 0]);
    expect(String(empty.path)).to.equal(String(Path('p')));
    expect(empty.train.after_batch.fs[0]).to.be.instanceOf(Tenfold);
    expect(dls.train.length).to.equal(2);
  });

  describe("torch's DataLoader", () => {
    const dataset = () =>
      data.TensorDataset(torch.arange(8).float().unsqueeze(1), torch.arange(8).float().unsqueeze(1));

    it('is taken as it is', async () => {
      const dls = DataLoaders(
        data.DataLoader(dataset(), { batch_size: 4 }),
        data.DataLoader(dataset(), { batch_size: 8 }),
      );
      expect([dls.bs, dls.train.length, dls.valid.length]).to.deep.equal([4, 2, 1]);
      expect((dls.one_batch() as Tensor[])[0]!.shape).to.deep.equal([4, 1]);
      const learn = Learner(dls, nn.Linear(1, 1), {
        loss_func: nn.functional.mse_loss,
        opt_func: SGD,
        lr: 0.01,
      });
      await learn.no_logging(() => learn.no_mbar(() => learn.fit(2)));
      const [first, last] = [learn.recorder.values[0]![0], learn.recorder.values[1]![0]] as number[];
      expect(last).to.be.lessThan(first!);
    });
    it('owns its batches where default_collate makes them', () => {
      const owns = (options: object, samples: unknown = dataset()) =>
        data.DataLoader(samples as [], options).ownsBatches;
      expect(owns({ batch_size: 2 })).to.equal(true);
      expect(owns({ batch_size: 2 }, points(4))).to.equal(true);
      expect(owns({ batch_size: null }), 'samples themselves').to.equal(false);
      expect(owns({ batch_size: 2, collate_fn: (samples: unknown[]) => samples[0] })).to.equal(false);
      class Word {}
      default_collate_fn_map.set(Word, (batch: readonly never[]) => batch[0]);
      try {
        expect(owns({ batch_size: 2 })).to.equal(false);
      } finally {
        default_collate_fn_map.delete(Word);
      }
    });
    it('a fit leaves no garbage, and the data as they were', async () => {
      const held = dataset();
      const samples = points(8);
      for (const source of [held, samples] as [][]) {
        const dls = DataLoaders(
          data.DataLoader(source, { batch_size: 2 }),
          data.DataLoader(source, { batch_size: 4 }),
        );
        const learn = Learner(dls, nn.Linear(1, 1), {
          loss_func: nn.functional.mse_loss,
          opt_func: SGD,
          lr: 0.01,
        });
        const fit = () => learn.no_logging(() => learn.no_mbar(() => learn.fit(1)));
        await fit();
        // Without what other tests have left, which might be collected meanwhile.
        const before = live();
        await fit();
        await fit();
        expect(torch.memory().tensors - before).to.equal(0);
      }
      expect(samples[7]![1].item()).to.equal(14);
      expect(held.tensors[0].sum().item()).to.equal(28);
    });
  });
});
