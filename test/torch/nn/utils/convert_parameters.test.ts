import { expect } from 'chai';
import { ArgumentError, TorchError, nn, ones, zeros, type Tensor } from '../../../../ts/torch/index.js';
import { expectRecorded } from '../../../support/recorded.js';
import { thrown } from '../../../support/thrown.js';
import { parameters, recorded } from './recorded.js';

describe('parameters_to_vector and back', () => {
  it('puts them one after the other', () => {
    const made = parameters();
    const vector = nn.utils.parameters_to_vector(made);
    expectRecorded(vector, recorded.vector, 'exact', 'vector');
    for (const p of made) p.grad = null;
    vector.mul(2).sum().backward();
    expect(made[2]!.grad!.tolist()).to.deep.equal(ones([2, 3, 2]).mul(2).tolist());
    const others = recorded.parameters.map(({ shape }) => nn.Parameter(zeros(shape)));
    nn.utils.vector_to_parameters(vector.detach(), others);
    others.forEach((other, i) => {
      expectRecorded(other, recorded.parameters[i]!, 'exact', `parameter ${i}`);
      expect(other.requires_grad && other.is_leaf).to.equal(true);
    });
  });

  it('refuses a vector that is too short, and changes nothing then', () => {
    const made = parameters();
    const error = thrown(() => {
      nn.utils.vector_to_parameters(zeros([28]), made);
    }) as Error;
    expect(error).to.be.instanceOf(TorchError);
    expect(error.message).to.include('28 elements').and.to.include('29');
    made.forEach((p, i) => {
      expectRecorded(p, recorded.parameters[i]!, 'exact', `parameter ${i}`);
    });
    expect(() => {
      nn.utils.vector_to_parameters([1] as unknown as Tensor, made);
    }).to.throw(ArgumentError, 'expected torch.Tensor');
  });
});
