import { inspect } from 'node:util';
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { message } from '../support/thrown.js';

const { device, Device } = torch;

describe('torch.device', () => {
  it('is made from a name, a name with an index, or both apart', () => {
    const forms = [
      device('cpu'),
      device('cuda:1'),
      device('cuda', 1),
      device(device('meta')),
      new Device('cuda:0'),
    ];
    expect(forms.map(String)).to.deep.equal(['cpu', 'cuda:1', 'cuda:1', 'meta', 'cuda:0']);
    expect(forms.map((d) => [d.type, d.index])).to.deep.equal([
      ['cpu', null],
      ['cuda', 1],
      ['cuda', 1],
      ['meta', null],
      ['cuda', 0],
    ]);
  });
  it('prints and compares', () => {
    expect([inspect(device('cuda:1')), inspect(device('cpu')), JSON.stringify(device('cpu'))]).to.deep.equal([
      "device(type='cuda', index=1)",
      "device(type='cpu')",
      '"cpu"',
    ]);
    expect([
      device('cpu').equals('cpu'),
      device('cuda:0').equals(device('cuda', 0)),
      device('cuda').equals('cuda:0'),
    ]).to.deep.equal([true, true, false]);
    expect(Object.isFrozen(device('cpu'))).to.equal(true);
  });
  it('refuses what is no device', () => {
    for (const text of ['', 'cpu:', 'CPU', 'cuda:-1', 'cuda:01', 'cuda:x', ':0', 'cuda:0:0'])
      expect(message(() => device(text))).to.equal(
        `'${text}' is no device; expected something like 'cpu' or 'cuda:0'`,
      );
    expect(message(() => device('cuda:0', 1))).to.equal("the index is given twice: in 'cuda:0' and as 1");
    for (const index of [-1, 1.5, NaN])
      expect(message(() => device('cuda', index))).to.match(/index must be an integer of at least 0/);
    expect(message(() => torch.zeros(1, { device: 'nowhere' }))).to.match(/nowhere/);
  });
  it('names where tensors are', () => {
    expect(torch.zeros(1).device.equals('cpu')).to.equal(true);
    const meta = torch.zeros(1 << 30, 1 << 10, { device: device('meta') });
    expect([String(meta.device), meta.add(1).is_meta, [...meta.sum(0).shape]]).to.deep.equal([
      'meta',
      true,
      [1024],
    ]);
    expect(() => meta.tolist()).to.throw(torch.TorchError);
  });
});
