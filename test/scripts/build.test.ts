import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { locate } from '../../scripts/libtorch/find.mjs';
import type { BuildInfo } from '../../scripts/libtorch/find.mjs';
import { copy, temporaryFolder } from './support/fake.js';
import { addonSource, copyPackage, runNode } from './support/package.js';

const require = createRequire(import.meta.url);

describe('scripts/build', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();
  let libtorch = '';

  before(function () {
    const { found } = locate();
    if (!found?.include) return this.skip();
    libtorch = found.root;
  });

  it('builds, does nothing when nothing has changed, and builds again after a change', async () => {
    const root = copyPackage(join(folder(), 'package'));
    const build = () => runNode([join(root, 'scripts', 'build.mjs')], { LIBTORCH: libtorch });
    const addon = join(root, 'build', 'Release', 'libtorch_node.node');
    const info = () =>
      JSON.parse(readFileSync(join(root, 'build', 'Release', 'build-info.json'), 'utf8')) as BuildInfo;

    const first = await build();
    expect(first.code, first.out).to.equal(0);
    expect((require(addon) as { seven: number }).seven).to.equal(7);
    expect(existsSync(join(root, 'build', 'Release', 'loader', 'libtorch_loader.node'))).to.equal(true);
    expect(info().libtorch.root).to.equal(libtorch);
    expect(info().compiler).to.match(/\d/);

    expect((await build()).out).to.equal('');

    writeFileSync(join(root, 'native', 'addon.cc'), `${addonSource}#error "broken on purpose"\n`);
    const broken = await build();
    expect(broken.code).to.equal(1);
    expect(broken.out).to.contain('broken on purpose');
    expect((await build()).code, 'a failed build must not count as done').to.equal(1);

    writeFileSync(join(root, 'native', 'addon.cc'), `${addonSource}// changed\n`);
    const before = info().fingerprint;
    expect((await build()).code).to.equal(0);
    expect(info().fingerprint).not.to.equal(before);
  });

  it('treats warnings as errors in a checkout, and not for a user', async () => {
    const root = copyPackage(join(folder(), 'package'));
    writeFileSync(join(root, 'native', 'addon.cc'), `${addonSource}static int unused() { return 1; }\n`);
    const build = () => runNode([join(root, 'scripts', 'build.mjs'), '--force'], { LIBTORCH: libtorch });
    const user = await build();
    expect(user.code, user.out).to.equal(0);
    writeFileSync(join(root, '.git'), '');
    const checkout = await build();
    expect(checkout.code).to.equal(1);
    expect(checkout.out).to.contain('unused');
  });

  it('says in words that a libtorch does not fit or has no headers', async () => {
    const root = copyPackage(join(folder(), 'package'));
    const build = (path: string) => runNode([join(root, 'scripts', 'build.mjs')], { LIBTORCH: path });
    const old = await build(copy(join(folder(), 'old'), '2.9.1'));
    expect(old.code).to.equal(1);
    expect(old.out).to.contain('its version is 2.9.1').and.not.contain('    at ');
    const bare = await build(copy(join(folder(), 'bare'), '2.13.0', 'python', { headers: false }));
    expect(bare.code).to.equal(1);
    expect(bare.out).to.contain('the headers are missing');
  });
});
