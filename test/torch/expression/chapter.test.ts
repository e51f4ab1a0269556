import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import { py } from './support.js';

/** Chapter 4 of fastbook, from "an end-to-end SGD example", in its own lines; the figures are those it prints. */
describe('torch/expression: the lines of fastbook chapter 4', () => {
  it('fit the speed of the roller coaster to the losses in the book', () => {
    const before = torch.memory().tensors;
    torch.manual_seed(42);
    const time = py`torch.arange(0,20).float()`;
    const speed = py`torch.randn(20)*3 + 0.75*(${time}-9.5)**2 + 1`;
    const params = py`torch.randn(3).requires_grad_()`;
    const f = (t: torch.Tensor, [a, b, c]: Iterable<torch.Tensor>): torch.Tensor =>
      py`${a}*(${t}**2) + (${b}*${t}) + ${c}`;
    const mse = (preds: torch.Tensor, targets: torch.Tensor): torch.Tensor =>
      py`((${preds}-${targets})**2).mean()`;

    const lr = 1e-5;
    const losses: number[] = [];
    torch.tidy(() => {
      for (let step = 0; step < 11; step++) {
        const loss = mse(f(time, params), speed);
        expect(loss.grad_fn!.name()).to.equal('MeanBackward0');
        loss.backward();
        py`${params}.data -= ${lr} * ${params}.grad.data`;
        py`${params}.grad = None`;
        losses.push(py<number>`${loss}.item()`);
      }
    });
    const book = [
      25823.8086, 5435.5366, 1577.4496, 847.3781, 709.2227, 683.0757, 678.1245, 677.184, 677.0025, 676.9644,
      676.9537,
    ];
    losses.forEach((loss, step) => {
      expect(loss / book[step]!, `loss ${step}: ${loss}`).to.be.closeTo(1, 1e-6);
    });
    [time, speed, params].forEach((t) => {
      t.dispose();
    });
    expect(torch.memory().tensors).to.equal(before);
  });

  it('compare images, predict and measure as the book does', () => {
    const threes = torch.manual_seed(1) && py`torch.rand(6, 28, 28)`;
    const mean3 = py`${threes}.mean(0)`;
    const a_3 = py`${threes}[1]`;
    const l1 = py`(${a_3}-${mean3}).abs().mean()`;
    expect(py<boolean>`torch.allclose(${l1}, F.l1_loss(${a_3}, ${mean3}))`).to.equal(true);
    expect(
      py<boolean>`torch.allclose(((${a_3}-${mean3})**2).mean().sqrt(), F.mse_loss(${a_3},${mean3}).sqrt())`,
    ).to.equal(true);
    const distance = (a: torch.Tensor, b: torch.Tensor): torch.Tensor => py`(${a}-${b}).abs().mean((-1,-2))`;
    expect([...distance(threes, mean3).shape]).to.deep.equal([6]);
    expect(py`(${threes} > 0.5).float().view(-1, 28*28).sum(1).long()`.dtype).to.equal(torch.int64);

    const prds = torch.tensor([0.9, 0.4, 0.2]);
    const trgts = torch.tensor([1n, 0n, 1n]);
    expect(String(py`torch.where(${trgts}==1, 1-${prds}, ${prds})`)).to.equal(
      'tensor([0.1000, 0.4000, 0.8000])',
    );
    expect(String(py`torch.where(${trgts}==1, 1-${prds}, ${prds}).mean()`)).to.equal('tensor(0.4333)');
    expect(String(py`((${prds}.sigmoid()>0.55)==${trgts}).float().mean()`)).to.equal('tensor(0.3333)');

    const weights = py`(torch.randn(28*28, 1)*1.0).requires_grad_()`;
    const bias = py`torch.randn(1).requires_grad_()`;
    const preds = py`${threes}.view(-1, 28*28) @ ${weights} + ${bias}`;
    expect(preds.grad_fn!.name()).to.equal('AddBackward0');
    const was = py<number>`${weights}[0].item()`;
    torch.no_grad(() => py`${weights}[0] *= 1.0001`);
    expect(py<number>`${weights}[0].item()` / was).to.be.closeTo(1.0001, 1e-6);
    expect(weights.is_leaf).to.equal(true);
  });
});
