/** Kinds of tensors, which say what a transform does with them and how they are shown: https://docs.fast.ai/torch_core.html#tensorbase */
import { as_subclass, type TensorClass } from '../fastcore/retain.js';
import { Tensor } from '../torch/index.js';

/**
 * A tensor of a kind: `as_subclass(t, TensorImage)` makes `t` one. It computes and prints as any other tensor; what
 * comes of operations is plain again, but transforms keep the kind.
 */
export class TensorBase extends Tensor {}
/** What has height and width: pictures and masks. */
export class TensorImageBase extends TensorBase {}
/** Pictures [C, H, W], or a batch of them [N, C, H, W]. */
export class TensorImage extends TensorImageBase {}
/** Grey pictures, one channel. */
export class TensorImageBW extends TensorImage {}
/** A class for each pixel. */
export class TensorMask extends TensorImageBase {}
/** Places of labels in a vocabulary, int64. */
export class TensorCategory extends TensorBase {}
/** Several labels for each item: places, or a flag for each label of the vocabulary. */
export class TensorMultiCategory extends TensorCategory {}

export { as_subclass, type TensorClass };
