/** Batches of pictures mirrored, turned, zoomed and warped, in one sampling. https://docs.fast.ai/vision.augment.html#affinecoordtfm */
import { L } from '../../../fastcore/foundation.js';
import { made } from '../../../fastcore/reduce.js';
import type { TransformCall } from '../../../fastcore/transform.js';
import { namedArguments } from '../../../torch/arguments.js';
import { callable, tidy, type Tensor } from '../../../torch/index.js';
import { TensorImage, TensorMask } from '../../tensor_types.js';
import type { PadMode } from '../crop_pad.js';
import { DeterministicDraw } from './draw.js';
import { affine_coord, checkSampling, unitMatrices, type SampleMode, type SamplingOptions } from './grid.js';
import * as matrices from './matrices.js';
import { probability, RandTransformClass } from './rand_transform.js';
import { heightWidth, type ImageSize } from './size.js';
import { WarpCoord, warpNames, type WarpDraws } from './warp.js';

/** Matrices [N, 3, 3] for a batch. */
export type AffineFunction = (x: Tensor) => Tensor | null;
/** Moves coordinates by what it has drawn for a batch. */
export interface CoordFunction {
  before_call(x: Tensor): void;
  call(coords: Tensor): Tensor;
  release?(): void;
}
type Several<T> = T | Iterable<T> | null;

export interface AffineCoordTfmOptions extends SamplingOptions {
  aff_fs?: Several<AffineFunction>;
  coord_fs?: Several<CoordFunction>;
  /** How masks are sampled; default: 'nearest'. */
  mode_mask?: SampleMode;
}
const sampleNames = ['size', 'mode', 'pad_mode', 'align_corners'];

/** The first part of a batch, which says how many pictures there are. */
export function firstOf(batch: unknown): Tensor {
  return Array.isArray(batch) ? firstOf((batch as unknown[])[0]) : (batch as Tensor);
}
function several<T extends object>(value: Several<T> | undefined): L<T> {
  if (value === null || value === undefined) return L<T>();
  return new L<T>(Symbol.iterator in value ? [...value] : [value]);
}

export class AffineCoordTfmClass extends RandTransformClass {
  override order = 30;
  override split_idx: number | null = null;
  readonly aff_fs: L<AffineFunction>;
  readonly coord_fs: L<CoordFunction>;
  readonly size: ImageSize | null;
  readonly mode: SampleMode;
  readonly mode_mask: SampleMode;
  readonly pad_mode: PadMode;
  readonly align_corners: boolean | null;
  /** [N, 2, 3] for the present batch. */
  mat: Tensor | null = null;
  /** Whether the present batch is one of training. */
  training = true;

  /**
   * Affine matrices and moved coordinates, drawn for each batch of TensorImages and TensorMasks and applied together;
   * in validation nothing moves, but pictures get their `size`.
   *
   * `align_corners` defaults to null here, which is false, and to true in its subclasses.
   * @throws {ValueError} an unknown mode or pad_mode, a size that is none
   */
  constructor(options: AffineCoordTfmOptions = {}) {
    super();
    const names = ['aff_fs', 'coord_fs', ...sampleNames, 'mode_mask'];
    const given = namedArguments(this.name, names, [options], 0) as AffineCoordTfmOptions;
    this.aff_fs = several(given.aff_fs);
    this.coord_fs = several(given.coord_fs);
    this.size = given.size == null ? null : heightWidth(this.name, given.size);
    this.mode = given.mode ?? 'bilinear';
    this.mode_mask = given.mode_mask ?? 'nearest';
    this.pad_mode = given.pad_mode ?? 'reflection';
    this.align_corners = given.align_corners ?? null;
    for (const mode of [this.mode, this.mode_mask]) checkSampling(this.name, mode, this.pad_mode);
  }
  override before_call(batch: unknown, split_idx: number | null): void {
    const x = firstOf(batch);
    this.training = !split_idx;
    this.mat = tidy(() => {
      let all = unitMatrices(x);
      if (this.training)
        for (const f of this.aff_fs) {
          const next = f(x);
          if (next !== null) all = all.matmul(next);
        }
      return proportioned(all, x);
    });
    // Drawn in validation too, as in fastai: the next training batch finds the generators as there.
    for (const f of this.coord_fs) f.before_call(x);
  }
  override encode(x: unknown, call?: TransformCall): unknown {
    try {
      return super.encode(x, call);
    } finally {
      this.mat?.dispose();
      this.mat = null;
      for (const f of this.coord_fs) f.release?.();
    }
  }
  override encodes(x: unknown): unknown {
    if (!(x instanceof TensorImage || x instanceof TensorMask)) return x;
    const moves = this.training && this.coord_fs.length > 0;
    const coord_tfm = (coords: Tensor) => this.coord_fs.reduce((at: Tensor, f) => f.call(at), coords);
    return affine_coord(x, {
      mat: this.mat,
      coord_tfm: moves ? coord_tfm : null,
      sz: this.size,
      mode: x instanceof TensorMask ? this.mode_mask : this.mode,
      pad_mode: this.pad_mode,
      align_corners: this.align_corners,
    });
  }
  /** Takes in what another one does, so that pictures are sampled once. */
  compose(tfm: AffineCoordTfmClass): void {
    this.aff_fs.push(...tfm.aff_fs);
    this.coord_fs.push(...tfm.coord_fs);
  }
}
export const AffineCoordTfm = callable(AffineCoordTfmClass);
export type AffineCoordTfm = AffineCoordTfmClass;

/** Turns keep their angles in pictures that are no squares. [N, 2, 3] */
export function proportioned(mat: Tensor, x: Tensor): Tensor {
  return tidy(() => {
    const [h, w] = [x.shape.at(-2)!, x.shape.at(-1)!];
    mat.at(':', 0, 1).mul_(h / w);
    mat.at(':', 1, 0).mul_(w / h);
    return mat.at(':', ':2');
  });
}

type Make = (x: Tensor, options: object) => Tensor;
/** @internal A function of a batch with options that stay. */
export function withOptions(make: Make, options: object): AffineFunction {
  return made((x: Tensor) => make(x, options), withOptions as never, [make, options]);
}

/* eslint-disable @typescript-eslint/no-explicit-any -- positional arguments or options, which namedArguments tells apart */

/** @internal What goes to the sampling, and what to the function that draws. */
export function parts<T extends object>(
  op: string,
  names: readonly string[],
  args: readonly any[],
): { sampling: SamplingOptions; draws: T } {
  const given = namedArguments(op, [...names, ...sampleNames], args);
  if (given['p'] !== undefined) probability(op, given['p'] as number);
  const pick = (wanted: readonly string[]) =>
    Object.fromEntries(Object.entries(given).filter(([name]) => wanted.includes(name)));
  return { sampling: { align_corners: true, ...pick(sampleNames) }, draws: pick(names) as T };
}
/** A class whose matrices `make` draws. */
function affine(
  op: string,
  names: readonly string[],
  args: readonly any[],
  make: Make,
): AffineCoordTfmOptions {
  const { sampling, draws } = parts<object>(op, names, args);
  return { ...sampling, aff_fs: withOptions(make, draws) };
}

class FlipClass extends AffineCoordTfmClass {
  /**
   * Mirrors pictures of a batch left to right with probability `p` (default: 0.5).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#flip)
   */
  constructor(...args: [p?: number | FlipOptions, ...rest: any[]]) {
    super(affine('Flip', matrices.flipNames, args, matrices.flip_mat));
  }
}
export type FlipOptions = matrices.DrawOptions & SamplingOptions;
export const Flip = callable(FlipClass);
export type Flip = FlipClass;

class DeterministicFlipClass extends FlipClass {
  /** Mirrors every other batch. */
  constructor(options: SamplingOptions = {}) {
    super({ ...options, p: 1, draw: DeterministicDraw([0, 1]) });
  }
}
export const DeterministicFlip = callable(DeterministicFlipClass);
export type DeterministicFlip = DeterministicFlipClass;

class DihedralClass extends AffineCoordTfmClass {
  /**
   * Turns and mirrors pictures of a batch, each with probability `p` (default: 0.5) in one of the eight ways of a square.
   * [fastai docs](https://docs.fast.ai/vision.augment.html#dihedral)
   */
  constructor(...args: [p?: number | FlipOptions, ...rest: any[]]) {
    super(affine('Dihedral', matrices.flipNames, args, matrices.dihedral_mat));
  }
}
export const Dihedral = callable(DihedralClass);
export type Dihedral = DihedralClass;

class DeterministicDihedralClass extends DihedralClass {
  /** The eight ways one after the other, each for a whole batch. */
  constructor(options: SamplingOptions = {}) {
    super({ align_corners: null, ...options, p: 1, draw: DeterministicDraw([0, 1, 2, 3, 4, 5, 6, 7]) });
  }
}
export const DeterministicDihedral = callable(DeterministicDihedralClass);
export type DeterministicDihedral = DeterministicDihedralClass;

class RotateClass extends AffineCoordTfmClass {
  /**
   * Turns pictures of a batch by up to `max_deg` degrees (default: 10) either way, each with probability `p` (0.5).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#rotate)
   */
  constructor(...args: [max_deg?: number | (matrices.RotateDraws & SamplingOptions), ...rest: any[]]) {
    super(affine('Rotate', matrices.rotateNames, args, matrices.rotate_mat));
  }
}
export const Rotate = callable(RotateClass);
export type Rotate = RotateClass;

class ZoomClass extends AffineCoordTfmClass {
  /**
   * Shows a part of each picture, `min_zoom` (1) to `max_zoom` (1.1) times as large, each with probability `p` (0.5).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#zoom)
   */
  constructor(...args: [min_zoom?: number | (matrices.ZoomDraws & SamplingOptions), ...rest: any[]]) {
    super(affine('Zoom', matrices.zoomNames, args, matrices.zoom_mat));
  }
}
export const Zoom = callable(ZoomClass);
export type Zoom = ZoomClass;

class WarpClass extends AffineCoordTfmClass {
  /**
   * Shows pictures of a batch from aside: corners move by up to `magnitude` (default: 0.2), with probability `p` (0.5).
   * [fastai docs](https://docs.fast.ai/vision.augment.html#warp)
   */
  constructor(...args: [magnitude?: number | (WarpDraws & SamplingOptions), ...rest: any[]]) {
    const { sampling, draws } = parts<WarpDraws>('Warp', warpNames, args);
    super({ ...sampling, coord_fs: new WarpCoord(draws) });
  }
}
export const Warp = callable(WarpClass);
export type Warp = WarpClass;
