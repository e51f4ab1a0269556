/**
 * The heavy libraries, loaded when the first picture is drawn: importing `libtorch-node/plot` costs nothing of them.
 * All loads are synchronous, so that `savefig` and `show` are, as in Python.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as Image from '@napi-rs/image';
import type * as Resvg from '@resvg/resvg-js';
import type * as Vega from 'vega';

const require = createRequire(import.meta.url);

function once<T>(load: () => T): () => T {
  let loaded: { value: T } | undefined;
  return () => (loaded ??= { value: load() }).value;
}

/**
 * Vega, the chart library. Its package's entry awaits at top level, so that `require` refuses it; the single file
 * it ships for script tags is the same library and loads at once.
 */
export const vega = once((): typeof Vega => {
  const file = join(dirname(require.resolve('vega')), 'vega.min.js');
  const target = { exports: {} };
  const source = readFileSync(file, 'utf8');
  const wrapped = compileFunction(source, ['exports', 'module', 'define'], { filename: file });
  Reflect.apply(wrapped, target.exports, [target.exports, target, undefined]);
  return target.exports as typeof Vega;
});

/** resvg draws SVG as pixels. */
export const resvg = once((): typeof Resvg => require('@resvg/resvg-js') as typeof Resvg);

export const image = once((): typeof Image => require('@napi-rs/image') as typeof Image);

/** DejaVu Sans, matplotlib's own font, brought along so that text appears on machines without any font. */
export const fontFiles = once((): string[] =>
  ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}`)),
);
