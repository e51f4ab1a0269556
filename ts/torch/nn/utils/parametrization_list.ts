/** What a parametrized tensor is computed by: its originals and the parametrizations, one after the other. */
import { no_grad } from '../../autograd/grad_mode.js';
import { within } from '../../context.js';
import { NotImplementedError, TorchError, ValueError } from '../../errors.js';
import { Tensor } from '../../tensor.js';
import { callable } from '../modules/callable.js';
import type { AnyModule, Module } from '../modules/module.js';
import { ModuleList } from '../modules/module_list.js';
import { Parameter } from '../parameter.js';
import { fieldsOf } from './forward_pre_norm.js';

/** A module that maps a tensor to a tensor, or several to one. */
export interface Parametrization extends AnyModule {
  /** The original, or originals, from which the parametrization would compute `value`. */
  right_inverse?(value: Tensor): Tensor | readonly Tensor[];
}

/** What `right_inverse` gives; undefined where there is none. */
export function inverse(
  parametrization: Parametrization,
  value: Tensor,
): Tensor | readonly Tensor[] | undefined {
  if (parametrization.right_inverse === undefined) return undefined;
  try {
    return parametrization.right_inverse(value);
  } catch (error) {
    if (error instanceof NotImplementedError) return undefined;
    throw error;
  }
}

function kindOf(value: unknown): string {
  return value instanceof Tensor ? 'Tensor' : value === null ? 'null' : typeof value;
}

/** @throws {ValueError} `got` is no tensor, or of another dtype or shape than `wanted` */
export function checkLike(
  got: unknown,
  wanted: Pick<Tensor, 'dtype' | 'shape'>,
  name = 'tensor',
  what = 'A parametrization',
): void {
  if (!(got instanceof Tensor)) throw new ValueError(`${what} must return a tensor. Got ${kindOf(got)}.`);
  const change = (property: string, from: unknown, to: unknown): ValueError =>
    new ValueError(
      `Registering a parametrization may not change the ${property} of the tensor, unless \`unsafe\` flag is enabled.\n` +
        `unparametrized ${property} of ${name}: ${String(from)}\nparametrized ${property}: ${String(to)}`,
      'register_parametrization',
    );
  if (got.dtype !== wanted.dtype) throw change('dtype', wanted.dtype, got.dtype);
  if (!got.shape.equals(wanted.shape)) throw change('shape', wanted.shape, got.shape);
}

class ParametrizationListClass extends ModuleList {
  /** Whether there is one original, `original`, or several, `original0`, `original1` and so on. */
  is_tensor = true;
  ntensors = 1;
  unsafe: boolean;
  declare original: Tensor;

  /** @internal Made by register_parametrization. @throws {ValueError} see there */
  constructor(modules: readonly Module[], original: Tensor, { unsafe = false }: { unsafe?: boolean } = {}) {
    super(modules);
    this.unsafe = unsafe;
    const { dtype, shape } = original;
    // What stays must not be freed by a scope that happens to be open.
    within({ scope: null }, () => {
      this.#takeOriginals(original);
    });
    if (!unsafe) checkLike(this.forward(), { dtype, shape });
  }
  #takeOriginals(original: Tensor): void {
    let start: Tensor | readonly Tensor[] = original;
    no_grad(() => {
      for (const module of [...this].reverse() as Parametrization[])
        start = inverse(module, start as Tensor) ?? start;
    });
    const found = start as unknown;
    const put = (name: string, tensor: Tensor): void => {
      if (tensor instanceof Parameter) this.register_parameter(name, tensor);
      else this.register_buffer(name, tensor);
    };
    if (found instanceof Tensor) {
      if (found.dtype !== original.dtype)
        throw new ValueError(
          'When `right_inverse` outputs one tensor, it may not change the dtype.\n' +
            `original.dtype: ${String(original.dtype)}\nright_inverse(original).dtype: ${String(found.dtype)}`,
        );
      // The same object, so that an optimizer that knows it need not be told.
      if (found !== original) no_grad(() => (original.data = found));
      put('original', original);
      return;
    }
    if (!Array.isArray(found) || !found.every((item) => item instanceof Tensor))
      throw new ValueError(
        `'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got ${kindOf(found)}`,
      );
    this.is_tensor = false;
    this.ntensors = found.length;
    found.forEach((tensor, i) => {
      put(
        `original${i}`,
        original instanceof Parameter ? Parameter(tensor, original.requires_grad) : tensor.detach(),
      );
    });
  }
  originals(): Tensor[] {
    const fields = fieldsOf(this);
    return this.is_tensor
      ? [this.original]
      : Array.from({ length: this.ntensors }, (_, i) => fields[`original${i}`] as Tensor);
  }
  /** Stores what the parametrizations compute `value` from. @throws {TorchError} one of them has no right_inverse */
  right_inverse(value: Tensor): void {
    let found: unknown = value;
    no_grad(() => {
      for (const module of [...this].reverse() as Parametrization[]) {
        if (module.right_inverse === undefined)
          throw new TorchError(`parametrization ${module._get_name()} does not implement right_inverse.`);
        found = module.right_inverse(found as Tensor);
      }
      const given = this.is_tensor ? [found] : found;
      if (!Array.isArray(given) || given.length !== this.ntensors)
        throw new ValueError(
          `'right_inverse' must return a sequence of tensors of length ${this.ntensors}. Got ` +
            (Array.isArray(given) ? `a sequence of length ${given.length}.` : `${kindOf(given)}.`),
        );
      this.originals().forEach((original, i) => {
        const tensor: unknown = given[i];
        if (!(tensor instanceof Tensor))
          throw new ValueError(`\`right_inverse\` should return a tensor. Got ${kindOf(tensor)}`);
        if (tensor.dtype !== original.dtype)
          throw new ValueError(
            `The tensor returned by \`right_inverse\` has dtype ${String(tensor.dtype)} while \`original\` has dtype ` +
              String(original.dtype),
          );
        within({ scope: null }, () => {
          original.data = tensor.detach().clone();
        });
      });
    });
  }
  forward(): Tensor {
    const [first, ...rest] = [...this] as [AnyModule, ...AnyModule[]];
    let x = first(...this.originals()) as Tensor;
    for (const module of rest) x = module(x) as Tensor;
    return x;
  }
}
export const ParametrizationList = callable(ParametrizationListClass);
export type ParametrizationList = ParametrizationListClass;
