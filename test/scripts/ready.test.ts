/** The addon that setup settles on: a prebuilt one that runs, or one that is built; and nothing lost when neither does. */
import { expect } from 'chai';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { prebuiltFolder, prebuiltName } from '../../scripts/libtorch/addon.mjs';
import { locate } from '../../scripts/libtorch/find.mjs';
import type { Libtorch } from '../../scripts/libtorch/find.mjs';
import { built } from '../../scripts/libtorch/paths.mjs';
import { temporaryFolder } from './support/fake.js';
import { copyPackage, runNode } from './support/package.js';

describe('scripts/ready', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();
  let libtorch: Libtorch;

  before(function () {
    const { found } = locate();
    if (!found?.include || !existsSync(built.addon)) return this.skip();
    libtorch = found;
  });

  /** An installed package whose prebuilt addon is this checkout's, or some bytes in its place. */
  function install(addon?: string): string {
    const root = copyPackage(join(folder(), 'package'));
    const place = prebuiltFolder(root);
    mkdirSync(join(place, 'loader'), { recursive: true });
    copyFileSync(built.loader, join(place, 'loader', basename(built.loader)));
    if (addon === undefined) copyFileSync(built.addon, join(place, prebuiltName()));
    else writeFileSync(join(place, prebuiltName()), addon);
    writeFileSync(
      join(place, 'build-info.json'),
      JSON.stringify({ libtorch: { version: libtorch.version, variant: 'cpu' } }),
    );
    return root;
  }

  /** `setup` with a cache in which nothing has been chosen; path: the folders with programs. */
  function setup(root: string, path?: string, more: string[] = []) {
    const cache = join(folder(), 'cache');
    mkdirSync(cache, { recursive: true });
    const copy = join(cache, `${libtorch.version}-${libtorch.variant}`);
    if (!existsSync(copy)) symlinkSync(libtorch.root, copy, 'dir');
    const env = { LIBTORCH_NODE_CACHE: cache, LIBTORCH_USE_PYTORCH: '0', ...(path ? { PATH: path } : {}) };
    return runNode([join(root, 'scripts', 'cli.mjs'), 'setup', ...more], env);
  }
  const selected = () => existsSync(join(folder(), 'cache', 'selected'));

  it('takes a prebuilt addon that runs, with no compiler about', async () => {
    const root = install();
    const empty = join(folder(), 'bin');
    mkdirSync(empty);
    const { code, out } = await setup(root, empty);
    expect(code, out).to.equal(0);
    expect(out).to.contain('The prebuilt addon serves.');
    expect(selected()).to.equal(true);
    expect(existsSync(join(root, 'build', 'Release'))).to.equal(false);
  });

  it('says what is missing where a prebuilt one does not run and none can be built', async () => {
    const empty = join(folder(), 'bin');
    mkdirSync(empty);
    const { code, out } = await setup(install('no library'), empty);
    expect(code).to.equal(1);
    expect(out).to.contain('the prebuilt addon does not run here: load the addon:');
    expect(out)
      .to.contain('building one needs CMake')
      .and.not.match(/^ +at /m);
    expect(selected(), 'chosen although nothing runs').to.equal(false);
  });

  it('builds one where the prebuilt one does not run, and keeps what was there when that does not run either', async function () {
    const root = install('no library');
    // What an earlier setup had built for another libtorch.
    const release = join(root, 'build', 'Release');
    cpSync(dirname(built.addon), release, { recursive: true });
    writeFileSync(join(release, 'build-info.json'), JSON.stringify({ libtorch: { version: '2.12.0' } }));
    // The sources of this package are those of an addon of three lines, which builds, but is no libtorch-node.
    const { code, out } = await setup(root);
    expect(code).to.equal(1);
    expect(out)
      .to.contain('Building the addon for libtorch')
      .and.contain('the addon was built, but does not run');
    expect(readFileSync(join(release, 'build-info.json'), 'utf8')).to.contain('2.12.0');
    expect(readFileSync(join(release, basename(built.addon))).equals(readFileSync(built.addon))).to.equal(
      true,
    );
    expect(existsSync(`${release}.before`)).to.equal(false);
    expect(selected()).to.equal(false);
  });
});
