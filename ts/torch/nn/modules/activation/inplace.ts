/** What the activations share. */
import type { InplaceOptions } from '../../functional/activation.js';
import type { Float } from '../../../scalar.js';
import { moduleArguments } from '../arguments.js';
import { Module } from '../module.js';

/** A float; one of integral value prints as it was given. */
export type Real = number | Float;
export type InplaceArguments = [inplace?: boolean] | [options?: InplaceOptions];

/** @internal An activation without numbers that may write into its input. */
export class InplaceModule extends Module {
  /** Whether the input itself is changed. */
  inplace: boolean;

  constructor(op: string, args: InplaceArguments) {
    super();
    this.inplace = moduleArguments(op, ['inplace'], args)['inplace'] === true;
  }
  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

/** `, inplace=True` after what else is printed. */
export function inplaceText(inplace: boolean): string {
  return inplace ? ', inplace=True' : '';
}
