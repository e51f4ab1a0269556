/** nn.ParameterList: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html */
import { ArgumentError, TorchError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import { Parameter } from '../parameter.js';
import { callable } from './callable.js';
import { names } from './members.js';
import { Positional } from './positions.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of parameters holds anything, as in Python
type Item = any;

class ParameterListClass extends Positional<Item> {
  /** @internal */
  declare _items: unknown[];

  /** A list of parameters. Other tensors become parameters; what is no tensor is kept as it is. */
  constructor(values: Iterable<unknown> = []) {
    super();
    Object.defineProperty(this, '_items', { value: [], writable: true, configurable: true });
    this.extend(values);
  }
  forward(): never {
    throw new TorchError('ParameterList should not be called.');
  }
  append(value: unknown): this {
    return this.extend([value]);
  }
  /** @throws {ArgumentError} `values` is a tensor or not iterable */
  extend(values: Iterable<unknown>): this {
    if (
      values instanceof Tensor ||
      typeof (values as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function'
    )
      throw new ArgumentError(
        `ParameterList.extend should be called with an iterable, but got ${values instanceof Tensor ? 'Tensor' : typeof values}`,
        'ParameterList',
      );
    this._items.push(...[...values].map(asParameter));
    this._answer();
    return this;
  }

  override [names](): readonly string[] {
    return [...this._items.map((_, i) => `${i}`), ...super[names]()];
  }
  override _get_member(name: string): unknown {
    return /^\d+$/.test(name) ? this._items[Number(name)] : super._get_member(name);
  }
  override _set_member(name: string, value: unknown): void {
    if (Number(name) < this._items.length) this._put(Number(name), value);
    else super._set_member(name, value);
  }
  override _list(): readonly Item[] {
    return this._items;
  }
  override _put(position: number, value: unknown): void {
    this._items[position] = asParameter(value);
  }
  override _take(positions: readonly number[]): void {
    this._items = this._items.filter((_, i) => !positions.includes(i));
  }
  override _sliced(positions: readonly number[]): this {
    const kept = positions.map((i) => this._items[i]);
    return new (this.constructor as new (values: unknown[]) => this)(kept);
  }
  override extra_repr(): string {
    return this._items
      .map((value, i) => itemText(`${i}`, value, (tensor) => String(tensor.dtype)))
      .join('\n');
  }
}
export const ParameterList = callable(ParameterListClass);
export type ParameterList = ParameterListClass;

/** @internal A tensor as a parameter, anything else as it is. */
export function asParameter(value: unknown): unknown {
  return value instanceof Tensor && !(value instanceof Parameter) ? new Parameter(value) : value;
}

/** @internal How a container prints one of its items. */
export function itemText(name: string, value: unknown, type: (tensor: Tensor) => string): string {
  if (!(value instanceof Tensor)) return `  (${name}): Object of type: ${pythonType(value)}`;
  const device = value.is_cuda ? ` (${String(value.device)})` : '';
  const kind = value instanceof Parameter ? 'Parameter' : 'Tensor';
  return `  (${name}): ${kind} containing: [${type(value)} of size ${value.shape.join('x')}${device}]`;
}

function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  const known: Record<string, string> = { bigint: 'int', string: 'str', boolean: 'bool' };
  return known[typeof value] ?? (Array.isArray(value) ? 'list' : value.constructor.name);
}
