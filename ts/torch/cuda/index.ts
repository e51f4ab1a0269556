/** torch.cuda. https://docs.pytorch.org/docs/stable/cuda.html */
import { native } from '../../native.js';
import { empty } from '../generated/functions.js';

export function is_available(): boolean {
  return native.cudaDeviceCount() > 0;
}
export function device_count(): number {
  return native.cudaDeviceCount();
}
/** Waits until the GPU has done all that it was given. */
export function synchronize(device: number | string = 0): void {
  native.synchronize(typeof device === 'number' ? `cuda:${device}` : device);
}
/** Gives memory that the caching allocator keeps back to the GPU. */
export function empty_cache(): void {
  native.emptyCache();
}
/** Bytes that tensors hold on the GPU. */
export function memory_allocated(device = 0): number {
  return native.deviceMemory(device)?.allocated ?? 0;
}
export function max_memory_allocated(device = 0): number {
  return native.deviceMemory(device)?.maxAllocated ?? 0;
}
/** Bytes that the caching allocator has taken from the GPU. */
export function memory_reserved(device = 0): number {
  return native.deviceMemory(device)?.reserved ?? 0;
}
export function max_memory_reserved(device = 0): number {
  return native.deviceMemory(device)?.maxReserved ?? 0;
}
export function reset_peak_memory_stats(device = 0): void {
  native.resetDevicePeak(device);
}
/** Number of the GPU that takes what is meant for `cuda` without a number. @throws {TorchError} there is none */
export function current_device(): number {
  const probe = empty([0], { device: 'cuda' });
  const { index } = probe.device;
  probe.dispose();
  return index ?? 0;
}
/** Seeds the current GPU's generator; nothing where there is none, as in PyTorch. */
export function manual_seed(seed: number | bigint): void {
  if (is_available()) native.manualSeed(seed, 'cuda');
}
/** Seeds the generators of all GPUs; nothing where there is none. */
export function manual_seed_all(seed: number | bigint): void {
  for (let i = 0; i < device_count(); ++i) native.manualSeed(seed, `cuda:${i}`);
}
