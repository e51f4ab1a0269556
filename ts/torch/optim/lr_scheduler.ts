/** torch.optim.lr_scheduler: https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate */
export { LRScheduler, type SchedulerState } from './lr_scheduler/scheduler.js';
export { LambdaLR, MultiplicativeLR, type LrLambda } from './lr_scheduler/lambda.js';
export { ExponentialLR, MultiStepLR, StepLR } from './lr_scheduler/decay.js';
export { ConstantLR, LinearLR, PolynomialLR } from './lr_scheduler/ramp.js';
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './lr_scheduler/cosine.js';
export { ReduceLROnPlateau, type PlateauOptions } from './lr_scheduler/plateau.js';
export { CyclicLR, type CyclicOptions } from './lr_scheduler/cyclic.js';
export { OneCycleLR, type OneCycleOptions } from './lr_scheduler/one_cycle.js';
export { ChainedScheduler, SequentialLR } from './lr_scheduler/sequence.js';
