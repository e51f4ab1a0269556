/** Graphs in Graphviz' language, drawn by Graphviz itself (compiled to WebAssembly). https://graphviz.org/doc/info/lang.html */
import { ValueError } from '../torch/errors.js';
import { svgToPng } from './raster.js';
import { fit, plainLine } from './textcanvas.js';
import { readOptions, type TerminalOptions } from './terminal.js';
import { htmlPage, saveAs, type SaveOptions } from './write.js';

interface Edge {
  from: string;
  to: string;
  label: string;
}

/** Links of a graph may lead to web pages and nowhere else. */
function withoutScripts(svg: string): string {
  return svg.replace(/(xlink:)?href="(?!https?:|#)[^"]*"/gi, '');
}

/** Words of Graphviz' `plain` format, quoted ones included. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted?.replace(/\\(.)/g, '$1') ?? bare!,
  );
}

export class Graph {
  /** The text it was made from. */
  readonly source: string;
  readonly #svg: string;
  readonly #edges: readonly Edge[];

  /** @internal Made by `graphviz()`. */
  constructor(source: string, svg: string, plain: string) {
    this.source = source;
    this.#svg = withoutScripts(svg.slice(svg.indexOf('<svg')));
    this.#edges = plain
      .split('\n')
      .filter((line) => line.startsWith('edge '))
      .map((line) => {
        const [, from = '', to = '', count = '0', ...rest] = words(line);
        const after = rest.slice(Number(count) * 2);
        // A label stands between the curve and the style, with its two coordinates.
        return { from, to, label: after.length >= 5 ? after[0]! : '' };
      });
  }

  toSVG(): string {
    return this.#svg;
  }
  toPNG({ dpi = 144 }: { dpi?: number } = {}): Buffer {
    return svgToPng(this.#svg, dpi / 96);
  }
  toHTML(): string {
    return htmlPage(this.#svg, 'Graph');
  }
  /** The edges, one to a line. */
  toTerminal(options: TerminalOptions = {}): string {
    const { columns, unicode } = readOptions(options);
    const arrow = unicode ? '→' : '->';
    return this.#edges
      .map(({ from, to, label }) =>
        fit(`${plainLine(from)} ${arrow} ${plainLine(to)}${label ? ` (${plainLine(label)})` : ''}`, columns),
      )
      .join('\n');
  }
  /** Writes `x.svg`, `x.png`, `x.html` or `x.dot`. */
  savefig(filename: string | { toString(): string }, options: SaveOptions = {}): void {
    saveAs('savefig', String(filename), options, {
      svg: () => this.toSVG(),
      png: () => this.toPNG({ ...(options.dpi ? { dpi: options.dpi } : {}) }),
      html: () => this.toHTML(),
      dot: () => this.source,
    });
  }
  /** @internal */
  toMimeBundle(): Record<string, string> {
    return {
      'image/svg+xml': this.#svg,
      'image/png': this.toPNG().toString('base64'),
      'text/plain': this.toTerminal(),
    };
  }
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return this.toMimeBundle();
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toTerminal();
  }
}

/**
 * Lays out and draws a graph.
 * @throws {ValueError} text that Graphviz cannot read, with its own words
 */
export async function graphviz(dot: string): Promise<Graph> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const engine = await Graphviz.load();
  try {
    return new Graph(dot, engine.layout(dot, 'svg', 'dot'), engine.layout(dot, 'plain', 'dot'));
  } catch (error) {
    throw new ValueError(
      `graphviz(): ${plainLine(error instanceof Error ? error.message : String(error)).trim()}`,
      'graphviz',
    );
  }
}
