/** numpy's `array` as far as the book prints it: whole numbers in rows and columns. */
import { inspect } from 'node:util';
import { torch, tensor } from 'libtorch-node/fastai';
import type { Tensor } from 'libtorch-node';

/** Indexed as a tensor is, printed as numpy does. */
class NDArray {
  constructor(readonly values: Tensor) {}
  at(...index: Parameters<Tensor['at']>): NDArray {
    return new NDArray(this.values.at(...index));
  }
  toString(): string {
    const dtype =
      this.values.dtype === torch.int64 ? '' : `, dtype=${String(this.values.dtype).replace('torch.', '')}`;
    const text = String(this.values).replace(/, dtype=.*\)$/, ')');
    // One character less before the first bracket: the lines below move with it.
    return text
      .replace(/^tensor/, 'array')
      .replace(/\n /g, '\n')
      .replace(/\)$/, `${dtype})`);
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
/** `np.array(x)`; of a picture its pixels. */
export function array(x: Parameters<typeof tensor>[0]): NDArray {
  return new NDArray(tensor(x));
}
