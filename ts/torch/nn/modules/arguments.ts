/** Arguments of modules' constructors. */
import { namedArguments } from '../../arguments.js';
import { ArgumentError } from '../../errors.js';

/**
 * As namedArguments, but the first `required` of the names must be given.
 * @throws {ArgumentError} also for what is missing
 */
export function moduleArguments(
  op: string,
  names: readonly string[],
  args: readonly unknown[],
  required = 0,
): Record<string, unknown> {
  const given = namedArguments(op, names, args);
  const missing = names.slice(0, required).filter((name) => !(name in given));
  if (missing.length === 0) return given;
  const list = missing.map((name) => `'${name}'`).join(' and ');
  throw new ArgumentError(
    `${op}(): missing ${missing.length} required argument${missing.length === 1 ? '' : 's'}: ${list}`,
    op,
  );
}
