import { inspect } from 'node:util';

/**
 * What a value is compared and told apart by, where it stands for more than its identity: a Path gives its
 * parts. Two objects of one class with equal keys are one and the same to `L.unique` and `L.val2idx`.
 */
export const orderKey: unique symbol = Symbol('fastcore.orderKey');

interface Keyed {
  [orderKey](): readonly (string | number)[];
}

function isKeyed(value: unknown): value is Keyed {
  return typeof value === 'object' && value !== null && orderKey in value;
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === quote) out += '\\' + char;
    else if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad)
      out += '\\x' + code.toString(16).padStart(2, '0');
    else out += char;
  }
  return out + quote;
}

/**
 * A value as Python's `repr` writes it: `'a'`, `True`, `None`, `(0, 'a')`. A plain JavaScript array stands for
 * a tuple, because that is what `enumerate` and `zip` yield, a Map for a dict; other objects print as `console.log`
 * prints them.
 */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return reprString(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  }
  if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype) {
    const items = (value as unknown[]).map(repr);
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
  }
  if (value instanceof Map)
    return `{${Array.from(value, ([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
  return inspect(value, { depth: 2 });
}

/** UTF-16 order puts U+10000 and above before U+E000: lift the surrogates over the rest to get code points' order. */
function codePointRank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function compareStrings(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value !== 'object') return typeof value;
  return value.constructor?.name ?? 'object';
}

function isNumeric(value: unknown): value is number | bigint | boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

/**
 * Python's order: numbers by value, strings by code point, tuples and paths item by item.
 * Throws TypeError for two kinds that Python does not order either.
 */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (isKeyed(a) && isKeyed(b)) return compare(a[orderKey](), b[orderKey]());
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  throw new TypeError(`'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** What a Map or Set must be keyed by for two equal values to meet. */
export function identityKey(value: unknown): unknown {
  return isKeyed(value) ? `${typeName(value)}:${JSON.stringify(value[orderKey]())}` : value;
}
