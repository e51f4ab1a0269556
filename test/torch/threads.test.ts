import { expect } from 'chai';
import { get_num_threads, randn, set_num_threads, ValueError } from '../../ts/torch/index.js';
import { message, thrown } from '../support/thrown.js';

describe('threads', () => {
  const before = get_num_threads();
  afterEach(() => {
    set_num_threads(before);
  });

  it('can be counted and set', () => {
    expect(before).to.be.greaterThan(0);
    set_num_threads(1);
    expect(get_num_threads()).to.equal(1);
    set_num_threads(3);
    expect(get_num_threads()).to.equal(3);
  });

  it('do not change what is computed element by element', () => {
    const x = randn(200_000);
    const results = [1, 4].map((count) => {
      set_num_threads(count);
      return x.exp().add(x);
    });
    expect(results[0]!.equal(results[1]!)).to.equal(true);
  });

  it('must be a positive number', () => {
    for (const count of [0, -1, 2 ** 40]) {
      expect(
        thrown(() => {
          set_num_threads(count);
        }),
      ).to.be.instanceOf(ValueError);
      expect(
        message(() => {
          set_num_threads(count);
        }),
      ).to.equal('set_num_threads expects a positive integer');
    }
    for (const count of [1.5, NaN, '2', null, undefined])
      expect(
        message(() => {
          set_num_threads(count as number);
        }),
      ).to.equal('the number of threads must be an integer');
    expect(get_num_threads()).to.equal(before);
  });
});
