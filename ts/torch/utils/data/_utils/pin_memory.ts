/** Page-locked memory for a batch, from which copies to the GPU run beside other work. */
import { native } from '../../../../native.js';
import { Tensor } from '../../../tensor.js';
import { isPlain } from './collate.js';

let warned = false;

/** Whether pinning makes sense here; says once where it does not, as PyTorch does. */
export function canPin(): boolean {
  if (native.cudaDeviceCount() > 0) return true;
  if (!warned) {
    process.emitWarning(
      "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
      'UserWarning',
    );
  }
  warned = true;
  return false;
}

/** The batch with its tensors in pinned memory; the pageable ones are freed. Other classes may have pin_memory(). */
export function pin_memory(data: unknown): unknown {
  if (data instanceof Tensor) {
    if (data.is_cuda || data.is_pinned()) return data;
    const pinned = data.pin_memory();
    data.dispose();
    return pinned;
  }
  if (Array.isArray(data)) return data.map(pin_memory);
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, pin_memory(value)]));
  if (isPlain(data))
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pin_memory(value)]));
  const own = (data as { pin_memory?: unknown } | null | undefined)?.pin_memory;
  return typeof own === 'function' ? (own.call(data) as unknown) : data;
}
