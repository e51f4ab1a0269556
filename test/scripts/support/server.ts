/** A web server on loopback whose answers a test chooses. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export interface TestServer {
  url: string;
  requests: IncomingMessage[];
  answer: Answer;
}

/** Starts before each test of the suite, and closes every connection after it. */
export function testServer(): TestServer {
  const state: TestServer = { url: '', requests: [], answer: (_request, response) => response.end() };
  const make = () =>
    createServer((request, response) => {
      state.requests.push(request);
      state.answer(request, response, state.requests.length);
    });
  let server = make();
  beforeEach(async () => {
    server = make();
    state.requests = [];
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return state;
}

/** The range asked for, where If-Range agrees with the tag: what a real file server does. */
function start(request: IncomingMessage, etag: string): number {
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  return range && request.headers['if-range'] === etag ? Number(range[1]) : 0;
}

/** Serves bytes as a file server does: tag, length, ranges. Stops after `cut` bytes of the whole file. */
export function serve(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  { etag = '"one"', cut }: { etag?: string | null; cut?: number } = {},
): void {
  const from = etag === null ? 0 : start(request, etag);
  const headers: Record<string, string> = { 'content-length': String(bytes.length - from) };
  if (etag !== null) headers['etag'] = etag;
  if (from > 0) headers['content-range'] = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  response.writeHead(from > 0 ? 206 : 200, headers);
  if (cut === undefined) response.end(bytes.subarray(from));
  else response.write(bytes.subarray(from, cut), () => setTimeout(() => response.destroy(), 50));
}
