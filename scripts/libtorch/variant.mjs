// Which build of libtorch is asked for: cpu, or one for a CUDA release.
import { spawnSync } from 'node:child_process';
import { StepError } from './errors.mjs';
import { packageJson } from './paths.mjs';

/**
 * The newest CUDA release that the driver can run, as nvidia-smi says, such as "13.0"; null without a driver.
 * @param {NodeJS.ProcessEnv} env
 */
export function driverCuda(env = process.env) {
  const { stdout } = spawnSync('nvidia-smi', [], {
    encoding: 'utf8',
    env,
    timeout: 10_000,
    windowsHide: true,
  });
  return /CUDA (?:UMD )?Version:\s*(\d+\.\d+)/.exec(stdout ?? '')?.[1] ?? null;
}

/** 12.6 as 12.06, so that 12.10 would be newer. @param {string} variant */
const release = (variant) => Number(variant.slice(2, -1)) * 100 + Number(variant.slice(-1));

/**
 * Makes a request exact.
 * @param {string} request 'cpu', 'cuda' (the newest published one that the driver can run), or a variant such as cu126
 * @param {{driver?: string | null, platform?: NodeJS.Platform, published?: string[]}} options
 * @returns {string}
 * @throws {StepError} where CUDA cannot be had, with the reason
 */
export function resolveVariant(
  request,
  { driver = driverCuda(), platform = process.platform, published = packageJson().libtorch.cuda } = {},
) {
  if (request === 'cpu') return request;
  if (platform === 'darwin')
    throw new StepError('there is no CUDA on macOS', 'run: npx libtorch-node setup --cpu');
  if (/^cu\d{3}$/.test(request)) return request;
  if (request !== 'cuda') throw new StepError(`unknown variant '${request}': cpu, cuda or one like cu126`);
  const newestFirst = [...published].sort((a, b) => release(b) - release(a));
  // Without a driver here (an image built for another machine) the oldest runs on the most drivers.
  if (driver === null) return newestFirst.at(-1) ?? request;
  const [major = 0, minor = 0] = driver.split('.').map(Number);
  const fits = newestFirst.find((variant) => release(variant) <= major * 100 + minor);
  if (fits) return fits;
  throw new StepError(
    `the NVIDIA driver runs CUDA up to ${driver}, and libtorch is published for ${newestFirst.join(', ')}`,
    'update the NVIDIA driver, or run: npx libtorch-node setup --cpu',
  );
}

/**
 * Why a torch does not serve a request; null where it does.
 * @param {string} request cpu, cuda or an exact variant
 * @param {import('./version.mjs').Release} release
 * @param {string | null} driver the CUDA release that the driver runs
 */
export function refusal(request, { variant, cuda }, driver) {
  if (request !== 'cuda') return variant === request ? null : `not one for ${request}`;
  if (!cuda) return 'not one for CUDA';
  const [needs, runs] = [cuda, driver ?? cuda].map((text) =>
    release(`cu${text.split('.').slice(0, 2).join('')}`),
  );
  if (Number(needs) <= Number(runs)) return null;
  return `which needs CUDA ${cuda}, and the NVIDIA driver runs CUDA up to ${driver}`;
}

const gigabyte = 1e9;

/**
 * Bytes that a variant takes: on the way, and unpacked. Measured on Linux and x64, rounded up.
 * @param {string} variant
 */
export function room(variant) {
  return variant === 'cpu'
    ? { download: 0.25 * gigabyte, unpacked: 0.6 * gigabyte }
    : { download: 3.2 * gigabyte, unpacked: 5.5 * gigabyte };
}
