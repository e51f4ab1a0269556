import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName } from '../../scripts/libtorch/archive.mjs';
import { packageJson, packageRoot } from '../../scripts/libtorch/paths.mjs';
import { parse } from '../../scripts/setup.mjs';
import { archive, copy, temporaryFolder } from './support/fake.js';
import { runNode } from './support/package.js';
import { testServer } from './support/server.js';

const { libtorch, version } = packageJson();
const cli = (parameters: string[], env?: NodeJS.ProcessEnv) =>
  runNode([join(packageRoot, 'scripts', 'cli.mjs'), ...parameters], env);

describe('scripts/cli', () => {
  it('says what it can do, and which version it is', async () => {
    expect((await cli([])).out)
      .to.contain('setup')
      .and.contain('doctor');
    expect(await cli(['--version'])).to.deep.equal({ code: 0, out: `${version}\n` });
    expect((await cli(['setup', '--help'])).out).to.contain('--offline DIR');
  });

  it('refuses unknown commands and options with code 2', async () => {
    for (const parameters of [['set'], ['toString'], ['setup', '--what'], ['doctor', '--yaml']]) {
      const { code, out } = await cli(parameters);
      expect(code, out).to.equal(2);
      expect(out).to.contain(parameters.at(-1)).and.not.contain('    at ');
    }
  });
});

describe('scripts/setup', () => {
  const folder = temporaryFolder();
  const server = testServer();
  const cache = () => join(folder(), 'cache');
  const env = () => ({
    LIBTORCH_NODE_CACHE: cache(),
    LIBTORCH_NODE_MIRROR: server.url,
    LIBTORCH_NODE_PYTHON: join(folder(), 'no-python'),
  });
  const setup = (more: string[] = []) => cli(['setup', '--no-build', ...more], env());

  it('reads its options', () => {
    const rest = { offline: undefined, force: false, source: false, build: true };
    expect(parse([])).to.deep.equal({ variant: undefined, ...rest });
    expect(parse(['--cuda']).variant).to.equal('cuda');
    expect(parse(['--cuda=cu126', '--force'])).to.deep.include({ variant: 'cu126', force: true });
    expect(parse(['--cpu', '--offline', 'dir'])).to.deep.include({ variant: 'cpu', offline: 'dir' });
    expect(() => parse(['--cpu', '--cuda'])).to.throw('exclude each other');
    expect(() => parse(['--cudas'])).to.throw('--cudas');
  });

  it('serves two processes at once with one download', async function () {
    try {
      archiveName(libtorch.version, 'cpu');
    } catch {
      this.skip();
    }
    const bytes = archive();
    // Slow, so that the second process comes while the first is at it.
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, 1000));
      setTimeout(() => response.end(bytes.subarray(1000)), 1500);
    };
    const [one, two] = await Promise.all([setup(), setup()]);
    expect([one.code, two.code], one.out + two.out).to.deep.equal([0, 0]);
    expect(server.requests).to.have.length(1);
    expect(one.out + two.out).to.contain('Another process works in');
    expect(readdirSync(cache()).sort()).to.deep.equal([`${libtorch.version}-cpu`, 'selected']);
  });

  it('leaves nothing under the final name when it is killed in the middle', async function () {
    if (process.platform === 'win32') this.skip();
    const bytes = archive();
    const { spawn } = await import('node:child_process');
    const child = spawn(process.execPath, [join(packageRoot, 'scripts', 'cli.mjs'), 'setup', '--no-build'], {
      env: { PATH: process.env['PATH'], ...env() },
    });
    const ended = new Promise((done) => child.on('close', done));
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': String(bytes.length), etag: '"one"' });
      response.write(bytes.subarray(0, 1000), () => setTimeout(() => child.kill('SIGKILL'), 100));
    };
    await ended;
    expect(server.requests).to.have.length(1);
    expect(existsSync(join(cache(), `${libtorch.version}-cpu`))).to.equal(false);
    expect(readdirSync(cache())).not.to.contain('selected');
  });

  it('lists what was tried and exits with 1 when all fails', async () => {
    server.answer = (_request, response) => response.writeHead(404).end();
    const { code, out } = await setup();
    expect(code).to.equal(1);
    expect(out)
      .to.contain('could not be set up. Tried:')
      .and.contain('HTTP status 404')
      .and.contain('What to do:');
    expect(out).not.to.contain('    at ');
  });

  it('fetches nothing over a LIBTORCH that the user set', async () => {
    const root = copy(join(folder(), 'mine'));
    const good = await cli(['setup', '--no-build'], { ...env(), LIBTORCH: root });
    expect(good.code).to.equal(0);
    expect(good.out).to.contain(root);
    const bad = await cli(['setup', '--no-build'], { ...env(), LIBTORCH: join(folder(), 'nowhere') });
    expect(bad.code).to.equal(1);
    expect(bad.out).to.contain('LIBTORCH is set');
    expect(server.requests).to.have.length(0);
  });
});
