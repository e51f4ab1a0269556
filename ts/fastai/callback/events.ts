/** What happens during a fit, in the order in which it happens. https://docs.fast.ai/callback.core.html */

export const events = [
  'after_create',
  'before_fit',
  'before_epoch',
  'before_train',
  'before_batch',
  'after_pred',
  'after_loss',
  'before_backward',
  'after_cancel_backward',
  'after_backward',
  'before_step',
  'after_cancel_step',
  'after_step',
  'after_cancel_batch',
  'after_batch',
  'after_cancel_train',
  'after_train',
  'before_validate',
  'after_cancel_validate',
  'after_validate',
  'after_cancel_epoch',
  'after_epoch',
  'after_cancel_fit',
  'after_fit',
] as const;
export type Event = (typeof events)[number];
export const event = Object.freeze(Object.fromEntries(events.map((name) => [name, name]))) as Readonly<{
  [K in Event]: K;
}>;

/** The events that `run_train` and `run_valid` of a callback switch. */
export const innerLoop: ReadonlySet<Event> = new Set<Event>([
  'before_batch',
  'after_pred',
  'after_loss',
  'before_backward',
  'after_cancel_backward',
  'after_backward',
  'before_step',
  'after_cancel_step',
  'after_step',
  'after_cancel_batch',
  'after_batch',
]);

/** Thrown by a callback to leave out a part of the fit. */
export class CancelException extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}
/** Skips the rest of this batch and goes on to `after_batch`. */
export class CancelBatchException extends CancelException {}
/** Skips the rest of the training part of this epoch. */
export class CancelTrainException extends CancelException {}
/** Skips the rest of the validation part of this epoch. */
export class CancelValidException extends CancelException {}
/** Skips the rest of this epoch. */
export class CancelEpochException extends CancelException {}
/** Ends the fit. */
export class CancelFitException extends CancelException {}
/** Skips the optimizer's step; gradients are still zeroed. */
export class CancelStepException extends CancelException {}
/** Skips the backward pass. */
export class CancelBackwardException extends CancelException {}

/** Ctrl-C during a fit, as Python names it. */
export class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt';
  constructor() {
    super('fit was interrupted');
  }
}

/** The parts of a fit, as `show_training_loop` lists them. */
export const trainingLoop: readonly string[] = [
  ...['Start Fit', 'before_fit', 'Start Epoch Loop', 'before_epoch', 'Start Train', 'before_train'],
  ...['Start Batch Loop', 'before_batch', 'after_pred', 'after_loss', 'before_backward', 'before_step'],
  ...['after_step', 'after_cancel_batch', 'after_batch', 'End Batch Loop', 'End Train'],
  ...['after_cancel_train', 'after_train', 'Start Valid', 'before_validate', 'Start Batch Loop'],
  ...['**CBs same as train batch**', 'End Batch Loop', 'End Valid', 'after_cancel_validate'],
  ...['after_validate', 'End Epoch Loop', 'after_cancel_epoch', 'after_epoch', 'End Fit'],
  ...['after_cancel_fit', 'after_fit'],
];
