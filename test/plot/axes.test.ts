import { expect } from 'chai';
import { plt } from '../../ts/plot/index.js';
import * as torch from '../../ts/torch/index.js';

function axes() {
  return plt.subplots()[1];
}
const close = (got: readonly number[], wanted: readonly number[]): void => {
  got.forEach((value, i) => expect(value).to.be.closeTo(wanted[i]!, Math.abs(wanted[i]!) * 1e-9 + 1e-12));
};

describe('Axes', () => {
  afterEach(() => plt.close('all'));

  // The limits that matplotlib 3 reports for the same calls.
  it('scales itself as matplotlib does', () => {
    const line = axes();
    line.plot([1, 2, 3, 4], [1, 4, 9, 16]);
    close([...line.get_xlim(), ...line.get_ylim()], [0.85, 4.15, 0.25, 16.75]);
    const log = axes();
    log.plot([1, 10, 1000], [1, 4, 9]);
    log.set_xscale('log');
    close(log.get_xlim(), [0.7079457843841379, 1412.5375446227545]);
    const bars = axes();
    bars.bar([0, 1, 2], [1, 2, 3]);
    close([...bars.get_xlim(), ...bars.get_ylim()], [-0.54, 2.54, 0, 3.15]);
    const both = axes();
    both.bar([0, 1, 2], [1, -2, 3]);
    close(both.get_ylim(), [-2.25, 3.25]);
    const one = axes();
    one.plot([5], [5], 'o');
    close(one.get_xlim(), [4.725, 5.275]);
    const image = axes();
    image.imshow(torch.zeros(28, 20));
    expect([image.get_xlim(), image.get_ylim()]).to.deep.equal([
      [-0.5, 19.5],
      [27.5, -0.5],
    ]);
    expect(axes().get_xlim()).to.deep.equal([0, 1]);
  });

  it('lets limits be set one side or both, inverted too', () => {
    const ax = axes();
    ax.plot([0, 10]);
    ax.set_ylim(-300, 100);
    expect(ax.get_ylim()).to.deep.equal([-300, 100]);
    ax.set_xlim([null, 5]);
    close(ax.get_xlim(), [-0.05, 5]);
    ax.set_ylim(1, 0);
    expect(ax.get_ylim()).to.deep.equal([1, 0]);
    ax.axis([0, 1, 2, 3]);
    expect([...ax.get_xlim(), ...ax.get_ylim()]).to.deep.equal([0, 1, 2, 3]);
    expect(() => ax.set_xlim(NaN, 1)).to.throw('cannot be NaN or Inf');
  });

  it('reads tensors, typed arrays, iterables and single numbers', () => {
    const ax = axes();
    const x = torch.tensor([1, 2, 3]).requires_grad_();
    const kinds = [
      x,
      torch.tensor([1n, 2n, 3n]),
      Float64Array.of(1, 2, 3),
      new Set([1, 2, 3]),
      [torch.tensor(1), 2, 3n],
    ];
    for (const kind of kinds) expect(ax.plot(kind as number[])[0]!.get_ydata()).to.deep.equal([1, 2, 3]);
    expect(ax.scatter(-1.5, torch.tensor(2.25), { color: 'red' }).colors).to.deep.equal(['#ff0000']);
    expect(
      ax
        .plot(
          torch.tensor([
            [1, 2],
            [3, 4],
          ]),
        )
        .map((line) => line.get_ydata()),
    ).to.deep.equal([
      [1, 3],
      [2, 4],
    ]);
    expect(ax.plot([1, null, 3] as number[])[0]!.get_ydata()).to.deep.equal([1, NaN, 3]);
  });

  it('reads short formats, several lines in one call, and colours in turn', () => {
    const ax = axes();
    const [dashed, points] = ax.plot([1, 2], [3, 4], 'r--', [5, 6], 'o');
    expect(dashed).to.include({ color: '#ff0000', style: '--', marker: null });
    expect(points).to.include({ color: '#1f77b4', style: null, marker: 'o' });
    const [next] = ax.plot([1, 2], { ls: 'dotted', lw: 3, label: 'x' });
    expect(next).to.include({ color: '#ff7f0e', style: ':', width: 3, label: 'x' });
    expect(ax.plot([1], 'C3.-')[0]).to.include({ color: '#d62728', marker: '.', style: '-' });
  });

  it('counts a histogram as NumPy does', () => {
    const [counts, edges] = axes().hist([1, 2, 2, 3, 5, NaN], { bins: 4 });
    expect(counts).to.deep.equal([1, 2, 1, 1]);
    expect(edges).to.deep.equal([1, 2, 3, 4, 5]);
    expect(axes().hist([0, 1], 2, { density: true })[0]).to.deep.equal([1, 1]);
    expect(axes().hist([3, 3], 1)[1]).to.deep.equal([2.5, 3.5]);
    expect(axes().hist([-5, 1, 9], [0, 2, 4])[0]).to.deep.equal([1, 0]);
  });

  it('refuses what it cannot draw, and says why', () => {
    const ax = axes();
    expect(() => ax.plot([1, 2], [1, 2, 3])).to.throw(
      'x and y must have same first dimension, but have 2 and 3',
    );
    expect(() => ax.plot()).to.throw('needs y');
    expect(() => ax.plot([1], 'zz')).to.throw('"zz" is not a format');
    expect(() => ax.plot('r--')).to.throw('is not a format');
    expect(() => ax.plot([1], { colour: 'red' } as never)).to.throw(
      "unknown option 'colour'; known are color",
    );
    expect(() => ax.plot([1], { color: 'reddish' })).to.throw('"reddish" is not a color');
    expect(() => ax.plot([1], { color: 'constructor' })).to.throw('is not a color');
    expect(() => ax.plot([{}] as never)).to.throw('cannot plot a value of type Object');
    expect(() => ax.plot([torch.zeros(2)] as never)).to.throw('2 elements stands where one number is needed');
    expect(() => ax.plot({ length: 3 } as never, [1])).to.throw('must be a tensor, an array');
    expect(() => ax.scatter([1, 2], [1])).to.throw('x and y must be the same size');
    expect(() => ax.scatter([1, 2], [1, 2], { c: [1, 2, 3, 4] })).to.throw('c has 4 values for 2 points');
    expect(() => ax.imshow([[1, 2], [3]])).to.throw('rows differ in length: 2 and 1');
    expect(() => ax.imshow(torch.zeros(0, 3))).to.throw('has no pixels');
    expect(() => ax.imshow(torch.zeros(2, 2, 2))).to.throw('Invalid shape (2, 2, 2) for image data');
    expect(() => ax.imshow(torch.zeros(2, 2), { cmap: '__proto__' })).to.throw('not a known colormap');
    expect(() => ax.hist([1], { bins: 0 })).to.throw('bins must be a positive integer');
    expect(() => ax.hist([1], { bins: [2, 1] })).to.throw('increase monotonically');
    expect(() => ax.set_xscale('symlog' as never)).to.throw("known are 'linear' and 'log'");
    expect(() => ax.legend({ loc: 'middle' })).to.throw('"middle" is not a place');
    expect(() => ax.axis('of' as never)).to.throw("neither 'on', 'off'");
    expect(() => ax.set_xticks([1, 2], ['a'])).to.throw('1 labels for 2 ticks');
    expect(ax.artists, 'nothing half drawn').to.deep.equal([]);
  });
});
