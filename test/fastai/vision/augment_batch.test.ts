import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { Pipeline } from '../../../ts/fastcore/pipeline.js';
import { random } from '../../../ts/fastcore/random.js';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { as_subclass, TensorImage, TensorMask } from '../../../ts/fastai/tensor_types.js';
import {
  aug_transforms,
  Brightness,
  Contrast,
  DeterministicDihedral,
  DeterministicDraw,
  DeterministicFlip,
  Dihedral,
  DihedralItem,
  Flip,
  FlipItem,
  Hue,
  RandomErasing,
  RandomResizedCropGPU,
  Rotate,
  Saturation,
  setup_aug_tfms,
  Warp,
  Zoom,
} from '../../../ts/fastai/vision/augment.js';

interface Recorded {
  shape: number[];
  size: number[];
  values: number[];
  next: [number, number];
}
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/augment.json', import.meta.url), 'utf8'),
) as Record<string, Recorded>;

/** The recorder's numbers from 0 to 1. */
function series(shape: readonly number[]): TensorImage {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 2003) / 2003);
  return as_subclass(torch.tensor(values).view(...shape), TensorImage);
}
const whole = (tfms: ReturnType<typeof aug_transforms>, split_idx = 0) => Pipeline(tfms, { split_idx });
const maskOf = (x: Tensor) => as_subclass(x.at(':', 0).mul(4).floor().long(), TensorMask);
const train = { split_idx: 0 };

const runs: Record<string, (x: TensorImage) => Tensor> = {
  flip: (x) => Flip()(x, train),
  'flip batch': (x) => Flip({ batch: true })(x, train),
  dihedral: (x) => Dihedral(0.9)(x, train),
  'dihedral batch': (x) => Dihedral({ p: 0.9, batch: true })(x, train),
  rotate: (x) => Rotate(45, 1, { pad_mode: 'zeros' })(x, train),
  'rotate edges': (x) => Rotate({ max_deg: 45, pad_mode: 'border', align_corners: false })(x, train),
  zoom: (x) => Zoom(0.5, 2, 0.8)(x, train),
  'zoom nearest': (x) => Zoom({ max_zoom: 1.5, p: 1, mode: 'nearest' })(x, train),
  warp: (x) => Warp(0.4, 0.8)(x, train),
  brightness: (x) => Brightness(0.6, 0.5)(x, train),
  contrast: (x) => Contrast({ max_lighting: 0.6, p: 0.5 })(x, train),
  saturation: (x) => Saturation(0.6, 0.5)(x, train),
  'saturation batch': (x) => Saturation({ max_lighting: 0.6, p: 0.5, batch: true })(x, train),
  hue: (x) => Hue()(x, train),
  erasing: (x) => RandomErasing(1, 0.2, { max_count: 3 })(x, train),
  'erasing half': (x) => RandomErasing()(x, train),
  crop: (x) => RandomResizedCropGPU([4, 5], { min_scale: 0.3 })(x, train),
  all: (x) => whole(aug_transforms())(x),
  'all batch': (x) => whole(aug_transforms({ batch: true }))(x),
  'all ways': (x) =>
    whole(aug_transforms(2, { flip_vert: true, size: [5, 7], min_zoom: 0.9, max_zoom: 1.3 }))(x),
  'all smaller': (x) => whole(aug_transforms({ size: 8 }))(x),
  'all valid': (x) => whole(aug_transforms({ size: 5 }), 1)(x),
  mask: (x) => (Rotate(30, 1)([x, maskOf(x)], train) as Tensor[])[1]!,
};

describe('transforms of batches', () => {
  for (const [name, { shape, size, values, next }] of Object.entries(recorded))
    it(`gives Python's figures and draws as much: ${name}`, () => {
      const x = series(shape);
      torch.manual_seed(42);
      random.seed(42);
      const got = runs[name]!(x);
      expect([...got.shape]).to.deep.equal(size);
      const off = got
        .flatten()
        .double()
        .sub(torch.tensor(values, { dtype: torch.float64 }))
        .abs()
        .max()
        .item();
      expect(off).to.be.at.most(1e-6);
      expect([torch.rand([]).item(), random.random()]).to.deep.equal(next);
    });
});

describe('what transforms of batches are made of', () => {
  const x = series([4, 3, 4, 6]);
  const close = (a: Tensor, b: Tensor) => torch.allclose(a, b, { atol: 1e-6 });

  it('draws for pictures alone, and leaves everything else as it is', () => {
    const labels = torch.arange(4);
    const plain = torch.rand(4, 3, 4, 6);
    const [pictures, same] = Flip({ p: 1 })([x, labels], train) as [Tensor, Tensor];
    expect(pictures).to.be.instanceOf(TensorImage);
    expect(close(pictures, x.flip(-1))).to.equal(true);
    expect(same).to.equal(labels);
    expect(Flip({ p: 1 })(plain, train)).to.equal(plain);
    const valid = Brightness({ p: 1 })(x, { split_idx: 1 });
    expect(valid).to.equal(x);
  });
  it('takes what is drawn from the caller', () => {
    const way = (draw: number) =>
      Dihedral({ p: 1, draw, align_corners: true })(x.at(':', ':', ':', ':4'), train);
    expect(way(0)).not.to.be.instanceOf(TensorImage);
    const square = as_subclass(x.at(':', ':', ':', ':4').contiguous(), TensorImage);
    for (const k of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const seen = Dihedral({ p: 1, draw: k })(square, train) as Tensor;
      expect(close(seen, square.dihedral(k)), `way ${k}`).to.equal(true);
    }
    const each = Flip({ p: 1, draw: [1, 0, 1, 0] })(x, train) as Tensor;
    expect(close(each.at(0), x.at(0).flip(-1))).to.equal(true);
    expect(close(each.at(1), x.at(1))).to.equal(true);
    const asked = Rotate({ p: 1, draw: (batch) => batch.new_full([4], 90) })(square, train) as Tensor;
    expect(close(asked, torch.rot90(square, -1, [-2, -1]))).to.equal(true);
    const next = DeterministicDraw([1, 2]);
    expect([0, 1, 2].map(() => next(x).at(0).item())).to.deep.equal([1, 2, 1]);
    const flip = DeterministicFlip();
    expect(close(flip(x, train) as Tensor, x)).to.equal(true);
    expect(close(flip(x, train) as Tensor, x.flip(-1))).to.equal(true);
    expect((DeterministicDihedral()(x, train) as Tensor).shape).to.deep.equal(x.shape);
  });
  it('has the same as methods of picture tensors', () => {
    expect(x.flip_lr()).to.be.instanceOf(TensorImage);
    expect(torch.equal(x.flip_lr(), x.flip(-1))).to.equal(true);
    expect(FlipItem(1)(x.at(0), train)).not.to.be.instanceOf(TensorImage);
    expect(FlipItem(1)(x, train)).to.be.instanceOf(TensorImage);
    expect(DihedralItem()(x, train)).to.be.instanceOf(TensorImage);
    for (const [method, tfm] of [
      ['flip_batch', Flip],
      ['dihedral_batch', Dihedral],
      ['rotate', Rotate],
      ['zoom', Zoom],
      ['warp', Warp],
      ['brightness', Brightness],
      ['contrast', Contrast],
      ['saturation', Saturation],
      ['hue', Hue],
    ] as const) {
      torch.manual_seed(7);
      const one = x[method]({ p: 0.5 });
      torch.manual_seed(7);
      expect(torch.equal(one, (tfm as typeof Flip)({ p: 0.5 })(x, train) as Tensor), method).to.equal(true);
      expect(one, method).to.be.instanceOf(TensorImage);
    }
    expect(x.affine_coord()).to.equal(x);
    expect(x.affine_coord({ sz: [2, 3] }).shape.slice(-2)).to.deep.equal([2, 3]);
  });
  it('puts what samples together, and what lights, in this order', () => {
    const tfms = aug_transforms({ xtra_tfms: [RandomErasing(), Zoom(), (t: unknown) => t] });
    expect(tfms.map(String)).to.deep.equal(
      ['Flip', 'Brightness', 'RandomErasing', '<lambda>'].map(() => '').map((_, i) => String(tfms[i])),
    );
    const [affine] = tfms as [ReturnType<typeof Flip>];
    expect([affine.aff_fs.length, affine.coord_fs.length]).to.deep.equal([4, 1]);
    expect(
      aug_transforms({ do_flip: false, max_rotate: 0, max_warp: 0, max_zoom: 1, max_lighting: 0 }),
    ).to.deep.equal([]);
    expect(aug_transforms({ size: 3, min_scale: 0.5 }).map(String)).to.deep.equal([
      'Flip',
      'Brightness',
      'RandomResizedCropGPU',
    ]);
    expect(setup_aug_tfms([])).to.deep.equal([]);
  });
  it('keeps nothing of a batch', () => {
    const run = whole(aug_transforms({ xtra_tfms: [Saturation(), Hue()] }));
    const batch = [x, as_subclass(torch.zeros([4, 4, 6], { dtype: torch.int64 }), TensorMask)];
    torch.tidy(() => void run(batch));
    const before = torch.memory().tensors;
    for (let i = 0; i < 5; i++) torch.tidy(() => void run(batch));
    expect(torch.memory().tensors).to.equal(before);
  });
  it('says what is wrong, by name', () => {
    const wrong: [() => unknown, string][] = [
      [
        () => Rotate({ max_degrees: 3 } as never),
        "Rotate(): unknown option 'max_degrees'; the nearest known ones are 'max_deg'",
      ],
      [() => Flip({ p: 2 }), 'Flip(): p is 2, not from 0 to 1'],
      [() => Flip(0.5, { p: 0.5 }), "Flip(): argument 'p' is given twice"],
      [
        () => Warp({ mode: 'linear' as never }),
        "Warp(): mode 'linear' is none of bilinear, nearest, bicubic",
      ],
      [
        () => Zoom({ pad_mode: 'mirror' as never }),
        "Zoom(): pad_mode 'mirror' is none of zeros, border, reflection",
      ],
      [() => Flip({ size: [3, 0] }), 'Flip(): [3,0] is no size'],
      [() => Zoom({ min_zoom: 2 })(x, train), 'zoom_mat(): min_zoom is 2, more than max_zoom, 1.1'],
      [() => Brightness({ max_lighting: 1 }), 'Brightness(): max_lighting is 1, not from 0 up to 1'],
      [() => Hue({ max_hue: NaN }), 'Hue(): max_hue is NaN, not from 0 up to 1'],
      [() => Flip({ draw: [1] })(x, train), 'draw: 1 values for 4 pictures'],
      [
        () => Flip({ draw: () => torch.ones(3) })(x, train),
        'draw: the function must give a tensor of 4 values',
      ],
      [() => x.dihedral(8), 'dihedral(): 8 is not from 0 to 7'],
      [() => aug_transforms({ min_scale: 0.5 }), 'aug_transforms(): min_scale asks for a size to crop to'],
      [() => aug_transforms({ max_rotation: 3 } as never), "unknown option 'max_rotation'"],
      [() => RandomErasing({ max_count: 0 }), 'RandomErasing(): max_count is 0, no whole number above 0'],
      [
        () => Flip()(as_subclass(x.at(0), TensorImage), train),
        'a batch of pictures has the shape [N, C, H, W], not [3, 4, 6]',
      ],
    ];
    for (const [run, message] of wrong) expect(run).to.throw(message);
  });
});
