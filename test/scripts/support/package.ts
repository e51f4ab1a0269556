/** A copy of the package's scripts in a folder of its own, so that a test may build and break it. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../scripts/libtorch/paths.mjs';

/** An addon of a few lines, which needs nothing of libtorch: the build is what is tested. */
export const addonSource = `#include <node_api.h>
NAPI_MODULE_INIT() {
  napi_value value = nullptr;
  napi_create_int32(env, 7, &value);
  napi_set_named_property(env, exports, "seven", value);
  return exports;
}
`;

export function copyPackage(root: string): string {
  mkdirSync(join(root, 'native'), { recursive: true });
  for (const path of ['scripts', 'package.json', 'CMakeLists.txt', 'native/loader'])
    cpSync(join(packageRoot, path), join(root, path), { recursive: true });
  writeFileSync(join(root, 'native', 'addon.cc'), addonSource);
  symlinkSync(join(packageRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  return root;
}

export interface Run {
  code: number | null;
  out: string;
}

/** Runs a script of the package with exactly this environment, PATH and home aside. */
export function runNode(parameters: string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env;
  return new Promise((done) => {
    const child = spawn(process.execPath, parameters, { env: { PATH, HOME, TMPDIR, SystemRoot, ...env } });
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (out += String(chunk)));
    child.on('close', (code) => done({ code, out }));
  });
}
