/** Tables from text files: rows are plain objects, one key a column. */
import { Path, type PathLike } from '../../fastcore/index.js';
import { checkOptions } from '../../torch/arguments.js';
import { ValueError } from '../../torch/index.js';
import type { Row } from './columns.js';

/** Fields of lines; a quoted field may hold delimiters, line ends and doubled quotes. */
function fields(text: string, delimiter: string, name: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = 0;
  const endField = (value: string) => {
    line.push(value);
    const next = text[at];
    if (next === delimiter) {
      at += 1;
      // A delimiter at the very end has one more, empty field behind it.
      if (at === text.length) line.push('');
      return;
    }
    if (next === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    lines.push(line);
    line = [];
  };
  while (at < text.length) {
    if (text[at] === '"') {
      let value = '';
      for (;;) {
        const close = text.indexOf('"', at + 1);
        if (close < 0) throw new ValueError(`${name}: a quote is not closed in line ${lines.length + 1}`);
        value += text.slice(at + 1, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
      }
      if (at < text.length && ![delimiter, '\r', '\n'].includes(text[at]!))
        throw new ValueError(`${name}: text after a closing quote in line ${lines.length + 1}`);
      endField(value);
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
      endField(text.slice(start, at));
    }
  }
  if (line.length > 0) lines.push(line);
  return lines.filter((one) => one.length > 1 || one[0] !== '');
}

const isNumber = (text: string) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
const isFlag = (text: string) => /^(true|false)$/i.test(text);

/** A column of numbers, or of True and False, is read as such; what is missing in it is NaN. */
function typed(column: readonly string[]): unknown[] {
  const given = column.filter((text) => text !== '');
  if (given.length > 0 && given.every(isNumber))
    return column.map((text) => (text === '' ? NaN : Number(text)));
  if (given.length === column.length && given.length > 0 && given.every(isFlag))
    return column.map((text) => text.toLowerCase() === 'true');
  return column.map((text) => (text === '' && given.length === 0 ? NaN : text));
}

export interface ReadCsvOptions {
  /** 'infer' (default): the first line names the columns; null: no line does, and they are numbered. */
  header?: 'infer' | 0 | null;
  /** Default: a comma. */
  delimiter?: string | null;
}

/**
 * The rows of a CSV file, as pandas' `read_csv` reads them.
 * @throws {Error} the file cannot be read @throws {ValueError} a line has another number of fields, a quote is open
 */
export function read_csv(file: PathLike, options: ReadCsvOptions = {}): Row[] {
  checkOptions('read_csv', options, ['header', 'delimiter']);
  const name = String(file);
  const text = Path(file)
    .read_text()
    .replace(/^\uFEFF/, '');
  const lines = fields(text, options.delimiter ?? ',', name);
  const width = lines[0]?.length;
  if (width === undefined) throw new ValueError(`${name}: no columns to read`);
  const names = options.header === null ? lines[0]!.map((_, i) => String(i)) : lines.shift()!;
  lines.forEach((line, i) => {
    if (line.length !== width)
      throw new ValueError(`${name}: row ${i + 1} has ${line.length} fields, ${width} were expected`);
  });
  const columns = names.map((_, c) => typed(lines.map((line) => line[c]!)));
  return lines.map((_, r) => Object.fromEntries(names.map((column, c) => [column, columns[c]![r]])));
}
