import { expect } from 'chai';

import { L } from '../../../ts/fastcore/index.js';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import {
  Categorize,
  CategoryMap,
  EncodedMultiCategorize,
  get_c,
  MultiCategorize,
  OneHotEncode,
  RegressionSetup,
} from '../../../ts/fastai/data/categories.js';
import { IntToFloatTensor, Normalize, ToTensor } from '../../../ts/fastai/data/normalize.js';
import {
  as_subclass,
  TensorCategory,
  TensorImage,
  TensorImageBW,
  TensorMask,
  TensorMultiCategory,
} from '../../../ts/fastai/tensor_types.js';
import { PILImage, PILImageBW } from '../../../ts/fastai/vision/core.js';

const code = (t: unknown) => (t as Tensor).tolist();

describe('CategoryMap', () => {
  it('holds each label once, sorted, with the way back', () => {
    const vocab = CategoryMap(['7', '3', '7', '10']);
    expect([...vocab]).to.deep.equal(['10', '3', '7']);
    expect(vocab.repr()).to.equal("(#3) ['10','3','7']");
    expect([vocab[1], vocab.o2i.get('7'), vocab.length]).to.deep.equal(['3', 2, 3]);
    expect(vocab).to.be.instanceOf(L);
    expect([...CategoryMap(['b', 'a'], { sort: false })]).to.deep.equal(['b', 'a']);
    const na = CategoryMap([2, 1], { add_na: true });
    expect([[...na], na.o2i.get(9), na.o2i.get(2)]).to.deep.equal([['#na#', 1, 2], 0, 2]);
    expect([...CategoryMap([3, NaN, 1])]).to.deep.equal([1, 3]);
    expect([...vocab.map_ids([2, 0])]).to.deep.equal(['7', '10']);
    expect([...vocab.map_objs(['3', '7'])]).to.deep.equal([1, 2]);
    expect([vocab.equals(['10', '3', '7']), vocab.equals(['10', '3'])]).to.deep.equal([true, false]);
    expect(() => CategoryMap([1, 'a'])).to.throw('not supported between');
  });
});

describe('Categorize and its relatives', () => {
  it('learns the vocabulary from items, and goes there and back', () => {
    const tfm = Categorize();
    expect(() => tfm('3')).to.throw('has not been set up');
    tfm.setup(['7', '3', '3']);
    expect([[...tfm.vocab!], tfm.c]).to.deep.equal([['3', '7'], 2]);
    const encoded = tfm('7') as Tensor;
    expect([encoded instanceof TensorCategory, String(encoded), String(encoded.dtype)]).to.deep.equal([
      true,
      'tensor(1)',
      'torch.int64',
    ]);
    expect(tfm.decode(encoded)).to.equal('7');
    expect(tfm.decode(torch.tensor(0))).to.equal('3');
    expect(() => tfm('8')).to.throw("Label '8' was not included in the training dataset");
    expect(() => tfm.decode(torch.tensor(5))).to.throw("no label 5 among (#2) ['3','7']");
    const given = Categorize({ vocab: ['b', 'a'], sort: false });
    given.setup(['x']);
    expect([code(given('b')), given.c]).to.deep.equal([0, 2]);
    expect(code(Categorize(['b', 'a'])('b'))).to.equal(1);
    expect(code(Categorize({ vocab: ['a'], add_na: true })('new'))).to.equal(0);
    expect(typeof tfm.loss_func).to.equal('function');
    expect(() => Categorize({ vocabulary: [] } as never)).to.throw("unknown option 'vocabulary'");
  });

  it('several labels for an item: places, then flags', () => {
    const tfm = MultiCategorize();
    tfm.setup([['b', 'a'], ['c'], []]);
    expect([...tfm.vocab!]).to.deep.equal(['a', 'b', 'c']);
    expect(code(tfm(['c', 'a']))).to.deep.equal([2, 0]);
    const places = tfm(L(['c', 'a'])) as Tensor;
    expect([places instanceof TensorMultiCategory, code(places)]).to.deep.equal([true, [2, 0]]);
    expect(tfm.decode(places)).to.deep.equal(L(['c', 'a']));
    const flags = OneHotEncode(3)(places) as Tensor;
    expect([code(flags), String(flags.dtype), flags instanceof TensorMultiCategory]).to.deep.equal([
      [1, 0, 1],
      'torch.float32',
      true,
    ]);
    expect(tfm.decode(OneHotEncode(3).decode(flags))).to.deep.equal(L(['a', 'c']));
    const inferred = OneHotEncode();
    inferred.setup({ vocab: ['a', 'b'] });
    expect(inferred.c).to.equal(2);
    expect(() => OneHotEncode().setup([])).to.throw("couldn't infer the number of classes");
    const encoded = EncodedMultiCategorize(['x', 'y']);
    expect(code(encoded([0, 1]))).to.deep.equal([0, 1]);
    expect(encoded.decode(torch.tensor([0, 1]))).to.deep.equal(L(['y']));
  });

  it('numbers to be predicted', () => {
    const one = RegressionSetup();
    one.setup([1.5, 2]);
    expect([one.c, code(one(2)), String((one(2) as Tensor).dtype)]).to.deep.equal([1, 2, 'torch.float32']);
    const two = RegressionSetup();
    two.setup([[1, 2]]);
    expect([two.c, code(two([1, 2])), two.decode(torch.tensor([1, 2]))]).to.deep.equal([2, [1, 2], [1, 2]]);
    expect(RegressionSetup({ c: 4 }).c).to.equal(4);
  });

  it('get_c', () => {
    expect(get_c({ c: 5 })).to.equal(5);
    expect(get_c({ train: { after_item: { c: 3 } } })).to.equal(3);
    expect(get_c({ vocab: ['a', 'b'] })).to.equal(2);
    expect(get_c({ vocab: [['x'], ['a', 'b', 'c']] })).to.equal(3);
    expect(get_c({})).to.equal(0);
  });
});

describe('transforms of batches', () => {
  const image = () =>
    as_subclass(
      torch
        .tensor([
          [
            [0, 255],
            [51, 102],
          ],
        ])
        .to(torch.uint8),
      TensorImage,
    );

  it('ToTensor', () => {
    const color = PILImage.create(torch.arange(12).view(2, 2, 3).to(torch.uint8));
    const [x, y] = ToTensor()([color, 'label']) as [Tensor, string];
    expect([x instanceof TensorImage, [...x.shape], y]).to.deep.equal([true, [3, 2, 2], 'label']);
    const grey = ToTensor()(PILImageBW.create(torch.zeros(2, 2))) as Tensor;
    expect([grey instanceof TensorImageBW, [...grey.shape]]).to.deep.equal([true, [1, 2, 2]]);
  });

  it('IntToFloatTensor divides pictures and leaves labels alone', () => {
    const label = as_subclass(torch.tensor(3n), TensorCategory);
    const [x, y] = IntToFloatTensor()([image(), label]) as [Tensor, Tensor];
    expect(x instanceof TensorImage).to.equal(true);
    expect(
      torch.allclose(
        x,
        torch.tensor([
          [
            [0, 1],
            [0.2, 0.4],
          ],
        ]),
      ),
    ).to.equal(true);
    expect(y).to.equal(label);
    expect(code(IntToFloatTensor().decode(x))).to.deep.equal([
      [
        [0, 255],
        [51, 102],
      ],
    ]);
    const floats = as_subclass(torch.tensor([[[51.0]]]), TensorImage);
    IntToFloatTensor()(floats);
    expect(code(floats)).to.deep.equal([[[51]]]);
    const mask = as_subclass(torch.tensor([[0, 255]]).to(torch.uint8), TensorMask);
    expect(code(IntToFloatTensor({ div_mask: 255 })(mask))).to.deep.equal([[0, 1]]);
  });

  it('Normalize takes the statistics of a batch, or known ones', () => {
    torch.manual_seed(0);
    const x = as_subclass(torch.rand(8, 3, 5, 5), TensorImage);
    const batch = [x.clone(), torch.zeros(8)];
    const tfm = Normalize();
    expect(() => tfm.setup(null)).to.throw('needs a DataLoader');
    tfm.setup({ one_batch: () => batch });
    expect([...tfm.mean!.shape]).to.deep.equal([1, 3, 1, 1]);
    expect(torch.allclose(tfm.mean!, x.mean([0, 2, 3], { keepdim: true }))).to.equal(true);
    expect(
      torch.allclose(tfm.std!, x.std([0, 2, 3], { keepdim: true }).add(1e-7), { rtol: 0, atol: 1e-8 }),
    ).to.equal(true);
    const y = tfm(x) as Tensor;
    expect(y instanceof TensorImage).to.equal(true);
    expect(Math.abs(y.mean().item<number>())).to.be.below(1e-5);
    expect(y.std([0, 2, 3]).tolist()).to.satisfy((stds: number[]) =>
      stds.every((s) => Math.abs(s - 1) < 1e-5),
    );
    expect(torch.allclose(tfm.decode(y) as Tensor, x, { atol: 1e-6 })).to.equal(true);
    const known = Normalize.from_stats([0.5], [0.25]);
    expect([...known.mean!.shape]).to.deep.equal([1, 1, 1, 1]);
    expect(code(known(as_subclass(torch.ones(1, 1, 1, 1), TensorImage)))).to.deep.equal([[[[2]]]]);
    expect(code(known(torch.ones(1)))).to.deep.equal([1]);
    expect(known.parameters).to.deep.equal(['mean', 'std']);
  });

  it('leaves no tensors behind', () => {
    const tfm = Normalize.from_stats([0.5], [0.25]);
    const x = as_subclass(torch.rand(1, 1, 9, 9), TensorImage);
    const before = torch.memory().tensors;
    for (let i = 0; i < 10; i++) {
      const float = IntToFloatTensor()(x) as Tensor;
      const y = tfm(float) as Tensor;
      const back = tfm.decode(y) as Tensor;
      for (const t of [float, y, back]) t.dispose();
    }
    expect(torch.memory().tensors).to.equal(before);
  });
});
