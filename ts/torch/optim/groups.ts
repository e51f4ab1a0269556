/** Parameter groups: from what a caller gives to plain lists of tensors with their options. */
import { isOptions } from '../dispatch.js';
import { ArgumentError, ValueError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { typename } from './options.js';

/** Some parameters and the options they are trained with. Every option may be changed between two steps. */
export interface ParamGroup {
  params: Tensor[];
  /** Given when the parameters came with names. */
  param_names?: string[];
  /** A tensor where one was given. */
  lr: number;
  initial_lr?: number;
  [option: string]: unknown;
}

export type NamedParameter = readonly [name: string, parameter: Tensor];
/** A group as a caller writes it: options that are left out get the optimizer's own. */
export interface GivenGroup {
  params: Tensor | Iterable<Tensor> | Iterable<NamedParameter>;
  lr?: number | Tensor;
  [option: string]: unknown;
}
/** Tensors, pairs of name and tensor as `named_parameters()` gives them, or groups. Any iterable will do. */
export type Params = Iterable<Tensor> | Iterable<NamedParameter> | Iterable<GivenGroup>;

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** @throws {ArgumentError} for what is no iterable of tensors or groups */
export function readGroups(params: unknown): GivenGroup[] {
  if (params instanceof Tensor || !isIterable(params))
    throw new ArgumentError(
      'params argument given to the optimizer should be an iterable of Tensors or dicts, but got ' +
        (params instanceof Tensor ? 'torch.Tensor' : typename(params)),
    );
  const list = [...params];
  if (list.length === 0) throw new ValueError('optimizer got an empty parameter list');
  return (isOptions(list[0]) ? list : [{ params: list }]) as GivenGroup[];
}

function isPair(value: unknown): value is NamedParameter {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

/** The tensors of a group, and their names where they have some. */
function readParameters(params: unknown): { params: Tensor[]; names: string[] } {
  const list = params instanceof Tensor ? [params] : isIterable(params) ? [...params] : undefined;
  if (!list) throw new ArgumentError(`the params of a group must be an iterable, not ${typename(params)}`);
  const names: string[] = [];
  const tensors = list.map((item) => {
    const tensor: unknown = isPair(item) ? item[1] : item;
    if (isPair(item)) names.push(item[0]);
    if (!(tensor instanceof Tensor))
      throw new ArgumentError(
        `optimizer can only optimize Tensors, but one of the params is ${typename(tensor)}`,
      );
    return tensor;
  });
  if (names.length !== 0 && names.length !== tensors.length)
    throw new ValueError('all optimizer params should be with/without names. Some param names are missing');
  for (const tensor of tensors)
    if (!tensor.is_leaf && !tensor.retains_grad) throw new ValueError("can't optimize a non-leaf Tensor");
  return { params: tensors, names };
}

/**
 * A group with all its options, which fits to those that are there.
 * @throws {ArgumentError} `given` is no group, or holds something other than tensors
 * @throws {ValueError} non-leaf tensors, tensors of another group, names here but not there
 */
export function makeGroup(
  given: unknown,
  defaults: Readonly<Record<string, unknown>>,
  others: readonly ParamGroup[],
): ParamGroup {
  if (!isOptions(given)) throw new ArgumentError(`param_group must be a dict, but got ${typename(given)}`);
  const { params, names } = readParameters(given['params']);
  const named = names.length > 0 ? { param_names: names } : {};
  const group = { ...given, params, ...named } as unknown as ParamGroup;
  for (const [name, value] of Object.entries(defaults)) if (!(name in group)) group[name] = value;
  if (new Set(params).size !== params.length)
    process.emitWarning(
      'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error',
    );
  for (const other of others) {
    const has = 'param_names' in group;
    if (has !== 'param_names' in other)
      throw new ValueError(
        'all optimizer param groups should be with/without names. ' +
          `cannot add param group ${has ? 'with' : 'without'} names to the optimizer`,
      );
    const taken = new Set(other.params);
    if (params.some((param) => taken.has(param)))
      throw new ValueError('some parameters appear in more than one parameter group');
  }
  return group;
}
