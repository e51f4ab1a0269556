// What must agree before a release, read from files: version, changelog, lock file, prebuilt addons, documents.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prebuiltFolder, prebuiltName } from '../libtorch/addon.mjs';
import { buildInfo } from '../libtorch/paths.mjs';
import { minorOf, satisfies } from '../libtorch/numbers.mjs';

/**
 * The changelog's parts: heading (a version, or "Unreleased"), what stands behind it in brackets, and the text.
 * @param {string} text
 */
export function changelogParts(text) {
  return text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      const [, name = '', note = ''] = /^(\S+)\s*(?:\((.*)\))?/.exec(heading) ?? [];
      return { name, note, lines: lines.filter((line) => line.trim() !== '') };
    });
}

/**
 * What is wrong with version and changelog.
 * @param {string} root
 * @param {{publish?: boolean, tags?: string[]}} options publish: the release is now, so that the changelog must have a
 *   date; tags: those of git, of which none may be this version's
 * @returns {string[]}
 */
export function versionProblems(root, { publish = false, tags = [] } = {}) {
  const read = (/** @type {string} */ name) => readFileSync(join(root, name), 'utf8');
  const { version, libtorch, engines } = JSON.parse(read('package.json'));
  const problems = [];
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) problems.push(`package.json: '${version}' is no version`);
  const lock = JSON.parse(read('package-lock.json'));
  for (const [where, locked] of Object.entries({
    version: lock.version,
    'packages[""]': lock.packages?.['']?.version,
  }))
    if (locked !== version)
      problems.push(`package-lock.json: ${where} is ${locked}, and package.json has ${version}`);
  const parts = changelogParts(read('CHANGELOG.md'));
  const [first] = parts;
  const own = parts.find(({ name }) => name === version);
  if (!own) problems.push(`CHANGELOG.md has no part for ${version}`);
  else if (own.lines.length === 0) problems.push(`CHANGELOG.md says nothing of ${version}`);
  const names = parts.map(({ name }) => name);
  if (new Set(names).size !== names.length) problems.push('CHANGELOG.md has a part twice');
  if (first && first.name !== version && !/^unreleased$/i.test(first.name))
    problems.push(`CHANGELOG.md begins with ${first.name}, and not with ${version}`);
  if (publish && own && !/^\d{4}-\d{2}-\d{2}$/.test(own.note))
    problems.push(`CHANGELOG.md: ${version} has no date, as in: ## ${version} (2026-01-31)`);
  if (publish && first && /^unreleased$/i.test(first.name) && first.lines.length > 0)
    problems.push('CHANGELOG.md: what is under Unreleased belongs to this release or to no package');
  if (publish && tags.includes(`v${version}`)) problems.push(`the tag v${version} is there already`);
  if (!satisfies(libtorch.version, libtorch.range))
    problems.push(`libtorch ${libtorch.version} is not in its own range ${libtorch.range}`);
  const install = existsSync(join(root, 'docs', 'install.md')) ? read('docs/install.md') : '';
  const oldest = engines.node.replace('>=', '');
  if (install && !install.includes(`Node ${oldest}`))
    problems.push(`docs/install.md does not name Node ${oldest}`);
  if (install && !install.includes(libtorch.version))
    problems.push(`docs/install.md does not name ${libtorch.version}`);
  return problems;
}

/**
 * What is wrong with the prebuilt addons that would be packed.
 * @param {string} root
 * @returns {string[]}
 */
export function prebuiltProblems(root) {
  const { version, libtorch } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = prebuiltFolder(root);
  if (!existsSync(join(folder, prebuiltName()))) return [`no prebuilt addon in ${folder}: npm run prebuild`];
  const info = buildInfo(join(folder, 'build-info.json'));
  const problems = [];
  if (info?.package !== version)
    problems.push(`the prebuilt addon is of ${info?.package}, not of ${version}`);
  if (minorOf(info?.libtorch.version ?? '') !== minorOf(libtorch.version))
    problems.push(
      `the prebuilt addon serves libtorch ${info?.libtorch.version}, and ${libtorch.version} is pinned`,
    );
  return problems;
}
