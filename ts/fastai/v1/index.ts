/** fastai 1, as the course's lessons of 2019 use it. https://fastai1.fast.ai */
export { Config } from './config.js';
export { DataBunch, DeviceDataLoader } from './data.js';
export type { BatchTransform, DataBunchOptions } from './data.js';
export { V1Learner as Learner } from './learner.js';
export type { V1OneCycleOptions as OneCycleOptions } from './learner.js';
export { V1Recorder as Recorder } from './recorder.js';
