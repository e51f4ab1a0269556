/** The demo's HTTP server, on the loopback interface only. */
import fs from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkSender, protection, readBody } from './guard.js';
import { Hub } from './hub.js';
import { Refusal } from './refusal.js';
import type { RunSettings } from './run.js';
import { readLines } from './strokes.js';
import { Studio } from './studio.js';
import { netNames, taskNames } from './tasks.js';

export interface DemoOptions {
  /** Folder that keeps the trained models. */
  cache: string;
  /** Default: a free one. */
  port?: number;
  /** Use drawn digits even where MNIST can be had (default: false). */
  drawn?: boolean;
  /** Bars on standard error while MNIST is fetched and unpacked (default: false). */
  progress?: boolean;
  /** Gets a line where something could not be used (default: standard error). */
  log?: (line: string) => void;
}
export interface Demo {
  readonly url: string;
  readonly studio: Studio;
  /** Ends a run after its batch, and the server. */
  close(): Promise<void>;
}

const html = 'text/html; charset=utf-8';
/** All files that are served, by their paths: no path from outside reaches the file system. */
const pageFiles: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', html],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
  ...Object.fromEntries(
    ['app.js', 'chart.js', 'guess.js', 'paper.js', 'tools.js', 'training.js'].map((name) => [
      `/${name}`,
      [name, 'text/javascript; charset=utf-8'],
    ]),
  ),
};

function readPage(): Map<string, { type: string; body: Buffer }> {
  const folder = new URL('page/', import.meta.url);
  return new Map(
    Object.entries(pageFiles).map(([path, [file, type]]) => [
      path,
      { type, body: fs.readFileSync(new URL(file, folder)) },
    ]),
  );
}

function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Refusal(400, `${name} must be one of ${known.join(', ')}`);
  return found;
}
function numberFrom(name: string, value: unknown, low: number, high: number, whole = false): number {
  const fits = typeof value === 'number' && value >= low && value <= high;
  if (!fits || (whole && !Number.isInteger(value)))
    throw new Refusal(400, `${name} must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
  return value;
}

function readSettings(body: Record<string, unknown>): RunSettings {
  return {
    task: oneOf('task', body['task'], taskNames),
    net: oneOf('net', body['net'], netNames),
    epochs: numberFrom('epochs', body['epochs'], 1, 50, true),
    lr: numberFrom('lr', body['lr'], 1e-6, 10),
  };
}

type Answer = (request: IncomingMessage) => Promise<unknown>;

/** @throws {Error} the port is taken, or a file of the page is missing */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { cache, port = 0, drawn, progress } = options;
  const log = options.log ?? ((line: string) => console.error(line));
  const page = readPage();
  const hub = new Hub();
  // Models are made ready only once the port is ours.
  const begun: { studio?: Studio } = {};
  const use = (): Studio => {
    if (!begun.studio) throw new Refusal(503, 'starting');
    return begun.studio;
  };

  const posts: Readonly<Record<string, Answer>> = {
    '/api/predict': async (request) => {
      const { model, strokes } = await readBody(request, ['model', 'strokes']);
      if (typeof model !== 'string') throw new Refusal(400, 'model must be a name');
      return use().predict(model, readLines(strokes));
    },
    '/api/train': async (request) => {
      const settings = readSettings(await readBody(request, ['task', 'net', 'epochs', 'lr']));
      return { id: use().start(settings).view.id };
    },
    '/api/stop': async (request) => {
      await readBody(request, []);
      const { id, status } = (await use().stop()).view;
      return { id, status };
    },
  };

  function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
    response.writeHead(status, {
      ...protection,
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  }
  const json = (response: ServerResponse, status: number, value: unknown): void => {
    send(response, status, 'application/json', JSON.stringify(value));
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    const file = page.get(path);
    checkSender(request, path === '/');
    const post = Object.hasOwn(posts, path) ? posts[path] : undefined;
    const reads = path === '/api/events' || path === '/api/state' || file !== undefined;
    if (!post && !reads) throw new Refusal(404, 'there is nothing here');
    const allowed = post ? ['POST'] : ['GET', 'HEAD'];
    if (!allowed.includes(request.method ?? '')) {
      response.setHeader('Allow', allowed.join(', '));
      throw new Refusal(405, `only ${allowed.join(' and ')} can be asked for here`);
    }
    if (post) json(response, 200, await post(request));
    else if (file) send(response, 200, file.type, file.body);
    else if (path === '/api/state' || request.method === 'HEAD') json(response, 200, use().state());
    else hub.add(response, protection, use().state());
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const refused = error instanceof Refusal;
      if (!refused)
        log(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      // What is left of a body that nobody wants is not waited for.
      response.setHeader('Connection', 'close');
      request.resume();
      json(response, refused ? error.status : 500, {
        error: refused ? error.message : 'this went wrong; the terminal says more',
      });
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.maxConnections = 64;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const studio = new Studio({
    cache,
    publish: hub.publish,
    log,
    ...(drawn !== undefined && { drawn }),
    ...(progress !== undefined && { progress }),
  });
  begun.studio = studio;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    studio,
    close: async () => {
      hub.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await studio.close();
      await closed;
    },
  };
}
