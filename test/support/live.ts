import { memory } from '../../ts/torch/index.js';

/**
 * Living tensors of this thread, garbage not counted. What a freed graph held becomes garbage only then, so that one
 * collection may not be all.
 */
export function live(): number {
  let count = memory({ collect: true }).tensors;
  for (;;) {
    const fewer = memory({ collect: true }).tensors;
    if (fewer >= count) return count;
    count = fewer;
  }
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
