/** Where an axis has ticks and what stands beside them: matplotlib's AutoLocator and LogLocator in short. */

export type Scale = 'linear' | 'log';

export interface Ticks {
  values: number[];
  labels: string[];
  minor: number[];
}

const STEPS = [1, 2, 2.5, 5, 10];
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const minus = (text: string): string => text.replace(/^-/, '−').replace('e-', 'e−').replace('e+', 'e');

function power(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

function linearTicks(low: number, high: number, count: number): Ticks {
  const raw = (high - low) / Math.max(1, count);
  const scale = 10 ** Math.floor(Math.log10(raw));
  const unit = STEPS.find((step) => step * scale >= raw * (1 - 1e-10)) ?? 10;
  const step = unit * scale;
  const values: number[] = [];
  const slack = step * 1e-6;
  for (let i = Math.ceil((low - slack) / step); i * step <= high + slack && values.length < 1000; i++)
    values.push(Number((i * step).toPrecision(12)) + 0);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (unit === 2.5 ? 1 : 0));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const plain = largest < 1e6 && decimals <= 5;
  const labels = values.map((value) => minus(plain ? value.toFixed(decimals) : short(value)));
  return { values, labels, minor: [] };
}

/** A number as few digits as it needs: `2.5e7`. */
function short(value: number): string {
  if (value === 0) return '0';
  const text = Number(value.toPrecision(6)).toExponential();
  const near = Number(value.toPrecision(6));
  return Math.abs(near) >= 1e-4 && Math.abs(near) < 1e6 ? String(near) : text;
}

function logTicks(low: number, high: number, count: number): Ticks {
  const from = Math.ceil(Math.log10(low) - 1e-9);
  const to = Math.floor(Math.log10(high) + 1e-9);
  const decades = Math.max(0, to - from + 1);
  // Less than two decades in sight: plain numbers between them say more than one power of ten.
  if (decades < 2) {
    const values: number[] = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.floor(Math.log10(high)); e++)
      for (const digit of [1, 2, 3, 4, 6]) {
        const value = digit * 10 ** e;
        if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
          values.push(Number(value.toPrecision(12)));
      }
    if (values.length > 1) return { values, labels: values.map((value) => minus(short(value))), minor: [] };
    return linearTicks(low, high, count);
  }
  const stride = Math.max(1, Math.ceil(decades / Math.max(2, count)));
  const values: number[] = [];
  const labels: string[] = [];
  const minor: number[] = [];
  for (let e = from; e <= to; e++)
    if ((e - from) % stride === 0) {
      values.push(Number(`1e${e}`));
      labels.push(power(e));
    }
  if (stride === 1)
    for (let e = from - 1; e <= to; e++)
      for (let digit = 2; digit < 10; digit++) {
        const value = digit * 10 ** e;
        if (value > low && value < high) minor.push(value);
      }
  return { values, labels, minor };
}

/** Ticks within `[low, high]` (in either order), at most about `count` of them. */
export function ticksFor(limits: readonly [number, number], scale: Scale, count: number): Ticks {
  const low = Math.min(...limits);
  const high = Math.max(...limits);
  if (!(high > low) || !Number.isFinite(high - low)) return { values: [], labels: [], minor: [] };
  return scale === 'log' && low > 0 ? logTicks(low, high, count) : linearTicks(low, high, count);
}
