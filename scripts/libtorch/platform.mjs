// What differs between systems: names of libraries, of official archives, of Python wheels' platforms.

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
