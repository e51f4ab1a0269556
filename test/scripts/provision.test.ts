import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName } from '../../scripts/libtorch/archive.mjs';
import { inspect } from '../../scripts/libtorch/find.mjs';
import { packageJson } from '../../scripts/libtorch/paths.mjs';
import { silent } from '../../scripts/libtorch/progress.mjs';
import { provision } from '../../scripts/libtorch/provision.mjs';
import type { ProvisionError } from '../../scripts/libtorch/provision.mjs';
import { archive, archiveEntries, temporaryFolder, wheel, write } from './support/fake.js';
import { serve, testServer } from './support/server.js';
import { zip } from './support/zip.js';

const { version } = packageJson().libtorch;

describe('scripts/libtorch/provision', function () {
  const folder = temporaryFolder();
  const server = testServer();
  const cache = () => join(folder(), 'cache');
  const final = () => join(cache(), `${version}-cpu`);
  let lines: string[] = [];

  before(function () {
    // The steps name files by system; where PyTorch publishes no archive there is nothing to serve.
    try {
      archiveName(version, 'cpu');
    } catch {
      this.skip();
    }
  });
  beforeEach(() => {
    lines = [];
  });

  type Options = Parameters<typeof provision>[0] & { environment?: NodeJS.ProcessEnv };
  const run = ({ environment = {}, ...options }: Options = {}) =>
    provision({
      env: {
        PATH: process.env['PATH'],
        LIBTORCH_NODE_CACHE: cache(),
        LIBTORCH_NODE_MIRROR: server.url,
        LIBTORCH_NODE_PYTHON: join(folder(), 'no-python'),
        ...environment,
      },
      log: (line: string) => lines.push(line),
      download: { attempts: 2, connectTimeout: 500, idleTimeout: 500 },
      progress: silent,
      ...options,
    });

  /** The error of a run that must fail; whatever happened, nothing partial has the final name. */
  async function failure(options: Options = {}): Promise<ProvisionError> {
    const error = await run(options).then(
      () => null,
      (reason: unknown) => reason as ProvisionError,
    );
    if (!error) throw new Error('it did not fail');
    expect(existsSync(final()), 'a copy under the final name').to.equal(false);
    const rest = existsSync(cache()) ? readdirSync(cache()) : [];
    expect(rest.filter((name) => !['downloads'].includes(name))).to.deep.equal([]);
    return error;
  }

  /** A "Python" whose pip download does what the script says, with the folder in $to. */
  function python(script: string): NodeJS.ProcessEnv {
    const body = 'while [ "$1" != --dest ]; do shift; done\nto="$2"\n';
    write(folder(), { python: `#!/bin/sh\n${body}${script}\n` });
    chmodSync(join(folder(), 'python'), 0o755);
    return { LIBTORCH_NODE_PYTHON: join(folder(), 'python') };
  }

  it('fetches, unpacks, names and chooses the copy, and leaves nothing else', async () => {
    server.answer = (request, response) => serve(request, response, archive());
    const found = await run();
    expect(found).to.include({ root: final(), version, variant: 'cpu', source: 'cache' });
    expect(readdirSync(cache()).sort()).to.deep.equal([`${version}-cpu`, 'selected']);
    expect(readFileSync(join(cache(), 'selected'), 'utf8')).to.equal(`${version}-cpu\n`);
    expect(server.requests[0]?.url).to.equal(`/cpu/${encodeURIComponent(archiveName(version, 'cpu'))}`);
  });

  it('uses the copy that is there, and fetches again when forced', async () => {
    server.answer = (request, response) => serve(request, response, archive());
    await run();
    await run();
    expect(server.requests).to.have.length(1);
    writeFileSync(join(final(), 'trace'), '');
    await run({ force: true });
    expect(server.requests).to.have.length(2);
    expect(existsSync(join(final(), 'trace'))).to.equal(false);
    expect(readdirSync(cache()).sort()).to.deep.equal([`${version}-cpu`, 'selected']);
  });

  it('keeps the old copy when a forced fetch fails', async () => {
    server.answer = (request, response) => serve(request, response, archive());
    await run();
    server.answer = (_request, response) => response.writeHead(404).end();
    const error = await run({ force: true }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(inspect(final(), 'cache')).to.have.property('found');
  });

  it('resumes a cut download', async () => {
    const bytes = archive();
    server.answer = (request, response, count) =>
      serve(request, response, bytes, count === 1 ? { cut: bytes.length >> 1 } : {});
    await run();
    expect(server.requests[1]?.headers.range).to.equal(`bytes=${bytes.length >> 1}-`);
  });

  it('lists every step with its reason when all fail, and what to do', async () => {
    server.answer = (_request, response) => response.writeHead(404).end();
    const error = await failure();
    expect(error.message).to.contain(`libtorch ${version} (cpu) could not be set up. Tried:`);
    expect(error.message).to.match(/official archive: http:\/\/127\.0\.0\.1.*: HTTP status 404/);
    expect(error.message).to.match(/pip: pip download torch==.*no-python: not found/);
    expect(error.message).to.contain('What to do:').and.contain('--offline DIR').and.contain('HTTPS_PROXY');
    expect(error.tried.map(({ step }) => step)).to.deep.equal(['official archive', 'pip']);
  });

  it('refuses another version, a truncated file, a path that leads out and a wrong hash', async () => {
    const cases: [Buffer, RegExp][] = [
      [archive('2.9.1+cpu'), /its version is 2\.9\.1, and this package needs/],
      [archive('2.12.0+cpu'), new RegExp(`it holds libtorch 2\\.12\\.0 \\(cpu\\), not ${version}`)],
      [archive(`${version}+cu126`), /it holds .*\(cu126\), not one for cpu/],
      [archive().subarray(0, 60_000), /central directory/],
      [zip([...archiveEntries(), { name: '../../evil', data: 'x' }]), /relative path/],
      [zip(archiveEntries().filter(({ name }) => !name.includes('include'))), /it has no include\/ATen/],
    ];
    for (const [bytes, reason] of cases) {
      server.answer = (request, response) => serve(request, response, bytes);
      expect((await failure()).message).to.match(reason);
      expect(existsSync(join(cache(), 'downloads')), 'the useless file is kept').to.equal(false);
    }
    server.answer = (request, response) => serve(request, response, archive());
    const wrong = await failure({ environment: { LIBTORCH_NODE_SHA256: 'f'.repeat(64) } });
    expect(wrong.message).to.contain('SHA-256');
    expect((await failure({ environment: { LIBTORCH_NODE_SHA256: 'no' } })).message).to.contain(
      'is not a SHA-256',
    );
    const sha256 = createHash('sha256').update(archive()).digest('hex');
    await run({ environment: { LIBTORCH_NODE_SHA256: sha256 } });
  });

  it('gives up on a server that hangs, and goes on to pip', async () => {
    server.answer = () => {};
    const begin = Date.now();
    const error = await failure();
    expect(error.tried[0]?.reason).to.match(/timeout/i);
    expect(Date.now() - begin).to.be.lessThan(10_000);
  });

  it('takes the wheel that pip downloads when the archive cannot be had', async function () {
    if (process.platform === 'win32') this.skip();
    server.answer = (_request, response) => response.writeHead(403).end();
    writeFileSync(join(folder(), 'the.whl'), wheel());
    const found = await run({
      environment: python(`cp '${join(folder(), 'the.whl')}' "$to/torch-${version}-any.whl"`),
    });
    expect(found).to.include({ root: final(), variant: 'cpu' });
    expect(readdirSync(cache()).sort()).to.deep.equal([`${version}-cpu`, 'selected']);
  });

  it("passes on pip's own reason", async function () {
    if (process.platform === 'win32') this.skip();
    server.answer = (_request, response) => response.writeHead(403).end();
    const text = 'ERROR: Could not find a version that satisfies the requirement (from versions: 1.0)';
    const script = `echo 'WARNING: x' >&2; echo '${text}' >&2; echo 'ERROR: No matching distribution' >&2; exit 1`;
    const error = await failure({ environment: python(script) });
    expect(error.tried[1]?.reason).to.contain('(from versions: 1.0)').and.not.contain('WARNING');
  });

  it('refuses a wheel of another variant', async function () {
    if (process.platform === 'win32') this.skip();
    server.answer = (_request, response) => response.writeHead(403).end();
    writeFileSync(join(folder(), 'the.whl'), wheel(`${version}+cu130`));
    const error = await failure({
      environment: python(`cp '${join(folder(), 'the.whl')}' "$to/torch-${version}-any.whl"`),
    });
    expect(error.tried[1]?.reason).to.contain('(cu130)');
  });

  describe('from a folder', () => {
    const offline = () => join(folder(), 'carried');

    it('takes the archive or the wheel, and asks nothing of the network', async () => {
      write(offline(), { [archiveName(version, 'cpu')]: archive() });
      await run({ offline: offline() });
      expect(existsSync(join(offline(), archiveName(version, 'cpu'))), "the user's file is kept").to.equal(
        true,
      );

      const system = { linux: 'manylinux_2_28', darwin: 'macosx_11_0', win32: 'win' }[
        process.platform as 'linux'
      ];
      const machine =
        process.arch === 'x64' ? (process.platform === 'win32' ? 'amd64' : 'x86_64') : process.arch;
      const wheels = join(folder(), 'wheels');
      write(wheels, { [`torch-${version}+cpu-cp312-cp312-${system}_${machine}.whl`]: wheel() });
      await run({ environment: { LIBTORCH_NODE_OFFLINE: wheels }, force: true });
      expect(existsSync(join(final(), 'version.py'))).to.equal(true);
      expect(server.requests).to.have.length(0);
    });

    it('says what the folder should hold', async () => {
      mkdirSync(offline());
      write(offline(), { [`torch-${version}+cpu-cp312-cp312-someos_x86.whl`]: wheel() });
      const error = await failure({ offline: offline() });
      expect(error.tried.map(({ step }) => step)).to.deep.equal(['offline folder']);
      expect(error.message).to.contain(archiveName(version, 'cpu')).and.contain(`torch-${version}+cpu-*.whl`);
      expect((await failure({ offline: join(folder(), 'nowhere') })).message).to.contain('cannot be read');
      expect(server.requests).to.have.length(0);
    });

    it('heeds a .sha256 beside the file, and keeps a file that does not unpack', async () => {
      const name = archiveName(version, 'cpu');
      write(offline(), { [name]: archive(), [`${name}.sha256`]: `${'a'.repeat(64)}  ${name}\n` });
      expect((await failure({ offline: offline() })).message).to.contain('SHA-256');
      write(offline(), { [name]: 'not a zip', [`${name}.sha256`]: '' });
      expect((await failure({ offline: offline() })).message).to.contain('holds no SHA-256');
      const sha256 = createHash('sha256').update('not a zip').digest('hex');
      write(offline(), { [`${name}.sha256`]: sha256 });
      expect((await failure({ offline: offline() })).message).to.match(/central directory/i);
      expect(existsSync(join(offline(), name))).to.equal(true);
    });
  });

  it('says what to do about a cache that cannot be written', async function () {
    writeFileSync(join(folder(), 'file'), '');
    const places = [join(folder(), 'file', 'cache')];
    // Root may write anywhere, permissions or not.
    if (process.platform !== 'win32' && process.getuid?.() !== 0) {
      mkdirSync(join(folder(), 'shut'), { mode: 0o555 });
      places.push(join(folder(), 'shut', 'cache'));
    }
    for (const place of places) {
      const error = await failure({ environment: { LIBTORCH_NODE_CACHE: place } });
      expect(error.message)
        .to.contain(place)
        .and.contain('set LIBTORCH_NODE_CACHE to a folder that can be written');
    }
  });

  it('clears away what a process that died has left', async () => {
    write(join(cache(), '.tmp-1'), { 'copy/lib/half.so': '' });
    server.answer = (request, response) => serve(request, response, archive());
    await run();
    expect(readdirSync(cache()).sort()).to.deep.equal([`${version}-cpu`, 'selected']);
  });
});
