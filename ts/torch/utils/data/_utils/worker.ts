/** What runs in a worker thread of a DataLoader, and what it says about itself. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { Generator } from '../../../random.js';
import { set_num_threads } from '../../../threads.js';
import { ConcatDataset, StackDataset, Subset } from '../dataset.js';
import { default_collate, default_convert } from './collate.js';
import { createFetcher, exhausted, type CollateFunction, type Fetcher, type FetchSettings } from './fetch.js';
import type { DatasetLike } from './item.js';
import { SharedRows } from './shared_rows.js';
import { decode, encode, type Wire, type WireDataset } from './transfer.js';

export interface WorkerInfo {
  /** From 0 to num_workers - 1. */
  readonly id: number;
  readonly num_workers: number;
  /** The pass's base seed plus `id`. */
  readonly seed: number | bigint;
  /** This worker's copy of the dataset. */
  readonly dataset: unknown;
  /**
   * A generator of the worker's own, seeded with `seed`. libtorch's default generator is one for the whole process:
   * what a worker draws from that depends on what other threads draw meanwhile.
   */
  readonly rng: { readonly torch_generator: Generator };
  readonly worker_method: 'thread';
}

let info: WorkerInfo | null = null;

/** About the worker thread that this runs in; null elsewhere. */
export function get_worker_info(): WorkerInfo | null {
  return info;
}

/** How a worker is started. */
export interface Setup {
  port: MessagePort;
  /** Counted up at each answer, so that a thread that must not turn its event loop can wait for it. */
  signal: Int32Array;
  id: number;
  num_workers: number;
  seed: number | bigint;
  dataset: WireDataset;
  collate: WireDataset | 'default_collate' | 'default_convert' | 'elsewhere';
  init: WireDataset | null;
  auto_collation: boolean;
  drop_last: boolean;
}

/** What the loader says. */
export type Request = { kind: 'batch'; task: number; index: unknown } | { kind: 'resume' } | { kind: 'end' };
export interface WireError {
  name: string;
  message: string;
  stack: string | undefined;
  code: string | undefined;
}
/** What a worker says. */
export type Answer =
  | { kind: 'batch'; task: number; data: Wire }
  | { kind: 'exhausted'; task: number }
  | { kind: 'error'; task: number; error: WireError }
  | { kind: 'resumed' }
  | { kind: 'gone'; reason: string };

async function load(wire: WireDataset & { kind: 'import' }): Promise<unknown> {
  const module = (await import(wire.module)) as Record<string, unknown>;
  if (!(wire.export in module)) throw new Error(`${wire.module} has no export '${wire.export}'`);
  return module[wire.export];
}

/** A class makes an instance, a function is called and may be asynchronous, anything else is the thing itself. */
async function make(wire: WireDataset & { kind: 'import' }): Promise<unknown> {
  const found = await load(wire);
  if (typeof found !== 'function') return found;
  const args = wire.args.map(decode);
  const isClass = /^class\b/.test(Function.prototype.toString.call(found));
  return isClass
    ? (Reflect.construct(found, args) as unknown)
    : await (found as (...args: unknown[]) => unknown)(...args);
}

async function makeDataset(wire: WireDataset): Promise<unknown> {
  switch (wire.kind) {
    case 'import':
      return make(wire);
    case 'rows':
      return new SharedRows(wire.columns);
    case 'data':
      return decode(wire.data);
    case 'subset':
      return new Subset((await makeDataset(wire.dataset)) as DatasetLike<unknown>, wire.indices);
    case 'concat':
      return new ConcatDataset((await Promise.all(wire.datasets.map(makeDataset))) as DatasetLike<unknown>[]);
    case 'stack': {
      if (Array.isArray(wire.datasets))
        return new StackDataset(...(await Promise.all(wire.datasets.map(makeDataset))));
      const parts = Object.entries(wire.datasets).map(
        async ([key, part]) => [key, await makeDataset(part)] as const,
      );
      return new StackDataset(Object.fromEntries(await Promise.all(parts)));
    }
  }
}

async function collateOf(wire: Setup['collate']): Promise<CollateFunction> {
  if (wire === 'default_collate') return default_collate;
  if (wire === 'default_convert') return default_convert;
  if (wire === 'elsewhere') return (samples: unknown) => samples;
  return (await load(wire as WireDataset & { kind: 'import' })) as CollateFunction;
}

function toWireError(error: unknown): WireError {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, code: undefined };
  const { name, message, stack } = error;
  return { name, message, stack, code: (error as { code?: string }).code };
}

async function prepare(setup: Setup): Promise<{ settings: FetchSettings }> {
  const { id, num_workers, seed, auto_collation, drop_last } = setup;
  set_num_threads(1);
  const dataset = await makeDataset(setup.dataset);
  const rng = { torch_generator: new Generator().manual_seed(seed) };
  info = Object.freeze({ id, num_workers, seed, dataset, rng, worker_method: 'thread' as const });
  if (setup.init !== null) {
    const init = (await load(setup.init as WireDataset & { kind: 'import' })) as (id: number) => unknown;
    await init(id);
  }
  return { settings: { dataset, auto_collation, drop_last, collate_fn: await collateOf(setup.collate) } };
}

/** Answers requests, one after the other, until told to end. */
export function run(): void {
  const setup = workerData as Setup;
  const { port, signal } = setup;
  const say = (answer: Answer, transfer: ArrayBuffer[] = []): void => {
    port.postMessage(answer, transfer);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  };
  // Nobody turns the event loop of a thread that waits in `for...of`; so it is told here, not by the event.
  process.on('exit', (code) => {
    say({ kind: 'gone', reason: `exit code ${code}` });
  });

  const ready = prepare(setup);
  let fetcher: Fetcher | undefined;
  const answer = async (request: Request): Promise<void> => {
    if (request.kind === 'end') {
      fetcher?.close();
      port.close();
      parentPort?.close();
    } else if (request.kind === 'resume') {
      fetcher?.close();
      fetcher = undefined;
      say({ kind: 'resumed' });
    } else {
      const { task, index } = request;
      try {
        const { settings } = await ready;
        fetcher ??= createFetcher(settings, null, true);
        const { dataset, collate_fn, auto_collation } = settings;
        const isWhole =
          auto_collation && dataset instanceof SharedRows && setup.collate === 'default_collate';
        const batch =
          isWhole && collate_fn === (default_collate as CollateFunction)
            ? dataset.batch(index as number[])
            : await fetcher.fetchAsync(index);
        if (batch === exhausted) return say({ kind: 'exhausted', task });
        const transfer: ArrayBuffer[] = [];
        say({ kind: 'batch', task, data: encode(batch, transfer) }, transfer);
      } catch (error) {
        say({ kind: 'error', task, error: toWireError(error) });
      }
    }
  };
  let queue: Promise<void> = ready.then(
    () => undefined,
    () => undefined,
  );
  port.on('message', (request: Request) => {
    queue = queue.then(() => answer(request));
  });
}
