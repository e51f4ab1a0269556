/** A table of numbers with labels: the little of pandas that the book uses to look at pixels. */
import { checkOptions } from '../torch/arguments.js';
import { ArgumentError, ValueError } from '../torch/errors.js';
import { isOptions } from '../torch/dispatch.js';
import { callable } from '../torch/nn/modules/callable.js';
import { type CellValue, columnText } from './cells.js';
import { isTensorLike, toGrid } from './data.js';
import { Styler } from './styler.js';
import { columnsOf, plainLine } from './textcanvas.js';

export interface DataFrameOptions {
  columns?: Iterable<string | number>;
  index?: Iterable<string | number>;
}

const MOST_ROWS = 60;
const MOST_COLUMNS = 20;

function cell(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (isTensorLike(value)) return Number(value.toTypedArray()[0]);
  throw new ArgumentError(`DataFrame(): a cell must be a number or text, not ${typeof value}`, 'DataFrame');
}

function rowsOf(data: unknown): { rows: CellValue[][]; names?: string[] } {
  if (isTensorLike(data)) {
    if (data.shape.length === 1) return { rows: Array.from(data.toTypedArray(), (value) => [Number(value)]) };
    if (data.shape.length !== 2)
      throw new ValueError(`DataFrame(): Must pass 2-d input. shape=(${data.shape.join(', ')})`, 'DataFrame');
    const { height, width, data: values } = toGrid(data, 'DataFrame');
    return {
      rows: Array.from({ length: height }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]),
    };
  }
  if (isOptions(data)) {
    const names = Object.keys(data);
    const columns = names.map((name) => [...(data[name] as Iterable<unknown>)].map(cell));
    const length = columns[0]?.length ?? 0;
    if (columns.some((column) => column.length !== length))
      throw new ValueError('DataFrame(): All arrays must be of the same length', 'DataFrame');
    return { rows: Array.from({ length }, (_, i) => columns.map((column) => column[i]!)), names };
  }
  if (typeof data !== 'object' || data === null || !(Symbol.iterator in data))
    throw new ArgumentError('DataFrame(): needs a tensor, rows, or columns by name', 'DataFrame');
  const rows = Array.from(data as Iterable<unknown>, (row) =>
    typeof row === 'object' && row !== null && Symbol.iterator in row
      ? Array.from(row as Iterable<unknown>, cell)
      : [cell(row)],
  );
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width))
    throw new ValueError('DataFrame(): rows differ in length', 'DataFrame');
  return { rows };
}

function labels(
  given: Iterable<string | number> | undefined,
  count: number,
  what: string,
): (string | number)[] {
  const list = given ? [...given] : Array.from({ length: count }, (_, i) => i);
  if (list.length !== count)
    throw new ValueError(
      `DataFrame(): Length mismatch: ${what} has ${count} elements, names for ${list.length}`,
      'DataFrame',
    );
  return list;
}

class DataFrameClass {
  readonly values: CellValue[][];
  readonly columns: (string | number)[];
  readonly index: (string | number)[];

  /**
   * @param data a 2-d tensor, rows, or columns by name
   * @throws {ValueError} another rank, rows of different lengths, too many or too few labels
   * @see https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.html
   */
  constructor(data: unknown, options: DataFrameOptions = {}) {
    checkOptions('DataFrame', options, ['columns', 'index']);
    const { rows, names } = rowsOf(data);
    this.values = rows;
    this.columns = labels(options.columns ?? names, rows[0]?.length ?? names?.length ?? 0, 'columns');
    this.index = labels(options.index, rows.length, 'index');
  }

  /** Rows and columns. */
  get shape(): [number, number] {
    return [this.index.length, this.columns.length];
  }

  /** Colours and fonts: `df.style.set_properties({ 'font-size': '6pt' }).background_gradient('Greys')`. */
  get style(): Styler {
    return new Styler(this);
  }

  /** One column. @throws {ValueError} no column of that name */
  column(name: string | number): CellValue[] {
    const at = this.columns.indexOf(name);
    if (at < 0) throw new ValueError(`DataFrame: no column ${JSON.stringify(name)}`, 'column');
    return this.values.map((row) => row[at]!);
  }

  head(n = 5): DataFrameClass {
    return new DataFrameClass(this.values.slice(0, n), {
      columns: this.columns,
      index: this.index.slice(0, n),
    });
  }

  /** The text that Python's console shows; the middle of a large table is left out. */
  toString(): string {
    const [height, width] = this.shape;
    if (height === 0 || width === 0)
      return `Empty DataFrame\nColumns: [${this.columns.join(', ')}]\nIndex: [${this.index.join(', ')}]`;
    const pick = (count: number, most: number, edge: number): (number | null)[] =>
      count <= most
        ? Array.from({ length: count }, (_, i) => i)
        : [
            ...Array.from({ length: edge }, (_, i) => i),
            null,
            ...Array.from({ length: edge }, (_, i) => count - edge + i),
          ];
    const rows = pick(height, MOST_ROWS, 5);
    const columns = pick(width, MOST_COLUMNS, MOST_COLUMNS / 2);
    const lines: string[][] = [
      ['', ...rows.map((i) => (i === null ? '..' : plainLine(String(this.index[i]))))],
      ...columns.map((j) =>
        j === null
          ? ['...', ...rows.map(() => '...')]
          : [
              plainLine(String(this.columns[j])),
              ...columnText(rows.map((i) => (i === null ? '..' : this.values[i]![j]!))).map(plainLine),
            ],
      ),
    ];
    const padded = lines.map((column, j) => {
      const most = Math.max(...column.map(columnsOf));
      return column.map((text) =>
        j === 0 ? text + ' '.repeat(most - columnsOf(text)) : ' '.repeat(most - columnsOf(text)) + text,
      );
    });
    // pandas sets numbers two spaces apart and text one.
    const worded = columns.map((j) => j !== null && this.values.some((row) => typeof row[j] === 'string'));
    const text = rows.map((_, i) => i + 1);
    const all = [0, ...text].map((i) =>
      padded.map((column, j) => (j === 0 ? '' : worded[j - 1] ? ' ' : '  ') + column[i]!).join(''),
    );
    if (height > MOST_ROWS || width > MOST_COLUMNS) all.push('', `[${height} rows x ${width} columns]`);
    return all.join('\n');
  }

  toHTML(): string {
    return this.style.toHTML();
  }
  /** A notebook shows the table as HTML. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/html': this.toHTML(), 'text/plain': this.toString() };
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

export const DataFrame = callable(DataFrameClass);
export type DataFrame = DataFrameClass;
