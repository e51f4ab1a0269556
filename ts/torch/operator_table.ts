// Reads generated/table.ts: the public names, and for each the operator and the overloads to try.
import { table } from './generated/table.js';

export type OperatorNamespace = keyof typeof table;

export interface OperatorEntry {
  /** The public name, `norm` of `torch.linalg`. */
  name: string;
  /** The operator's name in libtorch, without `aten::`. */
  operator: string;
  /** In the order in which to try them; 'default' is the one without a name. */
  overloads: string[];
  /** Those that write into the option `out`. */
  out: string[];
  /** A number may be given for a Tensor, and counts as a tensor without dimensions. */
  numbersAsTensors: boolean;
}

const shape = /^(\w+)(?:=(\w+))?(?: ([\w,]+))?(?:>([\w,]+))?(\+)?$/;

function entry(line: string): OperatorEntry {
  const [, name = '', operator = name, overloads = 'default', out, numbers] = shape.exec(line) ?? [];
  return {
    name,
    operator,
    overloads: overloads.split(','),
    out: out?.split(',') ?? [],
    numbersAsTensors: numbers !== undefined,
  };
}

/** The names of one namespace, in alphabetical order. */
export function operatorTable(namespace: OperatorNamespace): OperatorEntry[] {
  return table[namespace].split('\n').map(entry);
}
