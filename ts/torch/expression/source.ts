/** The text of one template, with a placeholder for each hole, and errors that point into it. */
import type { Span } from './ast.js';

// A hole becomes an identifier of private-use letters: no keyboard writes them, the grammar takes them as a
// name, and with this shape it is as long as `${0}`, so an offset into the one text is an offset into the other.
const OPEN = '\uE000\uE000';
const CLOSE = '\uE001';
const DIGITS = 0xe010;
const PLACEHOLDER = /\uE000\uE000([\uE010-\uE019]+)\uE001/g;
const DOTTED = /(?<![\w.\u00a1-\uffff])[0-9][0-9_]*\.(?![0-9])/g;
const PRIVATE = /[\uE000-\uE019]/;

const placeholder = (index: number): string =>
  OPEN + [...String(index)].map((digit) => String.fromCharCode(DIGITS + Number(digit))).join('') + CLOSE;

const indexOf = (digits: string): number =>
  Number([...digits].map((letter) => letter.charCodeAt(0) - DIGITS).join(''));

export class Source {
  /** The template with placeholders. */
  readonly text: string;
  /**
   * The same for the grammar, which knows no `3.` and reads `1.e5` as an attribute: there such a dot is an
   * underscore, which it takes as part of the number. Values are read from `text`.
   */
  readonly grammarText: string;

  /** Takes the raw strings: backslashes belong to Python's string literals, not to JavaScript's. */
  constructor(strings: readonly string[]) {
    if (strings.some((part) => PRIVATE.test(part))) {
      throw new SyntaxError('py: the private-use characters U+E000 to U+E019 cannot stand in an expression');
    }
    this.text = strings.reduce((text, part, index) => text + placeholder(index - 1) + part);
    this.grammarText = this.text.replace(DOTTED, (number) => number.replace('.', '_'));
  }

  /** The text as people read it, holes as `${0}`, `${1}` ... */
  get display(): string {
    return this.text.replace(PLACEHOLDER, (_, digits: string) => `\${${indexOf(digits)}}`);
  }

  slice(span: Span): string {
    return this.text.slice(span.from, span.to);
  }

  /** The number of the hole that `name` stands for, or null when it is a name of its own. */
  hole(name: string): number | null {
    const match = /^\uE000\uE000([\uE010-\uE019]+)\uE001$/.exec(name);
    return match ? indexOf(match[1]!) : null;
  }

  /** Whether a placeholder stands inside text where no value can go. */
  hasHole(text: string): boolean {
    return PRIVATE.test(text);
  }

  /** The line around `span`, with a caret under its place. */
  excerpt(span: Span): string {
    const display = this.display;
    const at = Math.min(span.from, display.length);
    const start = display.lastIndexOf('\n', at - 1) + 1;
    const end = display.indexOf('\n', at);
    const line = display.slice(start, end < 0 ? display.length : end);
    const width = Math.max(1, Math.min(span.to, start + line.length) - at);
    return `${line}\n${line.slice(0, at - start).replace(/[^\t]/g, ' ')}${'^'.repeat(width)}`;
  }

  error(message: string, span: Span): SyntaxError {
    const excerpt = this.excerpt(span).replace(/^/gm, '  ');
    return new SyntaxError(`py: ${message}\n${excerpt}`);
  }
}
