// A folder that the user carried here, with the official archive or PyTorch's wheel in it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { archiveName } from './archive.mjs';
import { StepError } from './errors.mjs';

/** Platform tags of wheels that fit here, as they stand in the wheels' names. */
function wheelTag(platform = process.platform, arch = process.arch) {
  /** @type {Record<string, string>} */
  const machines = { x64: '(x86_64|amd64)', arm64: '(aarch64|arm64)' };
  /** @type {Record<string, string>} */
  const systems = { linux: '(many)?linux\\w*', darwin: 'macosx\\w*', win32: 'win' };
  const machine = machines[arch] ?? arch;
  const system = systems[platform] ?? platform;
  return new RegExp(`${system}_${machine}\\.whl$`);
}

/**
 * The file in a folder that serves; of a wheel for CUDA, with NVIDIA's wheels beside it.
 * @param {{version: string, variant: string, folder: string}} options
 * @returns {Promise<string[]>}
 * @throws {StepError} that names what the folder should hold, or a `<file>.sha256` beside it that does not agree
 */
export async function findOffline({ version, variant, folder }) {
  /** @type {string[]} */
  let names;
  try {
    names = await readdir(folder);
  } catch (error) {
    throw new StepError(
      `the offline folder ${folder} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  /** @type {string[]} */
  const archives = [];
  try {
    archives.push(archiveName(version, variant));
  } catch {
    // No archive for this system: a wheel may still be there.
  }
  const wanted = [...archives, ...archives.map((name) => encodeURIComponent(name))];
  const tag = wheelTag();
  const ofVariant = (/** @type {string} */ name) =>
    name.startsWith(`torch-${version}+${variant}-`) ||
    (variant === 'cpu' && name.startsWith(`torch-${version}-`));
  const name =
    wanted.find((one) => names.includes(one)) ?? names.find((one) => ofVariant(one) && tag.test(one));
  if (!name) {
    const wheel = `torch-${version}+${variant}-*.whl`;
    throw new StepError(
      `the offline folder ${folder} has neither ${archives.length > 0 ? `${archives[0]} nor ` : ''}${wheel}`,
      'put one of these files there',
    );
  }
  const file = join(folder, name);
  const nvidia =
    /\.whl$/.test(name) && variant !== 'cpu' ? names.filter((one) => /^nvidia_.*\.whl$/.test(one)) : [];
  const files = [file, ...nvidia.map((one) => join(folder, one))];
  for (const one of files) if (names.includes(`${basename(one)}.sha256`)) await checkSidecar(one);
  return files;
}

/** @param {string} file */
async function checkSidecar(file) {
  const expected = /^\s*([0-9a-f]{64})\b/i.exec(await readFile(`${file}.sha256`, 'utf8'))?.[1]?.toLowerCase();
  if (!expected) throw new StepError(`${file}.sha256 holds no SHA-256`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const actual = hash.digest('hex');
  if (actual !== expected)
    throw new StepError(`${file}: its SHA-256 is ${actual}, and ${expected} was expected`);
}
