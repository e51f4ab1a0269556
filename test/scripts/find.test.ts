import { expect } from 'chai';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain, locate } from '../../scripts/libtorch/find.mjs';
import { cacheRoot } from '../../scripts/libtorch/paths.mjs';
import { copy, temporaryFolder, write } from './support/fake.js';

describe('scripts/libtorch/find', () => {
  const folder = temporaryFolder();
  const cache = () => join(folder(), 'cache');
  const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    LIBTORCH_NODE_CACHE: cache(),
    LIBTORCH_NODE_PYTHON: join(folder(), 'no-python'),
    ...more,
  });

  /** A "Python" that leaves a trace and prints an answer. */
  function python(answer: string, code = 0): NodeJS.ProcessEnv {
    const path = join(folder(), 'python');
    write(folder(), { python: `#!/bin/sh\ntouch '${folder()}/asked'\necho '${answer}'\nexit ${code}\n` });
    chmodSync(path, 0o755);
    return environment({ LIBTORCH_NODE_PYTHON: path });
  }

  it('takes LIBTORCH before anything else', () => {
    const root = copy(join(folder(), 'mine'), '2.12.0+cu126');
    copy(join(cache(), '2.13.0-cpu'));
    expect(locate({ env: environment({ LIBTORCH: root }) })).to.deep.equal({
      found: {
        root,
        lib: join(root, 'lib'),
        include: join(root, 'include'),
        version: '2.12.0',
        variant: 'cu126',
        source: 'LIBTORCH',
      },
      tried: [],
    });
  });

  it('refuses a LIBTORCH that does not fit, in words, and takes no other', () => {
    copy(join(cache(), '2.13.0-cpu'));
    const reason = (root: string) => {
      const { found, tried } = locate({ env: environment({ LIBTORCH: root }) });
      expect(found).to.equal(null);
      expect(tried).to.have.length(1);
      expect(tried[0]?.mend).to.contain('set LIBTORCH to');
      return tried[0]?.reason;
    };
    expect(reason(copy(join(folder(), 'old'), '2.9.1+cpu'))).to.match(
      /version is 2\.9\.1, .* >=2\.11\.0 <2\.15\.0/,
    );
    expect(reason(copy(join(folder(), 'new'), '2.15.0'))).to.contain('2.15.0');
    expect(reason(copy(join(folder(), 'unknown'), '', 'none'))).to.contain('cannot be read');
    expect(reason(join(folder(), 'nowhere'))).to.contain('no such folder');
    expect(reason(write(join(folder(), 'empty'), { 'build-version': '2.13.0' }))).to.match(/no .*torch_cpu/);
  });

  it('takes the chosen copy, then the pinned version, then the newest', () => {
    const name = () => locate({ env: environment(), python: false }).found?.root.slice(cache().length + 1);
    copy(join(cache(), '2.11.0-cpu'), '2.11.0+cpu');
    copy(join(cache(), '2.14.0-cpu'), '2.14.0+cpu');
    expect(name()).to.equal('2.14.0-cpu');
    copy(join(cache(), '2.13.0-cpu'));
    expect(name()).to.equal('2.13.0-cpu');
    writeFileSync(join(cache(), 'selected'), '2.11.0-cpu\n');
    expect(name()).to.equal('2.11.0-cpu');
    writeFileSync(join(cache(), 'selected'), '../../etc\n');
    expect(name()).to.equal('2.13.0-cpu');
  });

  it('passes over copies that do not fit and names that are not copies', () => {
    copy(join(cache(), '2.9.0-cpu'), '2.9.0+cpu');
    copy(join(cache(), '.tmp-1', 'copy'));
    mkdirSync(join(cache(), 'downloads'));
    const { found, tried } = locate({ env: environment(), python: false });
    expect(found).to.equal(null);
    expect(tried.map(({ step, path }) => [step, path])).to.deep.equal([
      ['cache', join(cache(), '2.9.0-cpu')],
    ]);
  });

  it('says when the headers are missing', () => {
    copy(join(cache(), '2.13.0-cpu'), '2.13.0', 'python', { headers: false });
    expect(locate({ env: environment() }).found?.include).to.equal(null);
  });

  it('asks Python last, without importing torch, and only when it must', () => {
    const root = copy(join(folder(), 'site', 'torch'), '2.13.0+cpu', 'python');
    const env = python(JSON.stringify({ python: 'python', torch: root }));
    const { found, tried } = locate({ env });
    expect(found).to.include({ root, source: 'python' });
    expect(tried.map(({ step }) => step)).to.deep.equal(['cache']);
    expect(locate({ env, python: false }).found).to.equal(null);
    expect(locate({ env: { ...env, LIBTORCH_USE_PYTORCH: '0' } }).found).to.equal(null);

    copy(join(cache(), '2.13.0-cpu'));
    expect(locate({ env }).found).to.include({ source: 'cache' });
    const forced = { ...env, LIBTORCH_USE_PYTORCH: '1' };
    expect(locate({ env: forced, python: false }).found).to.include({ root, source: 'python' });
  });

  it('starts no process when a copy is there', () => {
    copy(join(cache(), '2.13.0-cpu'));
    const env = python('{}');
    locate({ env });
    expect(existsSync(join(folder(), 'asked')), 'Python was asked').to.equal(false);
    locate({ env: { ...env, LIBTORCH_USE_PYTORCH: '1' } });
    expect(existsSync(join(folder(), 'asked')), 'Python was asked').to.equal(true);
  });

  it('says what was wrong with Python', () => {
    const reason = (env: NodeJS.ProcessEnv) =>
      locate({ env }).tried.find(({ step }) => step === 'python')?.reason;
    expect(reason(environment())).to.equal('no Python found');
    expect(reason(python(JSON.stringify({ python: '/p', torch: null })))).to.equal(
      'this Python has no torch',
    );
    expect(reason(python('hello'))).to.contain('did not answer in JSON');
    expect(reason(python('', 3))).to.contain('exit code 3');
    const old = copy(join(folder(), 'torch'), '2.1.0', 'python');
    expect(reason(python(JSON.stringify({ python: '/p', torch: old })))).to.contain('version is 2.1.0');
  });

  it('lists what was tried, and each remedy once', () => {
    copy(join(cache(), '2.9.0-cpu'), '2.9.0+cpu');
    copy(join(cache(), '2.8.0-cpu'), '2.8.0+cpu');
    const text = explain(locate({ env: environment() }).tried);
    expect(text)
      .to.match(/cache \(.*2\.9\.0-cpu\): .*2\.9\.0/)
      .and.match(/cache \(.*2\.8\.0-cpu\)/);
    expect(text).to.contain('python: no Python found');
    expect(text.match(/npx libtorch-node setup/g)).to.have.length(1);
  });

  it('places the cache by LIBTORCH_NODE_CACHE, then an absolute XDG_CACHE_HOME, then the home folder', () => {
    expect(cacheRoot({ LIBTORCH_NODE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).to.equal('/a');
    expect(cacheRoot({ XDG_CACHE_HOME: '/b', HOME: '/c' })).to.equal('/b/libtorch-node');
    if (process.platform !== 'linux') return;
    expect(cacheRoot({ XDG_CACHE_HOME: 'relative', HOME: '/c' })).to.equal('/c/.cache/libtorch-node');
  });
});
