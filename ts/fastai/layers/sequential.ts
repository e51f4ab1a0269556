/** Sequential extensions: https://docs.fast.ai/layers.html#sequential-extensions */
import { callable, cat, nn, type Tensor } from '../../torch/index.js';
import { Lambda, type LayerFunction } from './basic.js';

/** nn.Sequential of modules and functions; functions become `Lambda`. */
export function sequential(...layers: (nn.Module | LayerFunction)[]): nn.Sequential {
  return nn.Sequential(...layers.map((layer) => (layer instanceof nn.Module ? layer : Lambda(layer))));
}

/** A tensor on its way through SequentialEx: `orig` is what the first layer got. */
export type WithOriginal = Tensor & { orig?: Tensor | null };

/** @throws {TypeError} the tensor did not come through SequentialEx */
function originalOf(x: WithOriginal, layer: string): Tensor {
  if (!x.orig) throw new TypeError(`${layer} must be one of the layers of a SequentialEx`);
  return x.orig;
}

class SequentialExClass extends nn.Module {
  declare layers: nn.ModuleList;

  /** As nn.Sequential; layers find the input of the first one as `x.orig`. */
  constructor(...layers: nn.Module[]) {
    super();
    this.layers = nn.ModuleList(layers);
  }
  forward(x: Tensor): Tensor {
    let result: WithOriginal = x;
    for (const layer of this.layers) {
      result.orig = x;
      let next: WithOriginal;
      try {
        next = layer(result) as WithOriginal;
      } finally {
        // A tensor that points to another would hold it alive.
        result.orig = null;
      }
      next.orig = null;
      result = next;
    }
    return result;
  }
  at(index: number): nn.AnyModule {
    return this.layers.at(index);
  }
  append(layer: nn.Module): this {
    this.layers.append(layer);
    return this;
  }
  extend(layers: Iterable<nn.Module>): this {
    this.layers.extend(layers);
    return this;
  }
  insert(index: number, layer: nn.Module): this {
    this.layers.insert(index, layer);
    return this;
  }
}
export const SequentialEx = callable(SequentialExClass);
export type SequentialEx = SequentialExClass;

class MergeLayerClass extends nn.Module {
  readonly dense: boolean;

  /** Adds the original input of a SequentialEx, or with `dense` (default: false) puts it after the channels. */
  constructor(dense: boolean | { dense?: boolean } = false) {
    super();
    this.dense = typeof dense === 'object' ? (dense.dense ?? false) : dense;
  }
  forward(x: Tensor): Tensor {
    const orig = originalOf(x, 'MergeLayer');
    return this.dense ? cat([x, orig], 1) : x.add(orig);
  }
}
export const MergeLayer = callable(MergeLayerClass);
export type MergeLayer = MergeLayerClass;

class ProdLayerClass extends nn.Module {
  /** Multiplies with the original input of a SequentialEx. */
  forward(x: Tensor): Tensor {
    return x.mul(originalOf(x, 'ProdLayer'));
  }
}
export const ProdLayer = callable(ProdLayerClass);
export type ProdLayer = ProdLayerClass;

class CatClass extends nn.ModuleList {
  readonly dim: number;

  /** What all layers make of the same input, side by side along `dim` (default: 1). */
  constructor(layers: Iterable<nn.Module>, dim = 1) {
    super(layers);
    this.dim = dim;
  }
  forward(x: Tensor): Tensor {
    return cat(
      [...this].map((layer) => layer(x) as Tensor),
      this.dim,
    );
  }
}
export const Cat = callable(CatClass);
export type Cat = CatClass;
