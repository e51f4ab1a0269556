// The same jobs on every runtime that this package supports: node scripts/runtimes.mjs [folder] [runtime ...]
// Prints a table of peak memory and time. The runtimes come from npm and stay in the folder for the next time.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const program = fileURLToPath(new URL('runtimes/program.mjs', import.meta.url));
export const defaultFolder = join(tmpdir(), 'libtorch-node-runtimes');

/**
 * Package of npm, the binary in it, and what to say before the program's name.
 * @type {Record<string, {spec: string, binary: string[], args: string[]}>}
 */
export const runtimes = {
  node20: { spec: 'node@20', binary: ['node', 'bin', 'node'], args: [] },
  node22: { spec: 'node@22', binary: ['node', 'bin', 'node'], args: [] },
  node24: { spec: 'node@24', binary: ['node', 'bin', 'node'], args: [] },
  node26: { spec: 'node@26', binary: ['node', 'bin', 'node'], args: [] },
  bun: { spec: 'bun', binary: ['.bin', 'bun'], args: [] },
  deno: { spec: 'deno', binary: ['.bin', 'deno'], args: ['run', '-A'] },
};
export const jobs = ['loop', 'small', 'training'];

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string}} [options]
 * @returns {Promise<{code: number | null, output: string}>}
 */
function run(command, args, { cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NODE_OPTIONS: '' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/**
 * Path of a runtime's binary, fetched when it is not in the folder yet.
 * @param {string} name
 * @param {string} [folder]
 */
export async function provide(name, folder = defaultFolder) {
  const runtime = runtimes[name];
  if (!runtime) throw new Error(`no such runtime: ${name}; known are ${Object.keys(runtimes).join(', ')}`);
  const home = join(folder, name);
  const binary = join(home, 'node_modules', ...runtime.binary);
  if (existsSync(binary)) return binary;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"private": true}\n');
  const { code, output } = await run('npm', ['install', '--no-audit', '--no-fund', runtime.spec], {
    cwd: home,
  });
  if (code !== 0 || !existsSync(binary)) throw new Error(`npm could not install ${runtime.spec}:\n${output}`);
  return binary;
}

/**
 * Runs one job on one runtime.
 * @param {string} name
 * @param {string} job
 * @param {string} [folder]
 * @returns {Promise<{result: number, ms: number, peak: number}>} peak in MB
 */
export async function measure(name, job, folder = defaultFolder) {
  const binary = await provide(name, folder);
  const { args = [] } = runtimes[name] ?? {};
  const { code, output } = await run(binary, [...args, program, job]);
  const line = output.split('\n').find((text) => text.startsWith('{"job"'));
  if (code !== 0 || !line) throw new Error(`${name} ${job}: ended with ${code}\n${output}`);
  return JSON.parse(line);
}

async function main() {
  const [folder = defaultFolder, ...chosen] = process.argv.slice(2);
  console.log('runtime   job       peak MB       ms');
  for (const name of chosen.length > 0 ? chosen : Object.keys(runtimes))
    for (const job of jobs) {
      const { peak, ms } = await measure(name, job, folder);
      console.log(name.padEnd(10) + job.padEnd(9) + String(peak).padStart(8) + String(ms).padStart(9));
    }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
