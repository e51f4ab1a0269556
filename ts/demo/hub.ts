/** Server-sent events to every open page. https://developer.mozilla.org/docs/Web/API/Server-sent_events */
import type { ServerResponse } from 'node:http';
import { Refusal } from './refusal.js';

const MOST_PAGES = 20;
/** A page that does not read: what waits for it must not grow for hours. It comes back and gets the whole state. */
const MOST_WAITING = 4 * 1024 * 1024;

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

export class Hub {
  readonly #pages = new Set<ServerResponse>();
  readonly #beat = setInterval(() => {
    for (const page of this.#pages) this.#send(page, ': still here\n\n');
  }, 15_000).unref();

  get pages(): number {
    return this.#pages.size;
  }
  /** @throws {Refusal} too many pages are open */
  add(response: ServerResponse, headers: Readonly<Record<string, string>>, state: unknown): void {
    if (this.#pages.size >= MOST_PAGES) throw new Refusal(503, `${MOST_PAGES} pages are open; close one`);
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
    this.#pages.add(response);
    response.once('close', () => this.#pages.delete(response));
    // The browser tries again after so many milliseconds.
    this.#send(response, `retry: 1000\n${frame('state', state)}`);
  }
  readonly publish = (event: string, data: unknown): void => {
    if (this.#pages.size === 0) return;
    const text = frame(event, data);
    for (const page of this.#pages) this.#send(page, text);
  };
  #send(page: ServerResponse, text: string): void {
    if (page.writableLength > MOST_WAITING) {
      this.#pages.delete(page);
      page.destroy();
    } else page.write(text);
  }
  close(): void {
    clearInterval(this.#beat);
    for (const page of this.#pages) page.end();
    this.#pages.clear();
  }
}
