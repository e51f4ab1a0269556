/** torch.amp.GradScaler against recorded PyTorch. */
import { expect } from 'chai';
import torch, { nn, optim } from '../../../ts/index.js';
import { expectRecorded, readRecorded, type RecordedTensor } from '../../support/recorded.js';
import { message } from '../../support/thrown.js';

interface Recorded {
  steps: { scale: number; tracker: number; weight: RecordedTensor }[];
  state: Record<string, number>;
}
const recorded = readRecorded<Recorded>(import.meta.url, 'amp.json');
const { GradScaler } = torch.amp;

function small(): { lin: nn.Linear; opt: optim.SGD } {
  const lin = nn.Linear(3, 2);
  return { lin, opt: optim.SGD(lin.parameters(), { lr: 0.1, momentum: 0.9 }) };
}

describe('torch.amp.GradScaler', () => {
  it('scales, skips, shrinks and grows as PyTorch does', () => {
    torch.manual_seed(42);
    const { lin, opt } = small();
    const scaler = GradScaler('cpu', { init_scale: 1024, growth_interval: 3 });
    recorded.steps.forEach((wanted, i) => {
      opt.zero_grad();
      let loss = lin(torch.randn([4, 3]))
        .pow(2)
        .mean();
      if (i === 2 || i === 7) loss = loss.mul(Infinity);
      scaler.scale(loss).backward();
      if (i % 2 === 1) {
        scaler.unscale_(opt);
        nn.utils.clip_grad_norm_(lin.parameters(), 0.5);
      }
      scaler.step(opt);
      scaler.update();
      expect(scaler.get_scale(), `scale ${i}`).to.equal(wanted.scale);
      expect(scaler._get_growth_tracker(), `tracker ${i}`).to.equal(wanted.tracker);
      expectRecorded(lin.weight, wanted.weight, 'reduction', `weight ${i}`);
    });
    expect(scaler.state_dict()).to.deep.equal(recorded.state);
    const other = GradScaler('cpu');
    other.load_state_dict(scaler.state_dict());
    expect(other.state_dict()).to.deep.equal(recorded.state);
  });

  it('does not grow, and outlives the scope in which it began', () => {
    const { lin, opt } = small();
    const scaler = GradScaler('cpu');
    const x = torch.ones([1, 3]);
    const step = (): void =>
      torch.tidy(() => {
        opt.zero_grad();
        scaler.scale(lin(x).sum()).backward();
        scaler.step(opt);
        scaler.update();
      });
    step();
    const { tensors } = torch.memory({ collect: true });
    for (let i = 0; i < 20; ++i) step();
    expect(torch.memory({ collect: true }).tensors).to.equal(tensors);
  });

  it('does nothing when disabled', () => {
    const { lin, opt } = small();
    const scaler = GradScaler('cpu', { enabled: false });
    const loss = lin(torch.ones([1, 3])).sum();
    expect(scaler.scale(loss)).to.equal(loss);
    loss.backward();
    const before = lin.weight.tolist();
    scaler.step(opt);
    scaler.update();
    expect(lin.weight.tolist()).to.not.deep.equal(before);
    expect([scaler.get_scale(), scaler.is_enabled(), scaler.state_dict()]).to.deep.equal([1, false, {}]);
    if (!torch.cuda.is_available()) expect(GradScaler().is_enabled()).to.equal(false);
  });

  it('refuses calls out of order, in the words of PyTorch', () => {
    const { lin, opt } = small();
    const scaler = GradScaler('cpu');
    for (const name of ['step', 'unscale_'] as const)
      expect(message(() => scaler[name](opt))).to.contain(`Attempted ${name} but _scale is None.`);
    const loss = scaler.scale(lin(torch.ones([1, 3])).sum());
    expect(message(() => scaler.update())).to.contain('No inf checks were recorded prior to update.');
    expect(message(() => scaler.step(opt))).to.contain('No inf checks were recorded for this optimizer.');
    loss.backward();
    scaler.update(8);
    expect(scaler.get_scale()).to.equal(8);
    scaler.unscale_(opt);
    expect(message(() => scaler.unscale_(opt))).to.contain('has already been called on this optimizer');
    scaler.step(opt);
    expect(message(() => scaler.unscale_(opt))).to.contain('is being called after step()');
    expect(message(() => scaler.step(opt))).to.contain('step() has already been called');
    expect(message(() => scaler.step(opt, () => 1))).to.contain('Closure use is not currently supported');
    expect(message(() => scaler.update(torch.ones([2])))).to.contain('new_scale should be a float');
    expect(message(() => scaler.load_state_dict({}))).to.contain('The source state dict is empty');
    expect(message(() => GradScaler('cpu', { growth_factor: 1 }))).to.contain('growth factor must be > 1.0');
    expect(message(() => GradScaler('cpu', { backoff_factor: 1 }))).to.contain(
      'backoff factor must be < 1.0',
    );
    expect(message(() => GradScaler('cpu', { scale: 1 } as object))).to.contain('init_scale');
  });

  it('refuses gradients of float16', () => {
    const w = nn.Parameter(torch.ones([2], { dtype: torch.float16 }));
    const opt = optim.SGD([w], { lr: 0.1 });
    const scaler = GradScaler('cpu');
    scaler.scale(w.sum()).backward();
    expect(message(() => scaler.unscale_(opt))).to.contain('Attempting to unscale FP16 gradients.');
  });
});
