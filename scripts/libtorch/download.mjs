// Downloads one file: resumes what a broken connection left, checks length and hash, and gives the file its name
// only when both are right.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { StepError, reasonOf } from './errors.mjs';
import { silent } from './progress.mjs';
import { needSpace } from './space.mjs';

/**
 * @typedef {object} DownloadOptions
 * @property {string} [sha256] expected hash, where one is known
 * @property {boolean} [insecure] allow plain http: for a mirror that the user named so; loopback needs no leave
 * @property {number} [attempts] default 3; each one resumes the last where the server allows it
 * @property {number} [connectTimeout] ms, default 5000
 * @property {number} [idleTimeout] ms without a byte, default 30000
 * @property {import('./progress.mjs').Progress} [progress]
 */

/** A failure that another attempt cannot change. */
class Final extends StepError {}

/**
 * @param {URL} url
 * @param {boolean} insecure
 */
function checkScheme(url, insecure) {
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && (loopback || insecure))) return;
  throw new Final(`${url.origin}: only https is allowed`);
}

/**
 * Fetches a URL into a file. While it runs, and after a broken connection, the bytes are in `<file>.part`; `file`
 * exists only when it is whole. Proxies come from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
 * @param {string} address
 * @param {string} file
 * @param {DownloadOptions} options
 * @throws {StepError} with the address and the reason
 */
export async function download(address, file, options = {}) {
  const { attempts = 3, sha256, insecure = false, progress = silent() } = options;
  const { connectTimeout = 5_000, idleTimeout = 30_000 } = options;
  await mkdir(dirname(file), { recursive: true });
  try {
    for (let attempt = 1; ; attempt++) {
      const agent = await newAgent(connectTimeout, idleTimeout);
      try {
        await once({ address, file, agent, insecure, progress, limit: connectTimeout + idleTimeout });
        break;
      } catch (error) {
        if (error instanceof Final || attempt >= attempts || !transient(error))
          throw new StepError(
            `${address}: ${reasonOf(error)}`,
            error instanceof StepError ? error.mend : undefined,
          );
      } finally {
        await agent.destroy();
      }
      await wait(200 * attempt);
    }
    if (sha256) await checkHash(address, `${file}.part`, sha256);
    await rename(`${file}.part`, file);
    await forget(file, { part: false });
  } catch (error) {
    // Without a tag nothing could prove that the rest belongs to the same file.
    if (!existsSync(`${file}.part.json`)) await forget(file, { part: true });
    throw error;
  } finally {
    progress.stop();
  }
}

/** @param {number} connectTimeout @param {number} idleTimeout */
async function newAgent(connectTimeout, idleTimeout) {
  // Loaded here because most calls of these scripts download nothing.
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({
    connect: { timeout: connectTimeout },
    headersTimeout: idleTimeout,
    bodyTimeout: idleTimeout,
    // Plain http through a proxy as every proxy expects it; https is always tunnelled.
    proxyTunnel: false,
  });
}

/** No such host, or nobody there: trying again at once only costs time. @param {unknown} error */
function transient(error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'ENOSPC', 'EACCES'].includes(
    code,
  );
}

/**
 * @param {string} file
 * @param {{part: boolean}} what
 */
async function forget(file, { part }) {
  await rm(`${file}.part.json`, { force: true });
  if (part) await rm(`${file}.part`, { force: true });
}

/**
 * How much of the file is there from an earlier attempt, and the tag that proves that it is the same file.
 * @param {string} address
 * @param {string} file
 * @returns {Promise<{size: number, etag: string} | null>}
 */
async function partial(address, file) {
  try {
    const meta = JSON.parse(await readFile(`${file}.part.json`, 'utf8'));
    const { size } = await stat(`${file}.part`);
    if (meta.address === address && typeof meta.etag === 'string' && size > 0)
      return { size, etag: meta.etag };
  } catch {
    // Nothing to resume.
  }
  await forget(file, { part: true });
  return null;
}

/** @param {{address: string, file: string, agent: import('undici').Dispatcher, insecure: boolean, limit: number, progress: import('./progress.mjs').Progress}} job */
async function once({ address, file, agent, insecure, progress, limit }) {
  const have = await partial(address, file);
  /** @type {Record<string, string>} */
  const headers = have ? { range: `bytes=${have.size}-`, 'if-range': have.etag } : {};
  const {
    statusCode,
    headers: got,
    body,
  } = await follow(address, {
    agent,
    headers,
    insecure,
    limit,
  });
  try {
    if (statusCode === 416) {
      await forget(file, { part: true });
      throw new Error('HTTP status 416: what was there of the file does not fit; starting anew');
    }
    const resumed = statusCode === 206 && have !== null;
    if (!resumed && statusCode !== 200) {
      const Kind = statusCode >= 500 || statusCode === 429 ? StepError : Final;
      throw new Kind(`HTTP status ${statusCode}`);
    }
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(got['content-range'] ?? ''));
    if (resumed && Number(range?.[1]) !== have.size) {
      await forget(file, { part: true });
      throw new Error('the server resumed at another place; starting anew');
    }
    const length = resumed
      ? Number(range?.[3])
      : got['content-length']
        ? Number(got['content-length'])
        : null;
    const etag = String(got.etag ?? '');
    // A weak tag promises the same meaning, not the same bytes.
    if (/^"/.test(etag)) await writeFile(`${file}.part.json`, JSON.stringify({ address, etag }));
    else await forget(file, { part: false });

    let done = resumed ? have.size : 0;
    progress.update(done, length ?? undefined);
    if (length !== null) await needSpace(dirname(file), length - done, 'the download');
    await pipeline(
      body,
      async function* (chunks) {
        for await (const chunk of chunks) {
          progress.update((done += chunk.length));
          yield chunk;
        }
      },
      createWriteStream(`${file}.part`, { flags: resumed ? 'a' : 'w' }),
    );
    if (length !== null && done !== length) {
      if (done > length) await forget(file, { part: true });
      throw new Error(`${done} bytes came where ${length} were announced`);
    }
  } finally {
    // Whatever went wrong, the connection must not be left open.
    body.on('error', () => {}).destroy();
  }
}

/**
 * Sends a GET and follows redirects by hand, so that each place is checked before it is asked.
 * @param {string} address
 * @param {{agent: import('undici').Dispatcher, headers: Record<string, string>, insecure: boolean, limit: number}} options
 */
async function follow(address, { agent, headers, insecure, limit }) {
  const { request } = await import('undici');
  let url = new URL(address);
  checkScheme(url, insecure);
  for (let hops = 0; hops <= 5; hops++) {
    const asked = request(url, {
      dispatcher: agent,
      // Without identity a proxy may compress, and neither the length nor the range would mean the file's bytes.
      headers: { 'user-agent': 'libtorch-node', 'accept-encoding': 'identity', ...headers },
    });
    const response = await within(limit, asked, `no answer from ${url.host}`);
    const { location } = response.headers;
    if (response.statusCode < 300 || response.statusCode > 399 || !location) return response;
    await response.body.dump();
    const next = new URL(String(location), url);
    if (next.protocol !== url.protocol)
      throw new Final(
        `redirected from ${url.protocol}// to ${next.protocol}//${next.host}, which is refused`,
      );
    checkScheme(next, insecure);
    url = next;
  }
  throw new Final('more than 5 redirects');
}

/**
 * The agent's own timeouts, and an abort signal too, miss a proxy that hangs up on every CONNECT: the agent asks it
 * again for ever. Only destroying the agent ends that, which the caller does.
 * @template T
 * @param {number} limit
 * @param {Promise<T>} work
 * @param {string} what
 * @returns {Promise<T>}
 */
async function within(limit, work, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new StepError(`timeout: ${what} in ${limit / 1000} s`)), limit);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} address
 * @param {string} part
 * @param {string} expected
 */
async function checkHash(address, part, expected) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(part), hash);
  const actual = hash.digest('hex');
  if (actual === expected.toLowerCase()) return;
  await forget(part.replace(/\.part$/, ''), { part: true });
  throw new StepError(`${address}: its SHA-256 is ${actual}, and ${expected.toLowerCase()} was expected`);
}
