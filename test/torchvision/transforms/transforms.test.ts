/** Transforms against recorded torchvision. */
import { expect } from 'chai';
import torch, { ArgumentError, TorchError, ValueError, type Tensor } from '../../../ts/index.js';
import { transforms as T } from '../../../ts/torchvision/index.js';
import {
  dtypeNamed,
  expectRecorded,
  readRecorded,
  restore,
  type RecordedTensor,
} from '../../support/recorded.js';
import { message, thrown } from '../../support/thrown.js';

interface Case {
  name: keyof typeof T;
  args: unknown[];
  options: object;
  image: string;
  results: RecordedTensor[];
}
const recorded = readRecorded<{
  images: Record<string, RecordedTensor>;
  cases: Case[];
  conversions: { source: RecordedTensor; target: RecordedTensor }[];
}>(import.meta.url, 'transforms.json');

describe('torchvision.transforms', () => {
  for (const { name, args, options, image, results } of recorded.cases)
    it(`${name}(${JSON.stringify(args)}, ${JSON.stringify(options)}) of ${image}`, () => {
      const transform = (T[name] as any)(...args, ...(Object.keys(options).length > 0 ? [options] : []));
      const img = restore(recorded.images[image]!);
      const before = img.tolist();
      torch.manual_seed(42);
      for (const result of results) expectRecorded(transform(img), result, 'reduction', name);
      expect(img.tolist(), 'the image is unchanged').to.deep.equal(before);
    });

  it('ConvertImageDtype keeps the range', () => {
    for (const { source, target } of recorded.conversions) {
      const result = T.ConvertImageDtype(dtypeNamed(target.dtype))(restore(source));
      expectRecorded(result, target, 'elementwise', `${source.dtype} to ${target.dtype}`);
    }
    expect(thrown(() => T.ConvertImageDtype(torch.int32)(torch.ones([1, 2, 2])))).to.be.instanceOf(
      TorchError,
    );
  });

  it('Compose, ToTensor and Lambda', () => {
    const all = T.Compose([T.ToTensor(), T.Normalize([0.5], [0.5]), T.Lambda((t: Tensor) => t.flatten())]);
    const img = torch.tensor(Uint8Array.from([0, 255, 51, 204])).view([1, 2, 2]);
    const result = all(img) as Tensor;
    expect(result.dtype).to.equal(torch.float32);
    expect(
      result
        .sub(torch.tensor([-1, 1, -0.6, 0.6]))
        .abs()
        .max()
        .item(),
    ).to.be.below(1e-6);
    expect(String(all)).to.equal(
      'Compose(\n    ToTensor()\n    Normalize(mean=(0.5,), std=(0.5,))\n    Lambda()\n)',
    );
    const float = torch.ones([1, 2, 2]);
    expect(T.ToTensor()(float)).to.equal(float);
  });

  it('Normalize works in place when asked', () => {
    const img = torch.ones([1, 2, 2]);
    expect(T.Normalize([0.5], [0.25], { inplace: true })(img)).to.equal(img);
    expect(img.flatten().tolist()).to.deep.equal([2, 2, 2, 2]);
  });

  it('RandomHorizontalFlip with p = 0 changes nothing', () => {
    const img = torch.ones([1, 2, 2]);
    expect(T.RandomHorizontalFlip({ p: 0 })(img)).to.equal(img);
  });

  it('free what they make on the way', () => {
    const img = torch.ones([3, 8, 8]);
    const all = T.Compose([
      T.RandomCrop(6, { padding: 1 }),
      T.RandomHorizontalFlip(),
      T.Grayscale(3),
      T.Normalize([0.5], [0.5]),
    ]);
    const { tensors } = torch.memory({ collect: true });
    torch.tidy(() => {
      for (let i = 0; i < 10; ++i) all(img);
      return undefined;
    });
    expect(torch.memory().tensors).to.equal(tensors);
  });

  it('refuse what torchvision refuses', () => {
    const [img, bytes] = [torch.ones([3, 4, 4]), torch.ones([3, 4, 4], { dtype: torch.uint8 })];
    expect(message(() => T.Normalize([0.5], [0.5])(bytes))).to.contain(
      'Input tensor should be a float tensor. Got torch.uint8.',
    );
    expect(message(() => T.Normalize([0.5], [0])(img))).to.contain('std evaluated to zero after conversion');
    expect(message(() => T.Normalize([0.5], [0.5])(torch.ones([4, 4])))).to.contain('(..., C, H, W)');
    expect(message(() => T.RandomCrop(5)(img))).to.contain(
      'Required crop size (5, 5) is larger than input image size (4, 4)',
    );
    expect(message(() => T.RandomCrop([1, 2, 3]))).to.contain(
      'Please provide only two dimensions (h, w) for size.',
    );
    expect(message(() => T.Resize(8, { max_size: 8 })(img))).to.contain('must be strictly greater');
    expect(message(() => T.Resize([1, 2, 3])(img))).to.contain('1 or 2 values');
    expect(message(() => T.Pad([1, 2, 3])(img))).to.contain(
      '1, 2, or 4 element tuple, not a 3 element tuple',
    );
    expect(message(() => T.Pad(1, { padding_mode: 'wrap' as never })(img))).to.contain(
      'Padding mode should be',
    );
    expect(thrown(() => T.Pad(5, { padding_mode: 'symmetric' })(img))).to.be.instanceOf(ValueError);
    expect(thrown(() => T.Grayscale()(torch.ones([2, 4, 4])))).to.be.instanceOf(ArgumentError);
    expect(message(() => T.Lambda(3 as never))).to.contain('Argument lambd should be callable');
    expect(thrown(() => T.Compose([1] as never))).to.be.instanceOf(ArgumentError);
    expect(message(() => T.ToTensor()(3 as never))).to.contain('not a torch image');
  });
});
