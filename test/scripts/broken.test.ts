/** Whatever is wrong with a machine: one paragraph that says what, and what to do. Never a crash, never a stack trace. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutShort } from '../../scripts/libtorch/elf.mjs';
import { locate } from '../../scripts/libtorch/find.mjs';
import { packageJson, packageRoot } from '../../scripts/libtorch/paths.mjs';
import { libraries } from '../../scripts/libtorch/platform.mjs';
import { archive, copy, temporaryFolder, write } from './support/fake.js';
import { copyPackage, runNode } from './support/package.js';
import { pretend } from './support/pretend.js';
import type { Machine } from './support/pretend.js';
import { serve, testServer } from './support/server.js';

const linux = process.platform === 'linux';
const { range, version } = packageJson().libtorch;

describe('broken machines', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const server = testServer();
  const cache = () => join(folder(), 'cache');
  let copies = 0;
  const nothing = () => ({
    LIBTORCH_NODE_CACHE: cache(),
    LIBTORCH_NODE_MIRROR: server.url,
    LIBTORCH_NODE_PYTHON: join(folder(), 'no-python'),
  });

  /** `setup` of an installed package on such a machine. */
  async function setup(
    machine: Machine,
    env: NodeJS.ProcessEnv = {},
    command = ['cli.mjs', 'setup', '--no-build'],
  ) {
    const [script = '', ...parameters] = command;
    const file = join(copyPackage(join(folder(), `package-${++copies}`)), 'scripts', script);
    const { code, out } = await runNode([...pretend(folder(), machine), file, ...parameters], {
      ...nothing(),
      ...env,
    });
    expect(out, 'a stack trace').not.to.match(/^ +at /m);
    return { code, out };
  }

  /** The first import on such a machine. */
  async function start(machine: Machine, env: NodeJS.ProcessEnv = {}) {
    const program = `await import(${JSON.stringify(join(packageRoot, 'ts', 'native.ts'))}).catch((error) => {
      console.log(error.message); process.exit(3); });`;
    const node = ['--import', 'tsx', ...pretend(folder(), machine), '--input-type=module', '--eval', program];
    const { code, out } = await runNode(node, { ...nothing(), ...env });
    expect(code, out).to.equal(3);
    expect(out).to.contain('libtorch-node cannot start: ');
    return out;
  }

  it('no libtorch', async () => {
    const text = await start({});
    expect(text).to.contain('libtorch was not found or does not fit').and.contain('no copy there');
    expect(text).to.contain('Run: npx libtorch-node setup');
  });

  it('the wrong version of libtorch', async () => {
    const text = await start({}, { LIBTORCH: copy(join(folder(), 'old'), '2.9.1') });
    expect(text)
      .to.contain(`its version is 2.9.1, and this package needs ${range}`)
      .and.contain('set LIBTORCH');
  });

  describe('a library that was cut short', () => {
    /** The first part of the real library, under a folder that else looks right. */
    function cut(root: string): string {
      const { found } = locate();
      const name = libraries().cpu;
      if (!found || !linux) return '';
      const bytes = Buffer.alloc(1_000_000);
      const file = openSync(join(found.lib, name), 'r');
      readSync(file, bytes, 0, bytes.length, 0);
      closeSync(file);
      copy(root, `${version}+cpu`);
      write(root, { [join('lib', name)]: bytes });
      expect(cutShort(join(found.lib, name))).to.equal(null);
      return root;
    }

    it('is found before it is loaded', async function () {
      const root = cut(join(cache(), `${version}-cpu`));
      if (!root) this.skip();
      const text = await start({});
      expect(text).to.match(/libtorch_cpu\.so is cut short: it has 1000000 bytes of \d{9}/);
      expect(text).to.contain('Run: npx libtorch-node setup');
    });

    it('is replaced by setup', async function () {
      const root = cut(join(cache(), `${version}-cpu`));
      if (!root) this.skip();
      server.answer = (request, response) => serve(request, response, archive());
      expect((await setup({})).code).to.equal(0);
      expect(server.requests).to.have.length(1);
      expect(cutShort(join(root, 'lib', libraries().cpu))).to.equal(null);
    });

    it('that has not even a header is whole in no sense, and ends in words', () => {
      const file = join(folder(), 'short.so');
      writeFileSync(file, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]));
      expect(cutShort(file)).to.contain('6 bytes of 64');
      writeFileSync(file, '');
      expect(cutShort(file)).to.equal(null);
    });
  });

  it('a home that cannot be written', async function () {
    // Not even root may make a folder there.
    if (!linux) this.skip();
    const { code, out } = await setup({}, { LIBTORCH_NODE_CACHE: '', HOME: '/sys' });
    expect(code).to.equal(1);
    expect(out).to.contain('/sys/.cache/libtorch-node').and.contain('set LIBTORCH_NODE_CACHE to a folder');
  });

  it('no network', async () => {
    const { code, out } = await setup({}, { LIBTORCH_NODE_MIRROR: 'http://127.0.0.1:9' });
    expect(code).to.equal(1);
    expect(out).to.contain('ECONNREFUSED').and.contain('no-python: not found');
    expect(out)
      .to.contain('HTTPS_PROXY')
      .and.contain('--offline DIR')
      .and.contain('install Python 3 with pip');
  });

  it('a proxy that is not there, and one that works', async () => {
    const env = {
      LIBTORCH_NODE_MIRROR: 'http://mirror.invalid',
      HTTP_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '',
    };
    const dead = await setup({}, env);
    expect(dead.code).to.equal(1);
    expect(dead.out).to.contain('127.0.0.1:9').and.contain('HTTPS_PROXY');
    server.answer = (request, response) => serve(request, response, archive());
    const alive = await setup({}, { ...env, HTTP_PROXY: server.url });
    expect(alive.code, alive.out).to.equal(0);
    expect(server.requests[0]?.url).to.match(/^http:\/\/mirror\.invalid\/cpu\//);
  });

  it('no space, told before anything is fetched', async function () {
    const place = join(folder(), 'small');
    mkdirSync(place);
    if (!linux || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'none', place]).status !== 0)
      this.skip();
    try {
      const { code, out } = await setup({}, { LIBTORCH_NODE_CACHE: join(place, 'cache') });
      expect(code).to.equal(1);
      expect(out).to.match(/needs 850 MB in .*small\/cache, and \d MB are free/);
      expect(out).to.contain('set LIBTORCH_NODE_CACHE to a folder on a larger disk');
      const cuda = await setup({}, { LIBTORCH_NODE_CACHE: join(place, 'cache') }, [
        'cli.mjs',
        'setup',
        '--cuda',
      ]);
      expect(cuda.out).to.match(/needs 8\.7 GB/);
      expect(server.requests).to.have.length(0);
    } finally {
      spawnSync('umount', [place]);
    }
  });

  /** What must be said by setup, by the install step (which never fails), by doctor and by the first import. */
  const machines: [string, Machine, RegExp, RegExp][] = [
    [
      'glibc too old',
      { glibc: '2.17' },
      /glibc 2\.17 is too old: libtorch needs 2\.28/,
      /Debian 12, Ubuntu 22\.04/,
    ],
    ['musl', { glibc: null }, /no libtorch for linux-\w+ with musl/, /node:22-slim/],
    ['an unsupported platform', { platform: 'freebsd' }, /no libtorch for freebsd-\w+/, /set LIBTORCH/],
    [
      'Node too old',
      { node: '18.20.8' },
      /Node 18\.20\.8 is too old: this package needs >=20\.19/,
      /install Node/,
    ],
  ];
  for (const [name, machine, reason, mend] of machines)
    it(name, async function () {
      if (!linux) this.skip();
      for (const command of [['cli.mjs', 'setup'], ['cli.mjs', 'doctor'], ['install.mjs']]) {
        const { code, out } = await setup(machine, {}, command);
        expect(code, command.join(' ')).to.equal(command[0] === 'install.mjs' ? 0 : 1);
        expect(out, command.join(' ')).to.match(reason).and.to.match(mend);
      }
      const text = await start(machine);
      expect(text).to.match(reason).and.to.match(mend);
      expect(server.requests, 'nothing is fetched for a machine that cannot use it').to.have.length(0);
    });

  it('every case has its paragraph in docs/install.md', () => {
    const text = readFileSync(join(packageRoot, 'docs', 'install.md'), 'utf8');
    for (const name of [
      'No libtorch',
      'version',
      'cut short',
      'cannot be written',
      'No network',
      'proxy',
      'No space',
      'glibc',
      'musl',
      'Node',
    ])
      expect(text.slice(text.indexOf('## When it does not work')), name).to.contain(name);
  });
});
