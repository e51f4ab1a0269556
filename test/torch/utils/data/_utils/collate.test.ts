import { expect } from 'chai';

import * as torch from '../../../../../ts/torch/index.js';
import { collate, default_collate_fn_map } from '../../../../../ts/torch/utils/data/_utils/collate.js';
import { growth } from '../../../../support/live.js';
import { message } from '../../../../support/thrown.js';

const { default_collate, default_convert } = torch.utils.data;
const summary = (tensor: torch.Tensor) => [String(tensor.dtype), tensor.tolist()];

describe('torch.utils.data: default_collate', () => {
  it('stacks tensors', () => {
    const batch = default_collate([torch.tensor([1n, 2n]), torch.tensor([3n, 4n])]);
    expect(summary(batch)).to.deep.equal([
      'torch.int64',
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(message(() => default_collate([torch.ones([2]), torch.ones([3])]))).to.contain(
      'stack expects each tensor to be equal size',
    );
    expect(message(() => default_collate([torch.eye(2).to_sparse()]))).to.contain('sparse tensors');
  });

  it('numbers: integral ones to int64, others to float64', () => {
    expect(summary(default_collate([3, 4]))).to.deep.equal(['torch.int64', [3, 4]]);
    expect(summary(default_collate([3, 4.5]))).to.deep.equal(['torch.float64', [3, 4.5]]);
    expect(summary(default_collate([3n, 4]))).to.deep.equal(['torch.int64', [3, 4]]);
    expect(summary(default_collate([true, false]))).to.deep.equal(['torch.bool', [true, false]]);
    expect(summary(default_collate([true, 3]))).to.deep.equal(['torch.int64', [1, 3]]);
    expect(summary(default_collate([new torch.Float(3), new torch.Float(4)]))).to.deep.equal([
      'torch.float64',
      [3, 4],
    ]);
    expect(summary(default_collate([NaN, 1]))[0]).to.equal('torch.float64');
  });

  it('strings, TypedArrays, arrays, objects and Maps, nested', () => {
    expect(default_collate(['a', 'b'])).to.deep.equal(['a', 'b']);
    expect(summary(default_collate([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]))).to.deep.equal([
      'torch.uint8',
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    const rows = [0, 1].map((i) => ({ x: torch.tensor([i, i + 0.5]), more: [i, `n${i}`] as const }));
    const batch = default_collate(rows);
    expect(batch.x.tolist()).to.deep.equal([
      [0, 0.5],
      [1, 1.5],
    ]);
    expect(summary(batch.more[0])).to.deep.equal(['torch.int64', [0, 1]]);
    expect(batch.more[1]).to.deep.equal(['n0', 'n1']);
    const map = default_collate([new Map([['k', 1]]), new Map([['k', 2]])]) as unknown as Map<
      string,
      torch.Tensor
    >;
    expect(map.get('k')!.tolist()).to.deep.equal([1, 2]);
  });

  it('names what it cannot collate', () => {
    class Photo {}
    const text = (found: string) =>
      `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${found}`;
    expect(message(() => default_collate([new Photo()]))).to.equal(text('Photo'));
    expect(message(() => default_collate([null]))).to.equal(text('null'));
    expect(message(() => default_collate([[1, undefined]]))).to.equal(text('undefined'));
    expect(message(() => default_collate([1, 'a']))).to.equal(text('string'));
    expect(message(() => default_collate([{ a: () => 1 }]))).to.equal(text('function'));
    expect(message(() => default_collate([[1, 2], [3]]))).to.equal(
      'each element in list of batch should be of equal size',
    );
    expect(message(() => default_collate([{ a: 1 }, { b: 1 }]))).to.contain("no 'a'");
    expect(message(() => default_collate([]))).to.contain('the batch is empty');
  });

  it('learns new classes from default_collate_fn_map', () => {
    class Point {
      constructor(readonly x: number) {}
    }
    default_collate_fn_map.set(Point, (batch: readonly Point[]) => batch.map(({ x }) => x).join());
    try {
      expect(default_collate([[new Point(1)], [new Point(2)]])).to.deep.equal(['1,2']);
      class Sub extends Point {}
      expect(default_collate([new Sub(5)])).to.equal('5');
    } finally {
      default_collate_fn_map.delete(Point);
    }
    const map = new Map([['string', (batch: readonly string[]) => batch.length]]);
    expect(collate(['a', 'b'], { collate_fn_map: map })).to.equal(2);
  });

  it('keeps nothing but the batch', () => {
    const rows = [0, 1, 2].map((i) => [Float32Array.of(i, 1), i, { deep: torch.tensor([i]) }] as const);
    expect(
      growth(() => {
        torch
          .tidy(() => default_collate(rows))
          .forEach((part) => ('deep' in part ? part.deep : part).dispose());
      }),
    ).to.equal(0);
  });
});

describe('torch.utils.data: default_convert', () => {
  it('makes tensors of TypedArrays and leaves the rest', () => {
    const given = torch.ones([1]);
    const photo = new (class Photo {})();
    const converted = default_convert({ a: Int32Array.of(1, 2), b: [0.5, 'x', given], photo });
    expect(summary(converted.a)).to.deep.equal(['torch.int32', [1, 2]]);
    expect(converted.b.slice(0, 2)).to.deep.equal([0.5, 'x']);
    expect(converted.b[2]).to.equal(given);
    expect(converted.photo).to.equal(photo);
    expect(default_convert(0)).to.equal(0);
  });
});
