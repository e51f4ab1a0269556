/** What fastai 1's recorder calls its pictures. https://fastai1.fast.ai/basic_train.html#recorder */
import { plt, type Axes } from '../../plot/index.js';
import { RecorderClass } from '../learner/recorder.js';
import '../learner/plots.js';

/** The recorder of a fit with the names of fastai 1 too. */
export class V1Recorder extends RecorderClass {
  override get name(): string {
    return 'recorder';
  }
  get moms(): number[] {
    return this.hps['mom'] ?? [];
  }
  /** Validation loss of each epoch. */
  get val_losses(): number[] {
    return this.values.map((row) => Number(row[1]));
  }
  /** Losses over learning rates, after `lr_find`. */
  plot({ skip_end = 5 }: { skip_end?: number } = {}): Axes {
    return this.plot_lr_find({ skip_end });
  }
  /** Learning rates by batch, and momenta beside them with `show_moms`. */
  plot_lr({ show_moms = false }: { show_moms?: boolean } = {}): Axes[] {
    if (show_moms) return this.plot_sched({ keys: ['lr', 'mom'] });
    const [, ax] = plt.subplots();
    ax.plot(this.lrs);
    ax.set_xlabel('Iterations');
    ax.set_ylabel('Learning Rate');
    return [ax];
  }
  plot_losses({ skip_start = 0 }: { skip_start?: number } = {}): Axes {
    return this.plot_loss({ skip_start });
  }
}
