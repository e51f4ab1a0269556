/** The rows of docs/coming-from-python.md: what it writes in Python and in TypeScript, and what that prints. */

export interface Row {
  line: number;
  python: string;
  ts: string;
  prints: string;
}
export interface Section {
  title: string;
  /** What the rows need; comes before them. */
  setup: { python: string; ts: string };
  rows: Row[];
  /** Needs fastai on Python's side. */
  fastai: boolean;
}

/** The text of a cell of a table that is code: between one or two backquotes. */
function code(cell: string): string {
  const text = cell.trim();
  if (text === '') return '';
  const match = /^(`+) ?(.*?) ?\1$/.exec(text);
  if (!match) throw new Error(`no code: ${text}`);
  return match[2]!;
}

/**
 * In a section, blocks of python and ts that no block of text follows are its setup; with one, they are a row, as is each
 * line of a table.
 * @throws {Error} a block or a line of a table that is none of these
 */
export function readSections(markdown: string): Section[] {
  const sections: Section[] = [];
  const lines = markdown.split('\n');
  let blocks: { lang: string; text: string; line: number }[] = [];
  const settle = (): void => {
    if (blocks.length === 0) return;
    const section = sections.at(-1);
    const [python, ts, text] = blocks;
    const langs = blocks.map(({ lang }) => lang).join(' ');
    if (section && langs === 'python ts') section.setup = { python: python!.text, ts: ts!.text };
    else if (section && langs === 'python ts text')
      section.rows.push({ line: python!.line, python: python!.text, ts: ts!.text, prints: text!.text });
    // The import at the top belongs to no section.
    else if (section || langs !== 'ts') throw new Error(`line ${python!.line}: ${langs}`);
    blocks = [];
  };
  for (let i = 0; i < lines.length; ++i) {
    const line = lines[i]!;
    const fence = /^```(\w+)$/.exec(line);
    if (fence) {
      const end = lines.indexOf('```', i);
      if (fence[1] === 'python') settle();
      blocks.push({ lang: fence[1]!, text: lines.slice(i + 1, end).join('\n'), line: i + 1 });
      i = end;
    } else if (line.startsWith('## ')) {
      settle();
      sections.push({ title: line.slice(3), setup: { python: '', ts: '' }, rows: [], fastai: false });
    } else if (line.startsWith('<!-- fastai')) sections.at(-1)!.fastai = true;
    else if (line.startsWith('| `')) {
      settle();
      const cells = line.split('|').slice(1, -1).map(code);
      if (cells.length !== 3) throw new Error(`line ${i + 1}: ${cells.length} cells`);
      sections.at(-1)!.rows.push({ line: i + 1, python: cells[0]!, ts: cells[1]!, prints: cells[2]! });
    }
  }
  settle();
  return sections;
}

/** Lists and tuples count as equal, and so do an int and a float of the same value: JavaScript has one of each. */
export const normal = (text: string): string =>
  text
    .replace(/\s+/g, '')
    .replace(/\[/g, '(')
    .replace(/\]/g, ')')
    .replace(/,\)/g, ')')
    .replace(/(\d)\.0(?!\d)/g, '$1');
