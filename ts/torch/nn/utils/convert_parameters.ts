/** https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html */
import { ArgumentError, TorchError } from '../../errors.js';
import { cat } from '../../generated/functions.js';
import { tidy } from '../../memory.js';
import { Tensor } from '../../tensor.js';

function checkDevices(op: string, parameters: readonly Tensor[]): void {
  const devices = new Set(parameters.map(({ device }) => (device.type === 'cuda' ? String(device) : 'cpu')));
  if (devices.size > 1)
    throw new ArgumentError(
      'Found two parameters on different devices, this is currently not supported.',
      op,
    );
}

/** All parameters in one dimension, one after the other; gradients flow back to them. */
export function parameters_to_vector(parameters: Iterable<Tensor>): Tensor {
  const all = [...parameters];
  checkDevices('parameters_to_vector', all);
  return tidy(() => cat(all.map((parameter) => parameter.view(-1))));
}

/**
 * Gives the parameters the values of `vec`, one after the other. They share its memory then, as in PyTorch.
 * @throws {TorchError} `vec` has fewer elements than the parameters; nothing is changed then
 */
export function vector_to_parameters(vec: Tensor, parameters: Iterable<Tensor>): void {
  const op = 'vector_to_parameters';
  if (!(vec instanceof Tensor)) throw new ArgumentError(`expected torch.Tensor, but got: ${typeof vec}`, op);
  const all = [...parameters];
  checkDevices(op, all);
  const wanted = all.reduce((sum, parameter) => sum + parameter.numel(), 0);
  if (vec.numel() < wanted)
    throw new TorchError(`the vector has ${vec.numel()} elements, but the parameters have ${wanted}`, op);
  tidy(() => {
    let position = 0;
    for (const parameter of all) {
      const count = parameter.numel();
      parameter.data = vec.narrow(0, position, count).view_as(parameter).data;
      position += count;
    }
  });
}
