/** From a figure to SVG text, through Vega and without a browser. */
import { createHash } from 'node:crypto';
import type { Figure } from './figure.js';
import { vega } from './libraries.js';
import { toSpec } from './spec.js';

interface SceneItem {
  marktype?: string;
  items?: SceneItem[];
  url?: string;
  image?: object;
}

/** Vega would load pictures as a browser does, later; these are there already. */
function attachImages(node: SceneItem, images: ReadonlyMap<string, string>): void {
  for (const item of node.items ?? []) {
    if (node.marktype === 'image' && item.url !== undefined)
      item.image = {
        url: item.url,
        src: images.get(item.url) ?? item.url,
        complete: true,
        width: 1,
        height: 1,
      };
    attachImages(item, images);
  }
}

/**
 * Vega numbers its definitions anew in each process, not in each document, and several figures inside one page must not
 * clip each other. So the names become those of the content: the same figure always gives the same text.
 */
function ownNames(svg: string): string {
  const names = new Map<string, number>();
  const plain = svg.replace(/(id="|url\(#)((?:clip|gradient)[_\d]+)/g, (_, before: string, name: string) => {
    if (!names.has(name)) names.set(name, names.size);
    return `${before}\u0000${names.get(name)}`;
  });
  const key = createHash('sha256').update(plain).digest('hex').slice(0, 12);
  return plain.replaceAll('\u0000', `f${key}-`);
}

/** The part of Vega that its typings leave out. https://github.com/vega/vega/tree/main/packages/vega-scenegraph */
interface SVGStringRenderer {
  initialize(el: null, width: number, height: number, origin: readonly [number, number]): this;
  background(color: string): this;
  render(scene: SceneItem): this;
  svg(): string;
}
type Renderers = { SVGStringRenderer: new () => SVGStringRenderer };

export function renderSVG(figure: Figure): string {
  const library = vega();
  const { SVGStringRenderer } = library as unknown as Renderers;
  const { spec, images } = toSpec(figure);
  const view = new library.View(library.parse(spec), { renderer: 'none', logLevel: library.Error });
  try {
    view.run();
    const { root } = view.scenegraph() as unknown as { root: SceneItem };
    attachImages(root, images);
    const [width, height] = figure.size;
    const renderer = new SVGStringRenderer().initialize(null, width, height, [0, 0]);
    return ownNames(renderer.background('#ffffff').render(root).svg());
  } finally {
    view.finalize();
  }
}
