/**
 * Colormaps: 256 colours each, interpolated linearly between a few, as matplotlib's are.
 * The colours of Greys, Reds ... are those of ColorBrewer (Apache-2.0, Cynthia Brewer). https://colorbrewer2.org
 */
import { ArgumentError } from '../torch/errors.js';

const ANCHORS: Readonly<Record<string, string>> = {
  Greys: 'fffffff0f0f0d9d9d9bdbdbd969696737373525252252525000000',
  gray: '000000ffffff',
  Reds: 'fff5f0fee0d2fcbba1fc9272fb6a4aef3b2ccb181da50f1567000d',
  Blues: 'f7fbffdeebf7c6dbef9ecae16baed64292c62171b508519c08306b',
  Greens: 'f7fcf5e5f5e0c7e9c0a1d99b74c47641ab5d238b45006d2c00441b',
  Oranges: 'fff5ebfee6cefdd0a2fdae6bfd8d3cf16913d94801a636037f2704',
  Purples: 'fcfbfdefedf5dadaebbcbddc9e9ac8807dba6a51a354278f3f007d',
  RdBu: '67001fb2182bd6604df4a582fddbc7f7f7f7d1e5f092c5de4393c32166ac053061',
  viridis:
    '440154470e61481a6c482575472f7d443a834144873d4e8a39568c35608d31688e2d708e2a788e27818e23888e21918d1f988b1fa08822a8842ab07f35b77943bf7154c56866cc5d7ad1518fd744a5db36bcdf27d2e21be9e51afde725',
  plasma: '0d08874c02a17e03a8a92395cc4678e56b5df89441fdc328f0f921',
  magma: '0000041d114751127c822681b63679e65164fb8861fec287fcfdbf',
  inferno: '000004210c4a56106e89226abb3754e35932f98c0af9c932fcffa4',
  coolwarm: '3b4cc06788ee9abbffc9d7f0edd1c2f7a889e26952b40426',
};

export type Colormap = readonly (readonly [number, number, number])[];

const ALIASES: Readonly<Record<string, string>> = { grey: 'gray', Grays: 'Greys', gist_gray: 'gray' };
const built = new Map<string, Colormap>();

function levels(hex: string): [number, number, number][] {
  const colors: [number, number, number][] = [];
  for (let at = 0; at < hex.length; at += 6) {
    const value = Number.parseInt(hex.slice(at, at + 6), 16);
    colors.push([value >> 16, (value >> 8) & 255, value & 255]);
  }
  return colors;
}

/**
 * The 256 colours of a colormap; the suffix `_r` reverses it.
 * @throws {ArgumentError} an unknown name
 */
export function colormap(name: string, op = 'get_cmap'): Colormap {
  const known = built.get(name);
  if (known) return known;
  const plain = name.endsWith('_r') ? name.slice(0, -2) : name;
  const anchors = ANCHORS[ALIASES[plain] ?? plain];
  if (anchors === undefined || !Object.hasOwn(ANCHORS, ALIASES[plain] ?? plain))
    throw new ArgumentError(
      `${op}(): ${JSON.stringify(name)} is not a known colormap; known are ${Object.keys(ANCHORS).join(', ')}, each also with _r`,
      op,
    );
  const points = levels(anchors);
  const map = Array.from({ length: 256 }, (_, i): [number, number, number] => {
    const at = (i / 255) * (points.length - 1);
    const from = Math.min(Math.floor(at), points.length - 2);
    const [a, b] = [points[from]!, points[from + 1]!];
    return [0, 1, 2].map((c) => Math.round(a[c]! + (b[c]! - a[c]!) * (at - from))) as [
      number,
      number,
      number,
    ];
  });
  if (name.endsWith('_r')) map.reverse();
  built.set(name, map);
  return map;
}

/** Colour of a value in 0..1, clamped: index `floor(value * 256)`, as matplotlib does it. NaN has none. */
export function colorAt(map: Colormap, value: number): readonly [number, number, number] | undefined {
  if (Number.isNaN(value)) return undefined;
  return map[Math.min(255, Math.max(0, Math.floor(value * 256)))];
}
