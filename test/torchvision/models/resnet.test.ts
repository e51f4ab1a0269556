/** Residual networks against recorded torchvision. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import torch, { nn } from '../../../ts/index.js';
import { models } from '../../../ts/torchvision/index.js';
import { expectRecorded, readRecorded, type RecordedTensor } from '../../support/recorded.js';
import { message } from '../../support/thrown.js';

interface Case {
  name: 'resnet18' | 'resnet34' | 'resnet50' | 'resnet101' | 'resnet152';
  options: models.ResNetOptions;
  parameters: number;
  keys: string;
  digest: string;
  draws: RecordedTensor;
  eval?: RecordedTensor;
  train?: RecordedTensor;
  tracked?: RecordedTensor;
}
const recorded = readRecorded<{ cases: Case[]; keys: string[]; text: string }>(
  import.meta.url,
  'resnet.json',
);

function sha(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function digest(model: nn.Module): string {
  return sha(
    ...Object.entries(model.state_dict()).flatMap(([name, value]) => {
      const array = value.toTypedArray();
      return [`${name}\0`, new Uint8Array(array.buffer, array.byteOffset, array.byteLength)];
    }),
  );
}

/** As the recorder does: statistics other than the initial ones. */
function shake(model: nn.Module): void {
  const generator = new torch.Generator().manual_seed(3);
  for (const [name, value] of Object.entries(model.state_dict())) {
    if (name.endsWith('running_mean')) value.copy_(torch.rand(value.shape, { generator }).mul(0.1));
    else if (name.endsWith('running_var')) value.copy_(torch.rand(value.shape, { generator }).add(0.5));
  }
}

describe('torchvision.models.resnet', function () {
  this.timeout(120_000);
  for (const one of recorded.cases) {
    it(`${one.name}(${JSON.stringify(one.options)}) is torchvision's`, () => {
      torch.manual_seed(42);
      const model = models[one.name](one.options);
      expectRecorded(torch.rand([4]), one.draws, 'drawn', 'the draw after construction');
      expect(model.parameters().reduce((sum, p) => sum + p.numel(), 0)).to.equal(one.parameters);
      expect(sha(Object.keys(model.state_dict()).join('\n'))).to.equal(one.keys);
      // Normal numbers go through another logarithm elsewhere.
      if (process.arch === 'x64') expect(digest(model)).to.equal(one.digest);
      if (!one.eval) return;
      const x = torch.randn([2, 3, 64, 64], { generator: new torch.Generator().manual_seed(7) });
      torch.no_grad(() => {
        shake(model);
        expectRecorded(model.eval()(x), one.eval!, 'reduction', 'eval');
        // In float64, because the statistics of a handful of numbers would hang on the order of every sum before.
        expectRecorded(model.double().train()(x.double()), one.train!, 'reduction', 'train');
        const { running_mean } = model.bn1 as nn.BatchNorm2d;
        expectRecorded(running_mean, one.tracked!, 'reduction', 'running mean');
      });
    });
  }

  it('has 11,689,512 parameters, the names and the text of torchvision', () => {
    const model = models.resnet18();
    expect(model.parameters().reduce((sum, p) => sum + p.numel(), 0)).to.equal(11_689_512);
    expect(Object.keys(model.state_dict())).to.deep.equal(recorded.keys);
    expect(String(models.resnet18({ num_classes: 10 }))).to.equal(recorded.text);
  });

  it('gives every parameter a gradient', () => {
    const model = models.resnet18({ num_classes: 3 });
    model(torch.randn([2, 3, 32, 32]))
      .sum()
      .backward();
    expect(model.parameters().filter((p) => p.grad === null)).to.deep.equal([]);
  });

  it('takes another normalization', () => {
    const model = models.resnet18({ num_classes: 3, norm_layer: (n) => nn.GroupNorm(8, n) });
    expect(model.bn1).to.be.instanceOf(nn.GroupNorm);
    expect([...model(torch.randn([2, 3, 32, 32])).shape]).to.deep.equal([2, 3]);
  });

  it('refuses what torchvision refuses', () => {
    expect(message(() => models.resnet18({ groups: 2 }))).to.equal(
      'BasicBlock only supports groups=1 and base_width=64',
    );
    expect(message(() => models.resnet18({ replace_stride_with_dilation: [false, false, true] }))).to.equal(
      'Dilation > 1 not supported in BasicBlock',
    );
    expect(message(() => models.resnet50({ replace_stride_with_dilation: [true] }))).to.contain(
      'replace_stride_with_dilation should be None or a 3-element tuple',
    );
    expect(message(() => models.resnet18({ classes: 10 } as object))).to.contain('num_classes');
  });

  describe('weights', () => {
    const before = process.env['TORCH_HOME'];
    let folder: string;
    beforeEach(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-resnet-'));
      process.env['TORCH_HOME'] = folder;
    });
    afterEach(() => {
      if (before === undefined) delete process.env['TORCH_HOME'];
      else process.env['TORCH_HOME'] = before;
      fs.rmSync(folder, { recursive: true, force: true });
    });

    it('come from a path, or by name from the folder of downloads', () => {
      const model = models.resnet18();
      const file = path.join(folder, 'hub', 'checkpoints', 'resnet18-f37072fd.pth');
      fs.mkdirSync(path.dirname(file), { recursive: true });
      torch.save(model.state_dict(), file);
      for (const weights of [file, 'DEFAULT', 'IMAGENET1K_V1'])
        expect(digest(models.resnet18({ weights }))).to.equal(digest(model));
      expect(message(() => models.resnet34({ weights: file }))).to.contain('Missing key(s) in state_dict');
      expect(message(() => models.resnet18({ weights: file, num_classes: 10 }))).to.contain('size mismatch');
    });

    it('that are not there: the error says what to put where', () => {
      const text = message(() => models.resnet50({ weights: 'DEFAULT' }));
      expect(text).to.contain('resnet50-11ad3fa6.pth');
      expect(text).to.contain(path.join(folder, 'hub', 'checkpoints'));
      expect(message(() => models.resnet50({ weights: path.join(folder, 'none.pth') }))).to.contain(
        'none.pth',
      );
    });
  });
});
