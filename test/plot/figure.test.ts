import { expect } from 'chai';
import { plt } from '../../ts/plot/index.js';
import { resvg, fontFiles } from '../../ts/plot/libraries.js';
import * as torch from '../../ts/torch/index.js';
import { Decoded } from './pixels.js';

const HOSTILE =
  '</text></svg><script>alert(1)</script><img src=x onerror="alert(2)">&\'\u0000\u001b[31m\ud800';

describe('Figure', () => {
  afterEach(() => plt.close('all'));

  it('is an SVG of 72 points to the inch and a PNG of dpi pixels', () => {
    const [fig, ax] = plt.subplots({ figsize: [4, 3] });
    ax.plot([1, 2]);
    expect(fig.toSVG()).to.match(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^>]* width="288" height="216"/,
    );
    expect(fig.toSVG(), 'the same figure gives the same text').to.equal(fig.toSVG());
    const png = new Decoded(fig.toPNG());
    expect([png.width, png.height]).to.deep.equal([400, 300]);
    expect(new Decoded(fig.toPNG({ dpi: 50 })).width).to.equal(200);
    expect(String(fig)).to.equal('<Figure size 288x216 with 1 Axes>');
  });

  it('draws one path per line, one symbol per point, a rectangle per bar, with their colours', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([1, 3, 2], { color: 'red' });
    ax.scatter([0, 1, 2], [1, 2, 3], { color: '#123456' });
    ax.bar([0, 1], [1, 2], { color: 'C2' });
    const svg = fig.toSVG();
    expect(svg.match(/stroke="#ff0000"/g)).to.have.length(1);
    expect(svg.match(/fill="#123456"/g)).to.have.length(3);
    expect(svg.match(/fill="#2ca02c"/g)).to.have.length(2);
  });

  it('leaves a gap where a value is not finite, and on a logarithmic axis where it is not positive', () => {
    const path = (values: number[], log = false): string => {
      const [fig, ax] = plt.subplots();
      ax.plot(values, { color: '#123456' });
      if (log) ax.set_yscale('log');
      return /<path[^>]*d="([^"]*)"[^>]*stroke="#123456"/.exec(fig.toSVG())![1]!;
    };
    expect(path([1, 2, 3, 4]).match(/M/g)).to.have.length(1);
    expect(path([1, 2, NaN, 4, 5]).match(/M/g)).to.have.length(2);
    expect(path([1, 2, Infinity, 4, 5])).not.to.match(/NaN|Infinity/);
    expect(path([1, 2, 0, 4, 5], true).match(/M/g)).to.have.length(2);
  });

  it('draws nothing where there is nothing, or nothing finite', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([]);
    ax.plot([NaN, NaN]);
    ax.scatter([], []);
    expect(fig.toSVG()).not.to.match(/NaN|undefined/);
    expect(plt.figure().toPNG().length).to.be.above(100);
  });

  it('shows each value of a picture as a crisp square of its colour', () => {
    const [fig, ax] = plt.subplots({ figsize: [1, 1] });
    const values = [0, 64, 128, 255];
    ax.imshow(torch.tensor(values).view(2, 2), { cmap: 'gray' });
    ax.axis('off');
    const png = new Decoded(fig.toPNG({ dpi: 200 }));
    values.forEach((grey, i) => {
      const [x, y] = [i % 2, Math.floor(i / 2)];
      const shade = Math.round((Math.floor((grey / 255) * 256 > 255 ? 255 : (grey / 255) * 256) / 255) * 255);
      for (const inset of [0.1, 0.5, 0.9])
        expect(
          png.at(Math.floor(6 + (x + inset) * 94), Math.floor(6 + (y + inset) * 94)),
          `cell ${i} at ${inset}`,
        ).to.deep.equal([shade, shade, shade]);
    });
    const blurred = png.count((r) => !values.some((grey) => Math.abs(grey - r) <= 1), [0.1, 0.1, 0.9, 0.9]);
    expect(blurred, 'no pixel between the greys').to.equal(0);
  });

  it('keeps the aspect of pictures', () => {
    const [fig, ax] = plt.subplots({ figsize: [4, 4] });
    ax.imshow(torch.ones(10, 40), { cmap: 'Greys', vmin: 0, vmax: 1 });
    ax.axis('off');
    const png = new Decoded(fig.toPNG());
    const black = png.count((r) => r < 10);
    expect(black / (png.width * png.height)).to.be.closeTo(0.25, 0.02);
    expect(png.at(200, 20)).to.deep.equal([255, 255, 255]);
  });

  it('writes text with its own font where the machine has none', () => {
    const [fig, ax] = plt.subplots({ figsize: [3, 1] });
    ax.axis('off');
    const without = new Decoded(fig.toPNG()).count((r) => r < 128);
    ax.set_title('Hello 123');
    const svg = fig.toSVG();
    const Renderer = resvg().Resvg;
    const draw = (fontFiles: string[]): number =>
      new Decoded(
        new Renderer(svg, { font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' } })
          .render()
          .asPng(),
      ).count((r) => r < 128);
    expect(without).to.equal(0);
    expect(draw([]), 'no fonts at all: no text').to.equal(0);
    expect(draw(fontFiles()), 'the font that comes along').to.be.above(100);
    expect(new Decoded(fig.toPNG()).count((r) => r < 128)).to.be.above(100);
  });

  it('lays axes out so that no label is cut and no axes overlap', () => {
    const [fig, axs] = plt.subplots(2, 3, { figsize: [9, 5] });
    for (const ax of axs.flat()) {
      ax.plot([1e5, -2e5]);
      ax.set_title('A title');
      ax.set_xlabel('x');
      ax.set_ylabel('a label');
    }
    const png = new Decoded(fig.toPNG());
    const dark = (box: number[]): number =>
      png.count((r) => r < 200, box as [number, number, number, number]);
    for (const edge of [
      [0, 0, 1, 0.005],
      [0, 0.995, 1, 1],
      [0, 0, 0.003, 1],
      [0.997, 0, 1, 1],
    ])
      expect(dark(edge), `edge ${edge}`).to.equal(0);
  });

  it('escapes hostile words in SVG and HTML', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([1, 2], { label: HOSTILE });
    ax.legend();
    ax.set_title(HOSTILE).set_xlabel(HOSTILE).set_ylabel(HOSTILE);
    ax.text(0, 1, HOSTILE);
    ax.bar([HOSTILE], [1]);
    fig.suptitle(HOSTILE);
    for (const text of [fig.toSVG(), fig.toHTML()]) {
      expect(text).not.to.match(/<script|<img/);
      expect(text).to.include('&lt;script&gt;');
      // eslint-disable-next-line no-control-regex -- that is what must not be there
      expect(text).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
      expect(text.match(/<\/svg>/g)).to.have.length(1);
    }
    expect(fig.toHTML()).to.include(`Content-Security-Policy" content="default-src 'none'`);
    expect(new Decoded(fig.toPNG()).width).to.equal(640);
  });

  it('gives two figures on one page clip paths of their own', () => {
    const make = (values: number[]): string[] => {
      const [fig, ax] = plt.subplots();
      ax.plot(values);
      return [...fig.toSVG().matchAll(/id="([^"]+)"/g)].map((match) => match[1]!);
    };
    const [a, b] = [make([1, 2]), make([1, 3])];
    expect(a).to.have.length.above(0);
    expect(a.filter((id) => b.includes(id))).to.deep.equal([]);
  });

  it('offers notebooks SVG, PNG and text', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([1, 2]);
    for (const shown of [fig, ax]) {
      const bundle = (shown as unknown as Record<symbol, () => Record<string, string>>)[
        Symbol.for('Jupyter.display')
      ]!();
      expect(Object.keys(bundle)).to.deep.equal(['image/svg+xml', 'image/png', 'text/plain']);
      expect(Buffer.from(bundle['image/png']!, 'base64').readUInt32BE(0)).to.equal(0x89504e47);
    }
  });

  it('draws a legend, away from the data, and a colour bar', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([0, 1, 2, 3], { label: 'rising' });
    ax.legend();
    expect(fig.toSVG()).to.include('>rising</text>');
    const [, image] = plt.subplots();
    const shown = image.imshow([
      [0, 5],
      [2, 10],
    ]);
    image.figure.colorbar(shown);
    expect(image.figure.toSVG().match(/<image /g)).to.have.length(2);
    expect(() => plt.figure().colorbar(shown)).to.throw('in no axes of this figure');
  });

  it('refuses sizes that are none', () => {
    expect(() => plt.figure({ figsize: [0, 1] })).to.throw('figsize must be two numbers of inches');
    expect(() => plt.figure({ figsize: [1e9, 1] })).to.throw('figsize');
    expect(() => plt.figure({ dpi: NaN })).to.throw('dpi must be');
    expect(() => plt.figure().toPNG({ dpi: 1e9 })).to.throw('dpi must be');
    expect(() => plt.figure({ size: 3 } as never)).to.throw("unknown option 'size'");
    expect(() => plt.figure().add_subplot(1, 2, 3)).to.throw('1 <= num <= 2, not 3');
    for (const wrong of [0, -1, 1.5, NaN])
      expect(() => plt.subplots(wrong)).to.throw('must be positive integers');
    expect(() => plt.figure({ figsize: [200, 200] }).toPNG({ dpi: 600 })).to.throw(
      '120000 x 120000 pixels are more',
    );
  });
});
