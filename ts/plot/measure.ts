/** How wide text comes out in DejaVu Sans, near enough to leave room for it; no font file is opened for this. */

/** Advance widths in thousandths of the font size. */
const WIDTHS: Readonly<Record<string, number>> = {
  ' ': 318,
  '!': 401,
  '"': 460,
  '#': 838,
  '%': 950,
  '&': 780,
  "'": 275,
  '(': 390,
  ')': 390,
  '*': 500,
  '+': 838,
  ',': 318,
  '-': 361,
  '.': 318,
  '/': 337,
  ':': 337,
  ';': 337,
  '<': 838,
  '=': 838,
  '>': 838,
  '−': 838,
  '@': 1000,
  '[': 390,
  ']': 390,
  _: 500,
  '|': 337,
  f: 352,
  i: 278,
  j: 278,
  l: 278,
  r: 411,
  t: 392,
  m: 974,
  w: 818,
  s: 521,
  c: 550,
  k: 579,
  v: 592,
  x: 592,
  y: 592,
  z: 525,
  I: 295,
  J: 295,
  M: 863,
  W: 989,
  O: 787,
  Q: 787,
  D: 770,
  G: 775,
  H: 752,
  N: 748,
  U: 732,
  L: 557,
  T: 611,
  E: 632,
  F: 575,
  B: 686,
  C: 698,
  R: 695,
  P: 603,
  K: 656,
  S: 635,
  '⁻': 528,
  '⁰': 401,
  '¹': 401,
  '²': 401,
  '³': 401,
  '⁴': 401,
  '⁵': 401,
  '⁶': 401,
  '⁷': 401,
  '⁸': 401,
  '⁹': 401,
};
const DIGIT = 636;
const SMALL = 613;
const CAPITAL = 690;
const WIDE = 1000;

function advance(char: string): number {
  if (char >= '0' && char <= '9') return DIGIT;
  const known = Object.hasOwn(WIDTHS, char) ? WIDTHS[char] : undefined;
  if (known !== undefined) return known;
  const code = char.codePointAt(0)!;
  // Ideographs and emoji fill a square.
  if (code >= 0x1100) return WIDE;
  return char >= 'A' && char <= 'Z' ? CAPITAL : SMALL;
}

/** Width in the unit of `size`, of the longest line. */
export function textWidth(text: string, size: number): number {
  return Math.max(
    ...text.split('\n').map((line) => {
      let width = 0;
      for (const char of line) width += advance(char);
      return (width * size) / 1000;
    }),
  );
}

const LINE_HEIGHT = 1.2;

export function textHeight(text: string, size: number): number {
  return text === '' ? 0 : text.split('\n').length * size * LINE_HEIGHT;
}
