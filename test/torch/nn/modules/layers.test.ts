/** Linear layers, activations and flattening against PyTorch: text, initial values, results and gradients. */
import { expect } from 'chai';
import { manual_seed, nn, type Tensor, arange } from '../../../../ts/torch/index.js';
import {
  expectRecorded,
  dtypeNamed,
  readRecorded,
  restore,
  type RecordedTensor,
} from '../../../support/recorded.js';

interface Case {
  name: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  dtype: string;
  eval: boolean;
  repr: string;
  state: Record<string, RecordedTensor>;
  inputs: RecordedTensor[];
  output: RecordedTensor;
  grads: RecordedTensor[];
  parameter_grads: Record<string, RecordedTensor>;
}
const { cases } = readRecorded<{ cases: Case[] }>(import.meta.url, 'layers.json');

/** Sums over features or along a dimension; all the others look at one element at a time. */
const sums = /Linear|Soft(max|min)/;

type Make = (...args: unknown[]) => nn.AnyModule;

function make({ name, args, kwargs, dtype }: Case): nn.AnyModule {
  const factory = /^(Linear|Bilinear|PReLU)$/.test(name) ? { dtype: dtypeNamed(dtype) } : {};
  const options = { ...kwargs, ...factory };
  const given = Object.keys(options).length > 0 ? [...args, options] : args;
  return (nn as unknown as Record<string, Make>)[name]!(...given);
}

/** 1/4, 2/4 ... 5/4 and again, as in the recorder. */
function weighted(output: Tensor): Tensor {
  const weights = arange(output.numel()).remainder(5).add(1).div(4).to(output.dtype).reshape(output.shape);
  return output.mul(weights).sum();
}

describe('nn modules against PyTorch', () => {
  for (const recorded of cases) {
    const { name, args, kwargs, dtype } = recorded;
    it(`${name} ${JSON.stringify(args)} ${JSON.stringify(kwargs)} ${dtype}`, () => {
      const kind = sums.test(name) ? 'reduction' : 'elementwise';
      manual_seed(42);
      const module = make(recorded);
      if (recorded.eval) module.eval();
      expect(String(module)).to.equal(recorded.repr);

      const state = module.state_dict();
      expect(Object.keys(state)).to.deep.equal(Object.keys(recorded.state));
      for (const key of Object.keys(state)) expectRecorded(state[key]!, recorded.state[key]!, 'drawn', key);

      const inputs = recorded.inputs.map((input) => restore(input).requires_grad_());
      const output = module(...inputs.map((input) => input.clone())) as Tensor;
      expectRecorded(output, recorded.output, name === 'RReLU' ? 'drawn' : kind, 'output');
      weighted(output).backward();
      inputs.forEach((input, i) => {
        expectRecorded(input.grad, recorded.grads[i]!, kind, `gradient of input ${i}`);
      });
      const parameters = module.named_parameters();
      expect(parameters.map(([key]) => key)).to.deep.equal(Object.keys(recorded.parameter_grads));
      for (const [key, parameter] of parameters)
        expectRecorded(parameter.grad, recorded.parameter_grads[key]!, 'reduction', `gradient of ${key}`);
    });
  }
});
