// From a script with marked cells to the cells of a notebook. The text stays the script's, but for three things: helpers are
// imported from where they lie, seen from notebooks/; lines that only a script needs are left out; and a cell whose last
// value the script does not print ends in `void 0;`, because a notebook shows the value of the last statement.
import { basename } from 'node:path';
import ts from 'typescript';
import { readCells } from '../../examples/lib/cells.js';
import type { NotebookCell } from './nbformat.js';

/** Lines about the folder for figures and the time that a script announces. */
const SCRIPT_ONLY = /^(plt\.figures\(folderFor\(.*|console\.log\(`This takes about .*)$\n?/gm;
/** Sentences of a script's head about how it is run. */
const ABOUT_RUNNING = /npx tsx|--quick|--figures/;
/** Calls that give nothing. */
const SILENT = /^(await )?([\w.]+\.)?(show|print|display|log|backward|fit|fit_one_cycle|tight_layout)\(/;

/** The cells of a notebook, without outputs. */
export function notebookCells(source: string, script: string): NotebookCell[] {
  const { head, cells } = readCells(source);
  return [
    { cell_type: 'markdown', id: 'head', metadata: {}, source: heading(head, script) },
    ...cells.map(({ n, tags, code }, i): NotebookCell => {
      if (n === null) return { cell_type: 'markdown', id: `text-${i}`, metadata: {}, source: code };
      return {
        cell_type: 'code',
        id: `cell-${n}`,
        metadata: {
          ...(tags.length > 0 ? { tags } : {}),
          ...(tags.includes('hidden') ? { jupyter: { source_hidden: true } } : {}),
        },
        execution_count: null,
        source: notebookCode(code),
        outputs: [],
      };
    }),
  ];
}

function heading(head: string, script: string): string {
  const text = head
    .split('\n\n')
    .map((paragraph) =>
      paragraph
        .replace(/\n/g, ' ')
        .split(/(?<=\.) /)
        .filter((sentence) => !ABOUT_RUNNING.test(sentence))
        .join(' '),
    )
    .filter((paragraph) => paragraph !== '');
  return [
    `# ${basename(script, '.ts')}`,
    ...text,
    `Made from [${script}](../${script}) by \`npm run notebooks\`, and executed in Deno's kernel ` +
      '([how to open it](../docs/notebooks.md)).',
  ].join('\n\n');
}

/** The code of a cell as the notebook has it. */
export function notebookCode(code: string): string {
  const text = code
    .replace(SCRIPT_ONLY, '')
    .replace(/\bfolderFor, |, folderFor\b/g, '')
    .replace(/from '\.\.\/lib\/([\w/]+)\.js'/g, "from '../examples/lib/$1.ts'")
    .trimEnd();
  return leavesValue(text) ? `${text}\nvoid 0;` : text;
}

/** Whether the last statement that has a value has one that a notebook would show. */
function leavesValue(code: string): boolean {
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022, true);
  const last = file.statements.findLast(
    (statement) =>
      ts.isExpressionStatement(statement) ||
      ts.isIterationStatement(statement, false) ||
      ts.isIfStatement(statement) ||
      ts.isBlock(statement),
  );
  return last !== undefined && !SILENT.test(last.getText());
}
