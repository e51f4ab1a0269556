/** The compiled package in dist/, for programs that start often: plain JavaScript starts three times as fast. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './child.js';

let compiling: Promise<void> | undefined;

/** Brings dist/ up to date; quick when nothing has changed. Type errors are for `npm run typecheck` to report. */
export function compile(): Promise<void> {
  compiling ??= (async () => {
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
    if (!existsSync(join(root, 'dist/index.js'))) throw new Error(`dist/ was not made:\n${stdout}`);
  })();
  return compiling;
}

export const compiledProgram = (name: string): string => join(root, 'test/native/programs', name);
