import { createHash } from 'node:crypto';
import fs from 'node:fs';
import nodePath from 'node:path';
import lockfile from 'proper-lockfile';
import { Agent, EnvHttpProxyAgent, fetch } from 'undici';
import type { Dispatcher, Response } from 'undici';

import type { Fingerprint } from './urls.js';

export interface DownloadOptions {
  /** What the file must be; a file that is not gets deleted. */
  expected?: Fingerprint;
  /** Called with the bytes received so far and, where the server tells, the whole length. */
  onProgress?: (received: number, length: number | undefined) => void;
  /** Give up when nothing arrives for so many milliseconds. Default 30,000. */
  timeout?: number;
  /** How often a broken transfer is taken up again. Default 3. */
  retries?: number;
  /** Fetch the file although it is there. Default false. */
  force?: boolean;
}

const MAX_REDIRECTS = 5;
const FIRST_MIB = 2 ** 20;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Thrown for what another attempt cannot mend: a 404, a wrong checksum. */
class FinalError extends Error {}

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, which Node's own fetch passes over; never between two programs of one machine. */
function dispatcherFor(url: URL): Dispatcher {
  return LOOPBACK.has(url.hostname) ? new Agent() : new EnvHttpProxyAgent();
}

function checkScheme(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return;
  throw new FinalError(`${url.href} is not https`);
}

/** What is known of a file that has arrived in part: enough to ask the server for the rest of the same file. */
interface PartNote {
  url: string;
  validator: string;
}

class Transfer {
  readonly #part: string;
  readonly #note: string;

  constructor(
    readonly url: string,
    readonly target: string,
    readonly options: DownloadOptions,
  ) {
    this.#part = `${target}.part`;
    this.#note = `${target}.part.json`;
  }

  /** Bytes on disk that a server may continue, with the validator to ask it by. */
  #resumable(): { start: number; validator: string } | undefined {
    try {
      const note = JSON.parse(fs.readFileSync(this.#note, 'utf8')) as PartNote;
      const start = fs.statSync(this.#part).size;
      if (note.url === this.url && typeof note.validator === 'string' && start > 0)
        return { start, validator: note.validator };
    } catch {
      // Nothing there, or nothing usable: start from the beginning.
    }
    return undefined;
  }

  discard(): void {
    fs.rmSync(this.#part, { force: true });
    fs.rmSync(this.#note, { force: true });
  }

  async attempt(signal: AbortSignal): Promise<void> {
    const stalled = new AbortController();
    const limit = this.options.timeout ?? 30_000;
    const timer = setTimeout(() => {
      stalled.abort(new Error(`nothing arrived for ${limit / 1000} seconds`));
    }, limit);
    try {
      await this.#receive(AbortSignal.any([signal, stalled.signal]), () => timer.refresh());
    } finally {
      clearTimeout(timer);
    }
  }

  async #request(headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    let url = new URL(this.url);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      checkScheme(url);
      const response = await fetch(url, {
        headers,
        signal,
        redirect: 'manual',
        dispatcher: dispatcherFor(url),
      });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      await response.body?.cancel();
      url = new URL(location, url);
    }
    throw new FinalError(`more than ${MAX_REDIRECTS} redirects`);
  }

  async #receive(signal: AbortSignal, alive: () => void): Promise<void> {
    const resume = this.#resumable();
    if (resume === undefined) this.discard();
    // Identity: fetch would otherwise undo a content encoding and hand over other bytes than the server counts.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (resume !== undefined) {
      headers['range'] = `bytes=${resume.start}-`;
      headers['if-range'] = resume.validator;
    }
    const response = await this.#request(headers, signal);
    const { status } = response;
    const start = status === 206 ? this.#rangeStart(response, resume?.start) : 0;
    if (status !== 200 && status !== 206) {
      await response.body?.cancel();
      const message = `the server answered ${status} ${response.statusText}`.trimEnd();
      if (status === 416) {
        this.discard();
        throw new Error(message);
      }
      throw status >= 500 || status === 429 ? new Error(message) : new FinalError(message);
    }
    const rest = response.headers.get('content-length');
    const length = rest === null ? undefined : start + Number(rest);
    if (response.headers.has('content-encoding') && response.headers.get('content-encoding') !== 'identity')
      throw new FinalError(`the server sent it as ${response.headers.get('content-encoding')}`);
    const { expected } = this.options;
    if (expected !== undefined && length !== undefined && length !== expected.size)
      throw new FinalError(`the server offers ${length} bytes, the known file has ${expected.size}`);
    this.#noteValidator(response);
    await this.#store(response, start, length, alive);
  }

  #rangeStart(response: Response, asked: number | undefined): number {
    const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
    if (match === null || Number(match[1]) !== asked) {
      this.discard();
      throw new Error('the server answered with another part than was asked for');
    }
    return asked;
  }

  #noteValidator(response: Response): void {
    const etag = response.headers.get('etag');
    // A weak tag only promises an equivalent file, not the same bytes.
    const validator = etag !== null && !etag.startsWith('W/') ? etag : response.headers.get('last-modified');
    if (validator === null) fs.rmSync(this.#note, { force: true });
    else fs.writeFileSync(this.#note, JSON.stringify({ url: this.url, validator } satisfies PartNote));
  }

  async #store(
    response: Response,
    start: number,
    length: number | undefined,
    alive: () => void,
  ): Promise<void> {
    const file = fs.openSync(this.#part, start === 0 ? 'w' : 'a');
    let received = start;
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        alive();
        fs.writeSync(file, chunk);
        received += chunk.byteLength;
        this.options.onProgress?.(received, length);
      }
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    if (length !== undefined && received !== length)
      throw new Error(`the connection ended after ${received} of ${length} bytes`);
  }

  /** Deletes what does not match, so that a damaged file is never taken for the real one. */
  check(): void {
    const { expected } = this.options;
    if (expected === undefined) return;
    const size = fs.statSync(this.#part).size;
    if (size !== expected.size)
      throw new FinalError(`it has ${size} bytes, the known file has ${expected.size}`);
    const head = Buffer.alloc(Math.min(size, FIRST_MIB));
    const file = fs.openSync(this.#part, 'r');
    try {
      fs.readSync(file, head, 0, head.length, 0);
    } finally {
      fs.closeSync(file);
    }
    const md5 = createHash('md5').update(head).digest('hex');
    if (md5 !== expected.md5OfFirstMiB)
      throw new FinalError(`its checksum is ${md5}, the known file's is ${expected.md5OfFirstMiB}`);
  }

  finish(): void {
    fs.renameSync(this.#part, this.target);
    fs.rmSync(this.#note, { force: true });
  }

  /** What stays behind after a failure: bytes that the server can continue, or nothing. */
  settle(error: unknown): string {
    const kept = error instanceof FinalError ? undefined : this.#resumable();
    if (kept !== undefined) return `; the ${kept.start} bytes received are kept for the next attempt`;
    this.discard();
    return '';
  }
}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  // fetch says only "fetch failed" and keeps the reason in the cause.
  const inner = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  return inner === undefined ? message : `${message}: ${inner}`;
}

async function run(transfer: Transfer, signal: AbortSignal): Promise<void> {
  const retries = transfer.options.retries ?? 3;
  for (let attempt = 0; ; attempt++) {
    try {
      await transfer.attempt(signal);
      transfer.check();
      transfer.finish();
      return;
    } catch (error) {
      if (!(error instanceof FinalError) && attempt < retries && !signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** attempt, 4000)));
        continue;
      }
      const kept = transfer.settle(error);
      throw new Error(`cannot download ${transfer.url}: ${reason(error)}${kept}`, { cause: error });
    }
  }
}

/**
 * Fetches `url` to the file `target`, over https only (http is allowed on the loopback interface). The file appears
 * complete or not at all: it grows under another name, its length and known checksum are tested, and it is renamed.
 * A transfer that breaks is continued, also by a later process; of two processes the second waits for the first.
 * Throws an error that names the URL and the reason.
 */
export async function download(url: string, target: string, options: DownloadOptions = {}): Promise<void> {
  fs.mkdirSync(nodePath.dirname(target), { recursive: true });
  const lost = new AbortController();
  const before = fs.statSync(target, { throwIfNoEntry: false })?.mtimeMs;
  const release = await lockfile.lock(target, {
    realpath: false,
    stale: 15_000,
    retries: { forever: true, minTimeout: 100, maxTimeout: 1000, factor: 1.5 },
    onCompromised: (error) => {
      lost.abort(error);
    },
  });
  try {
    // A file that came while this call waited for the lock is as fresh as `force` can ask for.
    const now = fs.statSync(target, { throwIfNoEntry: false })?.mtimeMs;
    if (now === undefined || (options.force === true && now === before))
      await run(new Transfer(url, target, options), lost.signal);
  } finally {
    await release().catch(() => undefined);
  }
}
