// One operator overload -> the forms in which TypeScript may call it.
import { isOut, type Schema, type SchemaArgument } from './schemas.js';
import { argumentType, isInts, returnType } from './types.js';

/** Words that JavaScript keeps for itself. */
const reserved = new Set(['arguments', 'default', 'delete', 'eval', 'function', 'in', 'new', 'var', 'with']);
const parameterName = (name: string): string =>
  name === 'self' ? 'input' : reserved.has(name) ? `${name}_` : name;
export const isReserved = (name: string): boolean => reserved.has(name);

/** Required arguments that callers usually name: x.softmax({dim: 1}). Tensors and sizes stay positional. */
const usuallyNamed = new Set(['dim', 'dims', 'dtype', 'p', 'ord', 'num_classes']);

const factoryOptions = ['dtype', 'layout', 'device', 'pin_memory'];

export interface Form {
  schema: Schema;
  /** The form that writes into `out`, where there is one. */
  out: Schema | undefined;
  /** The receiver is `this`, so the argument `self` is left out. */
  method: boolean;
  numbers: boolean;
}

interface Parts {
  positional: SchemaArgument[];
  keywords: SchemaArgument[];
  outs: SchemaArgument[];
  factory: boolean;
}

function parts({ schema, out, method }: Form): Parts {
  const args = schema.args.filter((arg) => !(method && arg.name === 'self'));
  const keywords = args.filter((arg) => arg.kwarg_only);
  return {
    positional: args.filter((arg) => !arg.kwarg_only),
    keywords,
    outs: (out?.args ?? []).filter(isOut),
    factory: factoryOptions.every((name) => keywords.some((arg) => arg.name === name)),
  };
}

/** The type of the options object that follows the arguments given by position; '' when there is nothing to say. */
function optionsType(named: SchemaArgument[], { keywords, outs, factory }: Parts, numbers: boolean): string {
  const rest = factory ? keywords.filter((arg) => !factoryOptions.includes(arg.name)) : keywords;
  const fields = [...named, ...rest].map(
    (arg) => `${arg.name}${arg.default === null ? '' : '?'}: ${argumentType(arg, numbers)}`,
  );
  if (outs.length === 1) fields.push('out?: Tensor');
  else if (outs.length > 1) fields.push(`out?: readonly [${outs.map(() => 'Tensor').join(', ')}]`);
  const own = fields.length > 0 ? `{ ${fields.join('; ')} }` : '';
  if (!factory) return own;
  return own ? `TensorOptions & ${own}` : 'TensorOptions';
}

/** Index after the last positional argument without a default: what comes before cannot be left out. */
const requiredCount = (args: SchemaArgument[]): number =>
  args.reduce((count, arg, i) => (arg.default === null ? i + 1 : count), 0);

/** The parameter lists, without parentheses. */
export function parameterLists(form: Form): string[] {
  const all = parts(form);
  const { positional } = all;
  const required = requiredCount(positional);
  const typed = (arg: SchemaArgument): string => argumentType(arg, form.numbers);
  const isOptionalObject = (named: SchemaArgument[]): boolean =>
    [...named, ...all.keywords].every((arg) => arg.default !== null);

  const lists: string[] = [];
  const add = (count: number): void => {
    const named = positional.slice(count);
    const options = optionsType(named, all, form.numbers);
    const full = count === positional.length;
    const params = positional.slice(0, count).map((arg, i) => {
      const optional = full && i >= required && isOptionalObject(named);
      return `${parameterName(arg.name)}${optional ? '?' : ''}: ${typed(arg)}`;
    });
    // Options may be left out only in the full form: f(a) is that form too.
    if (options) params.push(`options${full && isOptionalObject(named) ? '?' : ''}: ${options}`);
    lists.push(params.join(', '));
  };

  const only = positional.length === 1 ? positional[0] : undefined;
  if (only && isInts(only.type)) {
    // As in Python, several numbers are the list itself: view(2, 3).
    const name = parameterName(only.name);
    const options = optionsType([], all, form.numbers);
    if (isOptionalObject([])) lists.push(`...${name}: Int[]`);
    if (options) lists.push(`...args: [...${name}: Int[], options: ${options}]`);
  }
  let count = positional.length;
  add(count);
  while (count > 0) {
    const last = positional[--count] as SchemaArgument;
    if (last.default === null && !usuallyNamed.has(last.name)) break;
    if (optionsType(positional.slice(count), all, form.numbers)) add(count);
  }
  return lists;
}

/** `name(parameters): result;` for every form of every overload, in the order in which they are tried. */
export function declarations(name: string, forms: Form[]): string[] {
  const lines = forms.flatMap((form) =>
    parameterLists(form).map((list) => `${name}(${list}): ${returnType(form.schema, form.method)};`),
  );
  return [...new Set(lines)];
}

/** What a reader wants to know beyond the types, the defaults: `sum(dim, keepdim=False, *, dtype=None)`. */
export function signatureText(name: string, form: Form): string {
  const { positional, keywords, outs, factory } = parts(form);
  const text = (arg: SchemaArgument): string =>
    parameterName(arg.name) + (arg.default === null ? '' : `=${defaultText(arg)}`);
  const words = positional.map(text);
  if (keywords.length > 0 || outs.length > 0) words.push('*', ...keywords.map(text));
  if (outs.length > 0) words.push('out=None');
  if (factory) words.push('requires_grad=False');
  return `${name}(${words.join(', ')})`;
}

const dtypeNames: Record<string, string> = { 4: 'int64', 6: 'float32', 7: 'float64', 11: 'bool' };

function defaultText({ name, type, default: text }: SchemaArgument): string {
  if (text === null) return '';
  if (name === 'reduction') return ['none', 'mean', 'sum'][Number(text)] ?? text;
  if (type.startsWith('ScalarType')) return dtypeNames[text] ?? text;
  if (type.startsWith('MemoryFormat') && text === '0') return 'contiguous_format';
  if (type === 'str') return `'${text}'`;
  // libtorch writes doubles with all their digits, and [1, 1] where its schema says 1.
  const items = text.replace(/^\[|\]$/g, '').split(', ');
  const numbers = items.map((item) =>
    item !== '' && Number.isFinite(Number(item)) ? String(Number(item)) : item,
  );
  const list = text.startsWith('[');
  return list && (numbers[0] === '' || numbers.some((n) => n !== numbers[0])) ? text : (numbers[0] ?? text);
}
