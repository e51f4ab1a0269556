/**
 * Arithmetic on lists of tensors: one call into native code per operation, however many tensors there are. Works on
 * bare handles, since an optimizer needs no Tensor objects around what lives for one step; whatever is made is freed
 * together. On the CPU every operation does exactly what the operator of the same name does tensor by tensor.
 */
import { native, type Handle } from '../../native.js';
import { define, wrapTensor } from '../dispatch.js';
import { withOperator } from '../errors.js';

export type List = readonly Handle[];
/** One number for all tensors, or one for each. */
export type Numbers = number | readonly number[];

type Call = (options: object | undefined, ...args: unknown[]) => unknown;

/** Looked up at the first call. */
export function aten(name: string, overloads: string[] = ['']): Call {
  let index = -1;
  return (options, ...args) => {
    try {
      if (index < 0) index = define(`aten::${name}`, overloads);
      return native.call(index, options, ...args);
    } catch (error) {
      throw withOperator(error, name);
    }
  };
}

const byNumbers = ['Scalar', 'ScalarList'];
const add = aten('_foreach_add', ['List']);
const addList_ = aten('_foreach_add_', ['List']);
const addNumbers_ = aten('_foreach_add_', byNumbers);
const addNumbers = aten('_foreach_add', byNumbers);
const sub = aten('_foreach_sub', ['List']);
const mulList = aten('_foreach_mul', ['List']);
const mulList_ = aten('_foreach_mul_', ['List']);
const mulNumbers_ = aten('_foreach_mul_', byNumbers);
const mulNumbers = aten('_foreach_mul', byNumbers);
const divList_ = aten('_foreach_div_', ['List']);
const divNumbers_ = aten('_foreach_div_', byNumbers);
const divNumbers = aten('_foreach_div', byNumbers);
const neg = aten('_foreach_neg');
const abs = aten('_foreach_abs');
const sqrt = aten('_foreach_sqrt');
const sqrt_ = aten('_foreach_sqrt_');
const reciprocal_ = aten('_foreach_reciprocal_');
const sign = aten('_foreach_sign');
const copy_ = aten('_foreach_copy_');
const maximum_ = aten('_foreach_maximum_', ['List']);
const clampMin_ = aten('_foreach_clamp_min_', ['Scalar']);
const clampMax_ = aten('_foreach_clamp_max_', ['Scalar']);
const lerp_ = aten('_foreach_lerp_', ['Scalar']);
const addcmul = aten('_foreach_addcmul', byNumbers);
const addcmul_ = aten('_foreach_addcmul_', byNumbers);
const addcdiv_ = aten('_foreach_addcdiv_', byNumbers);
const norm = aten('_foreach_norm', ['Scalar']);
const softplus = aten('softplus');
const stack = aten('stack');
const viewAsReal = aten('view_as_real');

export class Lists {
  readonly #made: Handle[] = [];

  #own(list: unknown): Handle[] {
    this.#made.push(...(list as Handle[]));
    return list as Handle[];
  }
  /** Frees all lists that came as results. */
  free(): void {
    if (this.#made.length > 0) native.disposeAll(this.#made);
    this.#made.length = 0;
  }

  /** a + alpha * b */
  add(a: List, b: List, alpha = 1): List {
    return this.#own(add({ alpha }, a, b));
  }
  add_(a: List, b: List, alpha = 1): void {
    addList_({ alpha }, a, b);
  }
  plus(a: List, b: Numbers): List {
    return this.#own(addNumbers(undefined, a, b));
  }
  plus_(a: List, b: Numbers): void {
    addNumbers_(undefined, a, b);
  }
  sub(a: List, b: List): List {
    return this.#own(sub(undefined, a, b));
  }
  mul(a: List, b: List): List {
    return this.#own(mulList(undefined, a, b));
  }
  mul_(a: List, b: List): void {
    mulList_(undefined, a, b);
  }
  times(a: List, b: Numbers): List {
    return this.#own(mulNumbers(undefined, a, b));
  }
  times_(a: List, b: Numbers): void {
    mulNumbers_(undefined, a, b);
  }
  div_(a: List, b: List): void {
    divList_(undefined, a, b);
  }
  over(a: List, b: Numbers): List {
    return this.#own(divNumbers(undefined, a, b));
  }
  over_(a: List, b: Numbers): void {
    divNumbers_(undefined, a, b);
  }
  neg(a: List): List {
    return this.#own(neg(undefined, a));
  }
  abs(a: List): List {
    return this.#own(abs(undefined, a));
  }
  sqrt(a: List): List {
    return this.#own(sqrt(undefined, a));
  }
  sqrt_(a: List): void {
    sqrt_(undefined, a);
  }
  reciprocal_(a: List): void {
    reciprocal_(undefined, a);
  }
  sign(a: List): List {
    return this.#own(sign(undefined, a));
  }
  copy_(a: List, b: List): void {
    copy_(undefined, a, b);
  }
  maximum_(a: List, b: List): void {
    maximum_(undefined, a, b);
  }
  clamp_(a: List, low: number, high: number): void {
    clampMin_(undefined, a, low);
    clampMax_(undefined, a, high);
  }
  /** a + weight * (b - a) */
  lerp_(a: List, b: List, weight: number): void {
    lerp_(undefined, a, b, weight);
  }
  /** a + value * b * c */
  addcmul(a: List, b: List, c: List, value: Numbers = 1): List {
    return this.#own(addcmul(undefined, a, b, c, value));
  }
  addcmul_(a: List, b: List, c: List, value: Numbers = 1): void {
    addcmul_(undefined, a, b, c, value);
  }
  /** a + value * b / c */
  addcdiv_(a: List, b: List, c: List, value: Numbers = 1): void {
    addcdiv_(undefined, a, b, c, value);
  }

  /** The Euclidean norm of each, of no dimensions. */
  norm(a: List): List {
    return this.#own(norm(undefined, a));
  }
  /** Tensor by tensor: there is no such operation on lists. */
  softplus(a: List, beta: number): List {
    return this.#own(a.map((handle) => softplus(undefined, handle, beta)));
  }

  /** Adds 1 to counts of steps and gives what they are now: one number where all are equal. */
  count(steps: List): Numbers {
    return native.countSteps(steps);
  }
  /** The values of tensors of one element: one number where all are equal. */
  values(a: List): Numbers {
    const all = wrapTensor(stack(undefined, a) as Handle);
    const numbers = Array.from(all.toTypedArray() as ArrayLike<number>);
    all.dispose();
    return numbers.every((number) => number === numbers[0]) ? (numbers[0] as number) : numbers;
  }
  /** Complex tensors as pairs of real ones on the same memory, real ones as they are. */
  real(a: List, isComplex: readonly boolean[]): List {
    return a.map((handle, i) => (isComplex[i] ? this.#own([viewAsReal(undefined, handle)])[0]! : handle));
  }
}

/** The same arithmetic for one number or for many. */
export function map(numbers: Numbers, fn: (value: number) => number): Numbers {
  return typeof numbers === 'number' ? fn(numbers) : numbers.map(fn);
}

/** Which places have which number: nearly always all the same. */
export function distinct(numbers: Numbers, count: number): Map<number, number[]> {
  const all = typeof numbers === 'number' ? new Array<number>(count).fill(numbers) : numbers;
  const found = new Map<number, number[]>();
  all.forEach((number, i) => {
    const places = found.get(number);
    if (places) places.push(i);
    else found.set(number, [i]);
  });
  return found;
}
