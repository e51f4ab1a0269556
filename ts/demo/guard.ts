/**
 * Who may ask. The page is open on the loopback interface, where every website in the visitor's browser can send
 * requests too; only the page itself may be heard.
 */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/** Any port: the page may be reached through a tunnel that ends at another one. */
const ownName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * @param page whether the request is for the page itself, which a link elsewhere may open
 * @throws {Refusal} the request comes from, or names, another site
 */
export function checkSender({ method, headers }: IncomingMessage, page: boolean): void {
  const { host, origin } = headers;
  // A name that another site has pointed to this machine would make that site's scripts "same origin".
  if (host === undefined || !ownName.test(host))
    throw new Refusal(403, 'this page answers only to localhost and 127.0.0.1');
  if (origin !== undefined && origin !== `http://${host}`)
    throw new Refusal(403, 'another website may not use this page');
  const site = headers['sec-fetch-site'];
  const link = page && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !link)
    throw new Refusal(403, 'another website may not use this page');
  if (method === 'POST' && origin === undefined)
    throw new Refusal(403, 'the header Origin is missing: requests come from the page');
}

/** Goes with every answer: nothing from elsewhere is loaded, nobody may frame the page or read it. */
export const protection: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** More than a drawing of the most points needs. */
export const MOST_BYTES = 256 * 1024;

/**
 * The JSON object in a request's body.
 * @param known the names that it may have
 * @throws {Refusal} it is too large, no JSON object, or has other names
 */
export async function readBody(
  request: IncomingMessage,
  known: readonly string[],
): Promise<Record<string, unknown>> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal(415, 'the body must be application/json');
  const tooLarge = new Refusal(413, `the body may have ${MOST_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream outlives a refusal: an answer is still to go the same way back.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new Refusal(400, `the body is no JSON: ${(error as Error).message}`);
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new Refusal(400, 'the body must be a JSON object');
  for (const name of Object.keys(body))
    if (!known.includes(name))
      throw new Refusal(400, `unknown name '${name.slice(0, 40)}'; there are ${known.join(', ') || 'none'}`);
  return body as Record<string, unknown>;
}
