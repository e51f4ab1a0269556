import { tensor, type TensorLike } from './creation.js';
import { operator } from './dispatch.js';
import { bool, int64, uint8 } from './dtype.js';
import { ArgumentError, IndexError } from './errors.js';
import { Complex, Float } from './scalar.js';
import { Ellipsis, parseSlice, Slice, type SliceString } from './slice.js';
import { Tensor } from './tensor.js';
import type { Scalar, TensorOptions } from './types.js';

type Nested<T> = readonly (T | Nested<T>)[];

/** What may stand between the brackets of a Python index expression. */
export type Index =
  | number
  | bigint
  | boolean
  | null
  | SliceString
  | Slice
  | Tensor
  | Nested<number | bigint>
  | Nested<boolean>
  | Int32Array
  | BigInt64Array;

/** What may be assigned to an indexed place. */
export type Assignable = TensorLike;

/** An index after lists became tensors and strings slices. */
type Step = number | bigint | boolean | null | typeof Ellipsis | Slice | Tensor;

const aliasOf = operator('alias', ['']) as (self: Tensor) => Tensor;
const index = operator('index', ['Tensor']) as (self: Tensor, picks: (Tensor | null)[]) => Tensor;
const index_put_ = operator('index_put_', ['']) as (
  self: Tensor,
  picks: (Tensor | null)[],
  values: Tensor,
) => Tensor;

const nonzero_numpy = operator('nonzero_numpy', ['']) as (self: Tensor) => Tensor[];
const scalar_tensor = operator('scalar_tensor', ['']) as (value: Scalar, options: TensorOptions) => Tensor;

/** Tensors made on the way; all but the one that is handed out are freed. */
class Temporaries {
  private readonly made: Tensor[] = [];

  keep(made: Tensor): Tensor {
    this.made.push(made);
    return made;
  }
  free(except?: Tensor): void {
    for (const made of this.made) if (made !== except) made.dispose();
  }
}

/**
 * `self[indices]`. Integers, slices, `'...'`, null (a new dimension) give a view; a mask, a tensor or a list of
 * integers copies what it picks. When such picks are separated by a slice, `'...'` or null, their common
 * dimensions come first in the result, as in PyTorch. A list of lists is one tensor of positions, also where it
 * stands alone (which PyTorch 2.13 announces, but still reads as a tuple).
 *
 * @throws IndexError for an index out of range, too many indices, or something that is no index
 * @throws ValueError for a slice whose step is not positive
 * @see https://docs.pytorch.org/docs/stable/tensor_view.html
 */
export function at(self: Tensor, indices: readonly Index[]): Tensor {
  const temporaries = new Temporaries();
  let result: Tensor | undefined;
  try {
    const { view, picks } = new Place(self, indices, temporaries);
    result = picks.length > 0 ? index(view, picks) : view === self ? aliasOf(self) : view;
    return result;
  } finally {
    temporaries.free(result);
  }
}

/**
 * `self[indices] = value`, in place. A value of fewer dimensions is broadcast; leading dimensions of size 1
 * that it has too many are dropped, as in PyTorch. A list becomes a tensor of the dtype and device of `self`.
 *
 * @throws IndexError as `at`
 * @throws TorchError when the value cannot be broadcast to the place, or `self` is a leaf that requires grad
 */
export function set_at(self: Tensor, indices: readonly Index[], value: Assignable): void {
  if (!Array.isArray(indices)) {
    throw new ArgumentError('set_at(): indices must be an array: t.set_at([0], value)');
  }
  if (indices.length === 1 && indices[0] === false) return;
  const temporaries = new Temporaries();
  try {
    // For a single `true` PyTorch writes into a view, as for null; the values are the same, the errors are not.
    const place = new Place(
      self,
      indices.length === 1 && indices[0] === true ? [null] : indices,
      temporaries,
    );
    assign(place, value, temporaries);
  } finally {
    temporaries.free();
  }
}

function assign({ view, picks }: Place, value: Assignable, temporaries: Temporaries): void {
  const source =
    value instanceof Tensor ? value : isScalar(value) ? null : temporaries.keep(like(view, value));
  if (picks.length > 0) {
    // PyTorch casts a Python number to the dtype of the place first; a tensor must have that dtype already.
    const { dtype, device } = view;
    const values = source ?? temporaries.keep(scalar_tensor(value as Scalar, { dtype, device }));
    index_put_(view, picks, withoutLeadingOnes(values, temporaries));
  } else if (source === null) {
    view.fill_(value as Scalar);
  } else if (view.shape.equals(source.shape)) {
    view.copy_(source);
  } else if (source.ndim === 0 && source.device.type === 'cpu') {
    view.fill_(source);
  } else {
    const narrow = withoutLeadingOnes(source, temporaries);
    view.copy_(temporaries.keep(narrow.expand([...view.shape])));
  }
}

function isScalar(value: Assignable): value is Scalar {
  return typeof value !== 'object' || value instanceof Float || value instanceof Complex;
}

function like({ dtype, device }: Tensor, list: TensorLike): Tensor {
  return tensor(list, { dtype, device });
}

function withoutLeadingOnes(source: Tensor, temporaries: Temporaries): Tensor {
  const shape = [...source.shape];
  const first = shape.findIndex((size) => size !== 1);
  const kept = first < 0 ? [] : shape.slice(first);
  return kept.length === shape.length ? source : temporaries.keep(source.view(kept));
}

/** Where an index expression points: a view, and the tensors that still have to pick from its dimensions. */
class Place {
  view: Tensor;
  readonly picks: (Tensor | null)[] = [];
  private dim = 0; // of the view
  private source = 0; // the dimension of the base that it comes from

  /** Goes through the indices from left to right, narrowing the view and collecting the picks. */
  constructor(
    base: Tensor,
    indices: readonly Index[],
    private readonly temporaries: Temporaries,
  ) {
    this.view = base;
    const steps: Step[] = [];
    let specified = 0;
    for (const given of indices) {
      const step = prepare(given, base, temporaries);
      specified += dimensionsOf(step);
      steps.push(step);
    }
    const { shape } = base;
    if (shape.length === 0) refuseZeroDim(steps);
    const spare = shape.length - specified;
    if (spare < 0) throw new IndexError(`too many indices for tensor of dimension ${shape.length}`);
    for (let i = 0; i < steps.length; i++) this.go(steps[i]!, i, shape, spare, i === steps.length - 1);
  }

  private go(step: Step, position: number, shape: readonly number[], spare: number, last: boolean): void {
    if (typeof step === 'number' || typeof step === 'bigint') {
      this.select(step, position, shape[this.source++]);
    } else if (step === null) {
      this.view = this.temporaries.keep(this.view.unsqueeze(this.dim++));
    } else if (step === Ellipsis) {
      this.dim += spare;
      this.source += spare;
    } else if (step instanceof Slice) {
      if (!step.isFull) {
        this.view = this.temporaries.keep(this.view.slice(this.dim, step.start, step.stop, step.step));
      }
      this.dim++;
      this.source++;
    } else if (typeof step === 'boolean') {
      this.truth(step);
    } else if (step.ndim === 0 && isMask(step)) {
      this.truth(Boolean(step.item()));
    } else if (step.ndim === 0 && isInteger(step)) {
      this.select(step.item(), position, shape[this.source++]);
    } else {
      this.source += dimensionsOf(step);
      // What follows a mask counts dimensions, of which it may cover several; at the end it is faster as it is.
      if (step.ndim === 1 || last || !isMask(step)) this.pick(step);
      else for (const at of positionsOf(step, this.view, this.dim)) this.pick(this.temporaries.keep(at));
    }
  }

  /** @param position of the index among all: PyTorch's message calls it the dimension. */
  private select(at: number | bigint, position: number, size: number | undefined): void {
    if (size !== undefined && (at < -size || at >= size)) {
      throw new IndexError(`index ${at} is out of bounds for dimension ${position} with size ${size}`);
    }
    this.view = this.temporaries.keep(this.view.select(this.dim, Number(at)));
  }

  /** A truth value is a new dimension, of size 1 or 0. */
  private truth(value: boolean): void {
    this.view = this.temporaries.keep(this.view.unsqueeze(this.dim));
    const options = { dtype: int64, device: this.view.device };
    this.pick(this.temporaries.keep(tensor(value ? [0] : [], options)));
  }

  private pick(positions: Tensor): void {
    while (this.picks.length < this.dim) this.picks.push(null);
    this.picks[this.dim++] = positions;
  }
}

/** bool, and uint8 in its old role of one, index as many dimensions as they have. */
function isMask(tensor: Tensor): boolean {
  return tensor.dtype === bool || tensor.dtype === uint8;
}

function isInteger({ dtype }: Tensor): boolean {
  return !dtype.is_floating_point && !dtype.is_complex;
}

/** Where `mask` is true, as one tensor of positions for each of its dimensions. */
function positionsOf(mask: Tensor, view: Tensor, dim: number): Tensor[] {
  const { shape } = view;
  mask.shape.forEach((size, i) => {
    if (size !== shape[dim + i]) {
      throw new IndexError(
        `The shape of the mask [${mask.shape.join(', ')}] at index ${i} does not match the shape of the ` +
          `indexed tensor [${shape.join(', ')}] at index ${dim + i}`,
      );
    }
  });
  return nonzero_numpy(mask);
}

function dimensionsOf(step: Step): number {
  if (step === null || step === Ellipsis || typeof step === 'boolean') return 0;
  return step instanceof Tensor && isMask(step) ? step.ndim : 1;
}

function refuseZeroDim(steps: readonly Step[]): void {
  if (steps.length !== 1) return;
  const [step] = steps;
  if (step instanceof Slice) throw new IndexError('slice() cannot be applied to a 0-dim tensor.');
  if (typeof step !== 'number' && typeof step !== 'bigint') return;
  // libtorch counts the missing dimension as one of size 0, which only position 0 gets past.
  throw new IndexError(
    Number(step) === 0
      ? 'invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ ' +
          'to convert a 0-dim tensor to a number'
      : `index ${step} is out of bounds for dimension 0 with size 0`,
  );
}

function prepare(given: Index, self: Tensor, temporaries: Temporaries): Step {
  switch (typeof given) {
    case 'number':
      if (!Number.isInteger(given)) notAnIndex('float');
      return given;
    case 'bigint':
    case 'boolean':
      return given;
    case 'string':
      return given === Ellipsis ? given : parseSlice(given);
  }
  if (given === null || given instanceof Slice || given instanceof Tensor) return given;
  if (Array.isArray(given)) return temporaries.keep(listToTensor(given, self));
  if (given instanceof Int32Array || given instanceof BigInt64Array) {
    return temporaries.keep(tensor(given, { device: self.device }));
  }
  return notAnIndex(
    given === undefined ? 'undefined' : ((given as object).constructor?.name ?? typeof given),
  );
}

function notAnIndex(kind: string): never {
  throw new IndexError(
    'only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices ' +
      `(got ${kind})`,
  );
}

function listToTensor(list: Nested<number | bigint | boolean>, self: Tensor): Tensor {
  const flat = (list as readonly unknown[]).flat(Infinity);
  const masks = flat.length > 0 && flat.every((item) => typeof item === 'boolean');
  const integers = flat.every((item) => typeof item === 'bigint' || Number.isInteger(item));
  if (!masks && !integers) {
    throw new IndexError('tensors used as indices must be long, int, byte or bool tensors');
  }
  return tensor(list, { dtype: masks ? bool : int64, device: self.device });
}
