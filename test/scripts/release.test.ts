import { expect } from 'chai';
import { packageRoot } from '../../scripts/libtorch/paths.mjs';
import { changelogParts, prebuiltProblems, versionProblems } from '../../scripts/release/guards.mjs';
import { prebuiltFolder, prebuiltName } from '../../scripts/libtorch/addon.mjs';
import { temporaryFolder, write } from './support/fake.js';
import { join, relative } from 'node:path';

describe('scripts/release', () => {
  const folder = temporaryFolder();
  const libtorch = { version: '2.13.0', range: '>=2.11.0 <2.15.0' };

  /** A project, sound but for what is given otherwise. */
  function project({
    version = '1.2.0',
    locked = version,
    changelog = `# Changelog\n\n## ${version} (2026-01-31)\n\n- More.\n\n## 1.1.0 (2025-12-01)\n\n- Less.\n`,
  }: { version?: string; locked?: string; changelog?: string } = {}): string {
    return write(join(folder(), 'project'), {
      'package.json': JSON.stringify({ version, libtorch, engines: { node: '>=20.19' } }),
      'package-lock.json': JSON.stringify({ version: locked, packages: { '': { version: locked } } }),
      'CHANGELOG.md': changelog,
    });
  }

  it('holds for this project', () => {
    expect(versionProblems(packageRoot)).to.deep.equal([]);
  });

  it('reads the changelog', () => {
    const parts = changelogParts('# x\n\n## Unreleased\n\n- a\n- b\n\n## 1.0.0 (2025-01-02)\n');
    expect(parts.map(({ name, note, lines }) => [name, note, lines.length])).to.deep.equal([
      ['Unreleased', '', 2],
      ['1.0.0', '2025-01-02', 0],
    ]);
  });

  it('passes what is ready', () => {
    expect(versionProblems(project(), { publish: true, tags: ['v1.1.0'] })).to.deep.equal([]);
    const open = project({ changelog: '## Unreleased\n\n- Soon.\n\n## 1.2.0 (2026-01-31)\n\n- More.\n' });
    expect(versionProblems(open)).to.deep.equal([]);
  });

  const faults: [string, Parameters<typeof project>[0], RegExp][] = [
    ['a lock file of another version', { locked: '1.1.0' }, /package-lock\.json: version is 1\.1\.0/],
    ['no part in the changelog', { changelog: '## 1.1.0 (2025-01-01)\n\n- x\n' }, /no part for 1\.2\.0/],
    [
      'an empty part',
      { changelog: '## 1.2.0 (2026-01-31)\n\n## 1.1.0 (2025-01-01)\n- x\n' },
      /says nothing of 1\.2\.0/,
    ],
    [
      'a part twice',
      { changelog: '## 1.2.0 (2026-01-31)\n- x\n## 1.2.0 (2026-01-31)\n- x\n' },
      /a part twice/,
    ],
    [
      'another version first',
      { changelog: '## 1.3.0 (x)\n- x\n## 1.2.0 (2026-01-31)\n- x\n' },
      /begins with 1\.3\.0/,
    ],
    ['no date', { changelog: '## 1.2.0 (not yet released)\n- x\n' }, /1\.2\.0 has no date/],
    [
      'something unreleased',
      { changelog: '## Unreleased\n- y\n## 1.2.0 (2026-01-31)\n- x\n' },
      /under Unreleased/,
    ],
    ['what is no version', { version: '1.2' }, /'1\.2' is no version/],
  ];
  for (const [name, options, problem] of faults)
    it(`stops at ${name}`, () => {
      expect(versionProblems(project(options), { publish: true }).join('\n')).to.match(problem);
    });

  it('stops at a tag that is there', () => {
    expect(versionProblems(project(), { publish: true, tags: ['v1.2.0'] })).to.deep.equal([
      'the tag v1.2.0 is there already',
    ]);
  });

  it('stops at prebuilt addons of another release or libtorch', () => {
    const root = project();
    expect(prebuiltProblems(root).join()).to.contain('npm run prebuild');
    const place = relative(root, prebuiltFolder(root));
    const put = (info: object) =>
      write(root, {
        [join(place, prebuiltName())]: '',
        [join(place, 'build-info.json')]: JSON.stringify(info),
      });
    put({ package: '1.1.0', libtorch: { version: '2.12.0' } });
    expect(prebuiltProblems(root)).to.have.length(2);
    put({ package: '1.2.0', libtorch: { version: '2.13.1' } });
    expect(prebuiltProblems(root)).to.deep.equal([]);
  });
});
