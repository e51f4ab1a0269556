/** The one tolerance of the tests: relative, with nan equal to nan and infinities to themselves. */

/**
 * How a floating point result was computed. `exact`: elements were only moved or chosen. `drawn`: from a seeded
 * generator. `elementwise`: each from its own inputs. `reduction`: sums, products and gradients, whose order depends
 * on the processor.
 */
export type Kind = 'exact' | 'drawn' | 'elementwise' | 'reduction';
export type Numbers = readonly (number | bigint)[];

const tolerances: Record<string, Record<'elementwise' | 'reduction', number>> = {
  float32: { elementwise: 1e-6, reduction: 1e-5 },
  float64: { elementwise: 1e-13, reduction: 1e-12 },
  // The last bit of the 16-bit formats, and two for results that were rounded on the way.
  float16: { elementwise: 2 ** -10, reduction: 2 ** -9 },
  bfloat16: { elementwise: 2 ** -7, reduction: 2 ** -6 },
};
const partOf: Record<string, string> = { complex64: 'float32', complex128: 'float64' };

/**
 * Largest relative difference that counts as equal; 0 for integers, bools and whatever is `exact`. Draws are equal bit
 * for bit where they were recorded, on x64. Elsewhere normal numbers go through another vector logarithm.
 */
export function tolerance(dtype: string, kind: Kind, arch: string = process.arch): number {
  if (kind === 'exact' || (kind === 'drawn' && arch === 'x64')) return 0;
  return tolerances[partOf[dtype] ?? dtype]?.[kind === 'drawn' ? 'elementwise' : kind] ?? 0;
}

/** Mean magnitude of the finite elements: the size of what a sum adds up. */
function typicalSize(values: Numbers): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (typeof value === 'bigint' || !Number.isFinite(value)) continue;
    sum += Math.abs(value);
    ++count;
  }
  return count === 0 ? 0 : sum / count;
}

/**
 * The first element in which `actual` is not `expected`, in words, or null. A sum may cancel to almost nothing while
 * its error keeps the size of its terms, so reductions are measured against the tensor's mean magnitude where that
 * is larger than the element.
 */
export function difference(actual: Numbers, expected: Numbers, dtype: string, kind: Kind): string | null {
  if (actual.length !== expected.length) return `${actual.length} elements instead of ${expected.length}`;
  const relative = tolerance(dtype, kind);
  const floor = kind === 'reduction' ? typicalSize(expected) : 0;
  for (let i = 0; i < expected.length; ++i) {
    const a = actual[i] as number | bigint;
    const e = expected[i] as number | bigint;
    if (Object.is(a, e)) continue;
    // Infinity times any tolerance is infinity, which everything is within: only numbers are measured.
    if (relative > 0 && typeof a === 'number' && typeof e === 'number' && Number.isFinite(e)) {
      if (a === e || Math.abs(a - e) <= relative * Math.max(Math.abs(e), floor)) continue;
    }
    return `[${i}] is ${a} instead of ${e}`;
  }
  return null;
}

/** Elements of a tensor from its little-endian bytes; complex numbers as two, bools as 0 and 1. */
export function decode(dtype: string, base64: string): (number | bigint)[] {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  const { buffer } = bytes;
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return Array.from(new Float32Array(buffer));
    case 'float64':
    case 'complex128':
      return Array.from(new Float64Array(buffer));
    case 'int64':
      return Array.from(new BigInt64Array(buffer));
    case 'int32':
      return Array.from(new Int32Array(buffer));
    case 'int16':
      return Array.from(new Int16Array(buffer));
    case 'int8':
      return Array.from(new Int8Array(buffer));
    case 'uint8':
    case 'bool':
      return Array.from(bytes);
    case 'bfloat16':
      // The upper half of a float32.
      return Array.from(
        new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
      );
    case 'float16':
      return Array.from(new Uint16Array(buffer), float16);
    default:
      throw new Error(`no decoding for ${dtype}`);
  }
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
