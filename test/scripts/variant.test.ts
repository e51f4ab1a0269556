import { expect } from 'chai';
import { archiveAddress, archiveName } from '../../scripts/libtorch/archive.mjs';
import { reasonIn, requirement } from '../../scripts/libtorch/pip.mjs';
import { resolveVariant } from '../../scripts/libtorch/variant.mjs';

describe('scripts/libtorch: names of what is fetched', () => {
  const published = ['cu126', 'cu130'];
  const resolve = (driver: string | null, request = 'cuda') =>
    resolveVariant(request, { driver, published, platform: 'linux' });

  it('takes the newest CUDA release that the driver runs', () => {
    expect(resolve('13.1')).to.equal('cu130');
    expect(resolve('13.0')).to.equal('cu130');
    expect(resolve('12.9')).to.equal('cu126');
    expect(resolve('12.10')).to.equal('cu126');
    expect(resolve(null)).to.equal('cu126');
    expect(() => resolve('12.4')).to.throw('runs CUDA up to 12.4');
  });

  it('takes a release by name, and refuses what is none', () => {
    expect(resolve(null, 'cu128')).to.equal('cu128');
    expect(resolve(null, 'cpu')).to.equal('cpu');
    for (const bad of ['gpu', 'cu1', '../cpu', 'cuda13'])
      expect(() => resolve(null, bad)).to.throw(`'${bad}'`);
    expect(() => resolveVariant('cuda', { platform: 'darwin', driver: null })).to.throw('no CUDA on macOS');
  });

  it('names the archives as PyTorch does', () => {
    const name = (platform: NodeJS.Platform, arch: NodeJS.Architecture, variant = 'cpu') =>
      archiveName('2.13.0', variant, platform, arch);
    expect(name('linux', 'x64')).to.equal('libtorch-shared-with-deps-2.13.0+cpu.zip');
    expect(name('linux', 'x64', 'cu130')).to.equal('libtorch-shared-with-deps-2.13.0+cu130.zip');
    expect(name('win32', 'x64')).to.equal('libtorch-win-shared-with-deps-2.13.0+cpu.zip');
    expect(name('darwin', 'arm64')).to.equal('libtorch-macos-arm64-2.13.0.zip');
    expect(() => name('linux', 'arm64')).to.throw('no libtorch archive of variant cpu for linux-arm64');
    expect(() => name('darwin', 'arm64', 'cu130')).to.throw('no libtorch archive of variant cu130');
    expect(() => name('freebsd', 'x64')).to.throw('freebsd-x64');
  });

  it('asks the official server, or the mirror in its place', function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
    const file = 'cpu/libtorch-shared-with-deps-2.13.0%2Bcpu.zip';
    expect(archiveAddress('2.13.0', 'cpu', {})).to.equal(`https://download.pytorch.org/libtorch/${file}`);
    const env = { LIBTORCH_NODE_MIRROR: 'https://mirror.invalid/torch/' };
    expect(archiveAddress('2.13.0', 'cpu', env)).to.equal(`https://mirror.invalid/torch/${file}`);
  });

  it('asks pip for the CPU wheel by name where the plain one is for CUDA', () => {
    expect(requirement('2.13.0', 'linux', 'x64')).to.equal('torch==2.13.0+cpu');
    expect(requirement('2.13.0', 'linux', 'arm64')).to.equal('torch==2.13.0');
    expect(requirement('2.13.0', 'darwin', 'arm64')).to.equal('torch==2.13.0');
  });

  it("finds the reason in pip's output", () => {
    expect(reasonIn('WARNING: a\nERROR: b\nWARNING: c\n')).to.equal('b');
    expect(reasonIn('/usr/bin/python3: No module named pip\n')).to.contain('No module named pip');
    expect(reasonIn('')).to.equal('no output');
  });
});
