import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { growth } from '../../support/live.js';
import { bytesOf, checkpoint, fixture, inFolder, pk, refusal } from './support.js';

type Any = Record<string, any>;

const shown = (t: torch.Tensor): unknown[] => [
  String(t.dtype),
  [...t.shape],
  t.stride(),
  t.storage_offset(),
  (t.dtype.is_floating_point ? t.float() : t).tolist(),
];

describe('torch.load', () => {
  const folder = inFolder();

  for (const name of ['everything.pt', 'legacy.pt'])
    it(`reads every kind of tensor of ${name}`, () => {
      const v = torch.load<Any>(fixture(name), { map_location: 'cpu' });
      expect(shown(v['shared'])).to.deep.equal([
        'torch.float32',
        [12],
        [1],
        0,
        Array.from({ length: 12 }, (_, i) => i),
      ]);
      expect(shown(v['view'])).to.deep.equal([
        'torch.float32',
        [2, 3],
        [3, 1],
        2,
        [
          [2, 3, 4],
          [5, 6, 7],
        ],
      ]);
      expect(shown(v['step'])).to.deep.equal(['torch.float32', [4], [3], 0, [0, 3, 6, 9]]);
      expect(shown(v['turned'])).to.deep.equal([
        'torch.float32',
        [4, 3],
        [1, 4],
        0,
        [
          [0, 4, 8],
          [1, 5, 9],
          [2, 6, 10],
          [3, 7, 11],
        ],
      ]);
      expect(shown(v['expanded'])).to.deep.equal([
        'torch.float32',
        [2, 3],
        [0, 0],
        0,
        [
          [7, 7, 7],
          [7, 7, 7],
        ],
      ]);
      expect(shown(v['zero_d'])).to.deep.equal(['torch.float64', [], [], 0, 2.5]);
      expect([...v['empty'].shape]).to.deep.equal([0, 3]);
      expect([...v['far_empty'].shape]).to.deep.equal([0, 0]);
      expect(shown(v['brain'])).to.deep.equal(['torch.bfloat16', [4], [1], 0, [0, 1, -2.5, 3]]);
      expect(shown(v['half'])).to.deep.equal(['torch.float16', [4], [1], 0, [0, 1, -2.5, 3]]);
      if (name === 'everything.pt') {
        expect(shown(v['eight'])).to.deep.equal(['torch.float8_e4m3fn', [4], [1], 0, [0, 1, -2.5, 3]]);
        expect(shown(v['unsigned'])).to.deep.equal(['torch.uint16', [1], [1], 0, [65535]]);
      }
      expect(String(v['complex'])).to.equal('tensor([1.+2.j, -0.-1.j])');
      expect(String(v['conjugate'])).to.equal('tensor([1.-2.j])');
      expect(v['conjugate'].is_conj()).to.equal(true);
      expect(v['negative'].tolist()).to.deep.equal([-2]);
      expect(v['negative'].is_neg()).to.equal(true);
      expect(shown(v['flags'])).to.deep.equal(['torch.bool', [2], [1], 0, [true, false]]);
      expect(shown(v['bytes'])).to.deep.equal(['torch.uint8', [2], [1], 0, [0, 255]]);
      expect(v['wide'].tolist({ bigint: true })).to.deep.equal([-(2n ** 62n), 7n]);
      expect([v['grad'].requires_grad, v['grad'] instanceof torch.nn.Parameter]).to.deep.equal([true, false]);
      expect([v['parameter'].requires_grad, v['parameter'] instanceof torch.nn.Parameter]).to.deep.equal([
        true,
        true,
      ]);
      expect([v['frozen'].requires_grad, v['frozen'] instanceof torch.nn.Parameter]).to.deep.equal([
        false,
        true,
      ]);
      v['view'].fill_(-1);
      expect(v['shared'].tolist(), 'shared memory').to.deep.equal([
        0, 1, -1, -1, -1, -1, -1, -1, 8, 9, 10, 11,
      ]);
      v['shared'].add_(1);
      expect(v['step'].tolist()).to.deep.equal([1, 0, 0, 10]);
    });

  it('reads collections and plain values', () => {
    const v = torch.load<Any>(fixture('everything.pt'));
    const { list, tuple, none } = v['nested'];
    expect(list).to.deep.equal([1, -2, 3.5, null, true, 'ü😀']);
    expect(tuple).to.be.instanceOf(torch.Tuple);
    expect(Array.from(tuple)).to.deep.equal([1, torch.Tuple.own([]), torch.Tuple.own(['a', [2]])]);
    expect(none).to.deep.equal({});
    expect(v['int_keys']).to.deep.equal(
      new Map([
        [0, 'zero'],
        [10, 'ten'],
        [-1, 'minus'],
      ]),
    );
    expect(Object.entries(v['odd_keys'])).to.have.deep.members([
      ['10', 1],
      ['2', 2],
      ['__proto__', 3],
      ['', 4],
    ]);
    expect(Object.getPrototypeOf(v['odd_keys'])).to.equal(Object.prototype);
    expect(v['numbers']).to.deep.equal([
      0,
      255,
      256,
      65535,
      65536,
      -1,
      2 ** 31 - 1,
      -(2 ** 31),
      2 ** 31,
      2n ** 53n,
      2n ** 64n,
      -(2n ** 100n),
      1e300,
      1,
    ]);
    expect(v['set']).to.deep.equal(new Set([1, 2]));
    expect(v['raw']).to.deep.equal(new Uint8Array([97, 0, 255]));
    expect(v['array']).to.deep.equal(new Uint8Array([98, 99]));
    expect(v['z']).to.deep.equal(new torch.Complex(1, -2));
    expect(String(v['size'])).to.equal('torch.Size([2, 3])');
    expect([v['dtype'], String(v['device']), v['layout']]).to.deep.equal([
      torch.bfloat16,
      'cuda:1',
      torch.strided,
    ]);
    expect(v['counter']).to.deep.equal(
      new Map([
        [3, 2],
        [5, 1],
      ]),
    );
    expect(v['loop'][1]).to.equal(v['loop']);
  });

  it("gives a state dict with its versions, and an optimizer's state by number", () => {
    const { model, optimizer } = torch.load<Any>(fixture('training.pt'));
    expect(Object.keys(model)).to.deep.equal([
      '0.weight',
      '0.bias',
      '1.weight',
      '1.bias',
      '1.running_mean',
      '1.running_var',
      '1.num_batches_tracked',
    ]);
    expect(model._metadata).to.deep.equal({ '': { version: 1 }, '0': { version: 1 }, '1': { version: 2 } });
    expect(optimizer.state).to.be.instanceOf(Map);
    expect([...optimizer.state.keys()]).to.deep.equal([0, 1, 2, 3]);
    expect(Object.keys(optimizer.state.get(0))).to.deep.equal(['step', 'exp_avg', 'exp_avg_sq']);
    const [group] = optimizer.param_groups;
    expect([group.lr, [...group.betas], group.params]).to.deep.equal([0.25, [0.5, 0.75], [0, 1, 2, 3]]);
  });

  it('reads from memory, without checksums, and mapped', () => {
    const wanted = torch.load<Any>(fixture('plain.pt'));
    expect(wanted['epoch']).to.equal(3);
    const mapped = torch.load<Any>(fixture('plain.pt'), { mmap: true });
    for (const other of [
      torch.load<Any>(bytesOf('plain.pt')),
      torch.load<Any>(fixture('no_checksums.pt')),
      mapped,
    ])
      expect(torch.equal(other['layer.weight'], wanted['layer.weight'])).to.equal(true);
    const before = bytesOf('plain.pt');
    mapped['layer.weight'].fill_(9);
    expect(bytesOf('plain.pt').equals(before), 'a change stays in memory').to.equal(true);
    expect(refusal(() => torch.load(before, { mmap: true }))).to.match(/mmap needs the path/);
    expect(refusal(() => torch.load(fixture('legacy.pt'), { mmap: true }))).to.match(/PyTorch 1\.6/);
  });

  it('reads the other byte order', () => {
    const swapped = (type: string, bytes: number[], count: number): torch.Tensor =>
      torch.load(
        checkpoint(
          pk.program(pk.tensor(pk.storage(type, '0', count), 0, [count], [1])),
          { '0': new Uint8Array(bytes) },
          'big',
        ),
      );
    expect(swapped('FloatStorage', [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], 2).tolist()).to.deep.equal([
      1, -2.5,
    ]);
    expect(swapped('ShortStorage', [1, 2], 1).tolist()).to.deep.equal([0x102]);
    expect(swapped('LongStorage', [0, 0, 0, 0, 0, 0, 1, 0], 1).tolist()).to.deep.equal([256]);
    const complex = [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0];
    expect(String(swapped('ComplexFloatStorage', complex, 1))).to.equal('tensor([1.+2.j])');
    const file = path.join(folder(), 'odd.pt');
    fs.writeFileSync(file, checkpoint(pk.program('N'), {}, 'middle'));
    expect(refusal(() => torch.load(file))).to.match(/odd\.pt: byte order "middle"/);
  });

  it('puts storages where it is told', () => {
    const devices: string[] = [];
    const { shared, view } = torch.load<Any>(fixture('everything.pt'), {
      map_location: (from) => {
        devices.push(from);
        return 'meta';
      },
    });
    expect(new Set(devices)).to.deep.equal(new Set(['cpu']));
    expect([String(shared.device), String(view.device), view.stride()]).to.deep.equal([
      'meta',
      'meta',
      [3, 1],
    ]);
    const mapped = torch.load<Any>(fixture('plain.pt'), { map_location: { cpu: 'meta' } });
    expect(mapped['layer.bias'].is_meta).to.equal(true);
    if (!torch.cuda.is_available())
      expect(refusal(() => torch.load(fixture('plain.pt'), { map_location: 'cuda' }))).to.match(
        /plain\.pt: Attempting to deserialize object on a CUDA device .*map_location: 'cpu'/,
      );
    else
      expect(torch.load<Any>(fixture('plain.pt'), { map_location: 'cuda' })['layer.bias'].is_cuda).to.equal(
        true,
      );
  });

  it('says in words what it does not read, and frees what it had read', () => {
    const cases: [string, RegExp][] = [
      ['evil.pt', /evil\.pt: (posix|os)\.system is not allowed in it/],
      ['whole_model.pt', /torch\.nn\.modules\.linear\.Linear is not allowed in it.*save its state_dict\(\)/],
      ['sparse.pt', /sparse tensors .* are not supported/],
      ['quantized.pt', /quantized tensors .* are not supported/],
      ['script.pt', /TorchScript program; torch\.jit\.load\(\)/],
      ['arrays.npz', /no checkpoint: it has no data\.pkl/],
      ['row.npy', /no checkpoint of PyTorch/],
      ['arrays_2.pkl', /not allowed in it/],
      ['missing.pt', /cannot read .*missing\.pt: ENOENT/],
      ['', /no regular file|EISDIR/],
    ];
    for (const [name, message] of cases)
      expect(
        growth(() => {
          expect(refusal(() => torch.load(fixture(name)))).to.match(message);
        }),
        name,
      ).to.equal(0);
    expect(fs.existsSync('was_executed')).to.equal(false);
    expect(refusal(() => torch.load(fixture('plain.pt'), { weights_only: false }))).to.match(
      /no Python here/,
    );
    expect(refusal(() => torch.load(fixture('plain.pt'), { maplocation: 'cpu' } as object))).to.match(
      /unknown option 'maplocation'; known are map_location/,
    );
  });

  it('keeps a tensor alive after the rest of its file has gone', () => {
    let weight: torch.Tensor | undefined;
    expect(
      growth(() => {
        weight = torch.load<Any>(fixture('plain.pt'))['layer.weight'];
      }),
    ).to.equal(1);
    expect(weight?.tolist()).to.deep.equal([
      [0, 0.25, 0.5],
      [0.75, 1, 1.25],
    ]);
    expect(growth(() => void torch.load(fixture('everything.pt')))).to.equal(0);
  });
});
