// What differs between systems: names of libraries, of official archives, of Python wheels' platforms.
import { compare, satisfies } from './numbers.mjs';
import { packageJson } from './paths.mjs';

/** File names of libtorch's libraries here, in the order in which they depend on each other. */
export function libraries(platform = process.platform) {
  const name = (/** @type {string} */ stem) =>
    platform === 'win32' ? `${stem}.dll` : platform === 'darwin' ? `lib${stem}.dylib` : `lib${stem}.so`;
  return {
    c10: name('c10'),
    cpu: name('torch_cpu'),
    c10Cuda: name('c10_cuda'),
    cuda: name('torch_cuda'),
    hip: name('torch_hip'),
    torch: name('torch'),
  };
}

/**
 * The C library: libtorch is built for glibc and does not load on musl.
 * @returns {{name: 'glibc' | 'musl' | 'none', version: string | null}}
 */
export function libc() {
  if (process.platform !== 'linux') return { name: 'none', version: null };
  // Only a glibc build has glibcVersionRuntime. The report's part on the network costs time and is not wanted.
  const report = /** @type {typeof process.report & {excludeNetwork: boolean}} */ (process.report);
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  const { header } = /** @type {{header: {glibcVersionRuntime?: string}}} */ (report.getReport());
  report.excludeNetwork = before;
  if (header.glibcVersionRuntime) return { name: 'glibc', version: header.glibcVersionRuntime };
  return { name: 'musl', version: null };
}

/** Systems that PyTorch publishes CPU builds for. */
export function supported(platform = process.platform, arch = process.arch) {
  const known = { linux: ['x64', 'arm64'], darwin: ['arm64'], win32: ['x64', 'arm64'] };
  return (known[/** @type {keyof typeof known} */ (platform)] ?? []).includes(arch);
}

/** The oldest glibc that libtorch itself runs on. */
const oldestGlibc = '2.28';

/**
 * Why nothing can work on this system at all, with what to do; null where it can.
 * @param {{platform?: string, arch?: string, library?: {name: string, version: string | null}}} system
 * @returns {{reason: string, mend: string} | null}
 */
export function unfit({ platform = process.platform, arch = process.arch, library = libc() } = {}) {
  if (library.name === 'musl')
    return {
      reason: `PyTorch publishes no libtorch for ${platform}-${arch} with musl`,
      mend: 'use a system with glibc, such as the Debian image of Node (node:22-slim) instead of node:22-alpine',
    };
  if (!supported(/** @type {NodeJS.Platform} */ (platform), /** @type {NodeJS.Architecture} */ (arch)))
    return {
      reason: `PyTorch publishes no libtorch for ${platform}-${arch}`,
      mend: 'build libtorch from source and set LIBTORCH to its folder',
    };
  if (library.name === 'glibc' && library.version && compare(library.version, oldestGlibc) < 0)
    return {
      reason: `glibc ${library.version} is too old: libtorch needs ${oldestGlibc}`,
      mend: 'use a newer system: Debian 12, Ubuntu 22.04 or later',
    };
  return null;
}

/**
 * Why this Node cannot run the package; null where it can. Bun and Deno say which Node they stand for.
 * @param {string} version
 * @returns {{reason: string, mend: string} | null}
 */
export function tooOldNode(version = process.versions.node) {
  const { node } = packageJson().engines;
  if (satisfies(version, node)) return null;
  return { reason: `Node ${version} is too old: this package needs ${node}`, mend: `install Node ${node}` };
}
