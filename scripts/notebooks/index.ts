// Notebooks from the scripts of examples/, with the outputs of Deno's kernel.
//
//   npm run notebooks                      execute them and write notebooks/*.ipynb
//   npm run notebooks -- lesson5           only those whose name contains this
//   npm run notebooks:check                execute them anew and compare; exit 1 and name the cells that differ
//   npm run notebooks:check -- --quick     leave out the cells that are tagged `slow`
//   npm run notebooks:check -- --cells     execute nothing: are the cells those of the scripts?
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { differences, staleCells } from './compare.js';
import { executeCells, type ExecuteOptions } from './execute.js';
import { emptyNotebook, notebookText, readNotebook, type Notebook, type NotebookCell } from './nbformat.js';
import { notebookCells } from './transform.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const scripts = ['examples/fastbook/04_mnist_basics.ts', 'examples/course/lesson5_sgd_mnist.ts'];

export const fileOf = (script: string): string => join(root, 'notebooks', `${basename(script, '.ts')}.ipynb`);
export const cellsOf = (script: string): NotebookCell[] =>
  notebookCells(readFileSync(join(root, script), 'utf8'), script);

/** The committed notebook; undefined where there is none. */
export function committed(script: string): Notebook | undefined {
  const file = fileOf(script);
  return existsSync(file) ? readNotebook(readFileSync(file, 'utf8')) : undefined;
}

/** Executes the cells of a script, on one thread, with data folders of their own. */
export async function execute(
  script: string,
  options: Pick<ExecuteOptions, 'skip' | 'progress'> = {},
): Promise<NotebookCell[]> {
  const archives = process.env['LIBTORCH_NODE_ARCHIVES'];
  if (archives === undefined)
    throw new Error(
      'set LIBTORCH_NODE_ARCHIVES to a folder that holds mnist_sample.tgz and mnist.pkl.gz: the notebooks need both',
    );
  const home = mkdtempSync(join(tmpdir(), 'libtorch-node-notebooks-'));
  const remove = (): void => {
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', remove);
  try {
    mkdirSync(join(home, 'data', 'mnist'), { recursive: true });
    symlinkSync(join(archives, 'mnist.pkl.gz'), join(home, 'data', 'mnist', 'mnist.pkl.gz'));
    return await executeCells(cellsOf(script), {
      ...options,
      cwd: join(root, 'notebooks'),
      env: { FASTAI_HOME: home, OMP_NUM_THREADS: '1', LIBTORCH_NODE_FIGURES: undefined },
      names: { [home]: '~/.fastai' },
    });
  } finally {
    process.off('exit', remove);
    remove();
  }
}

async function write(script: string): Promise<void> {
  const cells = await execute(script, {
    progress: (cell, seconds) => {
      if (seconds > 5) console.log(`  ${cell.id}: ${seconds.toFixed(0)} s`);
    },
  });
  const text = notebookText(emptyNotebook(cells));
  writeFileSync(fileOf(script), text);
  console.log(`wrote ${fileOf(script)}: ${cells.length} cells, ${Math.round(text.length / 1024)} kB`);
}

/** What is wrong with the committed notebook of a script. */
export async function check(
  script: string,
  { quick = false, cells: only = false }: { quick?: boolean; cells?: boolean } = {},
): Promise<string[]> {
  const before = committed(script);
  if (!before) return ['there is no notebook'];
  const stale = staleCells(cellsOf(script), before.cells);
  if (stale.length > 0 || only) return stale;
  const slow = (cell: NotebookCell): boolean =>
    cell.cell_type === 'code' && (cell.metadata.tags?.includes('slow') ?? false);
  const after = await execute(script, quick ? { skip: slow } : {});
  return differences(
    before.cells,
    after.filter((cell) => !(quick && slow(cell))),
  );
}

async function main(args: string[]): Promise<void> {
  // So that the kernel does not outlive this program.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const names = args.filter((arg) => !arg.startsWith('--'));
  const chosen = scripts.filter(
    (script) => names.length === 0 || names.some((name) => script.includes(name)),
  );
  if (chosen.length === 0)
    throw new Error(`no such notebook: ${names.join(', ')}; there are ${scripts.join(', ')}`);
  for (const script of chosen) {
    console.log(script);
    if (!args.includes('--check')) {
      await write(script);
      continue;
    }
    const wrong = await check(script, { quick: args.includes('--quick'), cells: args.includes('--cells') });
    for (const line of wrong) console.error(line);
    console.log(
      wrong.length === 0 ? '  as committed' : `  differs in ${wrong.length} places (npm run notebooks)`,
    );
    if (wrong.length > 0) process.exitCode = 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await main(process.argv.slice(2));
