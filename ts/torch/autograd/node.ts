/** A node of the autograd graph: what `tensor.grad_fn` gives. */
import { inspect } from 'node:util';
import { native, type Handle } from '../../native.js';
import { Handled, handleOf } from '../handle.js';

export class Node extends Handled {
  /** @internal */
  constructor(handle: Handle) {
    super(handle);
  }
  /** `AddBackward0`; gradients of leaves end in `torch::autograd::AccumulateGrad`. */
  name(): string {
    return native.nodeName(handleOf(this));
  }
  /** The nodes that backward visits next, each with the number of its input; null where no gradient goes. */
  get next_functions(): [Node | null, number][] {
    return native
      .nodeNext(handleOf(this))
      .map(([node, input]) => [node === null ? null : new Node(node), input]);
  }
  override toString(): string {
    return `<${this.name().replace(/^.*::/, '')} object>`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
