/** From pixels to PNG, and from SVG to pixels. */
import type { ImageArtist } from './artists.js';
import { colormap } from './colormaps.js';
import { fontFiles, image, resvg } from './libraries.js';

export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue, alpha per pixel, row by row from the top. */
  data: Uint8Array;
}

const byte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** An image's values as colours. Values that are not finite stay transparent. */
export function toPixels({ grid, cmap, vmin, vmax, alpha, origin }: ImageArtist): Pixels {
  const { width, height, channels, data } = grid;
  const out = new Uint8Array(width * height * 4);
  const map = colormap(cmap);
  const span = vmax - vmin;
  const opaque = byte(alpha * 255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = ((origin === 'upper' ? y : height - 1 - y) * width + x) * 4;
      if (channels === 1) {
        const value = data[from]!;
        if (Number.isNaN(value)) continue;
        const share = span > 0 ? (value - vmin) / span : 0;
        out.set(map[Math.min(255, Math.max(0, Math.floor(share * 256)))]!, to);
        out[to + 3] = opaque;
      } else {
        const scale = grid.bytes ? 1 : 255;
        for (let c = 0; c < 3; c++) out[to + c] = byte(data[from + c]! * scale);
        out[to + 3] = channels === 4 ? byte(data[from + 3]! * scale * alpha) : opaque;
      }
    }
  return { width, height, data: out };
}

export function encodePng({ width, height, data }: Pixels): Buffer {
  return image().Transformer.fromRgbaPixels(data, width, height).pngSync();
}

export function dataURI(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

function draw(svg: string, zoom: number): InstanceType<ReturnType<typeof resvg>['RenderedImage']> {
  const renderer = new (resvg().Resvg)(svg, {
    font: {
      loadSystemFonts: needsSystemFonts(svg),
      fontFiles: fontFiles(),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
    fitTo: { mode: 'zoom', value: zoom },
    imageRendering: 1,
    background: '#ffffff',
    logLevel: 'off',
  });
  return renderer.render();
}

/**
 * DejaVu has Latin, Greek, Cyrillic and more, but no ideographs or emoji: only then the machine's own fonts are
 * searched, which takes a while.
 */
function needsSystemFonts(svg: string): boolean {
  return /[\u0900-\u0df0\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]|[\ud800-\udbff]/.test(svg);
}

/** PNG of an SVG document, `zoom` pixels to the point. */
export function svgToPng(svg: string, zoom: number): Buffer {
  return draw(svg, zoom).asPng();
}

/** Pixels of an SVG document, for animations and previews. */
export function svgToPixels(svg: string, zoom: number): Pixels {
  const { width, height, pixels } = draw(svg, zoom);
  return { width, height, data: pixels };
}
