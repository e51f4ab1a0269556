// `npx libtorch-node setup`: fetches libtorch where it is missing, and builds the addon where it is missing.
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { explain, locate } from './libtorch/find.mjs';
import { provision } from './libtorch/provision.mjs';

export const usage = `npx libtorch-node setup [--cpu | --cuda[=cu126]] [--offline DIR] [--force] [--no-build]

  --cpu          the build for CPUs (default)
  --cuda         the build for CUDA: the newest one that the driver runs, or the one named
  --offline DIR  take the archive or wheel from this folder, and ask nothing of the network
  --force        fetch again although there is a copy, and build again
  --no-build     only fetch libtorch`;

/**
 * @param {string[]} parameters
 * @returns {{variant: string | undefined, offline: string | undefined, force: boolean, build: boolean}}
 * @throws {TypeError} on an unknown option, or on two that exclude each other
 */
export function parse(parameters) {
  // `--cuda` may stand without a value, which parseArgs knows only for flags.
  const cuda = parameters.filter((one) => /^--cuda(=|$)/.test(one)).at(-1);
  const { values } = parseArgs({
    args: parameters.filter((one) => !/^--cuda(=|$)/.test(one)),
    options: {
      cpu: { type: 'boolean', default: false },
      offline: { type: 'string' },
      force: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
  if (cuda && values.cpu) throw new TypeError('--cpu and --cuda exclude each other');
  const variant = cuda ? cuda.slice('--cuda='.length) || 'cuda' : values.cpu ? 'cpu' : undefined;
  return { variant, offline: values.offline, force: values.force, build: !values['no-build'] };
}

/**
 * @param {string[]} parameters
 * @throws {Error} whose message lists what was tried
 */
export async function setup(parameters) {
  const options = parse(parameters);
  const named = process.env.LIBTORCH
    ? 'LIBTORCH'
    : process.env.LIBTORCH_USE_PYTORCH === '1'
      ? 'LIBTORCH_USE_PYTORCH'
      : '';
  let { found, tried } = locate();
  if (named) {
    if (!found) throw new Error(`${named} is set, and what it names does not fit:\n${explain(tried)}`);
    console.log(`${named} is set, so nothing is fetched.`);
  } else if (!found || options.variant || options.offline || options.force) {
    found = await provision(options);
  }
  console.log(`libtorch ${found.version} (${found.variant}): ${found.root}`);
  if (!options.build) return;
  const result = await build({ force: options.force, setup: false });
  console.log(result.built ? 'The addon is built.' : 'The addon is up to date.');
}
