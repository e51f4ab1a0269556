// PyTorch's official libtorch archives: their names per system and variant, and fetching one.
import { join } from 'node:path';
import { download } from './download.mjs';
import { StepError } from './errors.mjs';
import { startProgress } from './progress.mjs';

const official = 'https://download.pytorch.org/libtorch';
const hint = 'set LIBTORCH to an unpacked libtorch, or LIBTORCH_NODE_MIRROR to a server that has the archive';

/**
 * Name of the archive, as the server has it.
 * @param {string} version
 * @param {string} variant cpu, cu126, ...
 * @throws {StepError} where PyTorch publishes none
 */
export function archiveName(version, variant, platform = process.platform, arch = process.arch) {
  const system = `${platform}-${arch}`;
  const none = () => {
    throw new StepError(`PyTorch publishes no libtorch archive of variant ${variant} for ${system}`, hint);
  };
  if (system === 'linux-x64') return `libtorch-shared-with-deps-${version}+${variant}.zip`;
  if (system === 'win32-x64') return `libtorch-win-shared-with-deps-${version}+${variant}.zip`;
  if (variant !== 'cpu') return none();
  if (system === 'darwin-arm64') return `libtorch-macos-arm64-${version}.zip`;
  if (system === 'win32-arm64') return `libtorch-win-arm64-shared-with-deps-${version}+cpu.zip`;
  return none();
}

/**
 * Where the archive is; LIBTORCH_NODE_MIRROR stands for the part before the variant.
 * @param {string} version
 * @param {string} variant
 * @param {NodeJS.ProcessEnv} env
 */
export function archiveAddress(version, variant, env = process.env) {
  const base = (env.LIBTORCH_NODE_MIRROR || official).replace(/\/+$/, '');
  return `${base}/${variant}/${encodeURIComponent(archiveName(version, variant))}`;
}

/**
 * Downloads the archive into a folder.
 * @param {{version: string, variant: string, folder: string, env: NodeJS.ProcessEnv, sha256?: string,
 *   progress?: typeof startProgress,
 *   download?: import('./download.mjs').DownloadOptions}} options sha256 (or LIBTORCH_NODE_SHA256) is checked; without
 *   it the length and the checksums inside the archive are
 * @returns {Promise<string>} the file
 */
export async function fetchArchive({
  version,
  variant,
  folder,
  env,
  sha256,
  progress = startProgress,
  download: more,
}) {
  const address = archiveAddress(version, variant, env);
  const file = join(folder, archiveName(version, variant));
  const expected = sha256 ?? env.LIBTORCH_NODE_SHA256;
  if (expected && !/^[0-9a-f]{64}$/i.test(expected))
    throw new StepError(`LIBTORCH_NODE_SHA256 is not a SHA-256: '${expected}'`);
  await download(address, file, {
    ...(expected ? { sha256: expected } : {}),
    // Plain http is the user's own choice, made by naming such a mirror.
    insecure: /^http:/i.test(env.LIBTORCH_NODE_MIRROR ?? ''),
    progress: progress(`libtorch ${version} (${variant})`),
    ...more,
  });
  return file;
}
