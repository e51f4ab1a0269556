import { expect } from 'chai';
import { inspect } from 'node:util';

import {
  as_subclass,
  InplaceTransform,
  ItemTransform,
  L,
  Transform,
  typedispatch,
} from '../../ts/fastcore/index.js';
import { ArgumentError, Tensor, tensor } from '../../ts/torch/index.js';
import { message, thrown } from '../support/thrown.js';

class Picture extends Tensor {}
const double = (x: number) => x * 2;
const half = (x: number) => x / 2;

describe('fastcore Transform', () => {
  it('is made of functions, and called', () => {
    const tfm = Transform(double, half);
    expect([tfm(3), tfm.encode(3), tfm.decode(6)]).to.deep.equal([6, 6, 3]);
    expect([tfm.name, String(tfm), inspect(tfm)]).to.deep.equal(['double', 'double', 'double']);
    expect(Transform(double).decode(4), 'nothing to undo').to.equal(4);
    expect(Transform()(4), 'nothing to do').to.equal(4);
    expect(tfm).to.be.instanceOf(Transform);
  });
  it('takes options, and the order of its function', () => {
    const late = Object.assign((x: number) => x, { order: 7 });
    expect(Transform(late).order).to.equal(7);
    expect(Transform(late, { order: 2 }).order).to.equal(2);
    expect(Transform({ enc: double, split_idx: 1 }).split_idx).to.equal(1);
    expect(thrown(() => Transform(double, null, { ordr: 1 } as never))).to.be.instanceOf(ArgumentError);
    expect(message(() => Transform(3 as never))).to.contain('enc and dec must be functions');
  });
  it('subclasses say what they do', () => {
    class Add extends Transform {
      override order = 3;
      #by: number;
      constructor(by: number) {
        super();
        this.#by = by;
      }
      override encodes(x: number): number {
        return x + this.#by;
      }
      override decodes(x: number): number {
        return x - this.#by;
      }
    }
    const tfm = new Add(5);
    expect([tfm(1), tfm.decode(6), tfm.name, tfm.order]).to.deep.equal([6, 1, 'Add', 3]);
  });
  it('a plain array is a tuple, an L is one value', () => {
    expect(Transform(double)([1, 2])).to.deep.equal([2, 4]);
    const seen: unknown[] = [];
    const list = L([1, 2]);
    Transform((x: unknown) => void seen.push(x))(list);
    expect(seen).to.deep.equal([list]);
    expect(ItemTransform((x: unknown[]) => x.length)([1, 2, 3])).to.equal(3);
    expect(ItemTransform(double, half).decode(4)).to.equal(2);
  });
  it('acts on its part of the data only', () => {
    for (const type of [Transform, ItemTransform]) {
      const tfm = type(double, half, { split_idx: 0 });
      expect([tfm(3, { split_idx: 0 }), tfm(3, { split_idx: 1 }), tfm(3)]).to.deep.equal([6, 3, 3]);
      expect(tfm.decode(6, { split_idx: 1 })).to.equal(6);
    }
  });
  it('hands other entries of the call to the function', () => {
    const tfm = Transform((x: number, { by }: { by: number }) => x * by);
    expect(tfm(2, { by: 10, split_idx: 0 })).to.equal(20);
  });
  it('changes in place give the value back', () => {
    const value = { n: 1 };
    const tfm = InplaceTransform((x: { n: number }) => void (x.n += 1));
    expect(tfm(value)).to.equal(value);
    expect(value.n).to.equal(2);
  });
  it('keeps the class of tensors', () => {
    const picture = as_subclass(tensor([1, 2]), Picture);
    expect(Transform((x: Tensor) => x.mul(2))(picture)).to.be.instanceOf(Picture);
    const [same, plain] = Transform((x: Tensor) => x.mul(2))([picture, tensor([1])]) as Tensor[];
    expect(same).to.be.instanceOf(Picture);
    expect(plain).to.not.be.instanceOf(Picture);
  });
  it('is set up with all items, or those for training', () => {
    const seen: unknown[] = [];
    class Learns extends Transform {
      override setups(items: unknown): void {
        seen.push(items);
      }
    }
    const items = { train: ['t'] };
    const tfm = new Learns();
    tfm.setup(items);
    tfm.setup(items, true);
    tfm.train_setup = true;
    tfm.setup(items);
    tfm.train_setup = false;
    tfm.setup(items, true);
    tfm.setup(['no parts'], true);
    tfm.train_setup = true;
    tfm.setup(['no parts']);
    expect(seen).to.deep.equal([items, ['t'], ['t'], items, ['no parts'], ['no parts']]);
  });
});

describe('typedispatch', () => {
  class Animal {}
  class Dog extends Animal {}
  it('goes by the most special class', () => {
    const f = typedispatch([
      [Animal, () => 'animal'],
      [Dog, () => 'dog'],
    ]);
    expect([f(new Dog()), f(new Animal()), f(3)]).to.deep.equal(['dog', 'animal', 3]);
  });
  it('is a method', () => {
    class Named extends Transform {
      word = 'hello';
      override encodes = typedispatch<Named>([
        [
          Dog,
          function (this: Named) {
            return this.word;
          },
        ],
      ]);
    }
    expect(new Named()(new Dog())).to.equal('hello');
  });
});
