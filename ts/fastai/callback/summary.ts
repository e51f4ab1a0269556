/** `learn.summary()`: https://docs.fast.ai/callback.hook.html#learner.summary */
import { ArgumentError } from '../../torch/errors.js';
import { Tensor } from '../../torch/index.js';
import { Module, type AnyModule } from '../../torch/nn/index.js';
import { LearnerClass } from '../learner.js';
import '../learner/inference.js';
import { find_bs, flatten_model } from '../torch_core.js';
import { Hooks } from './hook.js';

/** A shape, or for several outputs a list of them. */
export type Shapes = readonly number[] | readonly Shapes[];
export interface LayerInfo {
  type: string;
  /** Null for layers without a weight. */
  params: number | null;
  trainable: boolean | null;
  shape: Shapes;
  /** The output has the shape of the input. */
  same: boolean;
}

declare module '../learner.js' {
  interface LearnerClass {
    /**
     * The layers of the model with their shapes and numbers of parameters, then optimizer, loss and callbacks, as text.
     * The first training batch goes through the model for that, in evaluation mode.
     */
    summary(): Promise<string>;
  }
}

/** The parameters of a module, and whether the first of them trains. */
export function total_params(m: AnyModule): [count: number, trainable: boolean] {
  const params = m.parameters();
  return [params.reduce((sum, p) => sum + p.numel(), 0), params[0]?.requires_grad ?? false];
}

const shapesOf = (value: unknown): Shapes =>
  value instanceof Tensor ? [...value.shape] : Array.isArray(value) ? (value as unknown[]).map(shapesOf) : [];
const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** What each layer makes of a batch: one item of it goes through the model as in a validation. */
export async function layer_info(learn: LearnerClass, ...xb: Tensor[]): Promise<LayerInfo[]> {
  const track = (m: AnyModule, input: unknown[], output: unknown): LayerInfo => {
    const [params, trainable] = 'weight' in m ? total_params(m) : [null, null];
    // An output of one tensor is compared row by row, several are compared as they are.
    const outputs =
      output instanceof Tensor ? [output.shape.slice(1)] : (output as Tensor[]).map((o) => o.shape);
    const same = outputs.some((shape, i) => {
      const given = input[i];
      return given instanceof Tensor && shape !== undefined && sameShape(given.shape.slice(1), shape);
    });
    return { type: m._get_name(), params, trainable, shape: shapesOf(output), same };
  };
  const hooks = new Hooks(flatten_model(learn.model), track as never);
  try {
    const first = xb.map((x) => x.at(':1'));
    await learn.get_preds({ dl: [first], inner: true, reorder: false });
    return [...hooks.stored].filter((info) => info !== null) as LayerInfo[];
  } finally {
    hooks.remove();
  }
}

const isShape = (shapes: Shapes): shapes is readonly number[] =>
  shapes.every((size) => typeof size === 'number');
/** `64 x 4 x 14 x 14`: the size of the batch in the place of the first. */
function shapeText(shapes: Shapes, bs: number): string {
  if (isShape(shapes)) return [bs, ...shapes.slice(1)].join(' x ');
  return `[${shapes.map((shape) => `'${shapeText(shape, bs)}'`).join(', ')}]`;
}
/** Numbers with commas between thousands. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
const width = 76;
const row = (...[a, b, c, d]: [string, string, string, string]): string =>
  `${a.padEnd(20)} ${b.padEnd(20)} ${c.padEnd(10)} ${d.padEnd(10)}`;

/** The table of layers for a batch of inputs. */
export async function module_summary(learn: LearnerClass, ...xb: Tensor[]): Promise<string> {
  const infos = await layer_info(learn, ...xb);
  const bs = find_bs(xb);
  const input = xb.length === 1 ? shapesOf(xb[0]) : shapesOf(xb);
  const lines = [
    `${learn.model._get_name()} (Input shape: ${shapeText(input, bs)})`,
    '='.repeat(width),
    row('Layer (type)', 'Output Shape', 'Param #', 'Trainable'),
    '='.repeat(width),
  ];
  let [params, trainable, before] = [0, 0, ''];
  infos.forEach((info, i) => {
    const shape = shapeText(info.shape, bs);
    const isNew = !info.same && shape !== before;
    if (i > 0 && isNew) lines.push('_'.repeat(width));
    if (i === 0 || isNew) lines.push(`${' '.repeat(20)} ${shape.slice(0, 19).padEnd(20)}`);
    const flag = info.trainable === null ? '' : info.trainable ? 'True' : 'False';
    lines.push(row(info.type, '', info.params === null ? '' : String(info.params), flag));
    params += info.params ?? 0;
    if (info.trainable) trainable += info.params ?? 0;
    before = shape;
  });
  const totals = [
    `Total params: ${grouped(params)}`,
    `Total trainable params: ${grouped(trainable)}`,
    `Total non-trainable params: ${grouped(params - trainable)}`,
  ];
  return [...lines, '_'.repeat(width), '', ...totals, '', ''].join('\n');
}

/** A function by its name, as Python shows it but for the address; a loss as it prints. */
function nameOf(value: unknown): string {
  if (value instanceof Module || typeof value !== 'function') return String(value);
  return `<function ${value.name === '' ? '<lambda>' : value.name}>`;
}

LearnerClass.prototype.summary = async function () {
  const { train } = this.dls;
  const loader = train as { one_batch?(): unknown };
  const batch: unknown = loader.one_batch?.() ?? train[Symbol.iterator]().next().value;
  if (batch === undefined) throw new ArgumentError('summary(): the training set has no batches', 'summary');
  const parts = (Array.isArray(batch) ? batch : [batch]) as Tensor[];
  const count = this.dls.n_inp ?? train.n_inp ?? Math.max(1, parts.length - 1);
  const device = this.modelDevice;
  const inputs = parts.slice(0, count).map((x) => (device ? x.to(device) : x));
  const layers = await module_summary(this, ...inputs);
  const frozen = this.opt?.frozen_idx;
  const state =
    frozen === undefined
      ? ''
      : `Model ${frozen === 0 ? 'unfrozen' : `frozen up to parameter group #${frozen}`}\n\n`;
  const callbacks = this.cbs.sorted('order').map((cb) => `  - ${String(cb)}`);
  return [
    `${layers}Optimizer used: ${nameOf(this.opt_func)}`,
    `Loss function: ${nameOf(this.loss_func)}`,
    '',
    `${state}Callbacks:`,
    ...callbacks,
  ].join('\n');
};
