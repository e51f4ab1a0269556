/** Runs one recorded case through the public interface and says what differs. */
import * as torch from '../../ts/torch/index.js';
import { decode, difference, type Kind } from '../support/close.js';
import type { RecordedTensor } from '../support/recorded.js';
import type { Case, Fixture, Raised, Result, Value } from './fixture.js';

type Callable = (...args: unknown[]) => unknown;
const names = torch as unknown as Record<string, unknown>;

/** Python's class of an error to ours. */
const errorNames: Record<string, string> = {
  RuntimeError: 'TorchError',
  _LinAlgError: 'TorchError',
  TypeError: 'ArgumentError',
  IndexError: 'IndexError',
  ValueError: 'ValueError',
  NotImplementedError: 'NotImplementedError',
  // Python's `assert` in torch/nn says that a value does not fit.
  AssertionError: 'ValueError',
};

function real(value: number | string): number {
  if (typeof value === 'number') return value;
  return value === 'nan' ? NaN : value === 'inf' ? Infinity : -Infinity;
}

/** The same small language as `apply_view` of recorder/spec.py. */
function applyView(tensor: torch.Tensor, view: string): torch.Tensor {
  for (const step of view.split(';')) {
    const [name = '', ...words] = step.trim().split(' ');
    const numbers = words.map(Number);
    const method = (tensor as unknown as Record<string, Callable>)[name];
    if (method === undefined) throw new Error(`Tensor has no ${name}`);
    tensor = method.apply(
      tensor,
      name === 'expand' || name === 'permute' ? [numbers] : numbers,
    ) as torch.Tensor;
  }
  return tensor;
}

function build({ dtype, shape, data }: RecordedTensor): torch.Tensor {
  const type = names[dtype] as torch.DType;
  if (data === '') return torch.empty(shape, { dtype: type });
  return torch
    .tensor(new Uint8Array(Buffer.from(data, 'base64')))
    .view(type)
    .reshape(shape);
}

/** Multiples of a quarter, exact in every dtype; `weights` of recorder/run.py. */
function weighted(result: torch.Tensor): torch.Tensor {
  const flat = (result.is_complex() ? torch.view_as_real(result.resolve_conj()) : result).reshape([-1]);
  const weights = Float64Array.from({ length: flat.numel() }, (_, i) => ((i % 5) + 1) / 4);
  return flat.mul(torch.tensor(weights).to(flat.dtype)).sum();
}

function lossOf(result: unknown): torch.Tensor | null {
  let total: torch.Tensor | null = null;
  for (const part of Array.isArray(result) ? (result as unknown[]) : [result]) {
    let loss: torch.Tensor | null = null;
    if (Array.isArray(part)) loss = lossOf(part);
    else if (
      part instanceof torch.Tensor &&
      part.requires_grad &&
      (part.is_floating_point() || part.is_complex())
    )
      loss = weighted(part);
    if (loss) total = total ? total.add(loss) : loss;
  }
  return total;
}

export class Replay {
  private readonly leaves: torch.Tensor[] = [];
  private readonly found: string[] = [];

  constructor(
    private readonly fixture: Fixture,
    private readonly recorded: Case,
  ) {}

  /** What differs from the recording; empty when nothing does. */
  run(): string[] {
    const { op, raises, kind = 'exact', result } = this.recorded;
    const args = this.recorded.args.map((value) => this.argument(value));
    const options: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(this.recorded.kwargs ?? {}))
      options[key] = this.argument(value);
    if (this.recorded.seed !== undefined) torch.manual_seed(this.recorded.seed);
    const call = (): unknown => this.call(op, args, options);
    if (raises) {
      this.expectRaise(call, raises);
      return this.found;
    }
    const actual = call();
    this.compare(actual, result ?? null, kind, 'result');
    if (op.endsWith('_') && actual !== args[0])
      this.found.push('an in-place operator did not return its tensor');
    if (options['out'] instanceof torch.Tensor && actual !== options['out'])
      this.found.push('out was not returned');
    this.compareGradients(actual);
    return this.found;
  }

  private tensor(key: string): RecordedTensor {
    const recorded = this.fixture.tensors.get(key);
    if (!recorded) throw new Error(`fixture ${this.fixture.name} has no tensor ${key}`);
    return recorded;
  }

  private argument(value: Value): unknown {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item) => this.argument(item));
    if ('t' in value) {
      const base = build(this.tensor(value.t));
      if (value.grad) {
        base.requires_grad_(true);
        this.leaves.push(base);
      }
      return value.view ? applyView(base, value.view) : base;
    }
    if ('f' in value) {
      const number = real(value.f);
      return Number.isInteger(number) ? new torch.Float(number) : number;
    }
    if ('i' in value) return BigInt(value.i);
    if ('c' in value) return new torch.Complex(real(value.c[0] ?? 0), real(value.c[1] ?? 0));
    if ('dtype' in value) return names[value.dtype];
    if ('const' in value) return names[value.const];
    if ('generator' in value) return new torch.Generator().manual_seed(value.generator);
    return torch.device(value.device);
  }

  private call(op: string, args: unknown[], options: Record<string, unknown>): unknown {
    const all = Object.keys(options).length > 0 ? [...args, options] : args;
    const [head, ...path] = op.split('.');
    if (head === 'Tensor') {
      const self = all[0] as Record<string, unknown>;
      const member = self[path[0] as string];
      if (member === undefined) throw new Error(`there is no ${op}`);
      // T, mT ... are properties.
      return typeof member === 'function' ? (member as Callable).apply(self, all.slice(1)) : member;
    }
    let target: unknown = head === 'F' ? torch.nn.functional : torch;
    for (const name of path) target = (target as Record<string, unknown> | undefined)?.[name];
    if (typeof target !== 'function') throw new Error(`there is no ${op}`);
    return (target as Callable)(...all);
  }

  private expectRaise(call: () => unknown, raises: Raised): void {
    let error: unknown;
    try {
      call();
    } catch (caught) {
      error = caught;
    }
    if (!(error instanceof Error)) {
      this.found.push(`did not raise ${raises.type}: ${raises.message}`);
      return;
    }
    if (error.message.startsWith('there is no ')) throw error;
    if (error.name !== errorNames[raises.type])
      this.found.push(
        `raised ${error.name} (${error.message}) instead of ${raises.type} (${raises.message})`,
      );
    const [first] = error.message.split('\n');
    if (!raises.python && first !== raises.message)
      this.found.push(`said '${String(first)}' instead of '${raises.message}'`);
  }

  private compare(actual: unknown, expected: Result, kind: Kind, what: string): void {
    if (expected === null || typeof expected !== 'object') {
      const value = typeof actual === 'bigint' ? Number(actual) : actual;
      if (value !== expected) this.found.push(`${what} is ${String(actual)} instead of ${String(expected)}`);
    } else if ('t' in expected) this.compareTensor(actual, this.tensor(expected.t), kind, what);
    else if ('f' in expected) {
      if (!Object.is(Number(actual), real(expected.f))) this.found.push(`${what} is ${String(actual)}`);
    } else if ('dtype' in expected) {
      if (actual !== names[expected.dtype])
        this.found.push(`${what} is ${String(actual)}, not ${expected.dtype}`);
    } else this.compareItems(actual, expected, kind, what);
  }

  private compareItems(
    actual: unknown,
    expected: { size: number[] } | { items: Result[]; fields?: string[] },
    kind: Kind,
    what: string,
  ): void {
    const items: Result[] = 'size' in expected ? expected.size : expected.items;
    if (!Array.isArray(actual) || actual.length !== items.length) {
      this.found.push(`${what} is no array of ${items.length}`);
      return;
    }
    items.forEach((item, i) => this.compare(actual[i], item, kind, `${what}[${i}]`));
    const fields = 'fields' in expected ? expected.fields : undefined;
    fields?.forEach((field, i) => {
      if ((actual as unknown as Record<string, unknown>)[field] !== actual[i])
        this.found.push(`${what} has no field ${field} at ${i}`);
    });
  }

  private compareTensor(actual: unknown, expected: RecordedTensor, kind: Kind, what: string): void {
    if (!(actual instanceof torch.Tensor)) {
      this.found.push(`${what} is ${String(actual)}, no tensor`);
      return;
    }
    if (actual.dtype.name !== expected.dtype)
      this.found.push(`${what} is ${actual.dtype.name}, not ${expected.dtype}`);
    else if (String([...actual.shape]) !== String(expected.shape))
      this.found.push(`${what} has shape [${String([...actual.shape])}], not [${String(expected.shape)}]`);
    else {
      const values = Array.from(actual.detach().toTypedArray() as ArrayLike<number | bigint>);
      const differs = difference(values, decode(expected.dtype, expected.data), expected.dtype, kind);
      if (differs) this.found.push(`${what}${differs}`);
    }
  }

  private compareGradients(actual: unknown): void {
    const { grads, backward_raises } = this.recorded;
    if (!grads && !backward_raises) return;
    const loss = lossOf(actual);
    if (!loss) {
      this.found.push('nothing to call backward on');
      return;
    }
    if (backward_raises) {
      this.expectRaise(() => loss.backward(), backward_raises);
      return;
    }
    loss.backward();
    grads?.forEach((expected, i) => {
      const grad = this.leaves[i]?.grad ?? null;
      if (expected) this.compareTensor(grad, this.tensor(expected.t), 'reduction', `gradient ${i} `);
      else if (grad !== null) this.found.push(`gradient ${i} is not null`);
    });
  }
}
