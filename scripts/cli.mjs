#!/usr/bin/env node
// `npx libtorch-node <command>`: finds the command's file and reports its failure.
import { packageJson } from './libtorch/paths.mjs';
import { reasonOf } from './libtorch/errors.mjs';
import { tooOldNode } from './libtorch/platform.mjs';

const usage = `npx libtorch-node <command>

  setup   fetch libtorch, and build the addon where no prebuilt one serves (--cpu, --cuda, --offline DIR, --force, --source)
  doctor  say what was found, what works and how to mend the rest (--json)
  demo    a page on this computer to draw digits on and to watch a net learn (--port N, --no-open, --drawn)

  --version, --help`;

/** @type {Record<string, (parameters: string[]) => Promise<void>>} */
const commands = {
  setup: async (parameters) => (await import('./setup.mjs')).setup(parameters),
  doctor: async (parameters) => (await import('./doctor.mjs')).doctor(parameters),
  demo: async (parameters) => (await import('./demo.mjs')).demo(parameters),
};

const [name = '--help', ...parameters] = process.argv.slice(2);
const old = tooOldNode();
if (old && name !== '--version') {
  // Before any other file is loaded: they use what such a Node does not have.
  console.error(`${old.reason}\n${old.mend}`);
  process.exit(1);
}
if (name === '--version') console.log(packageJson().version);
else if (name === '--help' || name === 'help') console.log(usage);
else if (!Object.hasOwn(commands, name)) {
  console.error(`Unknown command '${name}'.\n\n${usage}`);
  process.exitCode = 2;
} else if (parameters.includes('--help')) {
  const { usage: own } = await import(`./${name}.mjs`);
  console.log(own);
} else {
  try {
    await commands[name]?.(parameters);
  } catch (error) {
    console.error(reasonOf(error));
    // A mistyped option is the caller's fault, anything else the machine's.
    process.exitCode = error instanceof TypeError ? 2 : 1;
  }
}
