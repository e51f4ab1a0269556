/** nn.ParameterDict: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html */
import { TorchError, ValueError } from '../../errors.js';
import { callable } from './callable.js';
import { checkName } from './registration.js';
import { Keyed } from './keyed.js';
import { asParameter, itemText } from './parameter_list.js';
import type { Named } from './sequential.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it holds anything, as in Python
type Item = any;

class ParameterDictClass extends Keyed<Item> {
  /**
   * Parameters under names: `dict.get('left')`, `dict.left`, `dict['left']`. Other tensors become parameters; what is
   * no tensor is kept as it is. A plain object is taken in the order of its sorted names, as Python does with a dict;
   * a Map or pairs in their own.
   */
  constructor(parameters: Named<unknown> = {}) {
    super();
    this.update(parameters);
  }
  forward(): never {
    throw new TorchError('ParameterDict should not be called.');
  }
  override update(named: Named<unknown>): void {
    const plain = !(Symbol.iterator in named);
    const sorted = (): [string, unknown][] =>
      Object.entries(named as object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    super.update(plain ? sorted() : named);
  }
  copy(): ParameterDictClass {
    return new ParameterDict(this.items());
  }
  setdefault(key: string, standard: unknown = null): Item {
    if (!this.has(key)) this.set(key, standard);
    return this.get(key);
  }
  /** Takes the last item away and gives it. @throws {ValueError} there is none */
  popitem(): [key: string, value: Item] {
    const key = this.keys().at(-1);
    if (key === undefined) throw new ValueError('popitem(): dictionary is empty');
    return [key, this.pop(key)];
  }
  fromkeys(keys: Iterable<string>, standard: unknown = null): ParameterDictClass {
    return new ParameterDict([...keys].map((key) => [key, standard] as const));
  }

  override _accept(key: string, value: unknown): Item {
    if (!this._order.includes(key)) checkName(this, 'parameter', key, () => false);
    return asParameter(value);
  }
  override _holds(_value: unknown, key: string): _value is Item {
    return this._order.includes(key);
  }
  override extra_repr(): string {
    return this.items()
      .map(([key, value]) => itemText(key, value, (tensor) => tensor.type()))
      .join('\n');
  }
}
export const ParameterDict = callable(ParameterDictClass);
export type ParameterDict = ParameterDictClass;
