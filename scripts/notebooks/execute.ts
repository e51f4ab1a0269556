// Executes the cells of a notebook, one after the other, as "run all" does.
import { Kernel } from './kernel.js';
import { Outputs, type CodeCell, type NotebookCell, type Output } from './nbformat.js';

export interface ExecuteOptions {
  cwd: string;
  env?: Record<string, string | undefined>;
  /** Cells for which this is true are left as they are. */
  skip?: (cell: CodeCell) => boolean;
  /** Replaced in every text that a cell puts out: a path of this machine, by what it stands for. */
  names?: Record<string, string>;
  progress?: (cell: CodeCell, seconds: number) => void;
}

/**
 * The cells with the outputs of a new kernel. Those of a figure are kept as PNG.
 * @throws {Error} a cell throws, or shows a value that it does not print; the message names the cell
 */
export async function executeCells(
  cells: readonly NotebookCell[],
  { cwd, env = {}, skip = () => false, names = {}, progress }: ExecuteOptions,
): Promise<NotebookCell[]> {
  await using kernel = await Kernel.start({ cwd, env });
  const gathered = new Outputs();
  const done: NotebookCell[] = [];
  let count = 0;
  for (const cell of cells) {
    if (cell.cell_type !== 'code' || skip(cell)) {
      done.push(cell);
      continue;
    }
    const started = performance.now();
    const outputs: Output[] = [];
    const reply = await kernel.execute(cell.source, (message) => {
      gathered.add(outputs, message);
    });
    if (reply.status !== 'ok')
      throw new Error(`${cell.id} fails: ${reply.ename ?? ''}: ${reply.evalue ?? ''}`);
    done.push({ ...cell, execution_count: ++count, outputs });
    progress?.(cell, (performance.now() - started) / 1000);
  }
  for (const cell of done) {
    if (cell.cell_type !== 'code') continue;
    const echoed = cell.outputs.find((output) => output.output_type === 'execute_result');
    if (echoed)
      throw new Error(`${cell.id} shows a value that its script does not print: ${JSON.stringify(echoed)}`);
    cell.outputs = cell.outputs.map((output) => renamed(output, names));
  }
  return done;
}

function renamed(output: Output, names: Record<string, string>): Output {
  const text = (value: string): string =>
    Object.entries(names).reduce((before, [path, name]) => before.replaceAll(path, name), value);
  if (output.output_type === 'stream') return { ...output, text: text(output.text) };
  if (output.output_type !== 'display_data') return output;
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    type === 'image/png' ? value : text(value),
  ]);
  return { ...output, data: Object.fromEntries(data) as Record<string, string> };
}
