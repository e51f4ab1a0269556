import { expect } from 'chai';
import { handWritten } from '../../scripts/generate/overrides.js';
import { native } from '../../ts/native.js';
import * as torch from '../../ts/torch/index.js';
import { operatorTable, type OperatorNamespace } from '../../ts/torch/operator_table.js';

const namespaces: OperatorNamespace[] = ['methods', 'functions', 'linalg', 'fft', 'special', 'nn_functional'];

describe('torch/operator_table', () => {
  it('reads every kind of line', () => {
    const find = (namespace: OperatorNamespace, name: string): unknown =>
      operatorTable(namespace).find((entry) => entry.name === name);
    expect(find('functions', 'add')).to.deep.equal({
      name: 'add',
      operator: 'add',
      overloads: ['Tensor'],
      out: ['out'],
      numbersAsTensors: true,
    });
    expect(find('methods', 'abs')).to.deep.equal({
      name: 'abs',
      operator: 'abs',
      overloads: ['default'],
      out: [],
      numbersAsTensors: false,
    });
    expect(find('linalg', 'norm')).to.include({ operator: 'linalg_norm' });
    expect(find('nn_functional', 'logsigmoid')).to.include({ operator: 'log_sigmoid' });
  });

  it('offers at least 1,300 overloads, all of which libtorch has', () => {
    const offered = new Set<string>();
    for (const namespace of namespaces)
      for (const { operator, overloads, out } of operatorTable(namespace)) {
        const known = native.overloadNames(`aten::${operator}`);
        for (const overload of [...overloads, ...out]) {
          expect(known, operator).to.include(overload);
          offered.add(`${operator}.${overload}`);
        }
      }
    expect(offered.size).to.be.at.least(1300);
  });

  it('lists no name twice, and no name that is written by hand', () => {
    for (const namespace of namespaces) {
      const names = operatorTable(namespace).map(({ name }) => name);
      expect(new Set(names).size).to.equal(names.length);
      for (const name of Object.keys(handWritten[namespace])) expect(names).to.not.include(name);
    }
  });

  it('leaves out only what hand-written code offers', () => {
    const prototype = torch.Tensor.prototype as unknown as Record<string, unknown>;
    for (const name of Object.keys(handWritten.methods))
      expect(typeof prototype[name], name).to.equal('function');
    const functions = torch as unknown as Record<string, unknown>;
    for (const name of Object.keys(handWritten.functions))
      expect(typeof functions[name], name).to.equal('function');
  });
});
