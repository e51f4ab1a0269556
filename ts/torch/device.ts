/** torch.device. See https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.device */
import { inspect } from 'node:util';
import { ValueError } from './errors.js';

const pattern = /^([a-z]+)(?::(0|[1-9]\d*))?$/;

export class Device {
  /** `cpu`, `cuda`, `mps`, `meta` ... */
  readonly type: string;
  /** Which one of its kind; null means the current one. */
  readonly index: number | null;

  /** @throws {ValueError} when the text is no device. */
  constructor(type: string, index?: number | null) {
    const match = pattern.exec(type);
    if (!match?.[1])
      throw new ValueError(`'${type}' is no device; expected something like 'cpu' or 'cuda:0'`);
    const inText = match[2] === undefined ? null : Number(match[2]);
    if (inText !== null && index != null)
      throw new ValueError(`the index is given twice: in '${type}' and as ${index}`);
    if (index != null && !(Number.isInteger(index) && index >= 0))
      throw new ValueError(`a device's index must be an integer of at least 0, not ${index}`);
    this.type = match[1];
    this.index = inText ?? index ?? null;
    Object.freeze(this);
  }
  /** What operators take: `cuda:0`. */
  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }
  toJSON(): string {
    return this.toString();
  }
  equals(other: Device | string): boolean {
    return String(other) === this.toString();
  }
  [inspect.custom](): string {
    return `device(type='${this.type}'${this.index === null ? '' : `, index=${this.index}`})`;
  }
}

/** A device from its name, or from kind and index. */
export function device(type: string | Device, index?: number): Device {
  return type instanceof Device ? type : new Device(type, index);
}
