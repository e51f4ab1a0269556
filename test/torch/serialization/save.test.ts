import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { MemorySource } from '../../../ts/torch/serialization/byte_source.js';
import { readDirectory, readEntry } from '../../../ts/torch/serialization/zip_reader.js';
import { growth } from '../../support/live.js';
import { message } from '../../support/thrown.js';
import { bytesOf, fixture, inFolder, python, refusal } from './support.js';

type Any = Record<string, any>;

function entry(archive: Uint8Array, name: string): Buffer {
  const source = new MemorySource(archive);
  return Buffer.from(readEntry(source, readDirectory(source).get(name)!));
}

/** What a checkpoint may hold, made here. */
function everything(): Any {
  const shared = torch.arange(12).float();
  return {
    shared,
    view: shared.at('2:8').view(2, 3),
    turned: torch.arange(6).view(2, 3).t(),
    zero_d: torch.tensor(2.5, { dtype: torch.float64 }),
    empty: torch.zeros([0, 3]),
    brain: torch.tensor([1, -2.5]).bfloat16(),
    half: torch.tensor([1, -2.5]).half(),
    eight: torch.tensor([1, -2.5]).to(torch.float8_e4m3fn),
    unsigned: torch.tensor([65535], { dtype: torch.uint16 }),
    complex: torch.tensor([new torch.Complex(1, 2)]),
    conjugate: torch.tensor([new torch.Complex(1, 2)]).conj(),
    flags: torch.tensor([true, false]),
    wide: torch.tensor([-(2n ** 62n)]),
    grad: torch.ones([2]).requires_grad_(),
    parameter: new torch.nn.Parameter(torch.ones([2])),
    frozen: new torch.nn.Parameter(torch.ones([2]), false),
    tuple: new torch.Tuple<unknown>(1, new torch.Tuple(), [2.5]),
    four: new torch.Tuple(1, 2, 3, 4),
    map: new Map<unknown, unknown>([
      [0, 'zero'],
      ['0', 'text'],
      [null, true],
    ]),
    set: new Set([1, 2]),
    numbers: [
      0,
      255,
      256,
      65536,
      -1,
      2 ** 31,
      -(2 ** 31),
      2n ** 64n,
      -(2n ** 100n),
      0.1,
      1e300,
      Infinity,
      -0,
    ],
    float: new torch.Float(1),
    z: new torch.Complex(1, -2),
    bytes: new Uint8Array([0, 255]),
    text: 'ü😀',
    size: torch.zeros([2, 3]).shape,
    dtype: torch.bfloat16,
    device: torch.device('cuda', 1),
    layout: torch.strided,
    nothing: null,
  };
}

describe('torch.save', () => {
  const folder = inFolder();

  it("writes Python's own pickle, byte for byte", () => {
    const ours = torch.save(torch.load(fixture('plain.pt')));
    expect(entry(ours, 'archive/data.pkl').equals(entry(bytesOf('plain.pt'), 'plain/data.pkl'))).to.equal(
      true,
    );
    for (const name of ['version', 'byteorder', '.format_version', '.storage_alignment', 'data/0', 'data/1'])
      expect(
        entry(ours, `archive/${name}`).equals(entry(bytesOf('plain.pt'), `plain/${name}`)),
        name,
      ).to.equal(true);
  });

  it('writes archives as PyTorch does: names, alignment, order, zip64 record', () => {
    const file = path.join(folder(), 'model.v2.pt');
    torch.save(torch.load(fixture('plain.pt')), file);
    const bytes = fs.readFileSync(file);
    const entries = [...readDirectory(new MemorySource(bytes)).values()].sort((a, b) => a.header - b.header);
    expect(entries.map(({ name }) => name)).to.deep.equal(
      ['data.pkl', '.format_version', '.storage_alignment', 'byteorder', 'data/0', 'data/1', 'version'].map(
        (name) => `model.v2/${name}`,
      ),
    );
    for (const { header, method } of entries) {
      const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
      expect([start % 64, method]).to.deep.equal([0, 0]);
    }
  });

  it('gives back what it was given', () => {
    const given = everything();
    const loaded = torch.load<Any>(torch.save(given));
    expect(Object.keys(loaded)).to.deep.equal(Object.keys(given));
    for (const [key, value] of Object.entries(given)) {
      const back: unknown = loaded[key];
      if (value instanceof torch.Tensor) {
        const tensor = back as torch.Tensor;
        expect(
          [tensor.dtype, [...tensor.shape], tensor.requires_grad, tensor instanceof torch.nn.Parameter],
          key,
        ).to.deep.equal([
          value.dtype,
          [...value.shape],
          value.requires_grad,
          value instanceof torch.nn.Parameter,
        ]);
        expect(String(tensor), key).to.equal(String(value));
        if (key !== 'conjugate') expect(tensor.stride(), key).to.deep.equal(value.stride());
      } else if (key === 'float') expect(back).to.equal(1);
      else if (key === 'device') expect(String(back)).to.equal('cuda:1');
      else expect(back, key).to.deep.equal(value);
    }
    expect(loaded['tuple']).to.be.instanceOf(torch.Tuple);
    expect(Object.is(loaded['numbers'].at(-1), -0)).to.equal(true);
    loaded['view'].fill_(0);
    expect(loaded['shared'].sum().item(), 'shared memory').to.equal(0 + 1 + 8 + 9 + 10 + 11);
  });

  it('writes a storage once, whatever looks at it, and the same tensor once', () => {
    const base = torch.zeros([1000]);
    const bytes = torch.save([base, base.view(10, 100), base.at('5:'), base]);
    expect(bytes.byteLength).to.be.below(4000 + 2500);
    const [a, , , again] = torch.load<torch.Tensor[]>(bytes);
    expect(again).to.equal(a);
    const list: unknown[] = [1];
    list.push(list, { list });
    const [, itself, { list: inner }] = torch.load<any>(torch.save(list));
    expect(itself[1]).to.equal(itself);
    expect(inner).to.equal(itself);
  });

  it("keeps a module's versions and survives a round trip of a whole training", () => {
    const training = torch.load<Any>(fixture('training.pt'));
    const again = torch.load<Any>(torch.save(training));
    expect(again['model']._metadata).to.deep.equal(training['model']._metadata);
    expect(again['optimizer'].state.get(1).exp_avg.tolist()).to.deep.equal(
      training['optimizer'].state.get(1).exp_avg.tolist(),
    );
    expect(again['optimizer'].param_groups[0].betas).to.be.instanceOf(torch.Tuple);
    const model = torch.nn.Linear(2, 3);
    const state = torch.load<Any>(torch.save(model.state_dict()));
    expect(Object.keys(state)).to.deep.equal(['weight', 'bias']);
    expect(state['_metadata']).to.deep.equal({ '': { version: 1 } });
    model.load_state_dict(state);
  });

  it('names the place that cannot be saved, and leaves no file', () => {
    const file = path.join(folder(), 'x.pt');
    const deep: unknown[] = [];
    let inner = deep;
    for (let i = 0; i < 5000; ++i) inner.push((inner = []));
    const gone = torch.ones([1]);
    gone.dispose();
    const ones = torch.ones([2]);
    const cases: [unknown, RegExp][] = [
      [undefined, /^cannot save the value: undefined/],
      [{ a: [1, { b: () => 1 }] }, /^cannot save value\["a"\]\[1\]\["b"\]: a function/],
      [{ model: torch.nn.Linear(1, 1) }, /^cannot save value\["model"\]: .*save its state_dict\(\)/],
      [{ x: new Float32Array(2) }, /^cannot save value\["x"\]: .*Float32Array.*from_numpy/],
      [{ d: new Date() }, /value\["d"\]: objects of class Date/],
      [{ s: Symbol('s') }, /value\["s"\]: a symbol/],
      [{ t: gone }, /value\["t"\]: .*disposed/],
      [{ t: torch.eye(2).to_sparse() }, /value\["t"\]: tensors of layout torch\.sparse_coo/],
      [[ones, ones.view(torch.int32)], /value\[1\]: .*view the same data as different types/],
      [{ t: torch.ones([2], { device: 'meta' }) }, /meta device/],
      [{ t: '\ud800' }, /surrogate/],
      [deep, /nested more than 1000 levels/],
    ];
    for (const [value, wanted] of cases) {
      expect(message(() => torch.save(value, file))).to.match(wanted);
      expect(fs.readdirSync(folder())).to.deep.equal([]);
    }
    expect(refusal(() => torch.save({ t: gone }, file))).to.match(/disposed/);
  });

  it('frees what it makes', () => {
    const given = everything();
    expect(growth(() => void torch.save(given))).to.equal(0);
    expect(growth(() => void torch.save(given, path.join(folder(), 'x.pt')))).to.equal(0);
  });

  it('is read by Python in its strict mode', function () {
    const file = path.join(folder(), 'ours.pt');
    const given = everything();
    torch.save({ ...given, state: torch.nn.Linear(2, 1).state_dict() }, file);
    const code = `
import sys, torch
for mmap in (False, True):
    v = torch.load(sys.argv[1], weights_only=True, mmap=mmap)
    assert torch.equal(v['view'], torch.arange(2.0, 8).view(2, 3))
    v['shared'].fill_(-1)
    assert (v['view'] == -1).all()
assert v['turned'].stride() == (1, 3) and v['turned'].tolist() == [[0, 3], [1, 4], [2, 5]], v['turned']
assert v['zero_d'].item() == 2.5 and v['zero_d'].dtype == torch.float64 and v['empty'].shape == (0, 3)
for name in ('brain', 'half', 'eight'):
    assert v[name].float().tolist() == [1, -2.5], name
assert [v[n].dtype for n in ('brain', 'half', 'eight', 'unsigned')] == [torch.bfloat16, torch.float16, torch.float8_e4m3fn, torch.uint16]
assert v['unsigned'].tolist() == [65535] and v['complex'].tolist() == [1 + 2j] and v['conjugate'].tolist() == [1 - 2j]
assert v['flags'].tolist() == [True, False] and v['wide'].tolist() == [-2**62]
assert v['grad'].requires_grad and type(v['grad']) is torch.Tensor
assert type(v['parameter']) is torch.nn.Parameter and v['parameter'].requires_grad and not v['frozen'].requires_grad
assert v['tuple'] == (1, (), [2.5]) and v['four'] == (1, 2, 3, 4)
assert v['map'] == {0: 'zero', '0': 'text', None: True} and v['set'] == {1, 2}
assert v['numbers'] == [0, 255, 256, 65536, -1, 2**31, -2**31, 2**64, -2**100, 0.1, 1e300, float('inf'), 0.0]
assert type(v['numbers'][0]) is int and type(v['float']) is float
assert v['z'] == 1 - 2j and v['bytes'] == b'\\x00\\xff' and v['text'] == 'ü😀' and v['nothing'] is None
assert v['size'] == torch.Size([2, 3]) and type(v['size']) is torch.Size and v['dtype'] is torch.bfloat16
assert v['device'] == torch.device('cuda', 1) and v['layout'] is torch.strided
assert v['state']._metadata == {'': {'version': 1}}
torch.nn.Linear(2, 1).load_state_dict(v['state'])
print('read')`;
    expect(python(this, code, file)).to.equal('read');
  });

  it('gives Python a training to go on with', function () {
    const file = path.join(folder(), 'ours.pt');
    torch.save(torch.load(fixture('training.pt')), file);
    const code = `
import sys, torch
def steps(path):
    v = torch.load(path, weights_only=True)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(model.parameters())
    model.load_state_dict(v['model'])
    optimizer.load_state_dict(v['optimizer'])
    for i in range(3):
        optimizer.zero_grad()
        model(torch.tensor([[1.0, 2.0], [3.0, 5.0]]) + i).pow(2).sum().backward()
        optimizer.step()
    return [p.tolist() for p in model.parameters()]
assert steps(sys.argv[1]) == steps(sys.argv[2])
print('equal')`;
    expect(python(this, code, file, fixture('training.pt'))).to.equal('equal');
  });
});
