// Tries a libtorch and an addon together in a process of its own, so that even a crash is an answer.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {{builtFor: string, threads: number, cudaDevices: number}} Runtime */

const setup = 'run: npx libtorch-node setup';

/**
 * @param {import('./find.mjs').Libtorch} found
 * @param {{addon: string, loader: string}} files
 * @param {NodeJS.ProcessEnv} env
 * @returns {Runtime | {reason: string, mend: string}}
 */
export function probe(found, files, env = process.env) {
  const script = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  const run = spawnSync(process.execPath, [script, found.lib, files.loader, files.addon], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
    windowsHide: true,
  });
  if (run.status === 0) {
    const answer = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
    if (!answer.failed) return answer;
    return { reason: `${answer.failed}: ${answer.reason}`, mend: mendOf(answer.reason) };
  }
  const step = [...run.stderr.matchAll(/^step: (.*)$/gm)].at(-1)?.[1] ?? 'start';
  const end = run.signal
    ? `the process was ended by ${run.signal}`
    : `the process ended with code ${run.status}`;
  return { reason: `${step}: ${run.error?.message ?? end}`, mend: `${setup} --force` };
}

/** @param {string} reason in the system's words */
function mendOf(reason) {
  if (/version [`'](GLIBC|GLIBCXX|CXXABI)_/.test(reason))
    return `use Debian 12, Ubuntu 22.04 or newer, or build the addon here: ${setup.replace('run: ', '')}`;
  // A library of the system that is missing is not mended by fetching libtorch again.
  if (/lib(gomp|stdc\+\+|gcc_s|cud|cup|nv)\S*: cannot open/.test(reason))
    return 'install the system library that is named';
  return `${setup} --force`;
}
