/** Another machine than this one, as far as a script can see: a file to preload with `node --import`. */
import { join } from 'node:path';
import { write } from './fake.js';

export interface Machine {
  platform?: string;
  /** Null: a C library that is not glibc. */
  glibc?: string | null;
  node?: string;
}

/** The parameters for node that make it so. */
export function pretend(folder: string, { platform, glibc, node }: Machine): string[] {
  const lines = [];
  if (platform) lines.push(`Object.defineProperty(process, 'platform', { value: '${platform}' });`);
  if (node) lines.push(`Object.defineProperty(process.versions, 'node', { value: '${node}' });`);
  if (glibc !== undefined)
    lines.push(
      'const real = process.report.getReport.bind(process.report);',
      'process.report.getReport = () => { const all = real();',
      `  all.header.glibcVersionRuntime = ${glibc === null ? 'undefined' : `'${glibc}'`}; return all; };`,
    );
  write(folder, { 'pretend.mjs': `${lines.join('\n')}\n` });
  return ['--import', join(folder, 'pretend.mjs')];
}
