// libtorch out of PyTorch's Python wheel. Where a network lets only package registries through, this is the way.
import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StepError } from './errors.mjs';
import { candidates } from './python.mjs';

const cpuIndex = 'https://download.pytorch.org/whl/cpu';

/**
 * The requirement for a CPU wheel. On Linux and x64 the registry's plain wheel is one for CUDA, whose libtorch_cpu
 * does not load without NVIDIA's packages; elsewhere the plain wheel is the CPU one.
 * @param {string} version
 */
export function requirement(version, platform = process.platform, arch = process.arch) {
  return platform === 'linux' && arch === 'x64' ? `torch==${version}+cpu` : `torch==${version}`;
}

/**
 * @param {string} command
 * @param {string[]} parameters
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{code: number | null, missing: boolean, output: string}>}
 */
function run(command, parameters, env) {
  return new Promise((resolve) => {
    // pip draws its own progress bar, on standard output; without a terminal it stays silent.
    const show = process.stdout.isTTY;
    const child = spawn(command, parameters, {
      env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk).slice(-20_000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => {
      resolve({ code: null, missing: 'code' in error && error.code === 'ENOENT', output: error.message });
    });
    child.on('close', (code) => resolve({ code, missing: false, output }));
  });
}

/**
 * The line of pip's output that says why: an error rather than a warning, without the prefix.
 * @param {string} output
 */
export function reasonIn(output) {
  const lines = output.trim().split('\n').filter(Boolean);
  const errors = lines.filter((line) => /^ERROR: /.test(line));
  // The last one is "No matching distribution"; the one before tells what there was instead.
  const line =
    errors.find((text) => /from versions/.test(text)) ?? errors.at(-1) ?? lines.at(-1) ?? 'no output';
  return line.replace(/^ERROR: /, '').slice(0, 400);
}

/**
 * Downloads the wheel into a folder; pip checks its hash and follows the user's own pip settings.
 * @param {{version: string, folder: string, env: NodeJS.ProcessEnv, log: (line: string) => void}} options
 * @returns {Promise<string>} the wheel's path
 * @throws {StepError} with pip's own reason
 */
export async function fetchWheel({ version, folder, env, log }) {
  await mkdir(folder, { recursive: true });
  const wanted = requirement(version);
  const parameters = ['-m', 'pip', 'download', wanted, '--no-deps', '--only-binary=:all:', '--dest', folder];
  parameters.push('--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '20');
  if (wanted.includes('+')) parameters.push('--extra-index-url', cpuIndex);
  /** @type {string[]} */
  const reasons = [];
  for (const python of candidates(env)) {
    log(`${python} -m pip download ${wanted} ...`);
    let result = await run(python, parameters, env);
    // No wheel for this Python's own version; any version's has the same libtorch inside.
    if (result.code === 1 && /No matching distribution/.test(result.output)) {
      const other = await run(
        python,
        [...parameters, '--python-version', '3.12', '--implementation', 'cp'],
        env,
      );
      if (other.code === 0) result = other;
    }
    if (result.code === 0) {
      const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
      if (wheel) return join(folder, wheel);
      reasons.push(`${python}: pip left no wheel`);
    } else {
      reasons.push(result.missing ? `${python}: not found` : `${python}: ${reasonIn(result.output)}`);
    }
  }
  throw new StepError(
    `pip download ${wanted}: ${reasons.join('; ')}`,
    'install Python 3 with pip, or see `--offline DIR`',
  );
}
