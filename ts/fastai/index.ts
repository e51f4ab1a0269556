/** What `from fastai.vision.all import *` gives, as far as it is built: torch's names included. */
export * from '../torch/index.js';
export * from '../fastcore/index.js';
// Python's, as in fastai; torch's module of that name is reached through torch.
export { random } from '../fastcore/random.js';
export { drawDigits, writeDrawnDigits } from '../torchvision/datasets/index.js';
export type { DrawnFolderOptions } from '../torchvision/datasets/index.js';
export {
  decode_image,
  encode_png,
  ImageReadMode,
  readImages,
  read_image,
  write_png,
} from '../torchvision/io/index.js';
export { Config, fastai_cfg, fastai_path, untar_data, URLs } from './data/external.js';
export type { UntarOptions, UnpackLimits } from './data/external.js';
