/** What `from fastai.vision.all import *` gives, as far as it is built: torch's names included. */
export * from '../torch/index.js';
export * as torch from '../torch/index.js';
export * as F from '../torch/nn/functional.js';
export * from '../fastcore/index.js';
// Python's, as in fastai; torch's module of that name is reached through torch.
export { random } from '../fastcore/random.js';
export { drawDigits, writeDrawnDigits } from '../torchvision/datasets/index.js';
export type { DrawnFolderOptions } from '../torchvision/datasets/index.js';
export {
  decode_image,
  encode_png,
  ImageReadMode,
  readImages,
  read_image,
  write_png,
} from '../torchvision/io/index.js';
export {
  apply_init,
  children_and_parameters,
  default_device,
  find_bs,
  flatten_model,
  has_children,
  logit,
  norm_bias_params,
  one_param,
  ParameterModule,
  params,
  set_seed,
  tensor,
  to_concat,
  to_cpu,
  to_detach,
  to_device,
  to_float,
  to_np,
  trainable_params,
} from './torch_core.js';
export { defaults, Learner, noop } from './learner.js';
export type {
  FitOptions,
  LearnerData,
  LearnerOptions,
  LogEntry,
  LossFunc,
  Moms,
  OptFunc,
  Splitter,
} from './learner.js';
export { AvgLoss, AvgMetric, AvgSmoothLoss, Metric, mk_metric, ValueMetric } from './learner/metric.js';
export type { MetricFunction, MetricLike } from './learner/metric.js';
export { format_time, Recorder } from './learner/recorder.js';
export type { PredsOptions } from './learner/inference.js';
import './learner/inference.js';
export { CastToTensor } from './learner/cast.js';
export type { TTAOptions } from './learner/tta.js';
import './learner/storage.js';
import './learner/tta.js';
export { load_learner, type LoadLearnerOptions } from './learner/export.js';
export { reduce, restore, type Reduced } from '../fastcore/reduce.js';
export { before_batch_cb, Callback, TrainEvalCallback } from './callback/core.js';
export {
  CancelBackwardException,
  CancelBatchException,
  CancelEpochException,
  CancelFitException,
  CancelStepException,
  CancelTrainException,
  CancelValidException,
  event,
  KeyboardInterrupt,
} from './callback/events.js';
export { FetchPredsCallback, GatherPredsCallback } from './callback/gather.js';
export {
  combine_scheds,
  combined_cos,
  SchedCos,
  SchedExp,
  SchedLin,
  SchedNo,
  SchedPoly,
} from './callback/annealing.js';
export { ParamScheduler } from './callback/schedule.js';
export type { FineTuneOptions, FlatCosOptions, OneCycleOptions, SgdrOptions } from './callback/schedule.js';
export {
  LRFinder,
  minimum,
  slide,
  steep,
  SuggestedLRs,
  SuggestionMethod,
  valley,
} from './callback/lr_finder.js';
export type { LRFinderOptions, LRFindOptions, SuggestFunc } from './callback/lr_finder.js';
export { CSVLogger, ProgressCallback } from './callback/progress.js';
export { Config, fastai_cfg, fastai_path, readArchive, untar_data, URLs } from './data/external.js';
export type { ArchiveFile, UntarOptions, UnpackLimits } from './data/external.js';
export {
  Adam,
  adam_step,
  average_grad,
  average_sqr_grad,
  BaseOptimizer,
  debias,
  even_mults,
  l2_reg,
  Lamb,
  lamb_step,
  Larc,
  larc_layer_lr,
  larc_step,
  Lookahead,
  momentum_step,
  Optimizer,
  OptimWrapper,
  partial,
  pytorch_hp_map,
  QHAdam,
  qhadam_step,
  RAdam,
  radam_step,
  ranger,
  rms_prop_step,
  RMSProp,
  SGD,
  sgd_step,
  // Python's one slice is for indices and for learning rates; torch's here is for indices only.
  slice,
  step_stat,
  weight_decay,
} from './optimizer/index.js';
export type {
  Hyper,
  HyperValue,
  OptimizerCallback,
  OptimizerOptions,
  OptimizerState,
  OptimWrapperOptions,
  StepBatch,
  Stepper,
} from './optimizer/index.js';
export * from './layers.js';
export { Axes, Figure, FuncAnimation, pd, plt } from '../plot/index.js';
export { gv, plot_function } from './fastbook.js';
export type { PlotFunctionOptions } from './fastbook.js';
export { get_grid, show_image, show_images, show_titled_image, subplots } from './show.js';
export type { AxesArray, ShowImageOptions, ShowImagesOptions, SubplotsOptions } from './show.js';
export * from './losses.js';
export * from './metrics.js';
export {
  batch_to_samples,
  DataLoaders,
  Datasets,
  onShowBatch,
  onShowResults,
  show_batch,
  show_results,
  test_set,
  TfmdDL,
  TfmdLists,
} from './data/core.js';
export type {
  DataLoadersOptions,
  DatasetsLoaderOptions,
  DatasetsOptions,
  FromDsetsOptions,
  ShowBatchOptions,
  SplitsLike,
  TfmdDLOptions,
  TfmdListsOptions,
} from './data/core.js';
export { DataLoader, fa_collate, fa_convert, SkipItemException, stop, StopIteration } from './data/load.js';
export type { AsyncItems, DataLoaderOptions, LoaderSteps } from './data/load.js';
export {
  dummy_eval,
  has_params,
  Hook,
  hook_output,
  hook_outputs,
  HookCallback,
  Hooks,
  in_channels,
  model_sizes,
  num_features_model,
} from './callback/hook.js';
export type { HookCallbackOptions, HookFunction, HookOptions } from './callback/hook.js';
export { ActivationStats, type LayerStats } from './callback/activation_stats.js';
export { layer_info, module_summary, total_params, type LayerInfo } from './callback/summary.js';
export * from './data/transforms.js';
export {
  CategoryBlock,
  DataBlock,
  MultiCategoryBlock,
  RegressionBlock,
  TransformBlock,
} from './data/block.js';
export type { DataBlockOptions, LoadersOptions, TransformBlockOptions } from './data/block.js';
export { read_csv, type ReadCsvOptions } from './data/csv.js';
export type { SummaryOptions } from './data/summary.js';
import './data/summary.js';
export * from './tensor_types.js';
export * from './vision/augment.js';
export * from './vision/core.js';
export { crop_pad, PadMode, type CropPadOptions } from './vision/crop_pad.js';
export { ImageBlock, ImageDataLoaders } from './vision/data.js';
export type {
  FromDfOptions,
  FromFolderOptions,
  FromListsOptions,
  ImageLoaderOptions,
} from './vision/data.js';
export * from './vision/learner.js';
export { show_image_batch, show_image_results } from './vision/show.js';
export { resnet18, resnet34, resnet50, resnet101, resnet152 } from '../torchvision/models/index.js';
export {
  EarlyStoppingCallback,
  ReduceLROnPlateau,
  SaveModelCallback,
  TerminateOnNaNCallback,
  TrackerCallback,
} from './callback/tracker.js';
export type { ReduceLROptions, SaveModelOptions, TrackerOptions } from './callback/tracker.js';
export {
  bn_types,
  BnFreeze,
  GradientAccumulation,
  GradientClip,
  set_bn_eval,
  ShortEpochCallback,
} from './callback/training.js';
export { AMPMode, MixedPrecision, type MixedPrecisionOptions } from './callback/fp16.js';
export * as v1 from './v1/index.js';
export { CutMix, MixHandler, MixUp, reduce_loss } from './callback/mixup.js';
export {
  ClassificationInterpretation,
  Interpretation,
  type InterpretationOptions,
  type TopLossesPlot,
} from './interpret.js';
export { SummaryWriter, TensorBoardCallback, type TensorBoardOptions } from './callback/tensorboard.js';
// Named, because several files give them members.
export type { DataBlockClass } from './data/block.js';
export type { LearnerClass } from './learner.js';
export type { RecorderClass } from './learner/recorder.js';
