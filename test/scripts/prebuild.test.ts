import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locate } from '../../scripts/libtorch/find.mjs';
import { built, packageRoot } from '../../scripts/libtorch/paths.mjs';
import { baseline, checkBinary, examineBinary, newest } from '../../scripts/prebuild/check.mjs';
import { temporaryFolder } from './support/fake.js';

describe('scripts/prebuild', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  before(function () {
    if (process.platform !== 'linux' || spawnSync('strip', ['--version']).error) this.skip();
  });

  it('reads the newest version that each library must have, by number', () => {
    const lines =
      '(GLIBC_2.9) (GLIBC_2.34) (GLIBC_2.4) (GLIBCXX_3.4.9) (GLIBCXX_3.4.30) (CXXABI_1.3) GLIBC_PRIVATE';
    expect(newest(lines)).to.deep.equal({ GLIBC: '2.34', GLIBCXX: '3.4.30', CXXABI: '1.3' });
    expect(baseline).to.include({ GLIBC: '2.35', GLIBCXX: '3.4.30' });
  });

  it("passes this project's own addon once it is stripped, and finds every symbol in libtorch", function () {
    const { found } = locate();
    if (!found || !existsSync(built.addon)) this.skip();
    const file = join(folder(), 'addon.node');
    copyFileSync(built.addon, file);
    expect(examineBinary(file, { paths: false }).problems).to.deep.equal(['it is not stripped']);
    execFileSync('strip', ['--strip-all', file]);
    const { size, versions } = checkBinary(file, { lib: found.lib, paths: false });
    expect(size).to.be.within(100_000, 1_000_000);
    expect(versions.join()).to.contain('GLIBCXX_3.4');
    // The same file against libraries that are not those it was linked to.
    mkdirSync(join(folder(), 'other'));
    copyFileSync(join(found.lib, 'libc10.so'), join(folder(), 'other', 'libc10.so'));
    expect(() => checkBinary(file, { lib: join(folder(), 'other'), paths: false })).to.throw(
      /libtorch has not \d+ of/,
    );
  });

  it('refuses names too many, paths of this machine, strange libraries and what Node cannot load', function () {
    const source = join(folder(), 'bad.c');
    const file = join(folder(), 'bad.so');
    writeFileSync(
      source,
      `const char* where = "${packageRoot}/native/x.cc"; double cos(double); double more(double x) { return cos(x) + !where; }`,
    );
    const make = spawnSync('cc', [
      '-shared',
      '-fPIC',
      '-O0',
      '-o',
      file,
      source,
      '-lm',
      '-lresolv',
      '-Wl,--no-as-needed',
      '-lresolv',
      '-Wl,-rpath,/opt/x',
    ]);
    if (make.status !== 0) this.skip();
    const text = examineBinary(file).problems.join('\n');
    expect(text).to.match(/it exports \d+ names more, such as (more|where)/);
    expect(text).to.contain('it does not export what Node asks for');
    expect(text).to.contain('it is not stripped');
    expect(text).to.contain('it needs libresolv.so.2');
    expect(text).to.contain('it looks for libraries in /opt/x');
    expect(text).to.contain(`it names the folder ${packageRoot}`);
    expect(() => checkBinary(file, {})).to.throw(file);
  });
});
