/** Threads that one operator may use. https://docs.pytorch.org/docs/stable/generated/torch.set_num_threads.html */
import { native } from '../native.js';

export function get_num_threads(): number {
  return native.getNumThreads();
}
/**
 * Holds for the whole process, worker threads included. Sums over many numbers may differ in the last digit with
 * another count, since they are added in another order.
 * @throws {ValueError} when `count` is not positive
 */
export function set_num_threads(count: number): void {
  native.setNumThreads(count);
}
