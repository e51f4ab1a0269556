// `npx libtorch-node doctor`: what was found, what works, and for each thing that does not, why and what mends it.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { addons, chooseAddon } from './libtorch/addon.mjs';
import { locate } from './libtorch/find.mjs';
import { minorOf } from './libtorch/numbers.mjs';
import { buildInfo, built, packageJson } from './libtorch/paths.mjs';
import { libc, supported, tooOldNode, unfit } from './libtorch/platform.mjs';
import { probe } from './libtorch/probing.mjs';
import { driverCuda } from './libtorch/variant.mjs';

export const usage = `npx libtorch-node doctor [--json]

  --json  the report as one JSON object
Exits with 0 when everything works, and 1 otherwise.`;

const setup = 'run: npx libtorch-node setup';

/** @typedef {import('./libtorch/find.mjs').Attempt} Problem */
/** @typedef {import('./libtorch/probing.mjs').Runtime} Runtime */

/**
 * Looks at everything. The addon is loaded in a child process, so that a crash is a line of the report.
 * @param {{env?: NodeJS.ProcessEnv, files?: {addon: string, loader: string, info: string}}} options files: the addon
 *   to look at, in place of the one that an import would take
 */
export function examine({ env = process.env, files: named } = {}) {
  const { version, libtorch: pin } = packageJson();
  /** @type {Problem[]} */
  const problems = [];
  const node = {
    version: process.versions.node,
    napi: Number(process.versions.napi),
    path: process.execPath,
  };
  const old = tooOldNode();
  if (old) problems.push({ step: 'node', path: node.path, ...old });
  const platform = { os: process.platform, arch: process.arch, libc: libc(), supported: supported() };
  const system = unfit();
  if (system) problems.push({ step: 'platform', path: null, ...system });

  const { found, tried } = locate({ env });
  if (!found) problems.push(...tried);
  const there = addons({ env });
  const files = named ?? (found && chooseAddon(found.version, there)) ?? there[0] ?? built;
  const info = buildInfo(files.info);
  const exists = existsSync(files.addon) && existsSync(files.loader);
  if (!exists)
    problems.push({ step: 'addon', path: files.addon, reason: 'the addon is not built', mend: setup });
  else if (found && info && minorOf(info.libtorch.version) !== minorOf(found.version))
    problems.push({
      step: 'addon',
      path: files.addon,
      reason: `it is built for libtorch ${info.libtorch.version}, and ${found.version} was found`,
      mend: `${setup}  (it builds the addon again)`,
    });

  /** @type {Runtime | null} */
  let runtime = null;
  // A mismatch is refused, not tried: another minor's C++ interface can crash in any call.
  if (found && exists && problems.every(({ step }) => step !== 'addon')) {
    const result = probe(found, files, env);
    if ('reason' in result) problems.push({ step: 'load', path: files.addon, ...result });
    else runtime = result;
  }
  const cuda = { devices: runtime?.cudaDevices ?? null, driver: driverCuda(env) };
  if (runtime && found && found.variant !== 'cpu' && cuda.devices === 0) {
    const reason = cuda.driver
      ? `libtorch (${found.variant}) sees no CUDA device, though the driver runs CUDA ${cuda.driver}`
      : `libtorch is built for CUDA (${found.variant}), and no NVIDIA driver was found`;
    problems.push({
      step: 'cuda',
      path: null,
      reason,
      mend: 'install the driver, or: npx libtorch-node setup --cpu',
    });
  }
  return {
    ok: problems.length === 0,
    package: version,
    node,
    platform,
    libtorch: { wanted: pin.range, found, tried },
    addon: { path: files.addon, exists, builtFor: info?.libtorch ?? null, compiler: info?.compiler ?? null },
    cuda,
    threads: runtime?.threads ?? null,
    problems,
  };
}

/** @param {ReturnType<typeof examine>} report */
export function format(report) {
  const { node, platform, libtorch, addon, cuda, threads } = report;
  const { found, tried } = libtorch;
  const libcText =
    platform.libc.name === 'none' ? '' : `, ${platform.libc.name} ${platform.libc.version ?? ''}`;
  const devices = cuda.devices === null ? 'unknown (the addon does not load)' : String(cuda.devices);
  const rows = [
    ['libtorch-node', report.package],
    ['Node', `${node.version} (Node-API ${node.napi})`],
    ['platform', `${platform.os}-${platform.arch}${libcText}`],
    ['libtorch', found ? `${found.version} (${found.variant}), found by ${found.source}` : 'not found'],
    ...(found ? [['', found.root]] : []),
    ...tried.map(({ step, path, reason }) => ['', `tried ${step}${path ? ` (${path})` : ''}: ${reason}`]),
    ['addon', addon.exists ? addon.path : 'not built'],
    ...(addon.builtFor ? [['', `built for libtorch ${addon.builtFor.version} with ${addon.compiler}`]] : []),
    ['CUDA devices', `${devices}${cuda.driver ? ` (driver: CUDA ${cuda.driver})` : ''}`],
    ['threads', threads === null ? 'unknown (the addon does not load)' : String(threads)],
  ];
  const lines = rows.map(([name = '', text = '']) => `${name.padEnd(14)} ${text}`);
  if (report.ok) return [...lines, '', 'Everything works.'].join('\n');
  const wrong = report.problems.flatMap(({ step, path, reason, mend }) => [
    `  - ${step}${path ? ` (${path})` : ''}: ${reason}`,
    `      ${mend}`,
  ]);
  return [...lines, '', 'What does not work, and what mends it:', ...wrong].join('\n');
}

/** @param {string[]} parameters */
export async function doctor(parameters) {
  const { values } = parseArgs({ args: parameters, options: { json: { type: 'boolean', default: false } } });
  const report = examine();
  console.log(values.json ? JSON.stringify(report, null, 2) : format(report));
  if (!report.ok) process.exitCode = 1;
}
