/** Figures. `import * as plt from 'libtorch-node/plot'` is matplotlib's pyplot in short; see docs/plotting.md. */
export * from './pyplot.js';
export * as plt from './pyplot.js';
export { Axes } from './axes.js';
export type {
  BarOptions,
  HistOptions,
  ImageOptions,
  LineOptions,
  ScatterOptions,
  TextOptions,
  TitleOptions,
} from './options.js';
export { Figure } from './figure.js';
export type { FigureOptions } from './figure.js';
export type { Data } from './data.js';
export type { SaveOptions } from './write.js';
export type { TerminalOptions } from './terminal.js';
export { FuncAnimation } from './animation.js';
export type { AnimationOptions } from './animation.js';
export { Graph, graphviz } from './graph.js';
export { Line2D, PathCollection } from './lines.js';
export * as pd from './pd.js';
