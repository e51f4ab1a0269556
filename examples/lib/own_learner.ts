/**
 * A Learner of one's own: further research 1 of chapter 4. It has what the chapter's own training loop has, behind the
 * names of fastai's, and prints the same table.
 */
import * as torch from 'libtorch-node';
import type { nn, Tensor } from 'libtorch-node';

export type Batch = readonly [xb: Tensor, yb: Tensor];
export type Batches = Iterable<Batch>;
export interface OwnOptimizer {
  step(): void;
  zero_grad(): void;
}
export type OptFunc = (params: nn.Parameter[], lr: number) => OwnOptimizer;
export type Loss = (preds: Tensor, targets: Tensor) => Tensor;
export type Metric = Loss;

/** Training and validation data together. */
export class OwnDataLoaders {
  constructor(
    readonly train: Batches,
    readonly valid: Batches,
  ) {}
}

/** Plain stochastic gradient descent: the book's BasicOptim. */
export class BasicOptim implements OwnOptimizer {
  constructor(
    readonly params: nn.Parameter[],
    readonly lr: number,
  ) {}
  step(): void {
    // Python's `p.data -= p.grad.data * self.lr`
    for (const p of this.params) p.data.sub_(p.grad!.mul(this.lr));
  }
  zero_grad(): void {
    for (const p of this.params) p.grad = null;
  }
}

export interface OwnLearnerOptions {
  loss_func: Loss;
  metrics: Metric;
  opt_func?: OptFunc;
  lr?: number;
}
/** What the table shows of an epoch. */
export type Row = [train_loss: number, valid_loss: number, metric: number];

export class OwnLearner {
  readonly rows: Row[] = [];
  readonly loss_func: Loss;
  readonly metrics: Metric;
  readonly opt_func: OptFunc;
  readonly lr: number;

  constructor(
    readonly dls: OwnDataLoaders,
    readonly model: nn.AnyModule,
    {
      loss_func,
      metrics,
      opt_func = (params, lr) => new BasicOptim(params, lr),
      lr = 1e-3,
    }: OwnLearnerOptions,
  ) {
    this.loss_func = loss_func;
    this.metrics = metrics;
    this.opt_func = opt_func;
    this.lr = lr;
  }

  /** One step: predict, measure, find the gradient, step, clear. */
  one_batch([xb, yb]: Batch, opt: OwnOptimizer): Tensor {
    return torch.tidy(() => {
      const loss = this.loss_func(this.model(xb) as Tensor, yb);
      loss.backward();
      opt.step();
      opt.zero_grad();
      return loss.detach();
    });
  }

  /** Losses and metrics of all items: each batch counts by its size. */
  validate(): [loss: number, metric: number] {
    this.model.eval();
    let [count, loss, metric] = [0, 0, 0];
    torch.no_grad(() => {
      for (const [xb, yb] of this.dls.valid)
        torch.tidy(() => {
          const preds = this.model(xb) as Tensor;
          count += yb.length;
          loss += this.loss_func(preds, yb).item() * yb.length;
          metric += this.metrics(preds, yb).item() * yb.length;
        });
    });
    this.model.train();
    return [loss / count, metric / count];
  }

  fit(epochs: number, lr = this.lr): void {
    const opt = this.opt_func(this.model.parameters(), lr);
    console.log(line('epoch', 'train_loss', 'valid_loss', this.metrics.name, 'time'));
    // fastai shows the training loss as a moving average over all batches, which begins at zero and is corrected for it.
    let average = torch.tensor(0);
    let steps = 0;
    for (let epoch = 0; epoch < epochs; ++epoch) {
      const started = performance.now();
      for (const batch of this.dls.train) {
        const before = average;
        average = torch.tidy(() => torch.lerp(this.one_batch(batch, opt), before, 0.98));
        before.dispose();
        ++steps;
      }
      const row: Row = [average.div(1 - 0.98 ** steps).item(), ...this.validate()];
      this.rows.push(row);
      const seconds = Math.round((performance.now() - started) / 1000);
      const time = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
      console.log(line(String(epoch), ...row.map((value) => value.toFixed(6)), time));
    }
  }
}

function line(...cells: string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(i === 0 ? 10 : 12))
    .join('')
    .trimEnd();
}
