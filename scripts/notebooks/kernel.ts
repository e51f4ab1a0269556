// A client for Deno's Jupyter kernel: starts it, executes code, hands on what the kernel says. The protocol is
// https://jupyter-client.readthedocs.io/en/stable/messaging.html over ZeroMQ, on the loopback only, each message signed.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { Dealer, Subscriber } from 'zeromq';

export interface Message {
  header: { msg_type: string; msg_id: string };
  parent_header: { msg_id?: string };
  content: Record<string, unknown>;
}
export interface Reply {
  status: 'ok' | 'error' | 'aborted';
  execution_count?: number;
  ename?: string;
  evalue?: string;
}
export interface KernelOptions {
  /** The folder that the code's relative imports start from. */
  cwd: string;
  env?: Record<string, string | undefined>;
}

const DELIMITER = '<IDS|MSG>';

/** The signature of the four parts of a message. */
export function signature(key: string, parts: readonly Buffer[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

export function encode(key: string, session: string, type: string, content: object): [string, Buffer[]] {
  const id = randomUUID();
  const header = {
    msg_id: id,
    session,
    username: 'libtorch-node',
    date: new Date().toISOString(),
    msg_type: type,
    version: '5.3',
  };
  const parts = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [id, [Buffer.from(DELIMITER), Buffer.from(signature(key, parts)), ...parts]];
}

/** @throws {Error} frames that are no message, or not signed with this key */
export function decode(key: string, frames: readonly Buffer[]): Message {
  const at = frames.findIndex((frame) => frame.toString('latin1') === DELIMITER);
  const parts = frames.slice(at + 2, at + 6);
  if (at < 0 || parts.length !== 4) throw new Error('the kernel sent something that is no Jupyter message');
  const [given, own] = [frames[at + 1]!, Buffer.from(signature(key, parts))];
  if (given.length !== own.length || !timingSafeEqual(given, own))
    throw new Error('the kernel sent a message that is not signed with the key of this connection');
  const [header, parent_header, , content] = parts.map((part) => JSON.parse(part.toString()) as unknown);
  return { header, parent_header, content } as Message;
}

/** As many free ports; all are held until all are found, so that none comes twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers)
    ports.push(
      await new Promise((resolve, reject) => {
        server.once('error', reject).listen(0, '127.0.0.1', () => {
          resolve((server.address() as AddressInfo).port);
        });
      }),
    );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Deno's program, from the npm package `deno`, which puts it in place when it first runs. */
export function denoBinary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('deno/package.json'));
  const program = join(folder, process.platform === 'win32' ? 'deno.exe' : 'deno');
  if (!existsSync(program)) execFileSync(process.execPath, [join(folder, 'bin.cjs'), '--version']);
  return program;
}

const outputs = new Set(['stream', 'display_data', 'update_display_data', 'execute_result', 'error']);

interface Pending {
  onMessage: (message: Message) => void;
  finish: (result: { reply?: Reply; idle?: true }) => void;
  fail: (error: Error) => void;
}

/** A running kernel. Use it with `await using`, or `await kernel.close()`. */
export class Kernel implements AsyncDisposable {
  readonly #pending = new Map<string, Pending>();
  readonly #session = randomUUID();
  readonly #shell = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0 });
  /** Takes outputs whose request has been answered already. */
  #strays: ((message: Message) => void) | undefined;
  #closed = false;
  #said = '';

  private constructor(
    readonly process: ChildProcess,
    readonly key: string,
    readonly folder: string,
  ) {}

  /** @throws {Error} the kernel does not answer within a minute, or ends */
  static async start({ cwd, env = {} }: KernelOptions): Promise<Kernel> {
    const folder = mkdtempSync(join(tmpdir(), 'libtorch-node-kernel-'));
    const [shell, iopub, stdin, control, hb] = await freePorts(5);
    const key = randomUUID();
    const file = join(folder, 'connection.json');
    const connection = {
      ip: '127.0.0.1',
      transport: 'tcp',
      signature_scheme: 'hmac-sha256',
      key,
      shell_port: shell,
      iopub_port: iopub,
      stdin_port: stdin,
      control_port: control,
      hb_port: hb,
    };
    writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    const child = spawn(denoBinary(), ['jupyter', '--kernel', '--conn', file], {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kernel = new Kernel(child, key, folder);
    process.once('exit', kernel.#kill);
    kernel.#watch();
    kernel.#iopub.connect(`tcp://127.0.0.1:${iopub}`);
    kernel.#iopub.subscribe();
    kernel.#shell.connect(`tcp://127.0.0.1:${shell}`);
    void kernel.#listen(kernel.#iopub);
    void kernel.#listen(kernel.#shell);
    try {
      await kernel.#ready();
    } catch (error) {
      await kernel.close();
      throw error;
    }
    return kernel;
  }

  /** Asks until the kernel's answer and its news both arrive: a subscription takes a moment to hold. */
  async #ready(): Promise<void> {
    const end = performance.now() + 60_000;
    while (performance.now() < end) {
      const answered = await this.#request('kernel_info_request', {}, () => undefined, 1000).catch(
        (error: unknown) => {
          if (this.#closed) throw error;
          return undefined;
        },
      );
      if (answered) return;
    }
    throw new Error(`Deno's kernel does not answer.\n${this.#said}`);
  }

  #watch(): void {
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream
        .setEncoding('utf8')
        .on('data', (text: string) => (this.#said = (this.#said + text).slice(-4000)));
    const ended = (why: string): void => {
      this.#closed = true;
      const error = new Error(`Deno's kernel ${why}.\n${this.#said}`.trim());
      for (const { fail } of this.#pending.values()) fail(error);
    };
    this.process.on('error', (error) => {
      ended(`could not be started: ${error.message}`);
    });
    this.process.on('exit', (code, signal) => {
      ended(`ended (${signal ?? code})`);
    });
  }

  async #listen(socket: Dealer | Subscriber): Promise<void> {
    try {
      for await (const frames of socket) {
        const message = decode(this.key, frames);
        const pending = this.#pending.get(message.parent_header.msg_id ?? '');
        if (!pending) {
          if (socket === this.#iopub) this.#strays?.(message);
          continue;
        }
        const { msg_type } = message.header;
        if (socket === this.#shell) pending.finish({ reply: message.content as unknown as Reply });
        else if (msg_type === 'status' && message.content['execution_state'] === 'idle')
          pending.finish({ idle: true });
        else pending.onMessage(message);
      }
    } catch (error) {
      for (const { fail } of this.#pending.values()) fail(error as Error);
    }
  }

  /** A request is over when its reply is there and the kernel has said that it is idle again. */
  async #request(
    type: string,
    content: object,
    onMessage: (message: Message) => void,
    timeout: number,
  ): Promise<Reply> {
    if (this.#closed) throw new Error(`Deno's kernel is not running.\n${this.#said}`.trim());
    const [id, frames] = encode(this.key, this.#session, type, content);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Reply>((resolve, reject) => {
        let [reply, idle]: [Reply | undefined, boolean] = [undefined, false];
        this.#pending.set(id, {
          onMessage,
          fail: reject,
          finish: (result) => {
            reply = result.reply ?? reply;
            idle ||= result.idle === true;
            if (reply && idle) resolve(reply);
          },
        });
        timer = setTimeout(() => {
          reject(new Error(`Deno's kernel gave no answer to ${type} within ${timeout / 1000} s`));
        }, timeout);
        this.#shell.send(frames).catch(reject);
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /**
   * Executes code as a cell does; `onMessage` gets `stream`, `display_data`, `update_display_data`, `execute_result` and
   * `error` messages as they come.
   * @throws {Error} the kernel ends, or takes longer than `timeout` milliseconds (default: 10 minutes)
   */
  async execute(code: string, onMessage: (message: Message) => void, timeout = 600_000): Promise<Reply> {
    // The kernel may say that it is idle before the last outputs have left it. They leave in order, so whatever comes before
    // the output of a second request belongs to the cell.
    const mark = randomUUID();
    const content = (code: string, store_history: boolean): object => ({
      code,
      silent: false,
      store_history,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    });
    let marked = (): void => undefined;
    const last = new Promise<void>((resolve) => (marked = resolve));
    const until = (message: Message): void => {
      if (message.content['text'] === mark) marked();
      else if (outputs.has(message.header.msg_type)) onMessage(message);
    };
    this.#strays = until;
    try {
      const reply = await this.#request('execute_request', content(code, true), until, timeout);
      const text = `await Deno.jupyter.broadcast('stream', { name: 'stdout', text: '${mark}' });`;
      await this.#request('execute_request', content(text, false), until, 60_000);
      await Promise.race([last, delay(5000)]);
      return reply;
    } finally {
      this.#strays = undefined;
    }
  }

  readonly #kill = (): void => {
    this.process.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  };

  async close(): Promise<void> {
    process.off('exit', this.#kill);
    const gone = this.#closed ? undefined : new Promise((resolve) => this.process.once('exit', resolve));
    this.#kill();
    await gone;
    for (const socket of [this.#shell, this.#iopub]) if (!socket.closed) socket.close();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
