// `npx libtorch-node setup`: fetches libtorch where it is missing, and builds the addon where no prebuilt one serves.
import { parseArgs } from 'node:util';
import { ready } from './ready.mjs';

export const usage = `npx libtorch-node setup [--cpu | --cuda[=cu126]] [--offline DIR] [--force] [--source] [--no-build]

  --cpu          the build for CPUs (default)
  --cuda         the build for CUDA: the newest one that the driver runs, or the one named
  --offline DIR  take the archive or wheel from this folder, and ask nothing of the network
  --force        fetch again although there is a copy
  --source       build the addon from its sources although a prebuilt one serves
  --no-build     only fetch libtorch`;

/**
 * @param {string[]} parameters
 * @returns {{variant: string | undefined, offline: string | undefined, force: boolean, source: boolean, build: boolean}}
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
      source: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
  if (cuda && values.cpu) throw new TypeError('--cpu and --cuda exclude each other');
  const variant = cuda ? cuda.slice('--cuda='.length) || 'cuda' : values.cpu ? 'cpu' : undefined;
  const { offline, force, source } = values;
  return { variant, offline, force, source, build: !values['no-build'] };
}

/**
 * @param {string[]} parameters
 * @throws {Error} whose message lists what was tried
 */
export async function setup(parameters) {
  const { build: addon, ...options } = parse(parameters);
  const { libtorch, addon: state } = await ready({ ...options, addon });
  console.log(`libtorch ${libtorch.version} (${libtorch.variant}): ${libtorch.root}`);
  const words = {
    prebuilt: 'The prebuilt addon serves.',
    built: 'The addon is built.',
    there: 'The addon is up to date.',
    none: '',
  };
  if (words[state]) console.log(words[state]);
}
