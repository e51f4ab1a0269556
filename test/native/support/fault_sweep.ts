/** Calls operators with everything that they must refuse, and tells what they did not refuse as they should. */
import { native, type Schema, type SchemaArgument } from '../../../ts/native.js';
import { operator, type AnyFunction } from '../../../ts/torch/dispatch.js';
import { TorchError } from '../../../ts/torch/errors.js';
import { anyWrong, sample, wrongValues } from './fault_values.js';

export interface Report {
  calls: number;
  failures: string[];
}

/** One thing that can be called, by the name that its messages must have. */
export interface Target {
  name: string;
  op: string;
  check(report: Report): void;
}

/** Calls, and wants a TorchError that names the operator and shows no C++. */
export function expectError(report: Report, op: string, what: string, call: () => unknown): void {
  ++report.calls;
  let failure: string;
  try {
    const result = call();
    failure = `took it and gave ${typeof result === 'object' ? (result?.constructor.name ?? 'null') : typeof result}`;
  } catch (error) {
    if (!(error instanceof TorchError)) failure = `threw no TorchError but ${String(error)}`;
    else if (!error.message.includes(op) && error.op !== op) failure = `does not name the operator: ${error.message}`;
    else if (/\n\s*frame #|Exception raised from/.test(error.message)) failure = `shows C++ frames: ${error.message}`;
    else return;
  }
  report.failures.push(`${what}: ${failure}`);
}

const required = (arg: SchemaArgument): boolean => arg.default === null;
const described = (arg: SchemaArgument, what: string): string => `${what} for ${arg.type} ${arg.name}`;

/** Every wrong value in the place of every argument, the others being right; then wrong counts and names. */
function checkOverload(schema: Schema, call: AnyFunction, op: string, report: Report): void {
  const { args } = schema;
  const positional = args.filter((arg) => !arg.kwarg_only);
  const values = positional.map(sample);
  const keywords = Object.fromEntries(
    args.filter((arg) => arg.kwarg_only && required(arg)).map((arg) => [arg.name, sample(arg)]),
  );
  // As Python's: view(2, 3) for view([2, 3]) where the list is the only argument.
  const others = positional.filter((arg) => arg.name !== 'self');
  const spread = others.length === 1 && /^int\[\d*\]\??$/.test(others[0]!.type);
  positional.forEach((arg, i) => {
    for (const { what, value } of wrongValues(arg)) {
      if (spread && arg === others[0] && what === 'integer') continue;
      expectError(report, op, described(arg, what), () =>
        call(...values.slice(0, i), value, ...values.slice(i + 1), keywords),
      );
    }
  });
  for (const arg of args.filter((candidate) => candidate.kwarg_only)) {
    for (const { what, value } of wrongValues(arg))
      expectError(report, op, described(arg, what), () => call(...values, { ...keywords, [arg.name]: value }));
  }
  const least = positional.filter(required).length;
  for (let count = 0; count < least; ++count)
    expectError(report, op, `${count} arguments`, () => call(...values.slice(0, count), keywords));
  expectError(report, op, 'an argument too many', () => call(...values, 'one more', keywords));
  expectError(report, op, '50 arguments too many', () => call(...values, ...Array<string>(50).fill('x'), keywords));
  expectError(report, op, 'an unknown option', () => call(...values, { ...keywords, no_such_option: 1 }));
  if (positional.length > 0)
    expectError(report, op, 'an argument given twice', () =>
      call(...values, { ...keywords, [positional[0]!.name]: values[0] ?? 1 }),
    );
}

/** Every overload that libtorch has, private ones too, each by itself as `torch.ops` gives it. */
export function overloadTargets(): Target[] {
  return native.schemas().flatMap((schema) => {
    const op = schema.name.slice(schema.name.indexOf('::') + 2);
    const overload = schema.overload || 'default';
    return [
      {
        name: `${schema.name}.${overload}`,
        op,
        check: (report: Report) =>
          checkOverload(schema, operator(schema.name, [overload]), op, report),
      },
    ];
  });
}

const forged = (prototype: object): [string, unknown][] => [
  ['{}', {}],
  ['an object with the prototype of Tensor', Object.create(prototype)],
  ['null', null],
  ['undefined', undefined],
  ['a number', 1],
  ['a raw handle', native.defaultGenerator()],
];

/** A method: forged receivers, and what no argument of any overload takes. */
export function methodTarget(name: string, op: string, prototype: object, receiver: object): Target {
  const fn = (prototype as Record<string, AnyFunction>)[name]!;
  return {
    name: `Tensor.prototype.${name}`,
    op,
    check(report) {
      for (const [what, value] of forged(prototype))
        expectError(report, op, `called on ${what}`, () => fn.call(value));
      expectError(report, op, 'an unknown option', () => fn.call(receiver, { no_such_option: 1 }));
      for (const { what, value } of anyWrong)
        expectError(report, op, what, () => fn.call(receiver, value));
    },
  };
}

/** A public function, by all its overloads at once. */
export function functionTarget(name: string, op: string, fn: AnyFunction): Target {
  return {
    name,
    op,
    check(report) {
      expectError(report, op, 'an unknown option', () => fn({ no_such_option: 1 }));
      for (const { what, value } of anyWrong) {
        expectError(report, op, what, () => fn(value));
        expectError(report, op, `a list of ${what}`, () => fn([value]));
      }
    },
  };
}
