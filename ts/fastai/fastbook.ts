/** What the book's own helpers give its chapters. https://github.com/fastai/fastbook */
import { type Axes, plt } from '../plot/index.js';
import { type Graph, graphviz } from '../plot/graph.js';
import { namedArguments } from '../torch/arguments.js';
import { ArgumentError } from '../torch/errors.js';
import * as torch from '../torch/index.js';
import type { Tensor } from '../torch/index.js';

export interface PlotFunctionOptions {
  /** Words under and beside the axes. */
  tx?: string | null;
  ty?: string | null;
  title?: string | null;
  min?: number;
  max?: number;
  /** How many points are computed. */
  steps?: number;
  figsize?: readonly number[];
  color?: string;
}

const NAMES = ['f', 'tx', 'ty', 'title', 'min', 'max', 'steps', 'figsize', 'color'];

/**
 * Draws a function of tensors from `min` to `max`: `plot_function(f, 'x', 'x**2')`,
 * `plot_function(torch.sigmoid, { title: 'Sigmoid', min: -4, max: 4 })`.
 * @param f takes a tensor of `steps` points and gives as many values
 * @returns the axes, which are also the current ones: `plt.scatter(-1.5, 2.25)` draws on them
 */
export function plot_function(f: (x: Tensor) => Tensor, ...args: unknown[]): Axes {
  const given = namedArguments('plot_function', NAMES, [f, ...args]) as PlotFunctionOptions;
  if (typeof f !== 'function')
    throw new ArgumentError('plot_function(): f must be a function', 'plot_function');
  const { tx, ty, title, min = -2, max = 2, steps = 100, figsize = [6, 4], color } = given;
  const [, ax] = plt.subplots({ figsize });
  // The values of the function are its own: it may keep them.
  const x = torch.linspace(min, max, steps);
  torch.no_grad(() => ax.plot(x, f(x), color ? { color } : {}));
  if (tx != null) ax.set_xlabel(tx);
  if (ty != null) ax.set_ylabel(ty);
  if (title != null) ax.set_title(title);
  return ax;
}

/**
 * Draws a graph from left to right: `await gv('init->predict->loss->gradient->step->stop; step->predict[label=repeat]')`.
 * Graphviz is loaded on the first call; hence the promise.
 * @throws {ValueError} what Graphviz cannot read
 */
export function gv(dot: string): Promise<Graph> {
  const defaults =
    'graph[fontname="Helvetica"] node[fontname="Helvetica"] edge[fontname="Helvetica" fontsize=12]';
  return graphviz(`digraph G{ rankdir="LR" ${defaults}\n${dot}\n; }`);
}
