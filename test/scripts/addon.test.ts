import { expect } from 'chai';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { addons, chooseAddon, prebuiltFolder, prebuiltName } from '../../scripts/libtorch/addon.mjs';
import { temporaryFolder, write } from './support/fake.js';

const require = createRequire(import.meta.url);

describe('scripts/libtorch/addon', () => {
  const folder = temporaryFolder();

  /** A package with an addon in a folder of it; its content is the folder's name. */
  function put(place: string, version: string | null, addon = 'libtorch_node.node'): string {
    const root = join(folder(), 'package');
    write(root, {
      'package.json': '{"name": "libtorch-node"}',
      [join(place, addon)]: place,
      [join(place, 'loader', 'libtorch_loader.node')]: '',
      ...(version === null
        ? {}
        : { [join(place, 'build-info.json')]: JSON.stringify({ libtorch: { version } }) }),
    });
    return root;
  }
  const system = join('prebuilds', basename(prebuiltFolder('')));
  const prebuilt = (version: string, below = '') => put(join(system, below), version, prebuiltName());
  const chosen = (version: string, root: string, env: NodeJS.ProcessEnv = {}) => {
    const found = chooseAddon(version, addons({ env, root }));
    return found && { source: found.source, folder: dirname(found.addon).slice(root.length + 1) };
  };

  it('takes what was built here, then what the package brought', () => {
    const root = prebuilt('2.13.0');
    expect(chosen('2.13.0', root)).to.deep.equal({ source: 'prebuilt', folder: system });
    put(join('build', 'Release'), '2.13.0');
    expect(chosen('2.13.1', root)).to.deep.equal({ source: 'build', folder: join('build', 'Release') });
  });

  it('takes the one for the minor version of the libtorch that is there', () => {
    const root = prebuilt('2.13.0');
    prebuilt('2.14.1', 'libtorch-2.14');
    put(join('build', 'Release'), '2.12.0');
    expect(chosen('2.13.0', root)?.folder).to.equal(system);
    expect(chosen('2.14.0', root)?.folder).to.equal(join(system, 'libtorch-2.14'));
    expect(chosen('2.12.1', root)?.source).to.equal('build');
    expect(chosen('2.11.0', root)).to.equal(null);
  });

  it('trusts a folder that does not say what it was built for, and one that is named', () => {
    const root = put('elsewhere', null);
    expect(addons({ env: {}, root })).to.deep.equal([]);
    const env = { LIBTORCH_NODE_BUILD: join(root, 'elsewhere') };
    prebuilt('2.13.0');
    expect(addons({ env, root }).map(({ source }) => source)).to.deep.equal(['LIBTORCH_NODE_BUILD']);
    expect(chosen('2.13.0', root, env)?.folder).to.equal('elsewhere');
  });

  it('leaves prebuilt addons alone in a checkout, whose sources are newer', () => {
    const root = prebuilt('2.13.0');
    write(root, { 'ts/index.ts': '' });
    expect(addons({ env: {}, root })).to.deep.equal([]);
  });

  it('counts an addon only with its loader', () => {
    const root = join(folder(), 'package');
    write(root, { [join(system, prebuiltName())]: '' });
    expect(addons({ env: {}, root })).to.deep.equal([]);
  });

  it("lies where node-gyp-build looks, which passes over the other versions' and the loader", () => {
    const root = prebuilt('2.13.0');
    prebuilt('2.14.1', 'libtorch-2.14');
    const { resolve } = require('node-gyp-build') as { resolve: (root: string) => string };
    expect(resolve(root)).to.equal(addons({ env: {}, root })[0]?.addon);
  });
});
