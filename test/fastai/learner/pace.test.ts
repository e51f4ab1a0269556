import { expect } from 'chai';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { DataLoaders, Learner } from '../../../ts/fastai/index.js';
import { chapter4, linear_learner, simple_learner } from '../../support/chapter4.js';

/** The 99th percentile of the event loop's delays during a fit, in milliseconds. */
async function delayOf(learn: Learner, epochs: number): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  await learn.no_logging(() => learn.no_mbar(() => learn.fit(epochs, 0.1)));
  delays.disable();
  return delays.percentile(99) / 1e6;
}

describe('fastai: the event loop during a fit on MNIST', function () {
  let dls: DataLoaders;
  before(async function () {
    dls = await chapter4(this);
  });
  for (const [name, make] of [
    ['linear model', linear_learner],
    ['simple_net', simple_learner],
  ] as const)
    it(`turns at least every 50 ms (p99): ${name}`, async () => {
      const measured: number[] = [];
      // What else runs on a machine delays the loop too: one undisturbed fit of three is proof enough.
      for (let i = 0; i < 3 && !measured.some((delay) => delay < 50); ++i)
        measured.push(await delayOf(make(dls), 3));
      expect(Math.min(...measured)).to.be.below(50);
    });
});
