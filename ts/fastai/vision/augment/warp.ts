/** Perspective. https://docs.fast.ai/vision.augment.html#warp */
import { reduce, type Reduced } from '../../../fastcore/reduce.js';
import {
  cat,
  linalg,
  ones_like,
  stack,
  tensor,
  tidy,
  zeros_like,
  type Tensor,
} from '../../../torch/index.js';
import { between, drawn, type Draw } from './draw.js';

export interface WarpDraws {
  /** How far corners move, as a share of half a side; default: 0.2. */
  magnitude?: number;
  /** How likely a picture is to be changed, in each of the two directions; default: 0.5. */
  p?: number;
  draw_x?: Draw;
  draw_y?: Draw;
  /** The same for all pictures of a batch; default: false. */
  batch?: boolean;
}
export const warpNames = ['magnitude', 'p', 'draw_x', 'draw_y', 'batch'];

/** The eight numbers [N, 8, 1] of the perspective that takes the four points `p2` to `p1`, both [N, 4, 2]. */
export function find_coeffs(p1: Tensor, p2: Tensor): Tensor {
  return tidy(() => {
    const one = ones_like(p1.at(':', 0, 0));
    const none = [zeros_like(one), zeros_like(one), zeros_like(one)];
    // Two equations for each point: u = (ax + by + c) / (gx + hy + 1), and the same for v.
    const equations = [0, 1, 2, 3].flatMap((i) => {
      const [x, y] = [p2.at(':', i, 0), p2.at(':', i, 1)];
      return [0, 1].map((axis) => {
        const minus = p1.at(':', i, axis).neg();
        const factors = axis === 0 ? [x, y, one, ...none] : [...none, x, y, one];
        return stack([...factors, minus.mul(x), minus.mul(y)], 1);
      });
    });
    return linalg.solve(stack(equations, 1), p1.reshape(-1, 8, 1));
  });
}

/** Coordinates [N, ..., 2] seen in perspective, `coeffs` being [N, 8, 1]; the same where a point would be infinitely far. */
export function apply_perspective(coords: Tensor, coeffs: Tensor): Tensor {
  return tidy(() => {
    const flat = coords.view(coords.shape[0]!, -1, 2);
    const matrices = cat([coeffs, ones_like(coeffs.at(':', ':1'))], 1).view(-1, 3, 3);
    const moved = flat
      .matmul(matrices.at('...', ':2').transpose(1, 2))
      .add(matrices.at('...', 2).unsqueeze(1));
    const depth = moved.at('...', 2);
    if (depth.eq(0).any().item()) return coords;
    return moved.div(depth.unsqueeze(-1)).at('...', ':2').reshape(coords.shape);
  });
}

/** A perspective that is drawn for each batch. */
export class WarpCoord {
  readonly magnitude: number;
  readonly p: number;
  readonly draw_x: Draw;
  readonly draw_y: Draw;
  readonly batch: boolean;
  #corners: [original: Tensor, moved: Tensor] | null = null;

  constructor({ magnitude = 0.2, p = 0.5, draw_x = null, draw_y = null, batch = false }: WarpDraws = {}) {
    this.magnitude = magnitude;
    this.p = p;
    this.draw_x = draw_x;
    this.draw_y = draw_y;
    this.batch = batch;
  }
  before_call(x: Tensor): void {
    const { magnitude, p, batch } = this;
    this.#corners = tidy(() => {
      const chance = (t: Tensor) => between(t, -magnitude, magnitude, batch);
      const [across, down] = [this.draw_x, this.draw_y].map((draw) => drawn(x, chance, draw, { p, batch }));
      const like = { dtype: x.dtype, device: x.device };
      const original = tensor(corners, like).unsqueeze(0);
      // Corners that lie across from each other move the same way: apart or together.
      const moves = stack([down!, across!], 1)
        .unsqueeze(1)
        .mul(tensor(twist, like).view(1, 4, 1));
      return [original.expand(x.shape[0]!, 4, 2), moves.add(original)];
    });
  }
  call(coords: Tensor): Tensor {
    const [original, moved] = this.#corners!;
    return tidy(() => apply_perspective(coords, find_coeffs(original, moved)));
  }
  release(): void {
    this.#corners?.forEach((t) => t.dispose());
    this.#corners = null;
  }
  [reduce](): Reduced {
    return { by: WarpCoord, args: [] };
  }
}
const corners = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
];
const twist = [-1, 1, 1, -1];
