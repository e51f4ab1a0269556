/** Running statistics where they are more than numbers: files of old versions, conversion, memory. */
import { expect } from 'chai';
import * as torch from '../../../../ts/torch/index.js';
import { TorchError, nn } from '../../../../ts/torch/index.js';

describe('torch/nn/modules: normalization', () => {
  it('BatchNorm reads a state without num_batches_tracked, as files of its first version are', () => {
    const norm = nn.BatchNorm1d(2);
    norm(torch.rand([4, 2]));
    const { num_batches_tracked: _, ...old } = { ...norm.state_dict() };
    const other = nn.BatchNorm1d(2);
    other.load_state_dict(old);
    expect(other.running_mean!.equal(norm.running_mean!)).to.equal(true);
    expect(other.num_batches_tracked!.item()).to.equal(0);
    const state = norm.state_dict();
    delete state['num_batches_tracked'];
    // What says that it is of the second version must hold the count.
    expect(() => nn.BatchNorm1d(2).load_state_dict(state)).to.throw(
      TorchError,
      'Missing key(s) in state_dict: "num_batches_tracked"',
    );
  });

  it('InstanceNorm refuses statistics that it does not keep', () => {
    const old = { running_mean: torch.zeros([2]), running_var: torch.ones([2]) };
    expect(() => nn.InstanceNorm1d(2).load_state_dict(old)).to.throw(
      TorchError,
      'Unexpected running stats buffer(s) "running_mean" and "running_var" for InstanceNorm1d',
    );
    const tracking = nn.InstanceNorm1d(2, { track_running_stats: true });
    tracking.load_state_dict(old);
    expect(tracking.running_var!.tolist()).to.deep.equal([1, 1]);
  });

  it('reset_running_stats starts anew', () => {
    const norm = nn.BatchNorm2d(3);
    norm(torch.rand([2, 3, 4, 4]));
    norm.reset_running_stats();
    expect(norm.running_mean!.tolist()).to.deep.equal([0, 0, 0]);
    expect(norm.running_var!.tolist()).to.deep.equal([1, 1, 1]);
    expect(norm.num_batches_tracked!.item()).to.equal(0);
  });

  it('convert_sync_batchnorm keeps parameters, buffers and mode, at every depth', () => {
    const model = nn.Sequential(nn.Conv1d(2, 3, 1), nn.Sequential(nn.BatchNorm1d(3), nn.ReLU()));
    model.eval();
    const before = model.parameters();
    const converted = nn.SyncBatchNorm.convert_sync_batchnorm(model);
    const inner = (converted as unknown as { [i: number]: { [i: number]: nn.SyncBatchNorm } })[1]![0]!;
    expect(inner).to.be.instanceOf(nn.SyncBatchNorm);
    expect(inner.training).to.equal(false);
    expect(inner.running_mean!.tolist()).to.deep.equal([0, 0, 0]);
    converted.parameters().forEach((parameter, i) => expect(parameter).to.equal(before[i]));
    expect(Object.keys(converted.state_dict())).to.include('1.0.num_batches_tracked');
  });

  it('statistics made within a scope outlive it', () => {
    const norm = torch.tidy(() => nn.BatchNorm1d(2));
    torch.tidy(() => void norm(torch.rand([4, 2])));
    expect(norm.num_batches_tracked!.item()).to.equal(1);
  });

  it('a loop of training steps does not grow', () => {
    const model = nn.Sequential(
      nn.Conv2d(1, 4, 3, { padding: 1, padding_mode: 'reflect' }),
      nn.BatchNorm2d(4, { momentum: null }),
      nn.ReLU(),
      nn.Dropout2d(),
      nn.MaxPool2d(2),
      nn.AdaptiveAvgPool2d(1),
      nn.Flatten(),
      nn.LayerNorm(4),
      nn.Linear(4, 3),
    );
    const loss = nn.CrossEntropyLoss({ label_smoothing: 0.1 });
    const step = (): void => {
      torch.tidy(() => {
        loss(model(torch.rand([2, 1, 6, 6])), torch.tensor([0n, 2n])).backward();
        model.zero_grad();
      });
    };
    step();
    torch.memory({ collect: true });
    const before = torch.memory().tensors;
    for (let i = 0; i < 20; ++i) step();
    expect(torch.memory().tensors).to.be.at.most(before);
  });

  it('a subclass of a layer is a layer of its own name', () => {
    class Scaled extends nn.Conv1d {
      scale = nn.Parameter(torch.ones([1]));
      override forward(input: torch.Tensor): torch.Tensor {
        return super.forward(input).mul(this.scale);
      }
    }
    const layer = new Scaled(1, 1, 1, { bias: false });
    expect(String(layer)).to.equal('Scaled(1, 1, kernel_size=(1,), stride=(1,), bias=False)');
    expect(layer.named_parameters().map(([name]) => name)).to.deep.equal(['weight', 'scale']);
    expect([...layer(torch.ones([1, 1, 2])).shape]).to.deep.equal([1, 1, 2]);
  });
});
