import { Transformer } from '@napi-rs/image';
import { expect } from 'chai';
import { get_grid, show_image, show_images, show_titled_image, subplots } from '../../ts/fastai/show.js';
import { Axes, plt } from '../../ts/plot/index.js';
import * as torch from '../../ts/torch/index.js';

/** Red, green and blue at a share of the picture's width and height. */
function pixel(png: Buffer, x: number, y: number): number[] {
  const image = new Transformer(png);
  const { width, height } = image.metadataSync();
  const data = image.rawPixelsSync();
  const channels = data.length / (width * height);
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * channels;
  return [...data.subarray(at, at + 3)];
}

describe('show_image', () => {
  afterEach(() => {
    plt.close('all');
    plt.rcdefaults();
  });

  it('makes a 28 x 28 picture one inch, without axis', () => {
    const ax = show_image(torch.zeros(28, 28));
    expect(ax).to.be.instanceOf(Axes);
    expect(ax.figure.figsize).to.deep.equal([1, 1]);
    expect(ax.axisOn).to.be.false;
    expect(ax.figure.toSVG()).to.match(/^<svg [^>]*width="72" height="72"/);
  });

  it('clamps the size to 1 to 5 inches, each side for itself', () => {
    expect(show_image(torch.zeros(100, 700)).figure.figsize).to.deep.equal([5, 3]);
    expect(show_image(torch.zeros(28, 28), { figsize: [2, 3] }).figure.figsize).to.deep.equal([2, 3]);
  });

  it('draws the smallest value white and the largest black with Greys', () => {
    plt.rc('image', { cmap: 'Greys' });
    const im = torch.tensor([
      [-5, 10],
      [10, -5],
    ]);
    const png = show_image(im).figure.toPNG();
    expect(pixel(png, 0.25, 0.25)).to.deep.equal([255, 255, 255]);
    expect(pixel(png, 0.75, 0.25)).to.deep.equal([0, 0, 0]);
    const inverse = show_image(im, { cmap: 'gray' }).figure.toPNG();
    expect(pixel(inverse, 0.25, 0.25)).to.deep.equal([0, 0, 0]);
  });

  it('takes colours first or last, floats and bytes', () => {
    const first = torch.zeros(3, 8, 8);
    first.set_at([0], 1);
    const last = torch.zeros([8, 8, 3], { dtype: torch.uint8 });
    last.set_at(['...', 0], 255);
    expect(pixel(show_image(first).figure.toPNG(), 0.5, 0.5)).to.deep.equal([255, 0, 0]);
    expect(pixel(show_image(last).figure.toPNG(), 0.5, 0.5)).to.deep.equal([255, 0, 0]);
  });

  it('drops a single channel wherever it stands', () => {
    for (const im of [torch.rand(1, 6, 7), torch.rand(6, 7, 1)]) {
      const [artist] = show_image(im).artists;
      expect(artist).to.include({ kind: 'image' });
      if (artist?.kind === 'image')
        expect([artist.grid.height, artist.grid.width, artist.grid.channels]).to.deep.equal([6, 7, 1]);
    }
  });

  it('shows tensors that require grad, views, arrays and what has toTensor()', () => {
    const weight = torch.rand(4, 9).requires_grad_();
    const kinds = [
      weight,
      torch.rand(9, 4).t(),
      [
        [1, 2],
        [3, 4],
      ],
      { toTensor: () => torch.rand(5, 5) },
    ];
    for (const im of kinds) expect(show_image(im).artists).to.have.length(1);
  });

  it('keeps no tensor alive', () => {
    const im = torch.rand(3, 10, 10);
    const before = torch.memory().tensors;
    show_image(im);
    expect(torch.memory().tensors).to.equal(before);
  });

  it('draws on given axes, ctx before ax, and sets a title', () => {
    const [, axs] = plt.subplots(1, 2);
    const ax = show_image(torch.zeros(4, 4), { ax: axs[0]!, ctx: axs[1]!, title: 3 });
    expect(ax).to.equal(axs[1]);
    expect(ax.get_title()).to.equal('3');
    expect(show_titled_image([torch.zeros(4, 4), 'seven']).get_title()).to.equal('seven');
  });

  it('refuses what is no picture, and unknown options', () => {
    expect(() => show_image(torch.zeros(5, 6, 7))).to.throw('Invalid shape (5, 6, 7) for image data');
    expect(() => show_image(torch.zeros(5))).to.throw('Invalid shape (5)');
    expect(() => show_image(7)).to.throw('needs a tensor, an image or an array');
    expect(() => show_image(torch.zeros(2, 2), { titel: 'x' } as never)).to.throw("unknown option 'titel'");
    expect(() => show_image(torch.zeros(2, 2), { cmap: 'Grays!' })).to.throw('not a known colormap');
  });
});

describe('show_images, subplots and get_grid', () => {
  afterEach(() => plt.close('all'));

  it('shows pictures in rows with their titles', () => {
    const axes = show_images([torch.zeros(4, 4), torch.ones(4, 4), torch.ones(4, 4)], {
      nrows: 2,
      titles: ['a', 'b', 'c'],
    });
    expect(axes.map((ax) => ax.get_title())).to.deep.equal(['a', 'b', 'c']);
    expect(axes[0]!.figure.figsize).to.deep.equal([6, 6]);
    expect(axes[0]!.figure.axes).to.have.length(4);
    expect(axes[0]!.figure.axes.every((ax) => !ax.axisOn)).to.be.true;
  });

  it('gives subplots of imsize inches, room for a title above small ones', () => {
    expect(subplots(2, 3)[0].figsize).to.deep.equal([9, 6]);
    expect(subplots(1, 2, { imsize: 2, suptitle: 'x' })[0].figsize).to.deep.equal([4, 2.6]);
    expect(subplots()[1]).to.have.length(1);
    expect(() => subplots(1, 1, { size: 3 } as never)).to.throw("unknown option 'size'");
  });

  it('arranges n axes near a square and hides the rest', () => {
    const axes = get_grid(7);
    expect(axes).to.have.length(7);
    expect(axes[0]!.cell).to.include({ rows: 2, cols: 4 });
    expect(axes[0]!.figure.axes[7]!.axisOn).to.be.false;
    expect(get_grid(9, { figsize: [4, 4] })[0]!.cell).to.include({ rows: 3, cols: 3 });
    expect(get_grid(4, { double: true })).to.have.length(8);
    expect(get_grid(5, { ncols: 5 })[0]!.cell).to.include({ rows: 1, cols: 5 });
  });
});
