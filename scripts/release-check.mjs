// npm run release:check [-- --publish]: everything that must hold before a release, the quickest first; stops at nothing,
// so that one run tells all. --publish: also what must hold at the moment of publishing (a date in the changelog, no such
// tag, nothing uncommitted).
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { packageRoot } from './libtorch/paths.mjs';
import { prebuiltProblems, versionProblems } from './release/guards.mjs';

const { values } = parseArgs({
  options: { publish: { type: 'boolean', default: false }, guards: { type: 'boolean', default: false } },
});
const git = (/** @type {string[]} */ ...parameters) =>
  execFileSync('git', parameters, { cwd: packageRoot, encoding: 'utf8' }).trim();

/** @type {string[]} */
const failed = [];
/** @param {string} name @param {string[]} problems */
function report(name, problems) {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'}  ${name}`);
  for (const problem of problems) console.log(`          ${problem}`);
  if (problems.length > 0) failed.push(name);
}
/** @param {string} name @param {string[]} parameters */
function npm(name, ...parameters) {
  console.log(`--- ${name}`);
  const { status, signal } = spawnSync('npm', ['run', ...parameters], {
    cwd: packageRoot,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  report(name, status === 0 ? [] : [`npm run ${parameters.join(' ')} ended with ${signal ?? status}`]);
}

const tags = values.publish ? git('tag', '--list').split('\n') : [];
report('version, changelog, lock file', versionProblems(packageRoot, { publish: values.publish, tags }));
if (values.publish) {
  const changed = git('status', '--porcelain').split('\n').filter(Boolean);
  report(
    'nothing uncommitted',
    changed.length === 0 ? [] : [`${changed.length} files, such as ${changed[0]}`],
  );
}
if (!values.guards) {
  npm('build', 'build:all');
  npm('prebuilt addons', 'prebuild');
  report('prebuilt addons fit this release', prebuiltProblems(packageRoot));
  npm('lint', 'lint');
  npm('generated files are current', 'generate:check');
  npm('types and every test', 'test:all');
  npm('install in every kind of project', 'check-install');
}
console.log(failed.length === 0 ? 'Ready for a release.' : `Not ready: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
