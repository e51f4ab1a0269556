/** One module for each step of a sequence: https://docs.fast.ai/layers.html#timedistributed */
import { namedArguments } from '../../torch/arguments.js';
import { callable, nn, stack, type Tensor } from '../../torch/index.js';

export interface TimeDistributedOptions {
  /** One step at a time, which takes less memory; default: false. */
  low_mem?: boolean;
  /** The dimension of the steps; default: 1. */
  tdim?: number;
}
type Output = Tensor | Tensor[];

class TimeDistributedClass extends nn.Module {
  declare module: nn.AnyModule;
  readonly low_mem: boolean;
  readonly tdim: number;

  /**
   * Applies `module` to each step: [N, steps, ...] to [N, steps, ...]. The steps go through it as one batch, or with
   * `low_mem` (and where `tdim` is not 1) one after the other.
   */
  constructor(
    module: nn.AnyModule | nn.Module,
    ...args: [low_mem?: boolean | TimeDistributedOptions, tdim?: number | TimeDistributedOptions]
  ) {
    super();
    const given = namedArguments('TimeDistributed', ['low_mem', 'tdim'], args) as TimeDistributedOptions;
    this.module = module as nn.AnyModule;
    this.low_mem = given.low_mem ?? false;
    this.tdim = given.tdim ?? 1;
  }
  forward(...tensors: [Tensor, ...Tensor[]]): Output {
    if (this.low_mem || this.tdim !== 1) return this.low_mem_forward(...tensors);
    const [bs, steps] = tensors[0].shape as unknown as [number, number];
    const output = this.module(...tensors.map((x) => x.view(bs * steps, ...x.shape.slice(2)))) as Output;
    return this.format_output(output, bs, steps);
  }
  /** One step after the other. */
  low_mem_forward(...tensors: Tensor[]): Output {
    const steps = tensors.map((x) => x.unbind(this.tdim));
    const outputs = steps[0]!.map((_, i) => this.module(...steps.map((of) => of[i]!)) as Output);
    const [first] = outputs;
    if (!Array.isArray(first)) return stack(outputs as Tensor[], this.tdim);
    return first.map((_, i) =>
      stack(
        (outputs as Tensor[][]).map((of) => of[i]!),
        this.tdim,
      ),
    );
  }
  /** A batch of all steps as steps again. */
  format_output(out: Output, bs: number, seq_len: number): Output {
    const one = (t: Tensor) => t.view(bs, seq_len, ...t.shape.slice(1));
    return Array.isArray(out) ? out.map(one) : one(out);
  }
  override toString(): string {
    return `TimeDistributed(${String(this.module)})`;
  }
}
export const TimeDistributed = callable(TimeDistributedClass);
export type TimeDistributed = TimeDistributedClass;
