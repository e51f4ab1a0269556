// The first import in a fresh process, beside `import torch` in Python: in turns, so that both see the same machine.
import { spawnSync } from 'node:child_process';
import { ask } from '../libtorch/python.mjs';

/**
 * @param {string} command
 * @param {string[]} parameters
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {number} seconds
 */
function once(command, parameters, folder, env) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, parameters, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

/**
 * @param {string} folder a project in which the package is installed
 * @param {NodeJS.ProcessEnv} env
 * @param {number} rounds
 * @returns {{ratio: number, text: string} | null} null where no Python has torch
 */
export function compareStart(folder, env, rounds = 7) {
  const { answer } = ask();
  if (!answer?.torch) return null;
  const ours = ['--input-type=module', '-e', "await import('libtorch-node')"];
  let [node, python] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    node = Math.min(node, once(process.execPath, ours, folder, env));
    python = Math.min(python, once(answer.python, ['-c', 'import torch'], folder, process.env));
  }
  const ratio = node / python;
  const text = `${node.toFixed(2)} s of ${python.toFixed(2)} s: ${ratio.toFixed(2)}, 0.3 is the aim (whole processes, best of ${rounds})`;
  return { ratio, text };
}
