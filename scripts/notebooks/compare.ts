// Whether two executions of a notebook say the same: texts to the letter, pictures by their kind and size.
import type { CodeCell, NotebookCell, Output } from './nbformat.js';

/** How long something took. */
const TIME = /\b\d\d:\d\d\b/g;
const untimed = (text: string): string =>
  text.replace(/^Total time: .*$/gm, (line) => line.replace(TIME, '--:--'));

/** What is compared of an output. */
function essence(output: Output): string {
  if (output.output_type === 'stream') return `${output.name}: ${untimed(output.text)}`;
  if (output.output_type === 'error') return `error ${output.ename}: ${output.evalue}`;
  const { 'image/png': png, 'text/plain': text = '', ...others } = output.data;
  const table = /<th>time<\/th>/.test(others['text/html'] ?? '');
  const plain = table ? text.replace(TIME, '--:--') : text;
  return [...Object.keys(others).sort(), ...(png === undefined ? [] : [`png ${pngSize(png)}`]), plain].join(
    '\n',
  );
}

function pngSize(base64: string): string {
  // Width and height stand behind the signature and the name of the first part.
  const bytes = Buffer.from(base64.slice(0, 64), 'base64');
  return bytes.length < 24 ? 'broken' : `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

/** Source and tags: what follows from the script. */
function shape({ cell_type, source, metadata }: NotebookCell): string {
  const { tags = [], jupyter = {} } = metadata as CodeCell['metadata'];
  return JSON.stringify([cell_type, source, tags, jupyter]);
}

/** Cells that are not those of the script, by name. */
export function staleCells(expected: readonly NotebookCell[], found: readonly NotebookCell[]): string[] {
  const there = new Map(found.map((cell) => [cell.id, cell]));
  const stale = expected.flatMap((cell) => {
    const own = there.get(cell.id);
    there.delete(cell.id);
    if (!own) return [`${cell.id} is missing`];
    return shape(own) === shape(cell) ? [] : [`${cell.id} is not what the script has`];
  });
  const order = (cells: readonly NotebookCell[]): string => cells.map(({ id }) => id).join();
  const extra = [...there.keys()].map((id) => `${id} is not in the script`);
  if (stale.length + extra.length === 0 && order(expected) !== order(found))
    return ['the cells are in another order'];
  return [...stale, ...extra];
}

/** What cells put out otherwise than before, each with both texts. */
export function differences(before: readonly NotebookCell[], after: readonly NotebookCell[]): string[] {
  const outputs = (cell: NotebookCell | undefined): string =>
    cell?.cell_type === 'code' ? cell.outputs.map(essence).join('\n') : '';
  const found = new Map(before.map((cell) => [cell.id, cell]));
  return after.flatMap((cell) => {
    const [was, is] = [outputs(found.get(cell.id)), outputs(cell)];
    return was === is ? [] : [`${cell.id}:\n${indented('-', was)}\n${indented('+', is)}`];
  });
}

function indented(mark: string, text: string): string {
  const lines = text.split('\n').map((line) => `  ${mark} ${line}`);
  return lines.length > 12 ? [...lines.slice(0, 12), `  ${mark} ...`].join('\n') : lines.join('\n');
}
