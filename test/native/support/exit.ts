/** The ways to end a process in programs/exit.mjs, and how each must end. */
import { expect } from 'chai';
import { run, inTurns, type Outcome } from './child.js';
import { compiledProgram } from './compiled.js';

interface End {
  code?: number;
  signal?: NodeJS.Signals;
  /** What the error stream must show. */
  says?: RegExp;
}

const seven: End = { code: 7 };
const uncaught: End = { code: 1, says: /nobody catches this/ };
export const ends: Record<string, End> = {
  training: seven,
  hook: seven,
  function: seven,
  tidy: seven,
  asyncTidy: seven,
  worker: seven,
  timer: seven,
  exitCode: seven,
  exitEvent: seven,
  natural: { code: 0 },
  foreignMemory: { code: 0 },
  throw: uncaught,
  throwInHook: uncaught,
  reject: uncaught,
  sigterm: { signal: 'SIGTERM' },
  sigint: { signal: 'SIGINT' },
};

function end(scenario: string): Promise<Outcome> {
  const { signal } = ends[scenario]!;
  return run(process.execPath, [compiledProgram('exit.mjs'), scenario], {
    onOutput: (_text, child) => {
      if (signal) child.kill(signal);
    },
  });
}

/** Runs a scenario so many times and wants the same end every time. */
export async function expectEnds(scenario: string, times: number): Promise<void> {
  const { code = null, signal = null, says } = ends[scenario]!;
  const outcomes = await inTurns(Array<string>(times).fill(scenario), 2, end);
  for (const outcome of outcomes) {
    expect({ code: outcome.code, signal: outcome.signal }, outcome.stderr).to.deep.equal({ code, signal });
    if (says) expect(outcome.stderr).to.match(says);
    else expect(outcome.stderr).to.equal('');
  }
}
