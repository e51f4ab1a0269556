// The part of https://nbformat.readthedocs.io/en/latest/format_description.html that is written here.
import type { Message } from './kernel.js';

export type Bundle = Record<string, string>;
export type Output =
  | { output_type: 'stream'; name: string; text: string }
  | { output_type: 'display_data'; data: Bundle; metadata: Record<string, unknown> }
  | {
      output_type: 'execute_result';
      execution_count: number;
      data: Bundle;
      metadata: Record<string, unknown>;
    }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

export interface CodeCell {
  cell_type: 'code';
  id: string;
  metadata: { tags?: string[]; jupyter?: { source_hidden: true } };
  execution_count: number | null;
  source: string;
  outputs: Output[];
}
export interface MarkdownCell {
  cell_type: 'markdown';
  id: string;
  metadata: object;
  source: string;
}
export type NotebookCell = CodeCell | MarkdownCell;
export interface Notebook {
  cells: NotebookCell[];
  metadata: Record<string, unknown>;
  nbformat: 4;
  nbformat_minor: 5;
}

export function emptyNotebook(cells: NotebookCell[]): Notebook {
  return {
    cells,
    metadata: {
      kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' },
      language_info: {
        codemirror_mode: 'typescript',
        file_extension: '.ts',
        mimetype: 'text/x.typescript',
        name: 'typescript',
        nbconvert_exporter: 'script',
        pygments_lexer: 'typescript',
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** Texts as lists of lines, keys in order: what Jupyter itself writes, so that saving there changes little. */
export function notebookText(notebook: Notebook): string {
  const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const written = (output: Output): unknown => {
    if (output.output_type === 'stream') return { ...output, text: lines(output.text) };
    if (output.output_type === 'error') return output;
    const data = Object.entries(output.data).map(([type, value]) => [
      type,
      type === 'image/png' ? value : lines(value),
    ]);
    return { ...output, data: Object.fromEntries(data) as unknown };
  };
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.cell_type === 'code' ? { outputs: cell.outputs.map(written) } : {}),
  }));
  return `${JSON.stringify({ ...notebook, cells }, sortedKeys, 1)}\n`;
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws {SyntaxError} text that is no JSON; {Error} a notebook of another major version */
export function readNotebook(text: string): Notebook {
  const joined = (value: unknown): unknown => (Array.isArray(value) ? value.join('') : value);
  const notebook = JSON.parse(text) as Notebook;
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells))
    throw new Error('this is no notebook of nbformat 4');
  for (const cell of notebook.cells) {
    cell.source = joined(cell.source) as string;
    if (cell.cell_type !== 'code') continue;
    for (const output of cell.outputs)
      if (output.output_type === 'stream') output.text = joined(output.text) as string;
      else if (output.output_type !== 'error')
        for (const type of Object.keys(output.data)) output.data[type] = joined(output.data[type]) as string;
  }
  return notebook;
}

/** Gathers the outputs of cells from the kernel's messages. One for a whole notebook: a display may be replaced later. */
export class Outputs {
  readonly #displays = new Map<string, { data: Bundle; metadata: Record<string, unknown> }[]>();

  add(outputs: Output[], { header, content }: Message): void {
    switch (header.msg_type) {
      case 'stream': {
        const { name, text } = content as { name: string; text: string };
        const last = outputs.at(-1);
        if (last?.output_type === 'stream' && last.name === name) last.text += text;
        else outputs.push({ output_type: 'stream', name, text });
        return;
      }
      case 'display_data': {
        const { data, metadata, transient } = content as unknown as Display;
        const output = { output_type: 'display_data' as const, data: kept(data), metadata };
        outputs.push(output);
        const id = transient?.display_id;
        if (id !== undefined) this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
        return;
      }
      case 'update_display_data': {
        const { data, metadata, transient } = content as unknown as Display;
        for (const output of this.#displays.get(transient?.display_id ?? '') ?? [])
          Object.assign(output, { data: kept(data), metadata });
        return;
      }
      case 'execute_result': {
        const { data, metadata, execution_count } = content as unknown as Display & {
          execution_count: number;
        };
        outputs.push({ output_type: 'execute_result', execution_count, data: kept(data), metadata });
        return;
      }
      case 'error': {
        const { ename, evalue, traceback } = content as {
          ename: string;
          evalue: string;
          traceback: string[];
        };
        outputs.push({ output_type: 'error', ename, evalue, traceback });
      }
    }
  }
}
interface Display {
  data: Bundle;
  metadata: Record<string, unknown>;
  transient?: { display_id?: string };
}

/** Of a picture that comes as SVG and PNG, the PNG: every viewer shows it, and it is the smaller one. */
function kept(data: Bundle): Bundle {
  if (data['image/png'] === undefined) return data;
  return Object.fromEntries(Object.entries(data).filter(([type]) => type !== 'image/svg+xml'));
}
