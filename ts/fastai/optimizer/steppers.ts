/** fastai's steppers: https://docs.fast.ai/optimizer.html */
import { distinct, map, type List } from '../../torch/optim/lists.js';
import { number, numbers, stepper, tensors, known, type StepBatch } from './stepper.js';

function pick(list: List, places: readonly number[]): List {
  return places.map((i) => list[i]!);
}
/** Where weight decay applies: the Learner takes biases and norms out by `do_wd: false`. */
function decayed(batch: StepBatch): number[] {
  return batch.states.flatMap((state, i) => ((state['do_wd'] ?? true) ? [i] : []));
}

/** Weights move against their gradients. */
export const sgd_step = stepper((batch) => {
  batch.lists.add_(batch.params, batch.grads, -number(batch, 'lr'));
});

/** Weights shrink by `lr * wd`: decoupled weight decay. */
export const weight_decay = stepper(
  (batch) => {
    const wd = number(batch, 'wd');
    if (wd === 0) return;
    const places = decayed(batch);
    if (places.length > 0) batch.lists.times_(pick(batch.params, places), 1 - number(batch, 'lr') * wd);
  },
  { defaults: { wd: 0 } },
);

/** Adds `wd` times the weights to the gradients themselves. */
export const l2_reg = stepper(
  (batch) => {
    const wd = number(batch, 'wd');
    if (wd === 0) return;
    const places = decayed(batch);
    if (places.length > 0) batch.lists.add_(pick(batch.grads, places), pick(batch.params, places), wd);
  },
  { defaults: { wd: 0 } },
);

/** Keeps the running average of the gradient as `grad_avg`: a sum, or with `dampening` a mean. */
export const average_grad = stepper(
  (batch) => {
    const mom = number(batch, 'mom');
    const averages = tensors(batch, 'grad_avg');
    batch.lists.times_(averages, mom);
    batch.lists.add_(averages, batch.grads, batch.hyper['dampening'] === true ? 1 - mom : 1);
  },
  { writes: ['grad_avg'], defaults: { mom: 0.9 } },
);

/** Keeps the running average of the squared gradient as `sqr_avg`: a mean, or without `dampening` a sum. */
export const average_sqr_grad = stepper(
  (batch) => {
    const mom = number(batch, 'sqr_mom');
    const averages = tensors(batch, 'sqr_avg');
    batch.lists.times_(averages, mom);
    batch.lists.addcmul_(
      averages,
      batch.grads,
      batch.grads,
      batch.hyper['dampening'] === false ? 1 : 1 - mom,
    );
  },
  { writes: ['sqr_avg'], defaults: { sqr_mom: 0.99 } },
);

/** SGD with momentum: needs `average_grad` before it. */
export const momentum_step = stepper((batch) => {
  batch.lists.add_(batch.params, tensors(batch, 'grad_avg'), -number(batch, 'lr'));
});

/** RMSProp, with momentum where `average_grad` came before. */
export const rms_prop_step = stepper(
  (batch) => {
    const { lists, params, grads } = batch;
    const denominators = lists.sqrt(tensors(batch, 'sqr_avg'));
    lists.plus_(denominators, number(batch, 'eps'));
    const updates = known(batch, 'grad_avg') ? tensors(batch, 'grad_avg') : grads;
    lists.addcdiv_(params, updates, denominators, -number(batch, 'lr'));
  },
  { defaults: { eps: 1e-8 } },
);

/** Counts the steps of each parameter. */
export const step_stat = stepper(
  (batch) => {
    for (const state of batch.states) state['step'] = ((state['step'] as number | undefined) ?? 0) + 1;
  },
  { writes: ['step'] },
);

/** What a running average with dampening `damp` has to be divided by after `step` steps. */
export function debias(mom: number, damp: number, step: number): number {
  return (damp * (1 - mom ** step)) / (1 - mom);
}

/** Both corrections for the steps made so far, and the root of the corrected squares. */
function corrected(batch: StepBatch) {
  const { lists } = batch;
  const mom = number(batch, 'mom');
  const squareMom = number(batch, 'sqr_mom');
  const steps = numbers(batch, 'step');
  const debias1 = map(steps, (step) => debias(mom, 1 - mom, step));
  const debias2 = map(steps, (step) => debias(squareMom, 1 - squareMom, step));
  const roots = (): List => {
    const result = lists.over(tensors(batch, 'sqr_avg'), debias2);
    lists.sqrt_(result);
    return result;
  };
  return { lr: number(batch, 'lr'), squareMom, steps, debias1, debias2, roots };
}

export const adam_step = stepper((batch) => {
  const { lr, debias1, roots } = corrected(batch);
  const denominators = roots();
  batch.lists.plus_(denominators, number(batch, 'eps'));
  batch.lists.addcdiv_(
    batch.params,
    tensors(batch, 'grad_avg'),
    denominators,
    map(debias1, (bias) => -lr / bias),
  );
});

/** The rectification of RAdam after `step` steps; 0 as long as the variance cannot be told. */
function rectification(step: number, squareMom: number): number {
  const limit = 2 / (1 - squareMom) - 1;
  const length = limit - (2 * step * squareMom ** step) / (1 - squareMom ** step);
  if (!(length > 5)) return 0;
  return Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
}

export const radam_step = stepper((batch) => {
  const { lists, params } = batch;
  const { lr, squareMom, steps, debias1, roots } = corrected(batch);
  const averages = tensors(batch, 'grad_avg');
  const biases = (places: number[]): number => (typeof debias1 === 'number' ? debias1 : debias1[places[0]!]!);
  const denominators = roots();
  for (const [step, places] of distinct(steps, params.length)) {
    const chosen = pick(params, places);
    const rate = -lr / biases(places);
    const factor = rectification(step, squareMom);
    if (factor === 0) {
      lists.add_(chosen, pick(averages, places), rate);
      continue;
    }
    let below = pick(denominators, places);
    if (number(batch, 'eps') !== 0) lists.plus_(below, number(batch, 'eps'));
    if (number(batch, 'beta') !== 0) below = lists.softplus(below, number(batch, 'beta'));
    lists.addcdiv_(chosen, pick(averages, places), below, rate * factor);
  }
});

/** The quasi-hyperbolic mean of gradient and average, for the gradient by `nu_1` and for its square by `nu_2`. */
export const qhadam_step = stepper((batch) => {
  const { lists, grads } = batch;
  const { lr, debias1, debias2 } = corrected(batch);
  const nu1 = number(batch, 'nu_1');
  const nu2 = number(batch, 'nu_2');
  const mix = (now: List, average: List, nu: number): List => {
    lists.times_(average, nu);
    const result = lists.times(now, 1 - nu);
    lists.add_(result, average);
    return result;
  };
  const updates = mix(grads, lists.over(tensors(batch, 'grad_avg'), debias1), nu1);
  const denominators = mix(lists.mul(grads, grads), lists.over(tensors(batch, 'sqr_avg'), debias2), nu2);
  lists.sqrt_(denominators);
  lists.plus_(denominators, number(batch, 'eps'));
  lists.addcdiv_(batch.params, updates, denominators, -lr);
});

/** Each layer's own rate, by the norms of its weights and of its gradient; with `clip` (default) at most `lr`. */
export const larc_layer_lr = stepper(
  (batch) => {
    const { lists, params, grads, states } = batch;
    const lr = number(batch, 'lr');
    const count = params.length;
    const weights = each(lists.values(lists.norm(params)), count);
    const slopes = each(lists.values(lists.norm(grads)), count);
    const [trust, wd, eps] = [number(batch, 'trust_coeff'), number(batch, 'wd'), number(batch, 'eps')];
    weights.forEach((weight, i) => {
      const rate = (lr * trust * weight) / (slopes[i]! + weight * wd + eps);
      states[i]!['local_lr'] = batch.hyper['clip'] === false ? rate : Math.min(lr, rate);
    });
  },
  { writes: ['local_lr'], defaults: { trust_coeff: 0.02, wd: 0, eps: 1e-8 } },
);
function each(values: number | readonly number[], count: number): readonly number[] {
  return typeof values === 'number' ? new Array<number>(count).fill(values) : values;
}

export const larc_step = stepper((batch) => {
  const { lists } = batch;
  const updates = known(batch, 'grad_avg') ? tensors(batch, 'grad_avg') : batch.grads;
  const changes = lists.times(
    updates,
    map(numbers(batch, 'local_lr'), (rate) => -rate),
  );
  lists.add_(batch.params, changes);
});

/** Adam's update, scaled by layer: by the ratio of the weights' norm to the update's, 10 at most. */
export const lamb_step = stepper((batch) => {
  const { lists, params } = batch;
  const { lr, debias1, roots } = corrected(batch);
  const denominators = roots();
  lists.plus_(denominators, number(batch, 'eps'));
  const updates = lists.over(tensors(batch, 'grad_avg'), debias1);
  lists.div_(updates, denominators);
  // Mean squares have the same ratio as norms: both are over the same number of elements.
  const weights = each(lists.values(lists.norm(params)), params.length);
  const sizes = each(lists.values(lists.norm(updates)), params.length);
  lists.times_(
    updates,
    weights.map((weight, i) => -lr * (weight === 0 || sizes[i] === 0 ? 1 : Math.min(weight / sizes[i]!, 10))),
  );
  lists.add_(params, updates);
});
