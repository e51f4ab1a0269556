/** Sequential, ModuleList, ModuleDict, ParameterList and ParameterDict. */
import { expect } from 'chai';
import {
  ArgumentError,
  IndexError,
  TorchError,
  ValueError,
  nn,
  ones,
  tensor,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { message } from '../../../support/thrown.js';
import { recorded } from './models.js';

const names = (module: nn.Module): string[] => module.named_children().map(([name]) => name);
const named = (): nn.Sequential =>
  nn.Sequential({ conv: nn.Linear(1, 2), relu: nn.ReLU(), out: nn.Linear(2, 1) });
const numbered = (): nn.Sequential => nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1));

describe('Sequential', () => {
  it('calls its modules one after the other', () => {
    const seq = numbered();
    const x = ones([1, 1]);
    expect((seq(x) as Tensor).tolist()).to.deep.equal((seq[2]!(seq[1]!(seq[0]!(x))) as Tensor).tolist());
    expect(nn.Sequential()(x)).to.equal(x);
  });

  it('gives the first module all arguments', () => {
    const seq = nn.Sequential(nn.Bilinear(1, 1, 2), nn.Flatten(0));
    expect((seq(ones([3, 1]), ones([3, 1])) as Tensor).shape).to.deep.equal([6]);
  });

  it('is read by position, from both ends and in slices', () => {
    const seq = named();
    expect(seq[0]).to.equal((seq as unknown as { conv: nn.Linear }).conv);
    expect(seq[-1]).to.equal(seq.at(2));
    expect(seq.at(-3)).to.equal(seq[0]);
    expect(seq[3]).to.equal(undefined);
    expect(seq.length).to.equal(3);
    expect([...seq]).to.deep.equal(seq.children());
    expect(names(seq.at('1:'))).to.deep.equal(['relu', 'out']);
    expect(names(numbered().at('::2'))).to.deep.equal(['0', '2']);
    const part = numbered().at('1:');
    expect(names(part)).to.deep.equal(['1', '2']);
    expect(part[1], 'by position, not by name').to.be.instanceOf(nn.Linear);
    expect(part[2]).to.equal(undefined);
    expect(names(numbered().at('::-1'))).to.deep.equal(['2', '1', '0']);
    expect(message(() => nn.Sequential(nn.ReLU()).at(1))).to.equal(recorded.messages['index']);
    expect(() => seq.at(0.5)).to.throw(IndexError);
    expect(() => seq.at('1')).to.throw(ValueError, 'no slice');
    expect(() => seq.at('::0')).to.throw(ValueError, 'slice step cannot be zero');
  });

  it('shares its modules with a slice', () => {
    const seq = numbered();
    expect(seq.at('2:')[0]).to.equal(seq[2]);
  });

  it('is set by position and by name', () => {
    const [seq, other] = [named(), nn.Tanh()];
    seq[1] = other;
    expect((seq as unknown as { relu: unknown }).relu).to.equal(other);
    seq.set_at(-1, nn.Identity());
    (seq as unknown as { conv: unknown }).conv = nn.Flatten();
    expect(seq.children().map((m) => m._get_name())).to.deep.equal(['Flatten', 'Tanh', 'Identity']);
    expect(() => seq.set_at(3, other)).to.throw(IndexError);
    expect(() => seq.set_at(0, 1 as unknown as nn.AnyModule)).to.throw(ArgumentError);
  });

  it('grows and shrinks', () => {
    const seq = numbered();
    expect(seq.append(nn.Tanh())).to.equal(seq);
    expect(names(seq.extend([nn.Tanh(), nn.Tanh()]))).to.deep.equal(['0', '1', '2', '3', '4', '5']);
    expect(seq.pop(1)).to.be.instanceOf(nn.ReLU);
    expect(names(seq)).to.deep.equal(['0', '1', '2', '3', '4']);
    expect(names(seq.pop('2:'))).to.deep.equal(['2', '3', '4']);
    seq.insert(1, nn.Flatten()).insert(-2, nn.Identity());
    expect(seq.children().map((m) => m._get_name())).to.deep.equal([
      'Linear',
      'Identity',
      'Flatten',
      'Linear',
    ]);
    expect(seq.extend(seq).length).to.equal(8);
    expect(message(() => nn.Sequential(nn.ReLU()).insert(3, nn.ReLU()))).to.equal(
      recorded.messages['insert'],
    );
    expect(() => named().insert(0, nn.ReLU())).to.throw(ValueError);
    const some = named();
    some.pop('0:1');
    expect(names(some), 'Python numbers them anew').to.deep.equal(['0', '1']);
    expect('relu' in some).to.equal(false);
  });

  it('is added and multiplied', () => {
    const seq = numbered();
    expect(names(seq.add(named()))).to.deep.equal(['0', '1', '2', '3', '4', '5']);
    expect(seq.mul(2)[3]).to.equal(seq[0]);
    expect(() => seq.mul(0)).to.throw(ValueError, 'Non-positive multiplication factor 0');
    expect(() => seq.mul(1.5)).to.throw(ArgumentError);
  });

  it('keeps the order of names that are numbers', () => {
    const seq = nn.Sequential(
      new Map([
        ['10', nn.Tanh()],
        ['2', nn.ReLU()],
        ['end', nn.Flatten()],
      ] as [string, nn.Module][]),
    );
    expect(names(seq)).to.deep.equal(['10', '2', 'end']);
    expect(seq[0]).to.be.instanceOf(nn.Tanh);
    expect(Object.keys(nn.Sequential([['7', nn.Linear(1, 1)]]).state_dict())).to.deep.equal([
      '7.weight',
      '7.bias',
    ]);
  });

  it('refuses what is no module and names that are taken', () => {
    expect(() => nn.Sequential(1 as unknown as nn.Module)).to.throw(ArgumentError, 'not a Module subclass');
    expect(() => nn.Sequential(nn.ReLU(), null as unknown as nn.Module)).to.throw(ArgumentError);
    expect(() => nn.Sequential({ a: ((x: Tensor) => x) as unknown as nn.Module })).to.throw(ArgumentError);
    expect(message(() => nn.Sequential({ forward: nn.ReLU() }))).to.equal(recorded.messages['name taken']);
  });

  it('may be subclassed with fields of its own', () => {
    class Head extends nn.Sequential {
      extra = nn.Linear(5, 5);
    }
    const head = new Head(nn.ReLU(), nn.Tanh());
    expect(names(head)).to.deep.equal(['0', '1', 'extra']);
    expect(head).to.have.property('length', 2);
    expect(head.at('1:')).to.be.instanceOf(Head);
  });
});

describe('ModuleList', () => {
  it('is a list of modules', () => {
    const list = nn.ModuleList([nn.Linear(1, 1), nn.ReLU()]);
    expect(list.length).to.equal(2);
    expect(list[1]).to.equal(list[-1]);
    list[0] = nn.Tanh();
    list.append(nn.Flatten()).extend([nn.Identity()]);
    list.insert(1, nn.SiLU());
    expect([...list].map((m) => m._get_name())).to.deep.equal([
      'Tanh',
      'SiLU',
      'ReLU',
      'Flatten',
      'Identity',
    ]);
    expect(list.pop(-1)).to.be.instanceOf(nn.Identity);
    expect(names(list.at('1:3'))).to.deep.equal(['0', '1']);
    expect(names(list.add([nn.ReLU()]))).to.have.length(5);
    expect(list.pop(':2').length).to.equal(2);
    expect(names(list)).to.deep.equal(['0', '1']);
    list.add_module('2', nn.ReLU());
    expect(list.length).to.equal(3);
    expect(message(() => nn.ModuleList([nn.ReLU()]).at(-2))).to.equal(recorded.messages['list index']);
    expect(() => list.insert(9, nn.ReLU())).to.throw(IndexError);
  });

  it('refuses what is no module, and is not called', () => {
    expect(() => nn.ModuleList([1 as unknown as nn.Module])).to.throw(ArgumentError);
    expect(() => nn.ModuleList(3 as unknown as nn.Module[])).to.throw(ArgumentError, 'iterable');
    expect(() => (nn.ModuleList() as unknown as nn.AnyModule)(1)).to.throw(
      TorchError,
      'missing the required "forward"',
    );
  });
});

describe('ModuleDict', () => {
  it('is a dict of modules', () => {
    const dict = nn.ModuleDict({ conv: nn.Linear(1, 1), act: nn.ReLU() });
    expect(dict['conv']).to.equal(dict.get('conv'));
    expect([...dict]).to.deep.equal(['conv', 'act']);
    expect(dict.keys()).to.deep.equal(['conv', 'act']);
    expect(dict.values()).to.deep.equal(dict.children());
    expect(dict.items()[1]![0]).to.equal('act');
    expect([dict.has('conv'), dict.has('toString'), dict.length]).to.deep.equal([true, false, 2]);
    expect(dict.get('nothing', null)).to.equal(null);
    expect(() => dict.get('nothing')).to.throw(ValueError, "'nothing' is not a key");
    dict.set('conv', nn.Tanh()).set('10', nn.SiLU()).set('9', nn.Mish());
    dict['late'] = nn.Flatten();
    expect(names(dict)).to.deep.equal(['conv', 'act', '10', '9', 'late']);
    expect(dict.pop('act')).to.be.instanceOf(nn.ReLU);
    expect([dict.delete('10'), dict.delete('10')]).to.deep.equal([true, false]);
    dict.update([['more', nn.ReLU()]]);
    dict.update(nn.ModuleDict({ last: nn.ReLU() }));
    expect(dict.keys()).to.deep.equal(['conv', '9', 'late', 'more', 'last']);
    dict.clear();
    expect([dict.length, names(dict)]).to.deep.equal([0, []]);
  });

  it('refuses what is no module and names that are taken', () => {
    expect(() => nn.ModuleDict({ a: 1 as unknown as nn.Module })).to.throw(ArgumentError);
    expect(message(() => nn.ModuleDict({ pop: nn.ReLU() }))).to.equal(recorded.messages['key taken']);
    expect(() => nn.ModuleDict({ 'a.b': nn.ReLU() })).to.throw(ValueError, 'can\'t contain "."');
  });
});

describe('ParameterList', () => {
  it('makes parameters of tensors and keeps the rest', () => {
    const own = nn.Parameter(ones([1]));
    const list = nn.ParameterList([own, ones([2]), 'word']);
    expect(list[0]).to.equal(own);
    expect(list[1]).to.be.instanceOf(nn.Parameter);
    list[0] = ones([3]);
    list.append(tensor(1)).extend([tensor(2)]);
    expect(list.named_parameters().map(([name]) => name)).to.deep.equal(['0', '1', '3', '4']);
    expect(list.at('3:').parameters()).to.deep.equal(list.parameters().slice(2));
    expect(list.pop(2)).to.equal('word');
    expect(Object.keys(list.state_dict())).to.deep.equal(['0', '1', '2', '3']);
    list.load_state_dict(
      Object.fromEntries([3, 2, 0, 0].map((n, i) => [i, n ? ones([n]).mul(5) : tensor(7)])),
    );
    expect((list[3] as Tensor).item()).to.equal(7);
    expect(() => list.extend(ones([2]))).to.throw(ArgumentError, 'iterable');
    expect(message(() => (nn.ParameterList() as nn.AnyModule)())).to.equal(recorded.messages['call list']);
  });
});

describe('ParameterDict', () => {
  it('makes parameters of tensors and keeps the rest', () => {
    const dict = nn.ParameterDict({ right: ones([1]), left: ones([2]), note: 'word' });
    expect(dict.keys(), 'a dict is sorted, as in Python').to.deep.equal(['left', 'note', 'right']);
    expect(nn.ParameterDict(Object.entries({ right: 1, left: 2 })).keys()).to.deep.equal(['right', 'left']);
    expect(dict.named_parameters().map(([name]) => name)).to.deep.equal(['left', 'right']);
    expect(dict['left']).to.be.instanceOf(nn.Parameter);
    expect(dict.setdefault('left', 1)).to.equal(dict['left']);
    expect(dict.setdefault('count', 1)).to.equal(1);
    expect(dict.popitem()).to.deep.equal(['count', 1]);
    expect(dict.copy().get('right')).to.equal(dict['right']);
    expect(dict.fromkeys(['a', 'b'], 0).items()).to.deep.equal([
      ['a', 0],
      ['b', 0],
    ]);
    dict.set('left', ones([5]));
    expect(dict.keys()).to.deep.equal(['left', 'note', 'right']);
    expect((dict['left'] as Tensor).shape).to.deep.equal([5]);
    dict.clear();
    expect(() => dict.popitem()).to.throw(ValueError);
    expect(() => nn.ParameterDict({ forward: ones([1]) })).to.throw(ValueError, 'already exists');
    expect(message(() => (nn.ParameterDict() as nn.AnyModule)(1))).to.equal(recorded.messages['call dict']);
  });
});
