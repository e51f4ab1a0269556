/** torch.nn.modules: the modules once more, and under `module` what belongs to all of them. */
export * from './index.js';
export * as module from './global_hooks.js';
