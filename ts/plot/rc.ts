/** Defaults of figures: the part of matplotlib's rcParams that drawing here depends on. */
import { ArgumentError } from '../torch/errors.js';
import { colormap } from './colormaps.js';

const DEFAULTS = {
  'image.cmap': 'viridis',
  'image.interpolation': 'nearest',
  'figure.figsize': [6.4, 4.8] as [number, number],
  'figure.dpi': 100,
  'font.size': 10,
  'lines.linewidth': 1.5,
  'lines.markersize': 6,
  'axes.grid': false,
};

export type RcParams = typeof DEFAULTS;

export const rcParams: RcParams = { ...DEFAULTS };

/**
 * `rc('image', { cmap: 'Greys' })` sets `rcParams['image.cmap']`.
 * https://matplotlib.org/stable/api/matplotlib_configuration_api.html#matplotlib.rc
 * @throws {ArgumentError} a group or key that is not known, a value of another type
 */
export function rc(group: string, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    const name = `${group}.${key}`;
    if (!Object.hasOwn(DEFAULTS, name))
      throw new ArgumentError(
        `rc(): unknown parameter '${name}'; known are ${Object.keys(DEFAULTS).join(', ')}`,
        'rc',
      );
    const known = DEFAULTS[name as keyof RcParams];
    const size = Array.isArray(known);
    if (
      typeof value !== typeof known ||
      size !== Array.isArray(value) ||
      (size && !(value as unknown[]).every((side) => typeof side === 'number' && side > 0))
    )
      throw new ArgumentError(
        `rc(): ${name} must be like ${JSON.stringify(known)}, not ${JSON.stringify(value)}`,
        'rc',
      );
    if (name === 'image.cmap') colormap(value as string, 'rc');
    Object.assign(rcParams, { [name]: value });
  }
}

/** Back to the defaults. */
export function rcdefaults(): void {
  Object.assign(rcParams, DEFAULTS);
}
