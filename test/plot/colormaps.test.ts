import { expect } from 'chai';
import { colorAt, colormap } from '../../ts/plot/colormaps.js';
import { fromRgb, isDark, toHex } from '../../ts/plot/colors.js';

const at = (name: string, value: number): string => fromRgb(...colorAt(colormap(name), value)!);

describe('colormap', () => {
  it("gives matplotlib's colours", () => {
    const recorded: Record<string, string[]> = {
      Greys: ['#ffffff', '#f3f3f3', '#d9d9d9', '#959595', '#4a4a4a', '#000000'],
      gray: ['#000000', '#191919', '#404040', '#808080', '#c5c5c5', '#ffffff'],
      Reds: ['#fff5f0', '#fee5d8', '#fcbba1', '#fb694a', '#c4161c', '#67000d'],
      Blues: ['#f7fbff', '#e3eef9', '#c6dbef', '#6aaed6', '#1c6bb0', '#08306b'],
      Greens: ['#f7fcf5', '#e9f7e5', '#c7e9c0', '#73c476', '#1d8640', '#00441b'],
    };
    for (const [name, colors] of Object.entries(recorded))
      expect(
        [0, 0.1, 0.25, 0.5, 0.77, 1].map((value) => at(name, value)),
        name,
      ).to.deep.equal(colors);
  });

  it('comes within three levels of viridis', () => {
    const recorded = ['#440154', '#482475', '#3b528b', '#21918c', '#69cd5b', '#fde725'];
    [0, 0.1, 0.25, 0.5, 0.77, 1].forEach((value, i) => {
      const [a, b] = [at('viridis', value), recorded[i]!].map((hex) =>
        [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16)),
      );
      a!.forEach((level, c) => expect(level).to.be.closeTo(b![c]!, 3));
    });
  });

  it('clamps, reverses, and has nothing for NaN', () => {
    expect([at('Greys', -3), at('Greys', 7), at('Greys_r', 0)]).to.deep.equal([
      '#ffffff',
      '#000000',
      '#000000',
    ]);
    expect(colorAt(colormap('Greys'), NaN)).to.equal(undefined);
    expect(() => colormap('rainbowish')).to.throw('known are Greys, gray, Reds');
    expect(() => colormap('toString')).to.throw('not a known colormap');
  });
});

describe('colors', () => {
  it('reads names, cycles, hex, greys and levels', () => {
    const given = ['r', 'C1', 'c1', 'tab:green', '#abc', 'Orange', '0.5', [0, 0.5, 1]] as const;
    expect(given.map((color) => toHex(color, 'x'))).to.deep.equal([
      '#ff0000',
      '#ff7f0e',
      '#ff7f0e',
      '#2ca02c',
      '#aabbcc',
      '#ffa500',
      '#808080',
      '#0080ff',
    ]);
    for (const wrong of ['', 'url(x)', '#12', 'tab:none', [1, 2]])
      expect(() => toHex(wrong as never, 'plot')).to.throw('plot(): ');
  });

  it('calls a colour dark below a luminance of 0.408', () => {
    expect([isDark([255, 255, 255]), isDark([0x8c, 0x8c, 0x8c]), isDark([0xb0, 0xb0, 0xb0])]).to.deep.equal([
      false,
      true,
      false,
    ]);
  });
});
