// node bench/instructions/index.mjs [--record]
//
// Instructions of one `a.add(b)` and of one training step, counted by valgrind: unlike times they hardly depend on the
// machine's load, so that a change of a few percent can be seen. Compares with recorded.json and fails where a count
// has risen by more than 3 %; --record writes it anew. Without valgrind there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const file = join(folder, 'recorded.json');

/** How much a count may rise. */
export const ALLOWED = 0.03;

/** Repetitions of the short and the long run; their difference leaves start and warm-up out. */
export const RUNS = { add: [200, 700], step: [100, 300] };

/**
 * The instructions inside the addon's entry points, libtorch included. What V8 makes of the JavaScript around them is
 * left out: it compiles at other moments in each run, and counts of whole runs differ by 13 %. So is its collector, which
 * runs inside an entry point where that makes a handle: with room for all the handles of a run there is no collection, and
 * two counts of the step differ by 0.2 % instead of 1.3.
 * @param {string} name
 * @param {number} count
 */
function instructions(name, count) {
  const place = mkdtempSync(join(tmpdir(), 'callgrind-'));
  try {
    const out = join(place, 'out');
    const { status, stderr } = spawnSync(
      'valgrind',
      [
        ...[
          '--tool=callgrind',
          '--smc-check=all-non-file',
          `--callgrind-out-file=${out}`,
          '--trace-children=no',
          '--toggle-collect=ltn::enter(*',
        ],
        process.execPath,
        ...['--single-threaded', '--predictable', '--hash-seed=1', '--random-seed=1'],
        ...['--min-semi-space-size=64', '--max-semi-space-size=64'],
        ...[join(folder, 'program.mjs'), name, String(count)],
      ],
      { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1' }, maxBuffer: 1 << 26 },
    );
    if (status !== 0) throw new Error(`valgrind ended with ${status}: ${stderr.slice(-2000)}`);
    const total = /^(?:summary|totals):\s*(\d+)/m.exec(readFileSync(out, 'utf8'));
    // An addon without symbols, or an entry point of another name: nothing would be counted, and nothing ever rise.
    if (!total || Number(total[1]) === 0) throw new Error('valgrind counted nothing inside the addon');
    return Number(total[1]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/**
 * What has risen too far.
 * @param {Record<string, number>} now
 * @param {Record<string, number>} recorded
 * @returns {string[]} a sentence for each
 */
export function risen(now, recorded) {
  return Object.entries(recorded).flatMap(([name, before]) => {
    const after = now[name];
    if (after === undefined || after <= before * (1 + ALLOWED)) return [];
    const percent = (100 * (after / before - 1)).toFixed(1);
    return [`${name}: ${after} instructions, ${percent} % more than the ${before} recorded`];
  });
}

function measure() {
  /** @type {Record<string, number>} */
  const now = {};
  for (const [name, [few = 0, many = 0]] of Object.entries(RUNS))
    now[name] = Math.round((instructions(name, many) - instructions(name, few)) / (many - few));
  return now;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    console.log('valgrind is not installed: no instructions are counted.');
  } else {
    const now = measure();
    const versions = { node: process.version.split('.')[0] };
    console.log(JSON.stringify(now));
    const recorded = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    if (process.argv.includes('--record') || recorded === null) {
      writeFileSync(file, `${JSON.stringify({ ...versions, instructions: now }, null, 2)}\n`);
    } else if (recorded.node !== versions.node) {
      console.log(
        `Recorded with Node ${recorded.node}, which compiles differently: nothing to compare with.`,
      );
    } else {
      const complaints = risen(now, recorded.instructions);
      for (const complaint of complaints) console.error(complaint);
      process.exitCode = complaints.length > 0 ? 1 : 0;
    }
  }
}
