import { memory } from '../../ts/torch/index.js';

/** Living tensors of this thread, garbage not counted. */
export function live(): number {
  return memory({ collect: true }).tensors;
}

/**
 * How many more tensors live after `fn` than before. `fn` runs in a frame of its own, so that nothing of it is
 * still on the stack when the garbage is collected.
 */
export function growth(fn: () => void): number {
  const before = live();
  (() => {
    fn();
  })();
  return live() - before;
}
