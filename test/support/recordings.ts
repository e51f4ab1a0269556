/**
 * What PyTorch answered on other kinds of processor than the one that a fixture was recorded on. MKL takes other kernels
 * on each: the last bits differ, and where a case is ill-conditioned they grow beyond any tolerance. FIXTURE.PROCESSOR.jsonl
 * beside a fixture holds the other answers, for the cases that differ there by more than their tests allow;
 * record_processor.ts writes it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type { RecordedTensor } from './recorded.js';

export type Tensors = Map<string, RecordedTensor>;
/** The fields of a case that have another value on the processor. */
export interface Answer {
  case: string;
  answer: object;
}

/** Names a case by all it holds: one that was recorded anew has no other answers until they are, too. */
export function digest(one: object): string {
  return createHash('sha256').update(JSON.stringify(one)).digest('hex').slice(0, 16);
}

/** Whether a file of a folder of fixtures is a fixture, and not what other processors answered. */
export function isFixture(file: string): boolean {
  return /^[^.]+\.jsonl?$/.test(file);
}

/** The entries of a file of lines; tensors, which have lines of their own, go into `tensors`. */
export function readLines<T extends object>(file: URL, tensors: Tensors): T[] {
  const entries: T[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as T | ({ tensor: string } & RecordedTensor);
    if ('tensor' in entry) tensors.set(entry.tensor, entry);
    else entries.push(entry);
  }
  return entries;
}

/** The files beside `fixture` that other processors' answers are in. */
export function otherFiles(fixture: URL): URL[] {
  const folder = new URL('./', fixture);
  const start = fixture.pathname.slice(folder.pathname.length).replace(/\.jsonl?$/, '.');
  const others = readdirSync(folder).filter((file) => file.startsWith(start) && !isFixture(file));
  return others
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => new URL(file, folder));
}

/** The answers in a file of another processor, by the digest of their case. */
export function readAnswers(file: URL, tensors: Tensors = new Map()): Map<string, object> {
  // The first line says which processor it was.
  const [, ...answers] = readLines<Answer>(file, tensors);
  return new Map(answers.map((entry) => [entry.case, entry.answer]));
}

export class Recordings {
  private readonly others: Map<string, object>[];

  /** Tensors that only the other answers have are added to `tensors`: their names are digests of what they hold. */
  constructor(fixture: URL, tensors?: Tensors) {
    this.others = otherFiles(fixture).map((file) => readAnswers(file, tensors));
  }

  /** The case as recorded, then as each of the other processors answered it: `one` itself where nothing differs. */
  answers<T extends object>(one: T): T[] {
    if (this.others.length === 0) return [one];
    const key = digest(one);
    return [one, ...this.others.map((answers) => (answers.has(key) ? { ...one, ...answers.get(key) } : one))];
  }

  /**
   * Passes when `check` passes with the answer of one processor, all of it: never with a part of one and a part of
   * another. Else throws what `check` said of the fixture's own.
   */
  expect<T extends object>(one: T, check: (answer: T) => void): void {
    let first: unknown;
    for (const answer of new Set(this.answers(one)))
      try {
        check(answer);
        return;
      } catch (error) {
        first ??= error;
      }
    throw first;
  }
}
