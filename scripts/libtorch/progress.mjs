// Progress of long steps: a bar on a terminal, a line now and then elsewhere (a log of CI is no place for a bar).
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const mebibyte = 1024 * 1024;

/** @typedef {{update(done: number, total?: number): void, stop(): void}} Progress */

/**
 * @param {string} label
 * @param {{stream?: NodeJS.WriteStream, total?: number}} options total: bytes, where known
 * @returns {Progress}
 */
export function startProgress(label, { stream = process.stderr, total = 0 } = {}) {
  return stream.isTTY ? bar(label, stream, total) : lines(label, stream, total);
}

/** @returns {Progress} */
export function silent() {
  return { update() {}, stop() {} };
}

/**
 * @param {string} label
 * @param {NodeJS.WriteStream} stream
 * @param {number} total
 * @returns {Progress}
 */
function bar(label, stream, total) {
  const { SingleBar, Presets } = require('cli-progress');
  const format = `${label} {bar} {percentage}% {mib} of {totalMib} MiB, {eta_formatted} left`;
  const single = new SingleBar({ format, stream, hideCursor: true }, Presets.shades_classic);
  const payload = (/** @type {number} */ done) => ({
    mib: (done / mebibyte).toFixed(0),
    totalMib: total ? (total / mebibyte).toFixed(0) : '?',
  });
  single.start(total || 1, 0, payload(0));
  return {
    update(done, newTotal) {
      if (newTotal && newTotal !== total) single.setTotal((total = newTotal));
      single.update(total ? done : 0, payload(done));
    },
    stop: () => single.stop(),
  };
}

/**
 * @param {string} label
 * @param {NodeJS.WriteStream} stream
 * @param {number} total
 * @returns {Progress}
 */
function lines(label, stream, total) {
  let nextShare = 0;
  let nextTime = 0;
  return {
    update(done, newTotal) {
      if (newTotal) total = newTotal;
      const share = total ? done / total : 0;
      const now = Date.now();
      if (total ? share < nextShare : now < nextTime) return;
      nextShare = Math.floor(share * 10) / 10 + 0.1;
      nextTime = now + 5_000;
      const of = total ? ` of ${(total / mebibyte).toFixed(1)} MiB (${Math.floor(share * 100)}%)` : ' MiB';
      stream.write(`${label}: ${(done / mebibyte).toFixed(1)}${of}\n`);
    },
    stop() {},
  };
}
