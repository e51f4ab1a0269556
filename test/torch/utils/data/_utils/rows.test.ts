/** Which lists are the rows of one tensor, and what the native calls behind a batch refuse. */
import { expect } from 'chai';

import { native } from '../../../../../ts/native.js';
import * as torch from '../../../../../ts/torch/index.js';
import { handleOf } from '../../../../../ts/torch/handle.js';
import { Tensor } from '../../../../../ts/torch/index.js';
import { columnsOfList } from '../../../../../ts/torch/utils/data/_utils/rows.js';
import { message } from '../../../../support/thrown.js';

const handles = (tensors: readonly Tensor[]) => tensors.map((tensor) => handleOf(tensor));
const column = (list: readonly unknown[]) => columnsOfList(list) as Tensor | null;

describe('the rows of one tensor', () => {
  const x = torch.arange(12).reshape([4, 3]);

  it('are recognised in order, from the middle, every second one, and repeated', () => {
    const rows = [...x];
    for (const list of [rows, rows.slice(1), [rows[0]!, rows[2]!], [rows[1]!, rows[1]!], [rows[3]!]])
      expect(column(list)!.tolist()).to.deep.equal(list.map((row) => row.tolist()));
    expect(column([...x.t()])!.tolist()).to.deep.equal(x.t().tolist());
  });

  it('are not what is backwards, at other distances, of another shape, dtype or memory, or gone', () => {
    const rows = [...x];
    const gone = x.at(1);
    gone.dispose();
    for (const list of [
      [rows[1], rows[0]],
      [rows[0], rows[1], rows[3]],
      [rows[0], x.at(1, '0:2')],
      [rows[0], x.at(1).float()],
      [torch.ones([3]), torch.ones([3])],
      [rows[0], gone],
      [rows[0], 3],
      [rows[0], torch.ones([3]).requires_grad_()],
      [torch.zeros([0]), torch.zeros([0])],
    ])
      expect(columnsOfList(list)).to.equal(null);
  });

  it('are looked at anew when the list has changed', () => {
    const list = [...x];
    expect(column(list)!.tolist()).to.deep.equal(x.tolist());
    list[0] = torch.zeros([3]).long();
    expect(columnsOfList(list)).to.equal(null);
  });
});

describe('rows copied by native code', () => {
  const x = torch.arange(12).reshape([4, 3]);
  const made = (results: ReturnType<typeof native.sliceRows>) => results.length;

  it('are fresh memory', () => {
    const [batch] = [...torch.utils.data.DataLoader([...x], { batch_size: 2 })];
    batch!.fill_(7);
    expect(x.at(0).tolist()).to.deep.equal([0, 1, 2]);
  });

  it('may be none, but must be there', () => {
    expect(made(native.sliceRows(handles([x]), 2, 2))).to.equal(1);
    for (const [start, stop] of [
      [-1, 2],
      [3, 2],
      [0, 5],
    ] as const)
      expect(message(() => native.sliceRows(handles([x]), start, stop))).to.contain('index out of range');
    const rows = torch.tensor([0n, 4n]);
    expect(message(() => native.gatherRows(handles([x]), handleOf(rows)))).to.contain('index out of range');
    expect(message(() => native.sliceRows(handles([x]), NaN, 2))).to.contain('start');
    expect(message(() => native.sliceRows(handles([x.t()]), 0, 1))).to.contain('contiguous');
  });

  it('counts of steps go up in place, in whatever dtype they are', () => {
    const steps = [torch.tensor(3), torch.tensor(3, { dtype: torch.float64 })];
    expect(native.countSteps(handles(steps))).to.equal(4);
    const mixed = [torch.tensor(1), torch.tensor(2)];
    expect(native.countSteps(handles(mixed))).to.deep.equal([2, 3]);
    const whole = [torch.tensor([5n]), torch.tensor([7n])];
    expect(native.countSteps(handles(whole))).to.deep.equal([6, 8]);
    expect([...steps, ...mixed, ...whole].map((step) => step.item())).to.deep.equal([4, 4, 2, 3, 6, 8]);
    expect(message(() => native.countSteps([null as never]))).to.contain('must be a Tensor');
  });
});
