import { SingleBar } from 'cli-progress';

const MIB = 2 ** 20;
const LINE_EVERY_MS = 2000;

export interface Progress {
  update(done: number, total: number | undefined): void;
  stop(): void;
}

const mib = (bytes: number) => (bytes / MIB).toFixed(1);

function barProgress(label: string): Progress {
  const bar = new SingleBar({
    format: `${label} [{bar}] {done} of {all} MiB`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let started = false;
  return {
    update(done, total) {
      const shown = { done: mib(done), all: total === undefined ? '?' : mib(total) };
      if (started) bar.update(done, shown);
      else bar.start(total ?? 0, done, shown);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** Where nothing redraws a line, a plain one now and then. */
function lineProgress(label: string): Progress {
  let last = Date.now();
  return {
    update(done, total) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      process.stderr.write(`${label}: ${mib(done)}${total === undefined ? '' : ` of ${mib(total)}`} MiB\n`);
    },
    stop() {},
  };
}

/** A bar on a terminal, else plain lines; both on standard error, so that a program's output stays its own. */
export function showProgress(label: string): Progress {
  return process.stderr.isTTY ? barProgress(label) : lineProgress(label);
}
