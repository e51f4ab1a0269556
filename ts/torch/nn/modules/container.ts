/** Containers: https://docs.pytorch.org/docs/stable/nn.html#containers */
export { Sequential } from './sequential.js';
export { ModuleList } from './module_list.js';
export { ModuleDict } from './module_dict.js';
export { ParameterList } from './parameter_list.js';
export { ParameterDict } from './parameter_dict.js';
