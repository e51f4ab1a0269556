/** CUDA out of pip's packages: torch, and what it names of NVIDIA's; nothing lost when it fails. */
import { expect } from 'chai';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsIn } from '../../scripts/libtorch/wheel.mjs';
import { packageJson } from '../../scripts/libtorch/paths.mjs';
import { silent } from '../../scripts/libtorch/progress.mjs';
import { chooseCopy, provision } from '../../scripts/libtorch/provision.mjs';
import { place } from '../../scripts/libtorch/unpack.mjs';
import { inspect } from '../../scripts/libtorch/find.mjs';
import { archiveEntries, copy, temporaryFolder, write } from './support/fake.js';
import { testServer } from './support/server.js';
import { zip } from './support/zip.js';

const { version } = packageJson().libtorch;
const metadata = `Metadata-Version: 2.4
Name: torch
Requires-Dist: filelock
Requires-Dist: cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"
Requires-Dist: cuda-bindings<14,>=13.0.3; platform_system == "Linux"
Requires-Dist: nvidia-cudnn-cu13==9.24.0.43; platform_system == "Linux"
Requires-Dist: triton~=3.8.0
Requires-Dist: nvidia-extra==1; extra == "extra"
`;

describe('scripts/libtorch/provision for CUDA', function () {
  const folder = temporaryFolder();
  const server = testServer();
  const cache = () => join(folder(), 'cache');

  before(function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip();
  });

  const torchWheel = (full: string, cuda: string | null) => {
    const python = `__version__ = '${full}'\ncuda: Optional[str] = ${cuda ? `'${cuda}'` : 'None'}\n`;
    const entries = archiveEntries(full, 'torch').filter(({ name }) => !name.endsWith('version.py'));
    return zip([
      ...entries,
      { name: 'torch/version.py', data: python },
      { name: `torch-${full}.dist-info/METADATA`, data: cuda ? metadata : 'Name: torch\n' },
    ]);
  };
  const nvidiaWheel = zip([
    { name: 'nvidia/cu13/lib/libcudart.so.13', data: 'cudart' },
    { name: 'nvidia/cu13/lib/libnvperf_host.so', data: 'for profiling' },
    { name: 'nvidia/cu13/include/cuda.h', data: 'header' },
  ]);

  /**
   * A "Python" whose pip has these: a pattern of the requirement, and the files that it leaves. What matches none is
   * not to be had. Every call is a line of calls.txt.
   */
  function pip(has: [pattern: string, files: Record<string, Buffer>][]): NodeJS.ProcessEnv {
    const arms = has.map(([pattern, files], i) => {
      const home = join(folder(), `pip-${i}`);
      write(home, files);
      return `  ${pattern}) cp '${home}'/* "$to"; exit 0;;`;
    });
    const calls = join(folder(), 'calls.txt');
    const script = `#!/bin/sh
if [ "$3" = --version ]; then echo 'pip 25.2 from x'; exit 0; fi
wanted="$4"; echo "$*" >> '${calls}'
while [ "$1" != --dest ]; do shift; done; to="$2"
case "$wanted" in
${arms.join('\n')}
esac
echo 'ERROR: No matching distribution found' >&2; exit 1
`;
    write(folder(), { python: script });
    chmodSync(join(folder(), 'python'), 0o755);
    return { LIBTORCH_NODE_PYTHON: join(folder(), 'python') };
  }
  const calls = () => readFileSync(join(folder(), 'calls.txt'), 'utf8').trim().split('\n');

  /** With a driver for this CUDA release, or with none. */
  function run(env: NodeJS.ProcessEnv, variant = 'cuda', driver: string | null = null, more = {}) {
    server.answer = (_request, response) => response.writeHead(404).end();
    const bin = join(folder(), 'bin');
    mkdirSync(bin, { recursive: true });
    if (driver) {
      writeFileSync(join(bin, 'nvidia-smi'), `#!/bin/sh\necho '| CUDA Version: ${driver} |'\n`, {
        mode: 0o755,
      });
    }
    return provision({
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        LIBTORCH_NODE_CACHE: cache(),
        LIBTORCH_NODE_MIRROR: server.url,
        ...env,
      },
      variant,
      log: () => {},
      progress: silent,
      download: { attempts: 1, connectTimeout: 500, idleTimeout: 500 },
      ...more,
    });
  }
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail('it did not fail'),
      (error: unknown) => (error as Error).message,
    );

  it('names what torch needs of NVIDIA, and nothing of Python', () => {
    expect(needsIn(metadata)).to.deep.equal([
      'cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"',
      'nvidia-cudnn-cu13==9.24.0.43; platform_system == "Linux"',
    ]);
  });

  it("puts NVIDIA's libraries beside libtorch's, without headers and tools", () => {
    expect(place('nvidia/cu13/lib/libcudart.so.13')).to.equal('lib/libcudart.so.13');
    expect(place('nvidia/cudnn/lib/libcudnn.so.9')).to.equal('lib/libcudnn.so.9');
    for (const name of [
      'nvidia/cu13/include/x.h',
      'nvidia/cu13/lib/libnvperf_host.so',
      'nvidia/cu13/lib/x.a',
      'nvidia/../lib/x/y.so',
    ])
      expect(place(name), name).to.equal(null);
  });

  it('fetches torch and the packages that it names', async () => {
    const env = pip([
      [`torch==${version}+*`, { [`torch-${version}.whl`]: torchWheel(`${version}+cu130`, '13.0') }],
      ['cuda-toolkit*', { 'nvidia_cuda_runtime-13.whl': nvidiaWheel, 'cuda_toolkit-13.whl': zip([]) }],
    ]);
    const found = await run(env, 'cuda', '13.1');
    expect(found).to.include({ variant: 'cu130', version, root: join(cache(), `${version}-cu130`) });
    expect(readdirSync(found.lib)).to.contain('libcudart.so.13').and.not.contain('libnvperf_host.so');
    expect(calls()[1]).to.contain('nvidia-cudnn-cu13==9.24.0.43').and.contain('--resume-retries 5');
    expect(readdirSync(cache()).sort()).to.deep.equal([`${version}-cu130`, 'selected']);
    expect(server.requests[0]?.url).to.match(/^\/cu130\//);
  });

  it('takes the plain wheel, and then another version that an addon serves', async () => {
    const env = pip([
      ['torch\\>=*', { 'torch-2.14.1.whl': torchWheel('2.14.1+cu130', '13.0') }],
      ['cuda-toolkit*', { 'nvidia_cuda_runtime-13.whl': nvidiaWheel }],
    ]);
    const refused = await failure(run(env, 'cuda', null, { serves: () => 'for which there is no addon' }));
    expect(refused).to.contain('it holds libtorch 2.14.1 (cu130), for which there is no addon');
    expect(
      calls().some((line) => line.includes('cuda-toolkit')),
      'gigabytes fetched in vain',
    ).to.equal(false);
    const found = await run(env, 'cuda', null, { serves: () => null });
    expect(found).to.include({ version: '2.14.1', variant: 'cu130' });
  });

  it('refuses what the driver does not run, and a CPU build, before the rest is fetched', async () => {
    const plain = (bytes: Buffer) => pip([[`torch==${version}`, { [`torch-${version}.whl`]: bytes }]]);
    const newer = await failure(run(plain(torchWheel(`${version}+cu130`, '13.0')), 'cuda', '12.8'));
    expect(newer).to.contain('needs CUDA 13.0, and the NVIDIA driver runs CUDA up to 12.8');
    const cpu = await failure(run(plain(torchWheel(version, null)), 'cuda', '13.0'));
    expect(cpu).to.contain('not one for CUDA');
    const exact = await failure(run(plain(torchWheel(`${version}+cu130`, '13.0')), 'cu126'));
    expect(exact).to.contain('not one for cu126');
    expect(calls().filter((line) => line.includes('cuda-toolkit'))).to.deep.equal([]);
  });

  it('keeps the wheels that came, and leaves the CPU copy chosen', async () => {
    const cpu = inspect(copy(join(cache(), `${version}-cpu`), `${version}+cpu`), 'cache');
    if (!('found' in cpu)) throw new Error('no copy');
    await chooseCopy(cpu.found);
    const torch: [string, Record<string, Buffer>] = [
      `torch==${version}+*`,
      { [`torch-${version}.whl`]: torchWheel(`${version}+cu130`, '13.0') },
    ];
    expect(await failure(run(pip([torch]), 'cu130'))).to.contain('No matching distribution');
    expect(readFileSync(join(cache(), 'selected'), 'utf8')).to.equal(`${version}-cpu\n`);
    const kept = join(cache(), 'downloads', `${version}-cu130`);
    expect(readdirSync(kept)).to.deep.equal([`torch-${version}.whl`]);
    expect(existsSync(join(cache(), `${version}-cu130`))).to.equal(false);
    // Not chosen until the caller has seen an addon run with it.
    await run(pip([torch, ['cuda-toolkit*', { 'nvidia_x-1.whl': nvidiaWheel }]]), 'cu130', null, {
      choose: false,
    });
    expect(readFileSync(join(cache(), 'selected'), 'utf8')).to.equal(`${version}-cpu\n`);
    expect(existsSync(join(cache(), `${version}-cu130`))).to.equal(true);
    expect(existsSync(kept)).to.equal(false);
  });
});
