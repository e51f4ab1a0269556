/** nn.ModuleDict: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html */
import { ArgumentError } from '../../errors.js';
import { callable } from './callable.js';
import { checkName } from './registration.js';
import { Keyed } from './keyed.js';
import { isModule } from './members.js';
import type { AnyModule, Module } from './module.js';
import type { Named } from './sequential.js';

class ModuleDictClass extends Keyed<AnyModule> {
  /**
   * Modules under names, in the order in which they came. `dict.get('conv')`, `dict.conv` and `dict['conv']` give one;
   * iterating gives the names.
   * @throws {ArgumentError} something is no module @throws {ValueError} a name is empty, has a dot or is taken
   */
  constructor(modules: Named<Module> = {}) {
    super();
    this.update(modules);
  }
  /** @internal */
  override _accept(key: string, value: unknown): AnyModule {
    if (!isModule(value))
      throw new ArgumentError(
        `${value === null ? 'None' : typeof value} is not a Module subclass`,
        'ModuleDict',
      );
    checkName(this, 'module', key, isModule);
    return value as AnyModule;
  }
  override _holds(value: unknown): value is AnyModule {
    return isModule(value);
  }
}
export const ModuleDict = callable(ModuleDictClass);
export type ModuleDict = ModuleDictClass;
