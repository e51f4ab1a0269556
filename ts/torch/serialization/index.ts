/** Files: checkpoints of PyTorch, safetensors, pickles and numpy's arrays. */
export { load, type LoadOptions } from './load.js';
export { save } from './save.js';
export { Tuple } from './pickle/values.js';
export { load_safetensors, safetensors_metadata, save_safetensors } from './safetensors.js';
export * as pickle from './pickle_module.js';
export * as numpy from './numpy_module.js';
