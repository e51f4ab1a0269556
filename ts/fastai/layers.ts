/** fastai.layers: https://docs.fast.ai/layers.html */
export {
  Flatten,
  Identity,
  Lambda,
  PartialLambda,
  ResizeBatch,
  sigmoid_range,
  SigmoidRange,
  ToTensorBase,
  View,
  type LayerFunction,
} from './layers/basic.js';
export {
  adaptive_pool,
  AdaptiveAvgPool,
  AdaptiveConcatPool1d,
  AdaptiveConcatPool2d,
  AvgPool,
  MaxPool,
  PoolFlatten,
  PoolType,
  type PoolOptions,
} from './layers/pool.js';
export {
  BatchNorm,
  BatchNorm1dFlat,
  InstanceNorm,
  LinBnDrop,
  NormType,
  type LinBnDropOptions,
  type NormLayerOptions,
} from './layers/norm.js';
export {
  default_init,
  icnr_init,
  init_default,
  init_linear,
  trunc_normal_,
  type Init,
  type InitLinearOptions,
} from './layers/init.js';
export {
  Cat,
  MergeLayer,
  ProdLayer,
  sequential,
  SequentialEx,
  type WithOriginal,
} from './layers/sequential.js';
export {
  ConvLayer,
  Embedding,
  PixelShuffle_ICNR,
  SimpleCNN,
  type Activation,
  type ConvLayerOptions,
  type PixelShuffleOptions,
} from './layers/conv.js';
export {
  ResBlock,
  SEBlock,
  SEModule,
  SEResNeXtBlock,
  SeparableBlock,
  type BlockOptions,
  type ResBlockOptions,
} from './layers/resblock.js';
export {
  PooledSelfAttention2d,
  SelfAttention,
  SimpleSelfAttention,
  type SimpleSelfAttentionOptions,
} from './layers/attention.js';
export { inplace_relu, mish, Mish, swish, Swish, vleaky_relu } from './layers/activations.js';
export { TimeDistributed, type TimeDistributedOptions } from './layers/time_distributed.js';
