import { inspect } from 'node:util';
import { expect } from 'chai';

import { enumerate, first, L, Path, zip } from '../../ts/fastcore/index.js';

describe('fastcore L', () => {
  it('prints as fastcore does: count, ten items, then dots', () => {
    expect(inspect(L([1, 2, 3]))).to.equal('(#3) [1,2,3]');
    expect(String(L(enumerate('abcdefghijklmnopqrstuvwxyz')))).to.equal(
      "(#26) [(0, 'a'),(1, 'b'),(2, 'c'),(3, 'd'),(4, 'e'),(5, 'f'),(6, 'g'),(7, 'h'),(8, 'i'),(9, 'j')...]",
    );
    expect(String(L([[1], "it's", 'a\n', true, null, L(1)]))).to.equal(
      `(#6) [(1,),"it's",'a\\n',True,None,(#1) [1]]`,
    );
    expect(String(L.range(10))).to.equal('(#10) [0,1,2,3,4,5,6,7,8,9]');
    expect(String(L())).to.equal('(#0) []');
  });

  it('shows as many items as L.shownItems says', () => {
    L.shownItems = 2;
    try {
      expect(String(L([1, 2, 3]))).to.equal('(#3) [1,2...]');
      expect(() => (L.shownItems = 0)).to.throw(RangeError, 'positive');
    } finally {
      L.shownItems = 10;
    }
  });

  it('is built with and without new, from items, one thing, several things or nothing', () => {
    expect(new L([1, 2]))
      .to.be.instanceOf(L)
      .and.to.be.instanceOf(Array);
    expect([...L(new Set([1, 2]))]).to.deep.equal([1, 2]);
    expect([...L('abc')]).to.deep.equal(['abc']);
    expect([...L(3)]).to.deep.equal([3]);
    expect([...L(1, 2, 3)]).to.deep.equal([1, 2, 3]);
    expect(L(null)).to.have.length(0);
    expect([...L.range(5, 0, -2)]).to.deep.equal([5, 3, 1]);
    expect([...L.range(['a', 'b'])]).to.deep.equal([0, 1]);
    expect([...L.range(2, 4)]).to.deep.equal([2, 3]);
  });

  it('keeps Array methods and stays an L, a list of one number included', () => {
    const one = L([7]).map((x) => x + 1);
    expect(one).to.be.instanceOf(L);
    expect([...one]).to.deep.equal([8]);
    expect([...L([5, 6]).filter((x) => x > 5)]).to.deep.equal([6]);
    expect([...L([1, 2, 3]).slice(1, 2)]).to.deep.equal([2]);
    expect([...L([1]).concat([2], 3)]).to.deep.equal([1, 2, 3]);
    expect(L([1, 2, 3]).splice(0, 2)).to.deep.equal([1, 2]);
    expect(L([1, 2])[1]).to.equal(2);
  });

  it('selects by index, slice, list, mask and tensor-like', () => {
    const l = L(['a', 'b', 'c', 'd']);
    expect(l.at(-1)).to.equal('d');
    expect(l.at(9)).to.equal(undefined);
    expect([...l.at([0, -1])]).to.deep.equal(['a', 'd']);
    expect([...l.at([true, false, false, true])]).to.deep.equal(['a', 'd']);
    expect([...l.at({ tolist: () => [3, 1] })]).to.deep.equal(['d', 'b']);
    expect([...l.at('1:3')]).to.deep.equal(['b', 'c']);
    expect([...l.at('::-1')]).to.deep.equal(['d', 'c', 'b', 'a']);
    expect([...l.at('-2:')]).to.deep.equal(['c', 'd']);
    expect([...l.at('10:0:-2')]).to.deep.equal(['d', 'b']);
    expect(() => l.at([4])).to.throw(RangeError, 'index 4 is out of range for 4 items');
    expect(() => l.at([true])).to.throw(RangeError, 'mask of 1 flags for 4 items');
    expect(() => l.at('1;2')).to.throw(TypeError, 'no slice');
    expect(() => l.at('::0')).to.throw(RangeError, 'zero');
    expect(() => l.at([0.5])).to.throw(RangeError, '0.5');
  });

  it('sorts as Python: numbers by value, strings by code point, tuples item by item, stable', () => {
    expect([...L([10, 9, 1]).sorted()]).to.deep.equal([1, 9, 10]);
    expect([...L(['1007', '10', 'a', 'B', '10000']).sorted()]).to.deep.equal([
      '10',
      '10000',
      '1007',
      'B',
      'a',
    ]);
    expect([...L(['\u{1F600}', '\uFFFD', 'z']).sorted()]).to.deep.equal(['z', '\uFFFD', '\u{1F600}']);
    const pairs: [number, string][] = [
      [1, 'b'],
      [0, 'z'],
      [1, 'a'],
    ];
    expect([...L(pairs).sorted()]).to.deep.equal([pairs[1], pairs[2], pairs[0]]);
    expect([...L(pairs).sorted(0)]).to.deep.equal([pairs[1], pairs[0], pairs[2]]);
    expect([...L(pairs).sorted(0, { reverse: true })]).to.deep.equal([pairs[0], pairs[2], pairs[1]]);
    expect([...L(['bb', 'a']).sorted({ key: 'length', reverse: true })]).to.deep.equal(['bb', 'a']);
    const original = L([2, 1]);
    original.sorted();
    expect([...original]).to.deep.equal([2, 1]);
    expect(() => L<unknown>([1, 'a']).sorted()).to.throw(TypeError, "'<' not supported between instances of");
  });

  it('takes items and attributes of items', () => {
    expect([...L([[1, [2, 3]]]).itemgot(1, -1)]).to.deep.equal([3]);
    expect([...L([Path('a/b.png'), Path('c')]).attrgot('parent.name')]).to.deep.equal(['a', '']);
    expect([...L([{ a: 1 }, {}]).attrgot('a', 0)]).to.deep.equal([1, 0]);
    expect([...L([new Map([['k', 5]])]).attrgot('k')]).to.deep.equal([5]);
    expect(() => L([null]).itemgot(0)).to.throw(TypeError, 'cannot take 0 of None');
  });

  it('finds distinct values and their places, paths by their parts', () => {
    expect([...L([3, 1, 3]).unique()]).to.deep.equal([3, 1]);
    expect([...L([3, 1, 3]).unique({ sort: true })]).to.deep.equal([1, 3]);
    expect([...L(['a', 'b', 'a']).val2idx()]).to.deep.equal([
      ['a', 2],
      ['b', 1],
    ]);
    expect(L([Path('x/y'), Path('x//y'), Path('y')]).unique()).to.have.length(2);
    expect([...L([1, 2, 3, 4]).argwhere((x) => x % 2 === 0)]).to.deep.equal([1, 3]);
  });
});

describe('fastcore basics', () => {
  it('first gives the first item, or undefined', () => {
    expect(first(L([4, 5]))).to.equal(4);
    expect(first(new Map())).to.equal(undefined);
  });

  it('zip stops at the shortest and closes what is still open', () => {
    let closed = false;
    function* endless() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    }
    expect([...zip(endless(), 'ab')]).to.deep.equal([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(closed).to.equal(true);
    expect([...zip()]).to.deep.equal([]);
  });
});
