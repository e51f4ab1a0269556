/**
 * Asks Python's PyTorch on this machine, and keeps what it answers otherwise than the fixtures say.
 *
 *     LIBTORCH_NODE_PYTHON=python node --import tsx test/support/record_processor.ts amd-zen4
 *
 * Runs the recorders in a copy, compares case by case as the tests do, and writes FIXTURE.amd-zen4.jsonl beside each
 * fixture that differs: a line that names processor and PyTorch, tensors, and the answers (recordings.ts).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gradientKind } from '../torch/nn/modules/catalogue/fixture.js';
import { decode, difference, type Kind } from './close.js';
import type { RecordedTensor } from './recorded.js';
import { digest, isFixture, readLines, type Tensors } from './recordings.js';

interface Suite {
  recorder: string;
  fixtures: string;
  /** Those of the folder that the recorder writes; all when absent. */
  names?: string[];
  /** How close the suite's tests want a field of a case. */
  kind: (field: string, kind: Kind) => Kind;
}
export const suites: Suite[] = [
  {
    recorder: 'parity/record_operators.py',
    fixtures: 'parity/fixtures/',
    kind: (field, kind) => (field === 'result' ? kind : 'reduction'),
  },
  {
    recorder: 'torch/nn/modules/catalogue/fixtures/record.py',
    fixtures: 'torch/nn/modules/catalogue/fixtures/',
    kind: (field, kind) => (field === 'calls' ? kind : field === 'grads' ? gradientKind[kind] : 'reduction'),
  },
  {
    recorder: 'torch/nn/modules/fixtures/record_transformer.py',
    fixtures: 'torch/nn/modules/fixtures/',
    names: ['transformer.json'],
    kind: () => 'reduction',
  },
  {
    recorder: 'torch/optim/fixtures/record_optimizers.py',
    fixtures: 'torch/optim/fixtures/',
    names: ['optimizers.json'],
    // One of its tests counts equal bits.
    kind: () => 'exact',
  },
];

const tests = new URL('../', import.meta.url);

export function fixturesOf({ fixtures, names }: Suite, root = tests): URL[] {
  const folder = new URL(fixtures, root);
  return (names ?? readdirSync(folder).filter(isFixture)).map((name) => new URL(name, folder));
}

type Case = Record<string, unknown>;
export interface Recorded {
  cases: Case[];
  tensors: Tensors;
}
/** Every case of a fixture: the lines, or what the lists of its one object hold. */
export function readCases(fixture: URL): Recorded {
  const tensors: Tensors = new Map();
  if (fixture.pathname.endsWith('.jsonl')) return { cases: readLines<Case>(fixture, tensors), tensors };
  const lists = Object.values(JSON.parse(readFileSync(fixture, 'utf8')) as Case).filter(Array.isArray);
  return {
    cases: lists.flat().filter((item) => item !== null && typeof item === 'object') as Case[],
    tensors,
  };
}

const isTensor = (value: object): value is RecordedTensor => 'shape' in value && 'data' in value;

/** Whether two recordings of one case differ by more than their tests allow; throws if in anything but figures. */
export class Comparison {
  constructor(
    private readonly base: Recorded,
    private readonly here: Recorded,
    private readonly kind: Suite['kind'],
  ) {}

  /** The fields that differ at all, if one of them differs too much. */
  answer(base: Case, here: Case): Case | null {
    const kind = (base['kind'] ?? 'reduction') as Kind;
    const dtype = (base['dtype'] ?? 'float32') as string;
    const fields = [...new Set([...Object.keys(base), ...Object.keys(here)])].filter(
      (field) => JSON.stringify(base[field]) !== JSON.stringify(here[field]),
    );
    // All of them are looked at, so that nothing but figures differs.
    const far = fields.filter((field) => this.far(here[field], base[field], dtype, this.kind(field, kind)));
    return far.length === 0 ? null : Object.fromEntries(fields.map((field) => [field, here[field]]));
  }

  private far(here: unknown, base: unknown, dtype: string, kind: Kind): boolean {
    if (typeof here === 'number' && typeof base === 'number')
      return difference([here], [base], dtype, kind) !== null;
    if (typeof here === 'string' && typeof base === 'string') {
      const [a, b] = [this.here.tensors.get(here), this.base.tensors.get(base)];
      if (a && b) return this.far(a, b, dtype, kind);
    }
    if (here !== null && base !== null && typeof here === 'object' && typeof base === 'object') {
      if (isTensor(here) && isTensor(base)) {
        const alike = here.dtype === base.dtype && String(here.shape) === String(base.shape);
        if (!alike) throw new Error('a tensor has another dtype or shape: the recorder has changed');
        const [a, b] = [here, base].map(({ data }) => decode(base.dtype, data));
        return difference(a!, b!, base.dtype, kind) !== null;
      }
      const [a, b] = [Object.entries(here), Object.entries(base)];
      if (String(a.map(([key]) => key)) === String(b.map(([key]) => key)))
        return a.map(([, value], i) => this.far(value, b[i]![1], dtype, kind)).includes(true);
    }
    if (here === base) return false;
    throw new Error(
      `${JSON.stringify(here)} instead of ${JSON.stringify(base)} is no figure: the recorder has changed`,
    );
  }
}

/** The tensors that `value` names and `known` lacks, as lines. */
function tensorLines(value: unknown, tensors: Tensors, known: Tensors): string[] {
  if (typeof value === 'string') {
    const tensor = tensors.get(value);
    if (!tensor || known.has(value)) return [];
    known.set(value, tensor);
    return [JSON.stringify(tensor)];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((item) => tensorLines(item, tensors, known));
}

/** Model, family and capability: what MKL and ATen choose their kernels by. */
function processor(python: string): object {
  const ask = 'import torch; print(torch.__version__, torch.backends.cpu.get_cpu_capability())';
  const [torch, capability] = execFileSync(python, ['-c', ask], { encoding: 'utf8' }).trim().split(' ');
  const info = os.platform() === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const [family, model] = ['cpu family', 'model'].map(
    (key) => new RegExp(`^${key}\\s*: (.*)`, 'm').exec(info)?.[1],
  );
  return { processor: os.cpus()[0]?.model, family, model, capability, torch };
}

function main(name: string): void {
  const python = process.env['LIBTORCH_NODE_PYTHON'] ?? 'python3';
  const header = JSON.stringify(processor(python));
  const copy = mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-recorded-'));
  try {
    // Folders and Python only: a fixture there is one that was recorded here.
    const wanted = (file: string): boolean => !/\.\w+$/.test(file) || file.endsWith('.py');
    cpSync(tests, copy, { recursive: true, filter: wanted });
    const root = pathToFileURL(copy + path.sep);
    for (const suite of suites) {
      execFileSync(python, [path.join(copy, suite.recorder)], { stdio: 'ignore' });
      const recorded = fixturesOf(suite, root);
      fixturesOf(suite).forEach((fixture, i) => {
        const [base, here] = [readCases(fixture), readCases(recorded[i]!)];
        if (base.cases.length !== here.cases.length)
          throw new Error(`${fixture.pathname}: the recorder has other cases`);
        const comparison = new Comparison(base, here, suite.kind);
        const known: Tensors = new Map(base.tensors);
        const lines = base.cases.flatMap((one, j) => {
          const answer = comparison.answer(one, here.cases[j]!);
          if (answer === null) return [];
          return [...tensorLines(answer, here.tensors, known), JSON.stringify({ case: digest(one), answer })];
        });
        const file = new URL(fixture.href.replace(/\.jsonl?$/, `.${name}.jsonl`));
        rmSync(file, { force: true });
        if (lines.length > 0) writeFileSync(file, [header, ...lines, ''].join('\n'));
        console.log(
          `${path.basename(fixture.pathname)}: ${lines.filter((line) => line.startsWith('{"case"')).length} cases differ`,
        );
      });
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [name] = process.argv.slice(2);
  if (name === undefined || !/^[\w-]+$/.test(name))
    throw new Error('say the kind of processor, e.g. amd-zen4');
  main(name);
}
