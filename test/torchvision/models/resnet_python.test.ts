/** resnet18 with weights that Python has written, and the reverse; needs LIBTORCH_NODE_PYTHON, a Python that has torch. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import torch, { nn, type Tensor } from '../../../ts/index.js';
import { models } from '../../../ts/torchvision/index.js';
import { inFolder, python } from '../../torch/serialization/support.js';

/** torchvision's forward, written anew on a bare state dict: torchvision itself need not be there. */
const forward = `
import json, sys, torch
import torch.nn.functional as F
torch.set_num_threads(1)

def conv(s, name, x, stride=1):
    w = s[name + ".weight"]
    return F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2)

def norm(s, name, x):
    return F.batch_norm(x, s[name + ".running_mean"], s[name + ".running_var"], s[name + ".weight"], s[name + ".bias"])

def block(s, name, x, stride):
    out = F.relu(norm(s, name + ".bn1", conv(s, name + ".conv1", x, stride)))
    out = norm(s, name + ".bn2", conv(s, name + ".conv2", out))
    if name + ".downsample.0.weight" in s:
        x = norm(s, name + ".downsample.1", conv(s, name + ".downsample.0", x, stride))
    return F.relu(out + x)

def resnet18(s, x):
    x = F.relu(norm(s, "bn1", conv(s, "conv1", x, 2)))
    x = F.max_pool2d(x, 3, 2, 1)
    for i in (1, 2, 3, 4):
        for j in (0, 1):
            x = block(s, f"layer{i}.{j}", x, 2 if i > 1 and j == 0 else 1)
    return F.linear(x.mean((2, 3)), s["fc.weight"], s["fc.bias"])
`;

function logits(model: nn.AnyModule, x: Tensor): Tensor {
  return torch.no_grad(() => model.eval()(x) as Tensor);
}
function expectClose(actual: Tensor, expected: Tensor): void {
  const scale = Math.max(1, Number(expected.abs().max().item()));
  expect(Number(actual.sub(expected).abs().max().item()) / scale).to.be.below(1e-5);
}

describe('resnet18 between Python and here', function () {
  this.timeout(120_000);
  const folder = inFolder();

  it('weights written by Python give Python’s logits', function () {
    const shapes = Object.entries(models.resnet18({ num_classes: 5 }).state_dict()).map(([name, value]) => [
      name,
      [...value.shape],
      value.dtype.name,
    ]);
    const [weights, answer] = ['weights.pth', 'answer.pt'].map((name) => path.join(folder(), name)) as [
      string,
      string,
    ];
    const code = `${forward}
torch.manual_seed(5)
state = {}
for name, shape, dtype in json.loads(sys.argv[1]):
    if dtype == "int64":
        state[name] = torch.tensor(7)
    elif name.endswith("running_var") or "bn" in name and name.endswith("weight"):
        state[name] = torch.rand(shape) + 0.5
    elif len(shape) > 1:
        state[name] = torch.randn(shape) * (2 / (shape[0] * (shape[2] ** 2 if len(shape) > 2 else 1))) ** 0.5
    else:
        state[name] = torch.randn(shape) * 0.1
x = torch.randn(2, 3, 64, 64)
with torch.no_grad():
    out = resnet18(state, x)
torch.save(state, sys.argv[2])
torch.save({"x": x, "logits": out}, sys.argv[3])
print(tuple(out.shape))`;
    expect(python(this, code, JSON.stringify(shapes), weights, answer)).to.equal('(2, 5)');
    const { x, logits: expected } = torch.load<{ x: Tensor; logits: Tensor }>(answer);
    const model = models.resnet18({ weights, num_classes: 5 });
    expect(Number(expected.std().item()), 'the logits say something').to.be.above(0.01);
    expectClose(logits(model, x), expected);
    expect((model.bn1 as nn.BatchNorm2d).num_batches_tracked!.item()).to.equal(7);
  });

  it('weights trained here give the same logits in Python', function () {
    torch.manual_seed(9);
    const model = models.resnet18({ num_classes: 4 });
    const optimizer = torch.optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
    const x = torch.randn([4, 3, 64, 64]);
    const target = torch.tensor([0n, 1n, 2n, 3n]);
    for (let step = 0; step < 2; ++step)
      torch.tidy(() => {
        optimizer.zero_grad();
        nn.functional.cross_entropy(model(x), target).backward();
        optimizer.step();
      });
    const file = path.join(folder(), 'trained.pt');
    torch.save({ state: model.state_dict(), x, logits: logits(model, x) }, file);
    expect(fs.statSync(file).size).to.be.above(40_000_000);
    const code = `${forward}
saved = torch.load(sys.argv[1], weights_only=True)
with torch.no_grad():
    out = resnet18(saved["state"], saved["x"])
scale = max(1.0, saved["logits"].abs().max().item())
print((out - saved["logits"]).abs().max().item() / scale < 1e-5, saved["state"]["bn1.num_batches_tracked"].item())`;
    expect(python(this, code, file)).to.equal('True 2');
  });
});
