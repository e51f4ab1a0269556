/** Weights that were trained elsewhere: files which the user has fetched. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load, ValueError, type nn } from '../../torch/index.js';

/** The files of torchvision by the names of its weights; `DEFAULT` is the last. */
export type WeightFiles = Readonly<Record<string, string>>;

/** Where Python keeps what it has downloaded: the same file serves both. */
function checkpoints(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  return path.join(process.env['TORCH_HOME'] ?? path.join(cache, 'torch'), 'hub', 'checkpoints');
}

/** The path that `weights` means. @throws {ValueError} nothing lies there, with what to put where */
function find(model: string, weights: string, files: WeightFiles): string {
  const name = weights === 'DEFAULT' ? Object.values(files).at(-1) : files[weights];
  if (name === undefined) {
    if (fs.existsSync(weights)) return weights;
    const known = [...Object.keys(files), 'DEFAULT'].map((word) => `'${word}'`).join(', ');
    throw new ValueError(`${model}(): weights '${weights}': no such file, and none of ${known}`, model);
  }
  const file = path.join(checkpoints(), name);
  if (fs.existsSync(file)) return file;
  throw new ValueError(
    `${model}(): the weights '${weights}' are not on this machine, and nothing is downloaded here. Fetch ` +
      `https://download.pytorch.org/models/${name} and put it at ${file}, or give its path as weights.`,
    model,
  );
}

/**
 * Fills `model` from a file of `torch.save(model.state_dict())`.
 * @throws {ValueError} the file is not there
 * @throws {TorchError} it is damaged, or belongs to another model; the model is unchanged then
 */
export function loadWeights(name: string, model: nn.Module, weights: string, files: WeightFiles): void {
  model.load_state_dict(load(find(name, weights, files), { map_location: 'cpu' }));
}
