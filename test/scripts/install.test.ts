import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './support/fake.js';
import { copyPackage, runNode } from './support/package.js';

describe('scripts/install', () => {
  const folder = temporaryFolder();
  const install = (root: string, env: NodeJS.ProcessEnv) =>
    runNode([join(root, 'scripts', 'install.mjs')], { LIBTORCH: join(folder(), 'nowhere'), ...env });

  it('does not break the install of a depending project, and says what to run', async () => {
    const root = copyPackage(join(folder(), 'node_modules', 'libtorch-node'));
    const { code, out } = await install(root, { INIT_CWD: folder() });
    expect(code).to.equal(0);
    expect(out).to.contain('there is no such folder').and.contain('run: npx libtorch-node setup');
  });

  it("fails in the project's own checkout", async () => {
    const root = copyPackage(join(folder(), 'checkout'));
    mkdirSync(join(root, 'ts'));
    expect((await install(root, { INIT_CWD: root })).code).to.equal(1);
    // The same files, but installed from elsewhere, or prepared by npm as a git dependency.
    expect((await install(root, { INIT_CWD: folder() })).code).to.equal(0);
    expect((await install(root, { INIT_CWD: root, _PACOTE_NO_PREPARE_: 'x' })).code).to.equal(0);
  });

  it('can be told to do nothing', async () => {
    const root = copyPackage(join(folder(), 'checkout'));
    const { code, out } = await install(root, { LIBTORCH_NODE_SKIP_INSTALL: '1' });
    expect(code).to.equal(0);
    expect(out).not.to.contain('no such folder');
  });
});
