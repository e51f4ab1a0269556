/** Arguments of functions written in TypeScript, read as native/signature.cc reads those of operators. */
import { isOptions } from './dispatch.js';
import { ArgumentError } from './errors.js';

/** How many letters must change to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; ++j)
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === b[j] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/**
 * For functions with few options, all of which the message can name.
 * @throws {ArgumentError} an option that is not among `known`
 */
export function checkOptions(op: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw new ArgumentError(`${op}(): unknown option '${key}'; known are ${known.join(', ')}`, op);
}

/**
 * Positional arguments and a trailing options object, under their names; `undefined` counts as not given.
 * @param op name of the function, for messages
 * @param names of all parameters, in order
 * @param positional how many of them may be given by position
 * @throws {ArgumentError} too many arguments, an argument given twice, an unknown option
 */
export function namedArguments(
  op: string,
  names: readonly string[],
  args: readonly unknown[],
  positional = names.length,
): Record<string, unknown> {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : {};
  const given = options === last ? args.slice(0, -1) : args;
  if (given.length > positional)
    throw new ArgumentError(
      `${op}(): takes ${positional} positional argument${positional === 1 ? '' : 's'} but ${given.length} were given`,
      op,
    );
  const result: Record<string, unknown> = {};
  given.forEach((value, i) => {
    if (value !== undefined) result[names[i]!] = value;
  });
  for (const [name, value] of Object.entries(options)) {
    if (!names.includes(name)) {
      const near = [...names].sort((a, b) => distance(name, a) - distance(name, b)).slice(0, 3);
      const known = near.map((word) => `'${word}'`).join(', ');
      throw new ArgumentError(`${op}(): unknown option '${name}'; the nearest known ones are ${known}`, op);
    }
    if (name in result) throw new ArgumentError(`${op}(): argument '${name}' is given twice`, op);
    if (value !== undefined) result[name] = value;
  }
  return result;
}
