/** Python's number and string literals. The grammar is lenient about both; these are not. */
import { Complex } from '../scalar.js';
import type { Float } from '../scalar.js';
import { makeFloat, narrow } from './number.js';

const DIGITS = '[0-9](?:_?[0-9])*';
const DECIMAL = /^(?:0(?:_?0)*|[1-9](?:_?[0-9])*)$/;
const PREFIXED = /^0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)$/;
const FLOAT = new RegExp(`^(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.?)(?:[eE][+-]?${DIGITS})?$`);

/** The value of a number literal: an int, a float, or a complex for `2j`. Throws an Error that names the fault. */
export function parseNumber(text: string): number | bigint | Float | Complex {
  const digits = text.replaceAll('_', '');
  if (DECIMAL.test(text) || PREFIXED.test(text)) return narrow(BigInt(digits));
  if (/^0[xXoObB]/.test(text)) throw new Error(`invalid number literal '${text}'`);
  if (/[jJ]$/.test(text)) {
    if (!FLOAT.test(text.slice(0, -1))) throw new Error(`invalid imaginary literal '${text}'`);
    return new Complex(0, Number(digits.slice(0, -1)));
  }
  if (/^0[0-9_]+$/.test(text))
    throw new Error('leading zeros in an int literal; an octal one starts with 0o');
  if (!FLOAT.test(text)) throw new Error(`invalid number literal '${text}'`);
  return makeFloat(Number(digits));
}

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPE =
  /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(N\{[^}]*\}|[xuU])|(\r\n|[^]))/g;

function unescape(body: string): string {
  return body.replace(
    ESCAPE,
    (whole, octal?: string, x?: string, u?: string, long?: string, bad?: string, one?: string) => {
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      const hex = x ?? u ?? long;
      if (hex !== undefined) {
        const code = parseInt(hex, 16);
        if (code > 0x10ffff) throw new Error(`no such character: ${whole}`);
        return String.fromCodePoint(code);
      }
      if (bad !== undefined) throw new Error(`the escape \\${bad} is truncated or not supported`);
      if (one === '\r\n') return '';
      // As in Python, an unknown escape keeps its backslash. A backtick needs one in JavaScript, not here.
      return one === '`' ? '`' : (SIMPLE[one!] ?? whole);
    },
  );
}

/** The value of one string literal, quotes and prefix included. Throws an Error that names the fault. */
export function parseString(text: string): string {
  const match = /^([a-zA-Z]*)('''|"""|'|")([^]*)\2$/.exec(text);
  if (!match) throw new Error('a string without its closing quote');
  const [, prefix, , body] = match as unknown as [string, string, string, string];
  if (/b/i.test(prefix)) throw new Error('bytes literals are not supported');
  return /r/i.test(prefix) ? body.replaceAll('\\`', '`') : unescape(body);
}
