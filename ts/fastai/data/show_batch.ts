/** How batches are shown: by the kind of their inputs. https://docs.fast.ai/data.core.html */
import type { L } from '../../fastcore/foundation.js';
import { repr } from '../../fastcore/protocol.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- samples are of any type */

export interface ShowOptions {
  /** Most samples (default: 9). */
  max_n?: number;
  [option: string]: unknown;
}
type Kind = abstract new (...args: any[]) => unknown;
export type ShowBatch = (x: any, y: any, samples: L<any>, options: ShowOptions) => unknown;
export type ShowResults = (x: any, y: any, samples: L<any>, outs: L<any>, options: ShowOptions) => unknown;

/** Functions by kind of input; of several that fit, the most special. */
class ByKind<F> {
  readonly #known: [Kind, F][] = [];

  add(kind: Kind, fn: F): void {
    this.#known.push([kind, fn]);
  }
  find(x: unknown): F | undefined {
    const first: unknown = Array.isArray(x) ? x[0] : x;
    let best: [Kind, F] | undefined;
    for (const one of this.#known)
      if (first instanceof one[0] && (best === undefined || one[0].prototype instanceof best[0])) best = one;
    return best?.[1];
  }
}
const batches = new ByKind<ShowBatch>();
const results = new ByKind<ShowResults>();

/** Says how batches with inputs of a class are shown. */
export function onShowBatch(kind: Kind, fn: ShowBatch): void {
  batches.add(kind, fn);
}
export function onShowResults(kind: Kind, fn: ShowResults): void {
  results.add(kind, fn);
}

/** Shows samples as their kind is shown; those of no known kind as text, one a line. */
export function show_batch(x: unknown, y: unknown, samples: L<any>, options: ShowOptions = {}): unknown {
  const show = batches.find(x);
  if (show) return show(x, y, samples, options);
  const text = samples.slice(0, options.max_n ?? 9).map((sample: unknown) => repr(sample));
  console.log([...text].join('\n'));
  return undefined;
}
/** The same with the outputs of a model beside each sample. */
export function show_results(
  x: unknown,
  y: unknown,
  samples: L<any>,
  outs: L<any>,
  options: ShowOptions = {},
): unknown {
  const show = results.find(x);
  if (show) return show(x, y, samples, outs, options);
  const text = samples
    .slice(0, options.max_n ?? 9)
    .map((sample: unknown, i: number) => `${repr(sample)} -> ${repr(outs[i])}`);
  console.log([...text].join('\n'));
  return undefined;
}
