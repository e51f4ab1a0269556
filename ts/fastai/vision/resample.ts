/**
 * Resizing of 8-bit pictures as Python's PIL does it, number for number: filters are widened when a picture shrinks,
 * weights are fixed-point numbers of 22 bits, and pixels are rounded between the horizontal and the vertical pass.
 */

/** Pixels in rows of interleaved channels. */
export interface Raster {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
}

/** PIL's numbers of its filters. */
export const Resampling = { NEAREST: 0, LANCZOS: 1, BILINEAR: 2, BICUBIC: 3, BOX: 4, HAMMING: 5 } as const;
export type Resample = (typeof Resampling)[keyof typeof Resampling];
/** [left, upper, right, lower], the last two outside. */
export type Box = readonly [number, number, number, number];

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
function bicubic(at: number): number {
  const [x, a] = [Math.abs(at), -0.5];
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}
function hamming(at: number): number {
  const x = Math.abs(at);
  return x >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x));
}
const filters = new Map<number, { support: number; weight: (x: number) => number }>([
  [Resampling.BOX, { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) }],
  [Resampling.BILINEAR, { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) }],
  [Resampling.HAMMING, { support: 1, weight: hamming }],
  [Resampling.BICUBIC, { support: 2, weight: bicubic }],
  [Resampling.LANCZOS, { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) }],
]);

const ONE = 1 << 22;

interface Taps {
  /** For each output place: the first input place, and how many. */
  first: Int32Array;
  count: Int32Array;
  /** `width` weights for each output place. */
  width: number;
  weights: Float64Array;
}

function taps(inSize: number, from: number, to: number, outSize: number, resample: Resample): Taps {
  const filter = filters.get(resample)!;
  const scale = (to - from) / outSize;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const shrink = 1 / stretch;
  const width = Math.ceil(support) * 2 + 1;
  const weights = new Float64Array(outSize * width);
  const [first, count] = [new Int32Array(outSize), new Int32Array(outSize)];
  for (let out = 0; out < outSize; out++) {
    const center = from + (out + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const n = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    const own = weights.subarray(out * width, (out + 1) * width);
    let sum = 0;
    for (let k = 0; k < n; k++) sum += own[k] = filter.weight((k + start - center + 0.5) * shrink);
    for (let k = 0; k < n; k++) {
      const share = sum === 0 ? own[k]! : own[k]! / sum;
      own[k] = Math.trunc(share * ONE + (share < 0 ? -0.5 : 0.5));
    }
    [first[out], count[out]] = [start, n];
  }
  return { first, count, width, weights };
}

/** One pass: along rows when `step` is the channels, along columns when it is a row's length. */
function pass(
  input: Uint8Array,
  output: Uint8Array,
  { first, count, width, weights }: Taps,
  [lines, inLine, outLine]: readonly [count: number, inStride: number, outStride: number],
  step: number,
  channels: number,
): void {
  const rounding = ONE / 2;
  for (let line = 0; line < lines; line++)
    for (let out = 0; out < first.length; out++)
      for (let c = 0; c < channels; c++) {
        let sum = rounding;
        let at = line * inLine + first[out]! * step + c;
        for (let k = 0, w = out * width; k < count[out]!; k++, w++, at += step)
          sum += input[at]! * weights[w]!;
        output[line * outLine + out * step + c] = Math.min(255, Math.max(0, Math.floor(sum / ONE)));
      }
}

function nearest({ width, height, channels, data }: Raster, [w, h]: readonly number[], box: Box): Uint8Array {
  const output = new Uint8Array(w! * h! * channels);
  const [dx, dy] = [(box[2] - box[0]) / w!, (box[3] - box[1]) / h!];
  // Added up, as PIL does, and not multiplied: the two round differently.
  for (let y = 0, to = 0, yAt = box[1] + dy * 0.5; y < h!; y++, yAt += dy) {
    const row = Math.min(height - 1, Math.floor(yAt)) * width;
    for (let x = 0, xAt = box[0] + dx * 0.5; x < w!; x++, xAt += dx) {
      const from = (row + Math.min(width - 1, Math.floor(xAt))) * channels;
      for (let c = 0; c < channels; c++) output[to++] = data[from + c]!;
    }
  }
  return output;
}

/** The part of the picture inside `box` (default: all), at another width and height. */
export function resample(
  raster: Raster,
  size: readonly [width: number, height: number],
  method: Resample = Resampling.BICUBIC,
  box: Box = [0, 0, raster.width, raster.height],
): Uint8Array {
  const { width, height, channels, data } = raster;
  const [w, h] = size;
  if (method === Resampling.NEAREST) return nearest(raster, size, box);
  let rows = data;
  if (w !== width || box[0] !== 0 || box[2] !== width) {
    rows = new Uint8Array(w * height * channels);
    const across = taps(width, box[0], box[2], w, method);
    pass(data, rows, across, [height, width * channels, w * channels], channels, channels);
  }
  if (h === height && box[1] === 0 && box[3] === height) return rows === data ? data.slice() : rows;
  const output = new Uint8Array(w * h * channels);
  // A column is a line whose steps are rows; all channels of all columns are such lines.
  const down = taps(height, box[1], box[3], h, method);
  pass(rows, output, down, [w * channels, 1, 1], w * channels, 1);
  return output;
}

const multiplied = (value: number, alpha: number) => {
  const product = value * alpha + 128;
  return ((product >> 8) + product) >> 8;
};

/** Colours weighed by the alpha channel, the last one, so that transparent pixels leave no trace in their neighbours. */
export function premultiply({ channels, data }: Raster): Uint8Array {
  const out = data.slice();
  for (let at = 0; at < out.length; at += channels)
    for (let c = 0; c < channels - 1; c++) out[at + c] = multiplied(out[at + c]!, out[at + channels - 1]!);
  return out;
}
export function unmultiply(data: Uint8Array, channels: number): Uint8Array {
  for (let at = 0; at < data.length; at += channels) {
    const alpha = data[at + channels - 1]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = 0; c < channels - 1; c++)
      data[at + c] = Math.min(255, Math.trunc((255 * data[at + c]!) / alpha));
  }
  return data;
}
