/**
 * The device of this group's tests, which are skipped where there is no GPU. LIBTORCH_NODE_TEST_DEVICE=cpu runs those
 * that are not about a GPU's memory on the CPU, to try the tests themselves.
 */
import * as torch from '../../../ts/torch/index.js';

const named = process.env['LIBTORCH_NODE_TEST_DEVICE'];
export const device = named ?? 'cuda';
export const isGpu = device.startsWith('cuda');

/** For `before`: skips the suite where its device is missing, or where it must be a GPU and is none. */
export function needDevice(test: Mocha.Context, { gpu = false } = {}): void {
  if ((gpu || isGpu) && !torch.cuda.is_available()) test.skip();
}

/** The largest difference, relative to the largest value. */
export function distance(a: torch.Tensor, b: torch.Tensor): number {
  const [x, y] = [a, b].map((t) => t.detach().to('cpu').to(torch.float64));
  if (x!.numel() === 0) return 0;
  const scale = Math.max(1, Number(x!.abs().max().item()));
  return Number(x!.sub(y!).abs().max().item()) / scale;
}
