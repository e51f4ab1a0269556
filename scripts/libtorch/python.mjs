// The active Python's torch, found without importing it: importing takes seconds, asking where it lies takes 50 ms.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

const question = `
import importlib.util, json, sys
spec = importlib.util.find_spec('torch')
places = list(spec.submodule_search_locations or []) if spec else []
print(json.dumps({'python': sys.executable, 'torch': places[0] if places else None}))
`;

/**
 * Commands that may be the active Python, the most certain first.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export function candidates(env = process.env) {
  if (env.LIBTORCH_NODE_PYTHON) return [env.LIBTORCH_NODE_PYTHON];
  const windows = process.platform === 'win32';
  const inside = [env.VIRTUAL_ENV, env.CONDA_PREFIX].flatMap((root) => {
    if (!root) return [];
    const path = windows ? join(root, 'Scripts', 'python.exe') : join(root, 'bin', 'python3');
    return existsSync(path) ? [path] : [];
  });
  return inside.length > 0 ? inside : windows ? ['python', 'py'] : ['python3', 'python'];
}

/**
 * @typedef {{python: string, torch: string | null}} Answer
 * @param {NodeJS.ProcessEnv} env
 * @returns {{answer: Answer | null, reason: string}}
 */
export function ask(env = process.env) {
  // Every start reads this file, and few of them ask.
  const { spawnSync } = require('node:child_process');
  let reason = 'no Python found';
  for (const command of candidates(env)) {
    const run = spawnSync(command, ['-c', question], {
      encoding: 'utf8',
      env,
      timeout: 10_000,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (run.error && 'code' in run.error && run.error.code === 'ENOENT') continue;
    if (run.error || run.status !== 0) {
      const last = (run.stderr ?? '').trim().split('\n').at(-1);
      reason = `${command} failed: ${run.error?.message ?? (last || `exit code ${run.status}`)}`;
      continue;
    }
    try {
      return { answer: JSON.parse(run.stdout.trim().split('\n').at(-1) ?? ''), reason: '' };
    } catch {
      reason = `${command} did not answer in JSON`;
    }
  }
  return { answer: null, reason };
}
