import { expect } from 'chai';
import {
  color_dim,
  plot_confusion_matrix,
  plot_layer_stats,
  plot_loss,
  plot_lr_find,
  plot_metrics,
  plot_sched,
  plot_top_losses,
} from '../../ts/fastai/plots.js';
import { type Axes, Line2D, plt } from '../../ts/plot/index.js';
import * as torch from '../../ts/torch/index.js';

const lines = (ax: Axes): Line2D[] => ax.artists.filter((artist) => artist instanceof Line2D);

describe('plots', () => {
  afterEach(() => plt.close('all'));

  const losses = Array.from({ length: 12 }, (_, i) => 1 / (i + 1));
  const values = [
    [0.3, 0.5, 0.9],
    [0.2, 0.4, 0.95],
    [0.1, 0.3, 0.97],
  ];

  it('plot_loss: training by batch, validation at the ends of the epochs', () => {
    const [train, valid] = lines(plot_loss(losses, [4, 8, 12], values));
    expect([train!.x[0], train!.x.length, train!.y[0], train!.label]).to.deep.equal([5, 7, 1 / 6, 'train']);
    // The first epoch ended among the batches that are skipped.
    expect([valid!.x, valid!.y, valid!.label]).to.deep.equal([[8, 12], [0.4, 0.3], 'valid']);
    expect(lines(plot_loss(losses, [4], values, { with_valid: false }))).to.have.length(1);
    expect(lines(plot_loss(losses, [12], [[0.1, null]], { skip_start: 0 }))[1]!.y).to.deep.equal([NaN]);
    expect(plot_loss(torch.tensor(losses), [], []).figure.toSVG()).to.match(/^<svg/);
    const waiting = plt.figure({ figsize: [3, 2] });
    expect(plot_loss(losses, [4, 8, 12], values).figure, 'an empty figure is used').to.equal(waiting);
    expect(plot_loss(losses, [4, 8, 12], values).figure, 'a full one is not').not.to.equal(waiting);
  });

  it('plot_sched: a panel for each hyperparameter, two in a row', () => {
    const axes = plot_sched({ lr: [1, 2, 3], mom: [3, 2, 1], wd: [0, 0, 0] });
    expect(axes.map((ax) => ax.get_ylabel())).to.deep.equal(['lr', 'mom', 'wd']);
    expect(axes[0]!.figure.figsize).to.deep.equal([12, 8]);
    expect(axes[0]!.figure.axes[3]!.axisOn).to.be.false;
    expect(plot_sched({ lr: [1], mom: [2] }, { keys: ['mom'] })[0]!.figure.figsize).to.deep.equal([6, 4]);
    expect(() => plot_sched({ lr: [1] }, { keys: ['eps'] })).to.throw(
      "no hyperparameter 'eps'; there are lr",
    );
    expect(() => plot_sched({})).to.throw('no hyperparameter was recorded');
  });

  it('plot_lr_find: a logarithmic axis, the end cut off, suggestions as points', () => {
    const lrs = losses.map((_, i) => 10 ** (i - 7));
    const ax = plot_lr_find(lrs, losses, { suggestions: [{ name: 'valley', lr: 1e-3, loss: 0.2 }] });
    const [curve, valley] = lines(ax);
    expect([curve!.x.length, ax.scales.x, ax.get_xlabel(), ax.get_ylabel()]).to.deep.equal([
      7,
      'log',
      'Learning Rate',
      'Loss',
    ]);
    expect(valley).to.deep.include({ x: [1e-3], y: [0.2], label: 'valley', marker: 'o', style: null });
    expect(ax.legendAt).to.equal('best');
    expect(lines(plot_lr_find(lrs, losses, { skip_end: 0 }))[0]!.x).to.have.length(12);
  });

  it('plot_metrics: losses together, each metric alone', () => {
    const axes = plot_metrics(values, ['train_loss', 'valid_loss', 'accuracy']);
    expect(axes.map((ax) => lines(ax).length)).to.deep.equal([2, 1]);
    expect(lines(axes[1]!)[0]!.y).to.deep.equal([0.9, 0.95, 0.97]);
    expect(
      lines(plot_metrics(values, ['train_loss', 'valid_loss'], { start_epoch: 1 })[0]!)[0]!.x,
    ).to.deep.equal([1, 2]);
    expect(() => plot_metrics([], [])).to.throw('no epochs');
  });

  it('plot_layer_stats and color_dim: activations by batch', () => {
    const axes = plot_layer_stats({ means: [0, 1], stds: [1, 1], nears: torch.tensor([0.5, 0.6]) });
    expect(axes.map((ax) => ax.get_title())).to.deep.equal(['mean', 'std', '% near zero']);
    expect(axes[0]!.figure.figsize).to.deep.equal([12, 4]);
    const [image] = color_dim([
      torch.tensor([0, Math.E - 1]),
      torch.tensor([0, 0]),
      torch.tensor([9, 0]),
    ]).artists;
    if (image?.kind !== 'image') throw new Error('no image');
    expect([image.grid.height, image.grid.width, image.origin]).to.deep.equal([2, 3, 'lower']);
    expect(image.grid.data[3]).to.be.closeTo(1, 1e-6);
    expect(image.grid.data[2]).to.be.closeTo(Math.log(10), 1e-6);
    expect(color_dim(torch.zeros(3, 40)).artists).to.have.length(1);
  });

  it('plot_confusion_matrix: counts or shares in the cells, white on dark', () => {
    const matrix = torch.tensor([
      [8, 2],
      [0, 10],
    ]);
    const ax = plot_confusion_matrix(matrix, ['3', '7']);
    const texts = ax.artists.flatMap((artist) =>
      artist.kind === 'text' ? [`${artist.text} ${artist.color}`] : [],
    );
    expect(texts).to.deep.equal(['8 #ffffff', '2 #000000', '0 #000000', '10 #ffffff']);
    expect([ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]).to.deep.equal([
      'Confusion matrix',
      'Predicted',
      'Actual',
    ]);
    const shares = plot_confusion_matrix(
      [
        [8, 2],
        [0, 0],
      ],
      ['3', '7'],
      { normalize: true, norm_dec: 1 },
    );
    expect(shares.artists.flatMap((artist) => (artist.kind === 'text' ? [artist.text] : []))).to.deep.equal([
      '0.8',
      '0.2',
      '0.0',
      '0.0',
    ]);
    expect(plot_confusion_matrix(matrix, '37', { plot_txt: false }).artists).to.have.length(1);
    expect(() => plot_confusion_matrix(matrix, ['3'])).to.throw('a 2 x 2 matrix does not fit 1 classes');
  });

  it('plot_top_losses: pictures with prediction, class, loss and probability', () => {
    const items = [{ image: torch.zeros(3, 4, 4), pred: '3', actual: '7', loss: 5.678, prob: 0.987 }];
    const [ax] = plot_top_losses(items);
    expect(ax!.get_title()).to.equal('3/7 / 5.68 / 0.99');
    expect(ax!.figure.title?.text).to.equal('Prediction/Actual/Loss/Probability');
    expect(plot_top_losses([])).to.deep.equal([]);
  });
});
