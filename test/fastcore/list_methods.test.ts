import { expect } from 'chai';

import { L, Path, random, Self } from '../../ts/fastcore/index.js';
import * as torch from '../../ts/torch/index.js';

const plain = (list: Iterable<unknown>): unknown[] =>
  Array.from(list, (item) => (Array.isArray(item) ? plain(item as unknown[]) : item));

describe('fastcore L: methods', () => {
  it('maps with functions, names, numbers, texts, tables and Self', () => {
    const l = L(['ab', 'c']);
    expect(plain(l.map((s, i) => s + i))).to.deep.equal(['ab0', 'c1']);
    expect(plain(l.map('length'))).to.deep.equal([2, 1]);
    expect(plain(l.map(0))).to.deep.equal(['a', 'c']);
    expect(plain(l.map('<{}>'))).to.deep.equal(['<ab>', '<c>']);
    expect(plain(l.map('$&{}'))).to.deep.equal(['$&ab', '$&c']);
    expect(plain(l.map({ ab: 1, c: 2 }))).to.deep.equal([1, 2]);
    expect(plain(l.map(new Map([['ab', 5]])))).to.deep.equal([5, undefined]);
    expect(plain(L([1, 0]).map(['zero', 'one']))).to.deep.equal(['one', 'zero']);
    expect(
      plain(l.map((s: string, { times }: { times: number }) => s.repeat(times), { times: 2 })),
    ).to.deep.equal(['abab', 'cc']);
    const owner = { sign: '!' };
    const method = function (this: typeof owner, s: string) {
      return s + this.sign;
    };
    expect(plain(l.map(method, Object.create(owner)))).to.deep.equal(['ab!', 'c!']);
    expect(() => l.map(null as never)).to.throw(TypeError, 'no function');
  });

  it('writes chapter 19: files.map(Self.parent.name).unique().val2idx()', () => {
    const files = L(['val/n1/a.jpg', 'val/n2/b.jpg', 'val/n1/c.jpg']).map((name) => Path(name));
    expect(String(files.map(Self.parent.name))).to.equal("(#3) ['n1','n2','n1']");
    const labels = files.map(Self.parent.name()).unique();
    expect(String(labels)).to.equal("(#2) ['n1','n2']");
    expect([...labels.val2idx()]).to.deep.equal([
      ['n1', 0],
      ['n2', 1],
    ]);
    expect(plain(files.map(Self.with_suffix('.png').name))).to.deep.equal(['a.png', 'b.png', 'c.png']);
    const stem = Self.name.split('.').at(0) as (path: Path) => string;
    expect(stem(Path('x/y.z.png'))).to.equal('y');
    expect([[3, 4]].map(Self[1]() as (pair: number[]) => number)).to.deep.equal([4]);
    expect(plain(files.filter(Self.parent.name.endsWith('1')).map(Self.name))).to.deep.equal([
      'a.jpg',
      'c.jpg',
    ]);
    expect(plain(files.sorted(Self.name, { reverse: true }).map(Self.stem))).to.deep.equal(['c', 'b', 'a']);
    expect(() => L([null]).map(Self.name)).to.throw(TypeError, "cannot take 'name' of null");
  });

  it('filters, also the other way round', () => {
    const l = L([0, 1, 2, null, 3]);
    expect(plain(l.filter())).to.deep.equal([1, 2, 3]);
    expect(plain(l.filter(null, { negate: true }))).to.deep.equal([0, null]);
    expect(plain(L([1, 2, 3]).filter((x) => x > 1, { negate: true }))).to.deep.equal([1]);
    expect(plain(L([1, 2, 3]).filter((x) => x > 1, true))).to.deep.equal([1]);
    expect(plain(L([{ ok: 1 }, { ok: 0 }]).filter('ok'))).to.deep.equal([{ ok: 1 }]);
    expect(plain(L([1, 2, 3]).argwhere((x) => x > 1))).to.deep.equal([1, 2]);
    expect(plain(L([1, 2, 3]).argwhere((x) => x > 1, { negate: true }))).to.deep.equal([0]);
    expect([L([1, 2, 3]).argfirst((x) => x > 1), L([1]).argfirst((x) => x > 1)]).to.deep.equal([
      1,
      undefined,
    ]);
    expect(L([1, 2]).argfirst((x) => x === 1, { negate: true })).to.equal(1);
  });

  it('selects with the flags of ~', () => {
    const l = L(['a', 'b', 'c']);
    const isTrain = l.map((x) => x !== 'b');
    expect(plain(l.at(isTrain))).to.deep.equal(['a', 'c']);
    expect(plain(l.at(isTrain.invert()))).to.deep.equal(['b']);
    expect(plain(l.at(torch.tensor([2, 0])))).to.deep.equal(['c', 'a']);
  });

  it('zips, cycles and unfolds', () => {
    const l = L([
      [1, 2],
      ['a', 'b', 'c'],
    ]);
    expect(plain(l.zip())).to.deep.equal([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(
      plain(
        L([
          [1, 2, 3],
          ['a', 'b'],
        ]).zip({ cycled: true }),
      ),
    ).to.deep.equal([
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
    ]);
    expect(plain(L([1, 2, 3]).zipwith([4, 5, 6], 'x'))).to.deep.equal([[1, 4, 'x']]);
    expect(plain(L([1, 2, 3]).zipwith([4, 5], { cycled: true }))).to.deep.equal([
      [1, 4],
      [2, 5],
      [3, 4],
    ]);
    expect(
      plain(
        L([
          [1, 2],
          [3, 4],
        ]).starmap((a: number, b: number) => a * b),
      ),
    ).to.deep.equal([2, 12]);
    expect(
      plain(
        L([
          [1, 2],
          [3, 4],
        ]).map_zip((a: number, b: number) => a - b),
      ),
    ).to.deep.equal([-2, -2]);
    expect(plain(L([1, 2]).map_zipwith((a: number, b: number) => a + b, [10, 20]))).to.deep.equal([11, 22]);
    expect(plain(L([[1, 2], [3]]).concat())).to.deep.equal([1, 2, 3]);
    expect(plain(L<unknown>(['ab', [3]]).concat())).to.deep.equal(['ab', 3]);
    expect(plain(L(['a', 'b']).enumerate())).to.deep.equal([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(plain(L(['a', 'b']).renumerate())).to.deep.equal([
      ['a', 0],
      ['b', 1],
    ]);
    const cycle = L([1, 2]).cycle();
    expect([1, 2, 3].map(() => cycle.next().value)).to.deep.equal([1, 2, 1]);
    expect(L().cycle().next().value).to.equal(null);
    expect(L().zip()).to.have.length(0);
  });

  it('sums and multiplies numbers and tensors', () => {
    expect([L([1, 2, 3]).sum(), L([2, 3, 4]).product(), L().sum(), L().product()]).to.deep.equal([
      6, 24, 0, 1,
    ]);
    expect(L([1n, 2n]).sum()).to.equal(3n);
    const tensors = L([torch.tensor(1), torch.tensor(2)]);
    expect((tensors.sum() as torch.Tensor).item()).to.equal(3);
    expect((tensors.product() as torch.Tensor).item()).to.equal(2);
    expect(L([1, 2, 3]).reduce((a, b) => a - b)).to.equal(-4);
    expect(L([1, 2, 3]).reduce((a, b) => a - b, 10)).to.equal(4);
  });

  it('shuffles as Python does, into a new list', () => {
    random.seed(42);
    const l = L.range(10);
    expect(plain(l.shuffle())).to.deep.equal([7, 3, 2, 8, 5, 6, 9, 4, 0, 1]);
    expect(plain(l)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('makes tables, sets attributes and items', () => {
    expect([...L(['a', 'bb']).map_dict((s) => s.length)]).to.deep.equal([
      ['a', 1],
      ['bb', 2],
    ]);
    expect(L([1, 2, 3]).map_first((x) => (x > 1 ? x * 10 : null))).to.equal(20);
    expect(
      L([1, 2, 3]).map_first(
        (x) => x,
        (x) => x > 2,
      ),
    ).to.equal(3);
    expect(L([1]).map_first(() => null)).to.equal(undefined);
    const items = L([{ a: 1 }, { a: 2 }]);
    items.setattrs('a', 9);
    expect(plain(items.attrgot('a'))).to.deep.equal([9, 9]);
    const l = L([1, 2, 3, 4]);
    l.set_at([0, -1], [10, 40]);
    l.set_at([false, true, false, false], 20);
    l.set_at(2, 30);
    expect(plain(l)).to.deep.equal([10, 20, 30, 40]);
    l.set_at('1:3', 0);
    expect(plain(l)).to.deep.equal([10, 0, 0, 40]);
    expect(() => l.set_at(4, 1)).to.throw(RangeError, 'out of range');
    expect(plain(L([1]).add([2]).add(3))).to.deep.equal([1, 2, 3]);
  });

  it('splits texts as Python does', () => {
    expect(plain(L.split('  a b\t\nc '))).to.deep.equal(['a', 'b', 'c']);
    expect(plain(L.split(' a  b  c ', null, 1))).to.deep.equal(['a', 'b  c ']);
    expect(plain(L.split('a,b,,c', ','))).to.deep.equal(['a', 'b', '', 'c']);
    expect(plain(L.split('a,b,,c', ',', 2))).to.deep.equal(['a', 'b', ',c']);
    expect(plain(L.split(''))).to.deep.equal([]);
    expect(plain(L.splitlines('a\nb\r\n\nc\r'))).to.deep.equal(['a', 'b', '', 'c']);
    expect(plain(L.splitlines('a\nb\r\nc', true))).to.deep.equal(['a\n', 'b\r\n', 'c']);
  });
});
