import { expect } from 'chai';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import {
  aug_transforms,
  Callback,
  CastToTensor,
  DataLoaders,
  ImageDataLoaders,
  Learner,
  random,
  set_seed,
  TensorImage,
  torch,
  writeDrawnDigits,
  type Tensor,
} from '../../../ts/fastai/index.js';
import { rejected } from '../../support/thrown.js';

const { nn } = torch;
const F = nn.functional;

describe('learn.tta', () => {
  let root: string;
  let learn: Learner;
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'tta-'));
    writeDrawnDigits(root, { digits: [3, 7], train: 8, valid: 6, seed: 1 });
    set_seed(42);
    const dls = ImageDataLoaders.from_folder(root, { bs: 5, batch_tfms: aug_transforms({ size: 14 }) });
    const model = nn.Sequential(nn.Conv2d(3, 4, 3, { stride: 4 }), nn.Flatten(), nn.Linear(4 * 9, 2));
    learn = Learner(dls, model, { loss_func: F.cross_entropy });
  });
  after(() => {
    fs.rmSync(root, { recursive: true });
  });
  const seeded = <T>(run: () => T): T => {
    set_seed(7);
    return run();
  };
  /** What it is made of: passes as in training, and one as in validation. */
  async function views(n: number): Promise<{ augmented: Tensor[]; plain: Tensor; targs: Tensor }> {
    const { valid } = learn.dls as unknown as DataLoaders;
    const dl = valid.new({ shuffle: false, drop_last: false });
    const augmented: Tensor[] = [];
    for (let i = 0; i < n; i++) {
      const get = () => learn.get_preds({ dl, inner: true });
      augmented.push(((await dl.dataset.set_split_idx(0, get)) as Tensor[])[0]!);
    }
    const [plain, targs] = (await learn.get_preds({ dl, inner: true })) as [Tensor, Tensor];
    return { augmented, plain, targs };
  }

  it('is the mean of augmented passes, and of one without', async () => {
    const { augmented, plain, targs } = await seeded(() => views(4));
    expect(torch.equal(augmented[0]!, augmented[1]!)).to.equal(false);
    const mean = torch.stack(augmented).mean(0);
    const [preds, same] = (await seeded(() => learn.tta())) as [Tensor, Tensor];
    expect(preds.shape).to.deep.equal([12, 2]);
    expect(torch.equal(preds, mean.lerp(plain, 0.25))).to.equal(true);
    expect(torch.equal(same, targs)).to.equal(true);
    const [both] = (await seeded(() => learn.tta({ beta: null }))) as [[Tensor, Tensor], Tensor];
    expect([torch.equal(both[0], mean), torch.equal(both[1], plain)]).to.deep.equal([true, true]);
    const [most] = (await seeded(() => learn.tta({ use_max: true }))) as [Tensor, Tensor];
    expect(torch.equal(most, torch.stack([...augmented, plain]).amax(0))).to.equal(true);
  });
  it('of another set, in another number, with other transforms', async () => {
    const [preds] = (await learn.tta(0, { n: 1, beta: 1 })) as [Tensor, Tensor];
    expect(preds.shape[0]).to.equal(16);
    const { augmented } = await seeded(() => views(2));
    const [two] = (await seeded(() => learn.tta({ n: 2, beta: 0 }))) as [Tensor, Tensor];
    expect(torch.allclose(two, torch.stack(augmented).mean(0))).to.equal(true);
    const batch_tfms = [
      (x: unknown) => (x instanceof TensorImage ? x.float().div(255).at('...', ':14', ':14') : x),
    ];
    const [still] = (await learn.tta({ batch_tfms, beta: null })) as [[Tensor, Tensor], Tensor];
    expect(torch.allclose(still[0], still[1])).to.equal(true);
  });
  it('leaves the data as they were, no tensors, and says what it cannot do', async () => {
    const { valid } = learn.dls as unknown as DataLoaders;
    const split = valid.dataset.split_idx as number;
    const free = (all: unknown[]) => {
      for (const t of all.flat()) (t as Tensor).dispose();
    };
    free(await learn.tta());
    const before = torch.memory({ collect: true }).tensors;
    free(await learn.tta());
    expect(torch.memory({ collect: true }).tensors).to.be.at.most(before + 3);
    expect(valid.dataset.split_idx).to.equal(split);
    const reason = async (run: Promise<unknown>) => ((await rejected(run)) as Error).message;
    expect(await reason(learn.tta({ n: 0 }))).to.include('n must be a whole number');
    expect(await reason(learn.tta({ passes: 3 } as never))).to.include("unknown option 'passes'");
    const plain = Learner({ train: [], valid: [] }, nn.Linear(1, 1), { loss_func: F.mse_loss });
    expect(await reason(plain.tta())).to.include('the data need transforms of their own');
  });

  it('CastToTensor: models get plain tensors, and what shows batches sees their kind', async () => {
    const kinds: string[] = [];
    const see = (when: string) => {
      class See extends Callback {
        override order = when === 'before' ? 8 : 10;
        override before_batch(): void {
          kinds.push(
            `${when} ${(this.xb[0] as Tensor).constructor.name} ${(this.yb[0] as Tensor).constructor.name}`,
          );
        }
      }
      return new See();
    };
    const [x, y] = (learn.dls as unknown as DataLoaders).one_batch() as [Tensor, Tensor];
    await learn.get_preds({
      dl: Object.assign([[x, y]], { ownsBatches: false }),
      cbs: [see('before'), see('after')],
    });
    expect(kinds).to.deep.equal(['before TensorImage TensorCategory', 'after Tensor Tensor']);
    expect([x.constructor.name, y.constructor.name]).to.deep.equal(['TensorImage', 'TensorCategory']);
    expect(learn.cbs.map(String).slice(0, 4)).to.deep.equal([
      ...['TrainEvalCallback', 'Recorder', 'CastToTensor', 'ProgressCallback'],
    ]);
    expect(String((learn as unknown as Record<string, unknown>)['cast_to_tensor'])).to.equal('CastToTensor');
    learn.remove_cb(CastToTensor);
    kinds.length = 0;
    await learn.get_preds({ dl: [[x, y]] as never, cbs: see('after') });
    expect(kinds).to.deep.equal(['after TensorImage TensorCategory']);
    random.seed(0);
  });
});
