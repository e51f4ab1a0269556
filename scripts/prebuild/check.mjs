// What a binary must be so that it runs on other machines than the one that built it. Reads it with binutils; says
// nothing on systems other than Linux, whose prebuilt addons nobody has tried yet.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { compare } from '../libtorch/numbers.mjs';
import { packageRoot } from '../libtorch/paths.mjs';

/** What both Debian 12 (glibc 2.36, GCC 12.2) and Ubuntu 22.04 (glibc 2.35, GCC 12.3) have. */
export const baseline = { GLIBC: '2.35', GLIBCXX: '3.4.30', CXXABI: '1.3.13', GCC: '12.0.0' };
const largest = 2 * 1024 * 1024;
const exported = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
const needed =
  /^(libtorch_cpu\.so|libc10\.so|libstdc\+\+\.so\.6|libgcc_s\.so\.1|lib(c|m|dl|pthread)\.so\.\d|ld-linux-[\w-]+\.so\.\d)$/;

/** @param {string} command @param {string[]} parameters */
const ask = (command, ...parameters) =>
  execFileSync(command, parameters, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: 'C' },
  });

/**
 * The newest version of each library's symbols that a binary asks for.
 * @param {string} dynamic what `objdump -T` prints
 * @returns {Record<string, string>}
 */
export function newest(dynamic) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [, name = '', version = ''] of dynamic.matchAll(/\b(GLIBC|GLIBCXX|CXXABI|GCC)_(\d+(?:\.\d+)+)/g))
    if (!found[name] || compare(version, found[name]) > 0) found[name] = version;
  return found;
}

/**
 * Everything that is wrong with a binary.
 * @param {string} file
 * @param {{lib?: string, paths?: boolean}} options lib: libtorch's libraries, which must have every symbol that no
 *   other library names; paths (default true): whether folders of this machine count
 * @returns {{problems: string[], size: number, versions: string[]}}
 */
export function examineBinary(file, { lib, paths = true } = {}) {
  const { size } = statSync(file);
  if (process.platform !== 'linux') return { problems: [], size, versions: [] };
  const problems = [];
  if (size > largest) problems.push(`it has ${size} bytes, more than ${largest}`);
  const dynamic = ask('objdump', '-T', file);
  const versions = newest(dynamic);
  for (const [name, version] of Object.entries(versions)) {
    const limit = baseline[/** @type {keyof typeof baseline} */ (name)];
    if (compare(version, limit) > 0) problems.push(`it needs ${name}_${version}, newer than ${limit}`);
  }
  const defined = ask('nm', '-D', '--defined-only', file)
    .trim()
    .split('\n')
    .map((line) => line.split(' ').at(-1) ?? '');
  const more = defined.filter((name) => !exported.includes(name));
  if (more.length > 0) problems.push(`it exports ${more.length} names more, such as ${more[0]}`);
  if (exported.some((name) => !defined.includes(name)))
    problems.push('it does not export what Node asks for');
  const sections = ask('readelf', '-SW', file);
  if (/\s\.(symtab|debug_\w+)\s/.test(sections)) problems.push('it is not stripped');
  const links = ask('readelf', '-dW', file);
  for (const [, name = ''] of links.matchAll(/\(NEEDED\).*\[(.*)\]/g))
    if (!needed.test(name)) problems.push(`it needs ${name}`);
  const path = /\((?:RPATH|RUNPATH)\).*\[(.*)\]/.exec(links)?.[1];
  if (path) problems.push(`it looks for libraries in ${path}`);
  const text = readFileSync(file, 'latin1');
  for (const folder of paths ? [packageRoot, homedir()] : [])
    if (folder.length > 1 && text.includes(`${folder}/`))
      problems.push(`it names the folder ${folder} of this machine`);
  if (lib) problems.push(...foreign(dynamic, lib));
  return {
    problems,
    size,
    versions: Object.entries(versions).map(([name, version]) => `${name}_${version}`),
  };
}

/**
 * Symbols that neither Node nor libtorch has: a binary of another C++ ABI, or of another libtorch.
 * @param {string} dynamic
 * @param {string} lib
 */
function foreign(dynamic, lib) {
  const wanted = dynamic
    .split('\n')
    .filter(
      (line) =>
        /^[0-9a-f]+ {6}D/.test(line) && line.includes('*UND*') && !/\((GLIBC|GLIBCXX|CXXABI|GCC)_/.test(line),
    )
    .map((line) => line.trim().split(/\s+/).at(-1) ?? '')
    .filter((name) => !/^(napi_|node_api_|_ITM_|__gmon_start__|__cxa_finalize)/.test(name));
  const there = new Set(
    readdirSync(lib)
      .filter((name) => /^lib(c10|torch_cpu)\.so$/.test(name))
      .flatMap((name) => ask('nm', '-D', '--defined-only', join(lib, name)).split('\n'))
      .map((line) => (line.split(' ').at(-1) ?? '').replace(/@.*/, '')),
  );
  const missing = wanted.filter((name) => !there.has(name));
  return missing.length > 0
    ? [`libtorch has not ${missing.length} of its symbols, such as ${missing[0]}`]
    : [];
}

/**
 * @param {string} file
 * @param {{lib?: string, paths?: boolean}} options
 * @throws {Error} that lists all that is wrong
 */
export function checkBinary(file, options) {
  const { problems, ...rest } = examineBinary(file, options);
  if (problems.length > 0) throw new Error(`${file}:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  return rest;
}
