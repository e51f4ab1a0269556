import { expect } from 'chai';
import { inspect } from 'node:util';

import { Pipeline, Transform } from '../../ts/fastcore/index.js';
import { mk_transform } from '../../ts/fastcore/pipeline.js';
import { ArgumentError } from '../../ts/torch/index.js';
import { message, thrown } from '../support/thrown.js';

class Add extends Transform {
  override encodes(x: number): number {
    return x + 1;
  }
  override decodes(x: number): number {
    return x - 1;
  }
}
class Late extends Transform {
  override order = 9;
  override encodes(x: number): number {
    return x * 10;
  }
  override decodes(x: number): number {
    return x / 10;
  }
}

describe('fastcore Pipeline', () => {
  it('runs transforms by their order, and back', () => {
    const pipe = Pipeline([Late, Add, (x: number) => x + 0.5]);
    expect(String(pipe)).to.match(/^Pipeline: Add -> .* -> Late$/);
    expect(inspect(Pipeline(Add))).to.equal('Pipeline: Add');
    expect([pipe(1), pipe.encode(1)]).to.deep.equal([25, 25]);
    expect(pipe.decode(20)).to.equal(1);
    expect([pipe.length, [...pipe].length]).to.deep.equal([3, 3]);
    expect(pipe.at(-1)).to.be.instanceOf(Late);
  });
  it('is empty without transforms', () => {
    for (const none of [undefined, null, []]) expect(Pipeline(none)(3)).to.equal(3);
  });
  it('shares the transforms of another', () => {
    const one = Pipeline([Add]);
    const two = Pipeline(one, 1);
    expect(two.fs).to.equal(one.fs);
    expect([one.split_idx, two.split_idx, Pipeline([Add], { split_idx: 0 }).split_idx]).to.deep.equal([
      null,
      1,
      0,
    ]);
  });
  it('transforms the items of its part', () => {
    const pipe = Pipeline([Transform((x: number) => -x, { split_idx: 0 })], 0);
    expect(pipe(2)).to.equal(-2);
    pipe.split_idx = 1;
    expect(pipe(2)).to.equal(2);
  });
  it('makes transforms of what stands for one', () => {
    const tfm = new Add();
    expect(mk_transform(tfm)).to.equal(tfm);
    expect(mk_transform(Add)).to.be.instanceOf(Add);
    expect(mk_transform(Math.abs)(-3)).to.equal(3);
    expect(thrown(() => mk_transform(3 as never))).to.be.instanceOf(ArgumentError);
    expect(message(() => Pipeline(['upper'] as never))).to.contain(
      'a transform must be a function, not string',
    );
  });
  it('each is set up with what those before it have become', () => {
    const seen: number[] = [];
    const items = { tfms: null as unknown };
    class Counts extends Transform {
      override setups(source: { tfms: Pipeline }): void {
        seen.push(source.tfms.length);
      }
    }
    const pipe = Pipeline([Counts, Counts, Counts]);
    items.tfms = pipe;
    pipe.setup(items);
    expect(seen).to.deep.equal([0, 1, 2]);
  });
  it('is whole again when a setup fails', () => {
    class Fails extends Transform {
      override setups(): void {
        throw new Error('no items');
      }
    }
    const pipe = Pipeline([Add, Fails, Late]);
    expect(
      message(() => {
        pipe.setup([]);
      }),
    ).to.equal('no items');
    expect(pipe.fs.map((f) => f.name)).to.deep.equal(['Add', 'Fails', 'Late']);
  });
  it('takes one more at its place', () => {
    const pipe = Pipeline([Late]);
    pipe.add(Add);
    expect(pipe(1)).to.equal(20);
    expect(pipe.find(Late)).to.equal(pipe.at(1));
    expect(Pipeline([Add]).find(Late)).to.equal(null);
  });
  it('decodes as far as it can be shown, and shows', () => {
    const shown: unknown[] = [];
    class Word {
      constructor(readonly text: string) {}
      show({ ctx, ...options }: { ctx?: unknown }): string {
        shown.push([this.text, ctx, options]);
        return `${String(ctx)}+${this.text}`;
      }
    }
    const pipe = Pipeline([
      Transform(
        (w: Word) => w.text,
        (text: string) => new Word(text),
      ),
      Transform(
        (text: string) => text.length,
        (n: number) => 'x'.repeat(n),
      ),
    ]);
    const first = Pipeline([
      Transform(
        (text: string) => new Word(text),
        () => 'start',
      ),
      ...pipe,
    ]);
    expect(first.decode(2)).to.equal('start');
    expect((first.decode(2, false) as Word).text).to.equal('xx');
    expect((first.decode(2, { full: false }) as Word).text).to.equal('xx');
    expect(first.show(2, { ctx: 'axes', title: 't' })).to.equal('axes+xx');
    expect(shown).to.deep.equal([['xx', 'axes', { title: 't' }]]);
    expect(Pipeline().show(3)).to.equal(null);
  });
});
