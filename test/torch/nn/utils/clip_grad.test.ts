import { expect } from 'chai';
import {
  ArgumentError,
  TorchError,
  nn,
  ones,
  tensor,
  zeros,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { expectRecorded } from '../../../support/recorded.js';
import { message, thrown } from '../../../support/thrown.js';
import { parameters, recorded } from './recorded.js';

describe('clip_grad_norm_', () => {
  for (const { dtype, max_norm, norm_type, total, grads } of recorded.clipped)
    it(`to ${max_norm} in the norm ${norm_type}, ${dtype}`, () => {
      const order = norm_type === 'inf' ? Infinity : norm_type;
      const made = parameters(dtype);
      expectRecorded(
        nn.utils.get_total_norm(
          made.flatMap(({ grad }) => grad ?? []),
          order,
        ),
        total,
        'reduction',
        'norm',
      );
      expectRecorded(nn.utils.clip_grad_norm_(made, max_norm, order), total, 'reduction', 'norm');
      grads.forEach((grad, i) => {
        expectRecorded(made[i]!.grad, grad, 'reduction', `gradient ${i}`);
      });
      expect(made[2]!.grad).to.equal(null);
    });

  it('in two steps', () => {
    const made = parameters();
    const total = nn.utils.get_total_norm(made.flatMap(({ grad }) => grad ?? []));
    nn.utils.clip_grads_with_norm_(made, 1, total);
    recorded.clipped[0]!.grads.forEach((grad, i) => {
      expectRecorded(made[i]!.grad, grad, 'reduction', `gradient ${i}`);
    });
  });

  it('takes one tensor, an iterator, and nothing to clip', () => {
    const [only] = parameters();
    const before = nn.utils.clip_grad_norm_(only!, 1).item();
    expect(before).to.be.greaterThan(1);
    expect(nn.utils.get_total_norm(only!.grad!).item()).to.be.closeTo(1, 1e-5);
    expect(nn.utils.clip_grad_norm_(new Set(parameters()), 1).item()).to.be.greaterThan(1);
    expect(nn.utils.clip_grad_norm_([], 1).item()).to.equal(0);
    expect(nn.utils.clip_grad_norm_([nn.Parameter(ones([1]))], 1).item()).to.equal(0);
  });

  it('says so when the norm is not finite, and changes nothing then', () => {
    const p = nn.Parameter(ones([2]));
    p.grad = tensor([1, Infinity]);
    const error = thrown(() => nn.utils.clip_grad_norm_(p, 1, { error_if_nonfinite: true })) as Error;
    expect(error).to.be.instanceOf(TorchError);
    expect(error.message).to.equal(recorded.messages['infinite']);
    expect(p.grad.tolist()).to.deep.equal([1, Infinity]);
    expect(nn.utils.clip_grad_norm_(p, 1).item()).to.equal(Infinity);
  });

  it('refuses what it does not know', () => {
    expect(() => nn.utils.clip_grad_norm_([1 as unknown as Tensor], 1)).to.throw(ArgumentError);
    expect(() => nn.utils.clip_grad_norm_([], 1, { norm: 1 } as object)).to.throw(
      ArgumentError,
      "'norm_type'",
    );
    expect(() => nn.utils.clip_grad_norm_(parameters(), '1' as unknown as number)).to.throw(
      ArgumentError,
      "'max_norm' must be a number",
    );
  });

  it('leaves nothing behind', () => {
    const made = Array.from({ length: 20 }, () => nn.Parameter(zeros([3])));
    for (const p of made) p.grad = ones([3]);
    expect(
      growth(() => {
        nn.utils.clip_grad_norm_(made, 1).dispose();
        nn.utils.clip_grad_value_(made, 0.1);
      }),
    ).to.equal(0);
    expect(made[0]!.grad!.tolist()[0 as never]).to.be.closeTo(0.1, 1e-6);
  });
});

describe('clip_grad_value_', () => {
  it('clips every element', () => {
    const made = parameters();
    nn.utils.clip_grad_value_(made, 0.5);
    recorded.clip_value.forEach((grad, i) => {
      expectRecorded(made[i]!.grad, grad, 'exact', `gradient ${i}`);
    });
    nn.utils.clip_grad_value_([], 1);
    expect(message(() => nn.utils.clip_grad_value_(made, 1, { each: true } as object))).to.include("'each'");
  });
});
