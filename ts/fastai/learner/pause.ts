/**
 * A fit is one long stretch of work on the thread that also runs everything else. It lets go every few milliseconds,
 * so that timers, servers and Ctrl-C get their turn, and looks between batches whether somebody wants it to stop.
 */
import { KeyboardInterrupt } from '../callback/events.js';

export class Pause {
  /** Milliseconds of work at a stretch: short against what a person notices, long against a turn of the event loop. */
  static stretch = 20;
  #last = performance.now();
  #stopped: Error | null = null;
  readonly #signal: AbortSignal | undefined;
  readonly #onInterrupt = (): void => {
    this.#stopped ??= new KeyboardInterrupt();
    // A second press does what it does without us: it ends the process.
    process.removeListener('SIGINT', this.#onInterrupt);
  };

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    process.on('SIGINT', this.#onInterrupt);
  }
  /** Why the fit has to stop, or null. */
  get reason(): Error | null {
    if (this.#stopped === null && this.#signal?.aborted) {
      const reason: unknown = this.#signal.reason;
      this.#stopped = reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError');
    }
    return this.#stopped;
  }
  /** A promise for the event loop's turn when it is time for one. */
  due(): Promise<void> | undefined {
    if (performance.now() - this.#last < Pause.stretch) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#last = performance.now();
        resolve();
      });
    });
  }
  close(): void {
    process.removeListener('SIGINT', this.#onInterrupt);
  }
}
