// What is in the package: everything that is needed, nothing else, and described as Node and TypeScript read it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { prebuiltName } from '../libtorch/addon.mjs';
import { packageRoot } from '../libtorch/paths.mjs';

/** Every file of the package has one of these names. */
const wanted = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|CMakeLists\.txt|binding\.gyp)$/,
  /^dist\/[\w/.-]+\.d\.ts$/,
  /^lib\/[\w-]+\.js(\.map)?$/,
  /^native\/(loader\/)?\w+\.(c|cc|h)$/,
  /^scripts\/(build|cli|demo|doctor|install|ready|setup)\.mjs$/,
  /^(dist\/demo|lib)\/page\/[\w-]+\.(html|js|css|svg)$/,
  /^scripts\/libtorch\/[\w-]+\.(mjs|d\.mts)$/,
  /^prebuilds\/[\w-]+\/(libtorch-\d+\.\d+\/)?(build-info\.json|libtorch-node(\.\w+)?\.node|loader\/libtorch_loader\.node)$/,
];
const system = `prebuilds/${process.platform}-${process.arch}`;
const required = [
  'dist/index.d.ts',
  'lib/index.js',
  'lib/worker_main.js',
  'native/addon.cc',
  'scripts/cli.mjs',
  'scripts/libtorch/find.d.mts',
  `${system}/${prebuiltName()}`,
  `${system}/loader/libtorch_loader.node`,
  `${system}/build-info.json`,
];
const largest = 6_000_000;

/**
 * @param {string} folder where the tarball goes
 * @returns {{file: string, size: number, files: string[]}}
 */
export function makeTarball(folder) {
  // --ignore-scripts: what is tried is what lies in dist/, and not what a build of now would make.
  const parameters = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const text = execFileSync('npm', parameters, { cwd: packageRoot, encoding: 'utf8', maxBuffer: 1 << 26 });
  const answer = JSON.parse(text);
  // npm 12 answers with an object by package, older ones with a list.
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  return {
    file: join(folder, packed.filename),
    size: packed.size,
    files: packed.files.map((/** @type {{path: string}} */ { path }) => path),
  };
}

/**
 * Everything that is wrong with the tarball.
 * @param {{file: string, size: number, files: string[]}} packed
 * @returns {Promise<string[]>}
 */
export async function checkTarball({ file, size, files }) {
  const problems = [];
  for (const name of required) if (!files.includes(name)) problems.push(`${name} is missing`);
  const more = files.filter((name) => !wanted.some((pattern) => pattern.test(name)));
  if (more.length > 0) problems.push(`${more.length} files too many: ${more.slice(0, 5).join(', ')}`);
  if (size > largest) problems.push(`it has ${size} bytes, more than ${largest}`);
  const bytes = readFileSync(file);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg ?? {})}`);
  return problems;
}
