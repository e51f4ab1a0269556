import { expect } from 'chai';
import { archiveAddress, archiveName } from '../../scripts/libtorch/archive.mjs';
import { reasonIn, requirements } from '../../scripts/libtorch/pip.mjs';
import { refusal, resolveVariant, room } from '../../scripts/libtorch/variant.mjs';

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
    const ask = (platform: string, arch: string, variant = 'cpu') =>
      requirements('2.13.0', variant, { platform, arch, range: '>=2.11.0 <2.15.0' });
    expect(ask('linux', 'x64')).to.deep.equal(['torch==2.13.0+cpu']);
    expect(ask('linux', 'arm64')).to.deep.equal(['torch==2.13.0']);
    expect(ask('darwin', 'arm64')).to.deep.equal(['torch==2.13.0']);
    // For CUDA the named one, the plain one, and then any version that this package knows.
    expect(ask('linux', 'x64', 'cu130')).to.deep.equal([
      'torch==2.13.0+cu130',
      'torch==2.13.0',
      'torch>=2.11.0,<2.15.0',
    ]);
    expect(ask('win32', 'x64', 'cu130')).to.deep.equal(['torch==2.13.0+cu130']);
  });

  it('accepts what was asked for, and of CUDA what the driver runs', () => {
    const torch = (variant: string, cuda: string | null) => ({ version: '2.13.0', variant, cuda });
    expect(refusal('cpu', torch('cpu', null), null)).to.equal(null);
    expect(refusal('cpu', torch('cu130', '13.0'), null)).to.contain('not one for cpu');
    expect(refusal('cu126', torch('cu130', '13.0'), null)).to.contain('not one for cu126');
    expect(refusal('cuda', torch('cpu', null), '13.0')).to.contain('not one for CUDA');
    expect(refusal('cuda', torch('cu130', '13.0'), '12.9')).to.contain('runs CUDA up to 12.9');
    expect(refusal('cuda', torch('cu130', '13.0'), '13.1')).to.equal(null);
    expect(refusal('cuda', torch('cu126', '12.6'), '12.10')).to.equal(null);
    expect(refusal('cuda', torch('cu130', '13.0'), null)).to.equal(null);
  });

  it('knows that CUDA takes several times the room', () => {
    expect(room('cu130').unpacked).to.be.greaterThan(5 * room('cpu').unpacked);
  });

  it("finds the reason in pip's output", () => {
    expect(reasonIn('WARNING: a\nERROR: b\nWARNING: c\n')).to.equal('b');
    expect(reasonIn('/usr/bin/python3: No module named pip\n')).to.contain('No module named pip');
    expect(reasonIn('')).to.equal('no output');
  });
});
