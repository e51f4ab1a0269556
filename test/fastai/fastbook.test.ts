import { expect } from 'chai';
import { plot_function } from '../../ts/fastai/fastbook.js';
import { Line2D, plt } from '../../ts/plot/index.js';
import * as torch from '../../ts/torch/index.js';

describe('plot_function', () => {
  afterEach(() => plt.close('all'));

  it('draws a hundred points from -2 to 2', () => {
    const ax = plot_function((x) => x.pow(2), 'x', 'x**2');
    const [line] = ax.artists as Line2D[];
    expect(line!.x).to.have.length(100);
    expect([line!.x[0], line!.x[99], line!.y[0], line!.y[99]]).to.deep.equal([-2, 2, 4, 4]);
    expect([ax.get_xlabel(), ax.get_ylabel(), ax.get_title()]).to.deep.equal(['x', 'x**2', '']);
    expect(ax.figure.figsize).to.deep.equal([6, 4]);
  });

  it('takes the rest by name, and lets more be drawn on it', () => {
    const ax = plot_function(torch.sigmoid, { title: 'Sigmoid', min: -4, max: 4, steps: 5, figsize: [2, 2] });
    const [line] = ax.artists as Line2D[];
    expect(line!.x).to.deep.equal([-4, -2, 0, 2, 4]);
    expect(line!.y[2]).to.equal(0.5);
    expect(ax.get_title()).to.equal('Sigmoid');
    plt.scatter(-1.5, 2.25, { color: 'red' });
    expect(ax.artists).to.have.length(2);
  });

  it('records no gradients and leaves what the function keeps alone', () => {
    const kept: torch.Tensor[] = [];
    const weight = torch.ones(1).requires_grad_();
    plot_function((x) => {
      kept.push(x.mul(weight));
      return kept[0]!;
    });
    expect(kept[0]!.requires_grad).to.be.false;
    expect(kept[0]!.sum().item()).to.be.closeTo(0, 1e-4);
  });

  it('refuses what it does not know', () => {
    expect(() => plot_function(3 as never)).to.throw('f must be a function');
    expect(() => plot_function((x) => x, { titel: 'x' })).to.throw(
      "unknown option 'titel'; the nearest known ones are 'title'",
    );
    expect(() => plot_function(() => torch.zeros(3))).to.throw('but have 100 and 3');
  });
});
