import { operator } from './dispatch.js';
import { float64, int64, uint64 } from './dtype.js';
import type { ElementKind } from './formatter.js';
import type { Tensor } from './tensor.js';

/** The elements of a tensor that will be shown, in row-major order, and where they stand. */
export interface Edges {
  kind: ElementKind;
  /** Complex elements take two entries of `values` each: real and imaginary part. */
  complex: boolean;
  values: ArrayLike<number | bigint>;
  /** Elements kept per dimension: all of them, or twice `edgeitems`. */
  kept: number[];
}

const cat = operator('cat', ['']) as (tensors: Tensor[], dim: number) => Tensor;

const view_as_real = operator('view_as_real', ['']) as (self: Tensor) => Tensor;

/**
 * Copies the elements to show into JavaScript; of a dimension longer than twice `edgeitems` only its ends.
 * The cut is made where the tensor lies, so that a large tensor is never moved or converted as a whole.
 *
 * @param edgeitems elements at either end of each dimension; null for all elements.
 */
export function readEdges(tensor: Tensor, edgeitems: number | null): Edges {
  const temporaries: Tensor[] = [];
  const keep = (result: Tensor): Tensor => {
    temporaries.push(result);
    return result;
  };
  try {
    // A tensor of its own, without history: nothing below is recorded or can reach the caller's handle.
    let piece = keep(tensor.detach());
    if (edgeitems !== null) {
      for (const [dim, size] of [...piece.shape].entries()) {
        if (size <= 2 * edgeitems) continue;
        const head = keep(piece.narrow(dim, 0, edgeitems));
        const tail = keep(piece.narrow(dim, size - edgeitems, edgeitems));
        piece = keep(cat([head, tail], dim));
      }
    }
    const kept = [...piece.shape];
    piece = keep(piece.to('cpu'));
    const { dtype } = piece;
    const complex = dtype.is_complex;
    if (complex) {
      piece = keep(piece.resolve_conj());
      piece = keep(view_as_real(piece));
    }
    const kind = complex || dtype.is_floating_point ? 'float' : dtype.name === 'bool' ? 'bool' : 'integer';
    // float64 and int64 hold every value of the narrower types exactly; uint64 alone does not fit.
    if (dtype !== uint64) piece = keep(piece.to(kind === 'float' ? float64 : int64));
    return { kind, complex, kept, values: piece.toTypedArray() };
  } finally {
    for (const temporary of temporaries) temporary.dispose();
  }
}
