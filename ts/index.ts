/** libtorch-node: PyTorch for TypeScript. `import torch from 'libtorch-node'` or by name. */
import * as torch from './torch/index.js';

export * from './torch/index.js';
export default torch;
