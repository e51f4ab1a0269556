/** One pass, or several, over a DataLoader whose batches worker threads make. */
import { MessageChannel, receiveMessageOnPort, type MessagePort, type Worker } from 'node:worker_threads';
import * as errors from '../../../errors.js';
import { ArgumentError, TorchError } from '../../../errors.js';
import { get_num_threads, set_num_threads } from '../../../threads.js';
import type { DataLoader } from '../dataloader.js';
import { drawSeed } from '../sampler.js';
import { default_collate, default_convert } from './collate.js';
import { exhausted, type CollateFunction } from './fetch.js';
import { canPin, pin_memory } from './pin_memory.js';
import type { Pass } from './single.js';
import { startWorker } from './start.js';
import { decode, encodeDataset, encodeImportable } from './transfer.js';
import type { Answer, Request, Setup, WireError } from './worker.js';

/** @internal Worker threads that run now. */
export const running = new Set<Worker>();

/** How long a worker may take to end by itself. */
const patience = 5000;

class Member {
  readonly port: MessagePort;
  readonly worker: Worker;
  isActive = true;

  constructor(setup: Omit<Setup, 'port'>, tell: (answer: Answer) => void, transfer: ArrayBuffer[]) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.on('message', tell);
    this.worker = startWorker('worker_main', {
      workerData: { ...setup, port: port2 },
      transferList: [port2, ...transfer],
    });
    running.add(this.worker);
    this.worker.on('error', (error) => {
      tell({ kind: 'gone', reason: String(error) });
    });
    this.worker.on('exit', (code) => {
      running.delete(this.worker);
      tell({ kind: 'gone', reason: `exit code ${code}` });
    });
    // A program ends when all else is done, whatever workers still load.
    this.worker.unref();
    port1.unref();
  }
  ask(request: Request): void {
    this.port.postMessage(request);
  }
  end(): void {
    this.ask({ kind: 'end' });
    this.port.removeAllListeners('message');
    this.port.unref();
    const timer = setTimeout(() => void this.worker.terminate(), patience);
    timer.unref();
    this.worker.once('exit', () => {
      clearTimeout(timer);
      this.port.close();
    });
  }
}

/** The error of a worker, of the same class where that is known, with what it said. */
function revive(error: WireError, worker: number): Error {
  const message = `Caught ${error.name} in DataLoader worker thread ${worker}: ${error.message}`;
  const library = errors as unknown as Record<string, unknown>;
  const builtin = { TypeError, RangeError, SyntaxError, ReferenceError } as Record<string, unknown>;
  const Kind = (library[error.name] ?? builtin[error.name] ?? Error) as new (message: string) => Error;
  const revived = typeof Kind === 'function' ? new Kind(message) : new Error(message);
  if (error.stack !== undefined)
    revived.stack = `${revived.name}: ${message}\nIn the worker:\n${error.stack}`;
  return revived;
}

interface Task {
  worker: number;
  answer?: Answer;
}

export class WorkerPass implements Pass {
  readonly isPersistent: boolean;
  readonly #members: Member[] = [];
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #inbox: [worker: number, answer: Answer][] = [];
  readonly #ahead: number;
  readonly #timeout: number;
  readonly #inOrder: boolean;
  readonly #collate: CollateFunction | null;
  readonly #pins: boolean;
  #wake: (() => void) | null = null;
  #indices: Iterator<unknown>;
  #tasks = new Map<number, Task>();
  #sent = 0;
  #received = 0;
  #turn = 0;
  #closed = false;
  #dead = false;

  constructor(loader: DataLoader<unknown>) {
    this.isPersistent = loader.persistent_workers;
    this.#ahead = (loader.prefetch_factor ?? 2) * loader.num_workers;
    this.#timeout = loader.timeout;
    this.#inOrder = loader.in_order;
    this.#pins = loader.pin_memory && canPin();
    const isDefault = [default_collate, default_convert].includes(
      loader.collate_fn as typeof default_collate,
    );
    this.#collate = typeof loader.collate_fn === 'function' && !isDefault ? loader.collate_fn : null;
    const setups = this.#setups(loader);
    this.#indices = loader.indexSampler()[Symbol.iterator]();
    const seed = drawSeed(loader.generator);
    // What a worker sets for itself would also be the start value of threads that come later.
    const threads = get_num_threads();
    setups.forEach(({ setup, transfer }, id) => {
      const own = { ...setup, seed: BigInt(seed) + BigInt(id) };
      this.#members.push(new Member(own, (answer) => this.#hear(id, answer), transfer));
    });
    set_num_threads(threads);
    this.#fill();
  }
  get isDead(): boolean {
    return this.#dead;
  }

  #setups(loader: DataLoader<unknown>): { setup: Omit<Setup, 'port' | 'seed'>; transfer: ArrayBuffer[] }[] {
    const { dataset, num_workers, collate_fn, worker_init_fn, drop_last } = loader;
    if (typeof worker_init_fn === 'function') {
      throw new ArgumentError(
        'DataLoader: a function cannot be sent to a worker thread; name worker_init_fn by its module: ' +
          '{ module: import.meta.url, export: "name" }',
      );
    }
    return Array.from({ length: num_workers }, (_, id) => {
      const transfer: ArrayBuffer[] = [];
      const collate =
        typeof collate_fn !== 'function'
          ? encodeImportable(collate_fn, transfer)
          : this.#collate !== null
            ? ('elsewhere' as const)
            : collate_fn === (default_collate as CollateFunction)
              ? ('default_collate' as const)
              : ('default_convert' as const);
      const setup = {
        id,
        num_workers,
        collate,
        drop_last,
        signal: this.#signal,
        dataset: loader.workerDataset
          ? encodeImportable(loader.workerDataset, transfer)
          : encodeDataset(dataset, transfer),
        init: worker_init_fn === null ? null : encodeImportable(worker_init_fn, transfer),
        auto_collation: loader.batch_sampler !== null,
      };
      return { setup, transfer };
    });
  }

  #hear(worker: number, answer: Answer): void {
    this.#inbox.push([worker, answer]);
    this.#wake?.();
  }
  /** Sends work until every worker has its share ahead. */
  #fill(): void {
    while (this.#outstanding() < this.#ahead) if (!this.#send()) return;
  }
  #outstanding(): number {
    let count = 0;
    for (const { answer } of this.#tasks.values()) if (answer === undefined) ++count;
    return count;
  }
  /** The next index to the next worker that still has something to give. */
  #send(): boolean {
    if (!this.#members.some(({ isActive }) => isActive)) return false;
    const next = this.#indices.next();
    if (next.done) return false;
    while (!this.#members[this.#turn % this.#members.length]!.isActive) ++this.#turn;
    const worker = this.#turn++ % this.#members.length;
    this.#members[worker]!.ask({ kind: 'batch', task: this.#sent, index: next.value });
    this.#tasks.set(this.#sent++, { worker });
    return true;
  }

  /** The answer whose turn it is, if it is there already; null when one must be waited for. */
  #ready(): { worker: number; answer: Answer } | typeof exhausted | null {
    for (;;) {
      for (const [worker, answer] of this.#inbox.splice(0)) this.#sort(worker, answer);
      while (this.#received < this.#sent && !this.#tasks.has(this.#received)) ++this.#received;
      if (this.#tasks.size === 0) return exhausted;
      const candidates = this.#inOrder ? [this.#received] : [...this.#tasks.keys()];
      for (const number of candidates) {
        const { worker, answer } = this.#tasks.get(number)!;
        if (answer === undefined) continue;
        this.#tasks.delete(number);
        return { worker, answer };
      }
      return null;
    }
  }
  #sort(worker: number, answer: Answer): void {
    if (answer.kind === 'gone') {
      this.#dead = true;
      throw new TorchError(`DataLoader worker thread ${worker} exited unexpectedly (${answer.reason})`);
    }
    if (answer.kind === 'resumed') return;
    const task = this.#tasks.get(answer.task);
    if (task === undefined) return;
    if (answer.kind === 'exhausted') {
      this.#tasks.delete(answer.task);
      this.#retire(worker);
    } else task.answer = answer;
  }
  /** A stream's copy has ended; what was asked of it beyond its end will not come. */
  #retire(worker: number): void {
    this.#members[worker]!.isActive = false;
    for (const [number, task] of this.#tasks) {
      if (task.worker === worker && task.answer === undefined) this.#tasks.delete(number);
    }
    this.#fill();
  }

  #finish({ worker, answer }: { worker: number; answer: Answer }): unknown {
    this.#fill();
    if (answer.kind === 'error') throw revive(answer.error, worker);
    const data = decode((answer as Answer & { kind: 'batch' }).data);
    const batch = this.#collate === null ? data : this.#collate(data as never);
    return this.#pins ? pin_memory(batch) : batch;
  }

  next(): unknown {
    const end = this.#deadline();
    for (;;) {
      if (this.#closed) return exhausted;
      const seen = Atomics.load(this.#signal, 0);
      this.#members.forEach(({ port }, id) => {
        for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
          this.#inbox.push([id, got.message as Answer]);
        }
      });
      const ready = this.#ready();
      if (ready === exhausted) return this.#over();
      if (ready !== null) return this.#finish(ready);
      // Woken by an answer; a worker that is killed can say nothing, so look again now and then.
      if (end - Date.now() <= 0) throw this.#late();
      Atomics.wait(this.#signal, 0, seen, Math.min(end - Date.now(), patience));
    }
  }
  async nextAsync(): Promise<unknown> {
    const end = this.#deadline();
    for (;;) {
      if (this.#closed) return exhausted;
      const ready = this.#ready();
      if (ready === exhausted) return this.#over();
      if (ready !== null) return this.#finish(ready);
      if (end - Date.now() <= 0) throw this.#late();
      await this.#message(end - Date.now());
    }
  }
  #deadline(): number {
    return this.#timeout > 0 ? Date.now() + 1000 * this.#timeout : Infinity;
  }
  #late(): TorchError {
    return new TorchError(`DataLoader timed out after ${this.#timeout} seconds`);
  }
  /** Waits for a message, and keeps the program alive meanwhile. */
  async #message(milliseconds: number): Promise<void> {
    for (const { port, worker } of this.#members) {
      port.ref();
      worker.ref();
    }
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (Number.isFinite(milliseconds)) timer = setTimeout(resolve, milliseconds);
      });
    } finally {
      clearTimeout(timer);
      this.#wake = null;
      for (const { port, worker } of this.#members) {
        port.unref();
        worker.unref();
      }
    }
  }

  #over(): typeof exhausted {
    if (!this.isPersistent) this.close();
    return exhausted;
  }
  /** Starts a new pass with the same workers. */
  reset(loader: DataLoader<unknown>): void {
    this.#indices.return?.();
    // Answers to the last pass still come; their numbers are unknown by then.
    this.#tasks.clear();
    this.#received = this.#sent;
    this.#turn = 0;
    this.#indices = loader.indexSampler()[Symbol.iterator]();
    for (const member of this.#members) {
      member.isActive = true;
      member.ask({ kind: 'resume' });
    }
    this.#closed = false;
    this.#fill();
  }
  /** Ends the workers, or with persistent ones only the pass. */
  close(): void {
    this.#indices.return?.();
    this.#wake?.();
    if (this.isPersistent && !this.#dead && !this.#closed) {
      this.#closed = true;
      return;
    }
    if (this.#closed && !this.isPersistent) return;
    this.#closed = this.#dead = true;
    for (const member of this.#members.splice(0)) member.end();
  }
}
