import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  accuracy,
  Adam,
  as_subclass,
  aug_transforms,
  AvgMetric,
  Callback,
  DataLoader,
  DataLoaders,
  DeterministicDraw,
  Dihedral,
  F1Score,
  get_image_files,
  Hue,
  ImageDataLoaders,
  imagenet_stats,
  L,
  Lambda,
  Learner,
  load_learner,
  Normalize,
  Path,
  random,
  RandomErasing,
  reduce,
  Resize,
  Saturation,
  set_seed,
  SGD,
  TensorImage,
  torch,
  Transform,
  vision_learner,
  writeDrawnDigits,
  type LearnerOptions,
  type Tensor,
  type TfmdDL,
} from '../../../ts/fastai/index.js';
import { message, thrown } from '../../support/thrown.js';

const { nn } = torch;
const F = nn.functional;
const arch = () => nn.Sequential(nn.Conv2d(3, 8, 3, { stride: 2 }), nn.ReLU(), nn.MaxPool2d(2));
const numbers = (t: unknown): unknown => (t as Tensor).tolist();

class Net extends nn.Module {
  lin1 = nn.Linear(2, 4);
  lin2 = nn.Linear(4, 1);
  readonly twice: boolean;
  constructor(twice: boolean) {
    super();
    this.twice = twice;
    this.register_buffer('seen', torch.tensor([3]));
  }
  forward(x: Tensor): Tensor {
    const y = this.lin2(this.lin1(x).relu());
    return this.twice ? y.mul(2) : y;
  }
}
function my_loss(pred: Tensor, targ: Tensor): Tensor {
  return pred.sub(targ).abs().mean();
}
class Secret extends nn.Module {
  #by: number;
  constructor(by: number) {
    super();
    this.#by = by;
  }
  forward(x: Tensor): Tensor {
    return x.mul(this.#by);
  }
}
class Opening extends Callback {
  label = 'x';
  count = new Map([[1, new Set(['a'])]]);
}

describe('Learner.export and load_learner', () => {
  let root: string;
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'export-'));
    writeDrawnDigits(root, { digits: [3, 7], train: 12, valid: 4, seed: 1 });
  });
  after(() => {
    fs.rmSync(root, { recursive: true });
  });
  const at = (name: string) => path.join(root, name);

  /** A learner of points that are their own items. */
  function points(model: torch.nn.AnyModule, options: LearnerOptions = {}): Learner {
    const items = (n: number) =>
      Array.from({ length: n }, (_, i): [Tensor, Tensor] => [torch.tensor([i, 1]), torch.tensor([i])]);
    const dls = DataLoaders(DataLoader(items(8), { bs: 4 }), DataLoader(items(4), { bs: 4 }), { path: root });
    return Learner(dls, model, { loss_func: F.mse_loss, ...options });
  }
  const scored = async (learn: Learner): Promise<unknown> => {
    const dl = [
      [
        torch.tensor([
          [1, 2],
          [3, 4],
        ]),
        torch.tensor([[1], [2]]),
      ],
    ];
    return numbers((await learn.get_preds({ dl }))[0]);
  };

  describe('a learner of pictures', () => {
    let learn: Learner;
    let file: string;
    let picture: string;
    before(async () => {
      set_seed(1);
      const dls = ImageDataLoaders.from_folder(root, { bs: 8, item_tfms: Resize(24) });
      learn = vision_learner(dls, arch, {
        pretrained: false,
        metrics: [accuracy, F1Score({ average: 'macro' })],
        lin_ftrs: [8],
        lr: 0.02,
        moms: [0.9, 0.8, 0.9],
      });
      await learn.no_logging(() => learn.no_mbar(() => learn.fit(1)));
      file = String(learn.export());
      picture = String(get_image_files(root)[0]);
    });

    it('lies in its path, small: the items are not in it', () => {
      expect(file).to.equal(at('export.pkl'));
      expect(fs.statSync(file).size).to.be.lessThan(40_000);
      expect(fs.readFileSync(file).includes('.png')).to.equal(false);
      expect(String(learn.export(at('deep/er/two.pkl')))).to.equal(at('deep/er/two.pkl'));
      expect((learn.dls.train as DataLoader).length, 'the learner keeps its data').to.equal(3);
    });
    it('predicts the same', async () => {
      const back = load_learner(file);
      const [label, place, probabilities] = await learn.predict(picture);
      const [again, place2, probabilities2] = await back.predict(picture);
      expect([again, numbers(place2), numbers(probabilities2)]).to.deep.equal([
        label,
        numbers(place),
        numbers(probabilities),
      ]);
      const dls = back.dls as unknown as DataLoaders;
      expect([...(dls.vocab as L<string>)]).to.deep.equal(['3', '7']);
      expect([dls.c, dls.train.length, dls.valid.length, String(dls.path)]).to.deep.equal([2, 0, 0, root]);
      const files = get_image_files(root);
      const [preds] = await back.get_preds({ dl: dls.test_dl(files) });
      const [expected] = await learn.get_preds({ dl: (learn.dls as unknown as DataLoaders).test_dl(files) });
      expect(numbers(preds)).to.deep.equal(numbers(expected));
    });
    it('has its options, and can be trained on', async () => {
      const back = load_learner(file);
      expect(back.opt_func).to.equal(Adam);
      expect(back.splitter).to.equal(learn.splitter);
      expect([back.lr, back.moms, back.opt]).to.deep.equal([0.02, [0.9, 0.8, 0.9], null]);
      expect([...back.metrics.map((metric) => metric.name)]).to.deep.equal(['accuracy', 'f1_score']);
      expect(String(back.loss_func)).to.equal(String(learn.loss_func));
      back.dls = learn.dls;
      const before = back.model.parameters()[0]!.clone();
      await back.no_logging(() => back.no_mbar(() => back.fit(1)));
      expect(back.model.parameters()[0]!.equal(before)).to.equal(false);
      expect(back.final_record).to.have.lengthOf(4);
    });
    it('with what its transforms of batches draw', () => {
      const more = [Saturation(), Hue(), RandomErasing(), Dihedral({ draw: DeterministicDraw([3]) })];
      const dls = ImageDataLoaders.from_folder(root, {
        bs: 12,
        batch_tfms: [...aug_transforms({ xtra_tfms: more }), Normalize.from_stats(...imagenet_stats)],
      });
      const augmented = Learner(dls, nn.Sequential(arch()), { loss_func: F.cross_entropy });
      const back = load_learner(augmented.export(at('augmented.pkl')));
      const seen = ({ dls: { train } }: Learner): unknown => {
        torch.manual_seed(3);
        random.seed(3);
        const { after_batch } = train as TfmdDL;
        after_batch.split_idx = 0;
        const pictures = as_subclass(torch.linspace(0, 255, 2 * 3 * 64).view(2, 3, 8, 8), TensorImage);
        return numbers(after_batch(pictures));
      };
      expect(seen(back)).to.deep.equal(seen(augmented));
    });
    it('in another program', async () => {
      const reader = fileURLToPath(new URL('export_reader.ts', import.meta.url));
      const output = execFileSync(process.execPath, ['--import', 'tsx', reader, file, picture], {
        encoding: 'utf8',
      });
      const [label, , probabilities] = await learn.predict(picture);
      expect(JSON.parse(output)).to.deep.equal([label, numbers(probabilities), ['3', '7']]);
    });
    it('can be exported again', async () => {
      const back = load_learner(file);
      const again = load_learner(back.export(at('again.pkl')));
      expect((await again.predict(picture))[0]).to.equal((await learn.predict(picture))[0]);
    });
    it('draws nothing', () => {
      random.seed(5);
      const next = random.random();
      random.seed(5);
      load_learner(file);
      expect(random.random()).to.equal(next);
    });
    it('is data for Python', function () {
      const python = process.env['LIBTORCH_NODE_PYTHON'];
      if (python === undefined) return this.skip();
      const code = `import torch, sys
d = torch.load(sys.argv[1], weights_only=True)
print(d['format'], d['version'], sum(o['data'].numel() for o in d['objects'] if o['kind'] == 'tensor' and o['role'] == 'parameter'))`;
      const parameters = learn.model.parameters().reduce((sum, p) => sum + p.numel(), 0);
      const output = execFileSync(python, ['-c', code, file], { encoding: 'utf8' });
      expect(output.trim()).to.equal(`fastai.Learner 1 ${parameters}`);
    });
  });

  describe('classes and functions of the caller', () => {
    it('are found by name', async () => {
      torch.manual_seed(2);
      const learn = points(new Net(true), {
        loss_func: my_loss,
        opt_func: SGD,
        metrics: AvgMetric(my_loss),
        cbs: new Opening(),
      });
      learn.model.eval();
      (learn.model as unknown as Net).lin1.weight.requires_grad_(false);
      const back = load_learner(learn.export('net.pkl'), { classes: { Net, my_loss, Opening } });
      expect(await scored(back)).to.deep.equal(await scored(learn));
      const model = back.model as unknown as Net;
      expect(model).to.be.instanceOf(Net);
      expect([
        model.training,
        model.twice,
        model.lin1.weight.requires_grad,
        model.lin2.weight.requires_grad,
      ]).to.deep.equal([false, true, false, true]);
      expect(Object.keys(back.model.state_dict())).to.deep.equal(Object.keys(learn.model.state_dict()));
      expect(model.named_buffers().map(([name, t]) => [name, t.tolist()])).to.deep.equal([['seen', [3]]]);
      expect([back.loss_func, back.opt_func]).to.deep.equal([my_loss, SGD]);
      expect(back.metrics[0]!.name).to.equal('my_loss');
      const opening = (back as unknown as { opening: Opening }).opening;
      expect(opening).to.be.instanceOf(Opening);
      expect(opening.learn).to.equal(back);
      expect(opening.count.get(1)!.has('a')).to.equal(true);
    });
    it('are all named where they are missing, with what to give', () => {
      const file = points(new Net(false), { loss_func: my_loss }).export('net.pkl');
      expect(message(() => load_learner(file))).to.match(
        /load_learner\(\): .*net\.pkl: it needs 'Net', 'my_loss', which are not known here; give them: load_learner\(file, \{ classes: \{ Net, my_loss \} \}\)/,
      );
      expect(message(() => load_learner(file, { classes: { Net } }))).to.contain(
        "it needs 'my_loss', which is not known here; give it: load_learner(file, { classes: { my_loss } })",
      );
      expect(message(() => load_learner(file, { classes: { Net: 3, my_loss } }))).to.contain(
        "'Net' in classes is a number",
      );
      expect(message(() => load_learner(file, { classes: { Net: my_loss, my_loss } }))).to.contain(
        "'my_loss' is not a class of modules",
      );
    });
    it('layers of functions keep them', async () => {
      const learn = points(nn.Sequential(nn.Linear(2, 2), Lambda(F.relu), Lambda(my_loss.bind(null))));
      expect(message(() => learn.export())).to.contain('a function without a name of its own');
      const good = points(nn.Sequential(nn.Linear(2, 2), Lambda(F.relu)));
      expect(await scored(load_learner(good.export('lambda.pkl')))).to.deep.equal(await scored(good));
    });
    it('what has no name cannot be written', () => {
      const text = message(() =>
        points(
          nn.Sequential(
            Lambda(
              (
                () => (x: Tensor) =>
                  x
              )(),
            ),
          ),
        ).export(),
      );
      expect(text).to.match(/export\(\): learn\.model.*\.func: a function without a name/);
    });
    it('private members are refused, or said by [reduce]', async () => {
      expect(message(() => points(new Secret(3)).export())).to.match(
        /learn\.model: class Secret has private members/,
      );
      class Told extends Transform {
        #by: number;
        constructor(by: number) {
          super();
          this.#by = by;
        }
        override encodes(x: Tensor): Tensor {
          return x.mul(this.#by);
        }
        override [reduce]() {
          return { by: Told, args: [this.#by] };
        }
      }
      const learn = points(nn.Linear(2, 1));
      const holder = Object.assign(new Opening(), { told: new Told(4) as Transform });
      learn.add_cb(holder);
      const back = load_learner(learn.export('told.pkl'), { classes: { Opening, Told } });
      const { told } = (back as unknown as { opening: { told: Transform } }).opening;
      expect(numbers(told(torch.tensor([2])))).to.deep.equal([8]);
      expect(await scored(back)).to.deep.equal(await scored(learn));
    });
    it('hooks are refused', () => {
      const model = nn.Linear(2, 1);
      model.register_forward_hook(() => undefined);
      expect(message(() => points(model).export())).to.contain('it has hooks');
    });
  });

  describe('files that are none', () => {
    const file = () => at('bad.pkl');
    const failure = (content: unknown, classes = {}): string => {
      torch.save(content, file());
      return message(() => load_learner(file(), { classes }));
    };
    const graph = (...objects: unknown[]) => ({ format: 'fastai.Learner', version: 1, objects });
    const named = (name: string) => ({ kind: 'name', name });

    it('name the file and the reason', () => {
      expect(message(() => load_learner(at('missing.pkl')))).to.contain('missing.pkl');
      expect(failure({ a: 1 })).to.match(/bad\.pkl: it is no exported Learner/);
      expect(failure([1])).to.contain('it is no exported Learner');
      expect(failure(null)).to.contain('it is no exported Learner');
      expect(failure({ ...graph(), version: 2 })).to.contain(
        'it is of version 2, and this program reads version 1',
      );
      expect(failure(graph())).to.contain('it holds nothing');
      expect(failure(graph({ kind: 'object', fields: [] }))).to.contain('its model is a undefined');
    });
    it('cut anywhere', () => {
      const whole = fs.readFileSync(String(points(nn.Linear(2, 1)).export('whole.pkl')));
      for (let k = 0; k < 24; ++k) {
        fs.writeFileSync(file(), whole.subarray(0, Math.floor((whole.length * k) / 24)));
        expect(
          message(() => load_learner(file())),
          `${k}/24`,
        ).to.contain('bad.pkl');
      }
    });
    it('damaged objects', () => {
      const cases: [unknown[], RegExp][] = [
        [[3], /object 0 has no kind/],
        [[{ kind: 'pickle' }], /object 0 is of no known kind/],
        [[{ kind: 'array', items: [[7]] }], /refers to object 7 of 1/],
        [[{ kind: 'array', items: 3 }], /items is not a list/],
        [[{ kind: 'object', fields: [['a', [0.5]]] }], /refers to object 0.5/],
        [[{ kind: 'bigint', value: 'x' }], /no digits/],
        [[{ kind: 'regexp', source: '(', flags: '' }], /expression cannot be read/],
        [
          [{ kind: 'view', type: 'constructor', data: new Uint8Array(4) }],
          /'constructor' is no type of numbers/,
        ],
        [[{ kind: 'view', type: 'Float32Array', data: new Uint8Array(3) }], /cut off/],
        [[{ kind: 'tensor', data: 3 }], /a tensor has no data/],
        [[{ kind: 'made', by: [1], args: ['x'] }, named('torch.zeros')], /'zeros' makes no functions/],
        [
          [{ kind: 'reduced', cls: [1], by: [1], args: [[0]] }, named('fastcore.Path')],
          /needed to make itself/,
        ],
        [[{ kind: 'reduced', cls: [1], by: [1], args: [] }, named('torch.Generator')], /is not made by/],
        [
          [
            { kind: 'reduced', cls: [1], by: [2], args: [] },
            named('fastcore.Path'),
            named('fastcore.Pipeline'),
          ],
          /'Path' is not made by 'Pipeline'/,
        ],
        [
          [{ kind: 'instance', cls: [1], fields: [] }, named('torch.nn.Linear')],
          /not made of its fields alone/,
        ],
        [
          [{ kind: 'instance', cls: [1], fields: [] }, named('torch.nn.functional.relu')],
          /is used as a class and is none|undefined/,
        ],
        [
          [{ kind: 'module', cls: [1], fields: [], buffers: [] }, named('fastcore.Path')],
          /'Path' is not a class of modules/,
        ],
        [[{ kind: 'array', cls: [1], items: [] }, named('builtins.Map')], /'Map' is not a class of Array/],
      ];
      for (const [objects, expected] of cases)
        expect(failure(graph(...objects)), JSON.stringify(objects)).to.match(expected);
    });
    it('nothing is run that reaches out, and no prototype is changed', () => {
      for (const name of [
        'torch.save',
        'torch.load',
        'torch.py',
        'fastai.untar_data',
        'process.exit',
        'eval',
        'builtins.Function',
        'builtins.constructor',
        '__proto__',
        'toString',
      ])
        expect(failure(graph(named(name))), name).to.contain(`it needs '${name}'`);
      for (const name of ['__proto__'])
        expect(
          failure(
            graph(
              { kind: 'object', fields: [[name, [1]]] },
              { kind: 'object', fields: [['polluted', true]] },
            ),
          ),
        ).to.contain('a field is called __proto__');
      failure(
        graph(
          {
            kind: 'object',
            fields: [
              ['constructor', [1]],
              ['toString', 1],
            ],
          },
          { kind: 'object', fields: [['prototype', true]] },
        ),
      );
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
      expect(message(() => load_learner(file(), { classes: null as never }))).to.contain(
        'classes must be an object',
      );
      expect(thrown(() => load_learner(file(), { klasses: {} } as never))).to.be.instanceOf(
        torch.ArgumentError,
      );
    });
    it('nested without end', () => {
      const deep = Array.from({ length: 20_000 }, (_, i) => ({ kind: 'array', items: [[i + 1]] }));
      expect(failure(graph(...deep, { kind: 'array', items: [] }))).to.contain('nested too deeply');
    });
    it('a constructor that refuses', () => {
      const objects = [{ kind: 'reduced', cls: [1], by: [1], args: [3], fields: [] }, named('fastcore.Path')];
      expect(failure(graph(...objects))).to.match(/bad\.pkl: Path\(\): every part must be a string/);
      expect(Path('a').name).to.equal('a');
    });
  });
});
