// libtorch out of PyTorch's Python wheel. Where a network lets only package registries through, this is the way.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StepError, reasonOf } from './errors.mjs';
import { parse } from './numbers.mjs';
import { packageJson } from './paths.mjs';
import { candidates } from './python.mjs';
import { readWheel } from './wheel.mjs';

const index = 'https://download.pytorch.org/whl';

/**
 * What to ask pip for, the best first. On Linux and x64 the registry's plain wheel is one for CUDA, elsewhere for CPUs;
 * a wheel of another variant bears its name. CUDA may also come with another version that an addon serves.
 * @param {string} version the pinned one
 * @param {string} variant cpu, cu126, ...
 * @param {{range?: string, platform?: string, arch?: string}} options
 * @returns {string[]}
 */
export function requirements(
  version,
  variant,
  { range = packageJson().libtorch.range, platform = process.platform, arch = process.arch } = {},
) {
  const linux = platform === 'linux' && arch === 'x64';
  if (variant === 'cpu') return [linux ? `torch==${version}+cpu` : `torch==${version}`];
  const named = `torch==${version}+${variant}`;
  return linux ? [named, `torch==${version}`, `torch${range.split(' ').join(',')}`] : [named];
}

/**
 * @param {string} command
 * @param {string[]} parameters
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} show whether a terminal sees what it prints
 * @returns {Promise<{code: number | null, missing: boolean, output: string}>}
 */
function run(command, parameters, env, show = Boolean(process.stdout.isTTY)) {
  return new Promise((resolve) => {
    // pip draws its own progress bar, on standard output; without a terminal it stays silent.
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
 * Asks pip of one Python after another for requirements.
 * @param {string[]} wanted
 * @param {string} variant names PyTorch's own index
 * @param {boolean} deps with what they depend on
 * @param {Fetch} options
 * @throws {StepError} with pip's own reason
 */
async function pip(wanted, variant, deps, { folder, env, log }) {
  await mkdir(folder, { recursive: true });
  const parameters = ['-m', 'pip', 'download', ...wanted, '--only-binary=:all:', '--dest', folder];
  if (!deps) parameters.push('--no-deps');
  parameters.push('--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '20');
  if (wanted.some((one) => one.includes('+')) || deps)
    parameters.push('--extra-index-url', `${index}/${variant}`);
  /** @type {string[]} */
  const reasons = [];
  for (const python of candidates(env)) {
    const text = wanted.map((one) => one.replace(/;.*/, '').trim()).join(' ');
    log(`${python} -m pip download ${text} ...`);
    const more = await resuming(python, env);
    let result = await run(python, [...parameters, ...more], env);
    // No wheel for this Python's own version; any version's has the same libtorch inside.
    if (result.code === 1 && /No matching distribution/.test(result.output)) {
      const any = ['--python-version', '3.12', '--implementation', 'cp'];
      const other = await run(python, [...parameters, ...more, ...any], env);
      if (other.code === 0) result = other;
    }
    if (result.code === 0) return;
    reasons.push(result.missing ? `${python}: not found` : `${python}: ${reasonIn(result.output)}`);
  }
  throw new StepError(
    `pip download ${wanted.join(' ')}: ${reasons.join('; ')}`,
    'install Python 3 with pip, or see `--offline DIR`',
  );
}

/**
 * pip 25.1 and later can go on with a file that broke off; an older one begins that file again.
 * @param {string} python
 * @param {NodeJS.ProcessEnv} env
 */
async function resuming(python, env) {
  const { output } = await run(python, ['-m', 'pip', '--version'], env, false);
  const [major, minor] = parse(/^pip (\d+\.\d+)/m.exec(output)?.[1] ?? '') ?? [0, 0];
  return major * 100 + minor >= 2501 ? ['--resume-retries', '5'] : [];
}

/**
 * @typedef {{version: string, variant: string, folder: string, env: NodeJS.ProcessEnv, log: (line: string) => void,
 *   accept?: (release: {version: string, variant: string, cuda: string | null}) => string | null}} Fetch
 *   folder: keeps whole wheels, so that a next attempt has only the rest to fetch; accept: why a torch does not serve
 */

/**
 * Downloads torch and, where it is built for CUDA, NVIDIA's packages that it names. pip checks the hashes and follows the
 * user's own pip settings.
 * @param {Fetch} options
 * @returns {Promise<string[]>} the wheels, torch's first
 * @throws {StepError} with the reasons of each requirement
 */
export async function fetchWheels(options) {
  const { version, variant, folder, accept = () => null } = options;
  /** @type {StepError[]} */
  const failed = [];
  for (const wanted of requirements(version, variant)) {
    try {
      const before = new Set(await wheelsIn(folder));
      await pip([wanted], variant, false, options);
      const names = (await wheelsIn(folder)).filter((name) => name.startsWith('torch-'));
      const name = names.find((one) => !before.has(one)) ?? names[0];
      if (!name) throw new StepError(`pip download ${wanted}: pip left no wheel`);
      const torch = join(folder, name);
      const { release, needs } = await readWheel(torch);
      const reason = release ? accept(release) : null;
      if (reason) {
        await rm(torch, { force: true });
        throw new StepError(`${name}: ${reason}`);
      }
      if (needs.length > 0) await pip(needs, variant, true, options);
      const nvidia = (await wheelsIn(folder)).filter((one) => one.startsWith('nvidia_'));
      return [torch, ...(needs.length > 0 ? nvidia.map((one) => join(folder, one)) : [])];
    } catch (error) {
      failed.push(error instanceof StepError ? error : new StepError(reasonOf(error)));
    }
  }
  const mend = failed.find((error) => error.mend)?.mend;
  throw new StepError(failed.map(({ message }) => message).join('; '), mend);
}

/** @param {string} folder */
async function wheelsIn(folder) {
  return existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.whl')) : [];
}
