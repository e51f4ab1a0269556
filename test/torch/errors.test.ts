import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { makeError } from '../../ts/torch/errors.js';
import { thrown } from '../support/thrown.js';

const { TorchError, ArgumentError, IndexError, ValueError, NotImplementedError, OutOfMemoryError } = torch;
const x = torch.ones(2, 3);

describe('errors', () => {
  const kinds: [string, () => unknown, typeof TorchError, string, string][] = [
    ['what libtorch refuses', () => x.matmul(x), TorchError, 'ERR_TORCH', 'matmul'],
    ['arguments', () => (x.add as (y: unknown) => unknown)('a'), ArgumentError, 'ERR_TORCH_ARGUMENT', 'add'],
    ['an index', () => x.sum(5), IndexError, 'ERR_TORCH_INDEX', 'sum'],
    [
      'a value',
      () => torch.nn.functional.mse_loss(x, x, { reduction: 'avg' as never }),
      ValueError,
      'ERR_TORCH_VALUE',
      'mse_loss',
    ],
    [
      'what is not implemented',
      () => torch.ones(2, { dtype: torch.bool }).matmul(torch.ones(2, { dtype: torch.bool })),
      NotImplementedError,
      'ERR_TORCH_NOT_IMPLEMENTED',
      'matmul',
    ],
    ['memory', () => torch.empty(2 ** 50), OutOfMemoryError, 'ERR_TORCH_OUT_OF_MEMORY', 'empty'],
  ];
  for (const [what, fn, Kind, code, op] of kinds)
    it(`have a class, a code and an operator: ${what}`, () => {
      const error = thrown(fn) as torch.TorchError;
      expect(error.constructor).to.equal(Kind);
      expect(error).to.be.instanceOf(TorchError).and.instanceOf(Error);
      expect([error.code, error.op, error.name]).to.deep.equal([code, op, Kind.name]);
      expect(error.stack)
        .to.match(new RegExp(`^${Kind.name}: `))
        .and.contain('errors.test.ts');
    });

  it('keep libtorch’s own words, without C++ frames', () => {
    const error = thrown(() => x.matmul(x)) as Error;
    expect(error.message).to.equal('mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)');
    for (const fn of [
      () => x.view(5),
      () => x.add(torch.ones(4)),
      () => torch.linalg.inv(torch.zeros(2, 2)),
      () => x.reshape(-1, -1),
    ]) {
      const { message } = thrown(fn) as Error;
      expect(message).not.to.match(/Exception raised from|frame #|\.cpp|0x[0-9a-f]{6}|c10::/);
    }
  });

  it('name tensor types as Python does', () => {
    const message = (thrown(() => torch.embedding(x, x)) as Error).message;
    expect(message).to.contain('torch.FloatTensor').and.not.contain('CPUFloatType');
  });

  it('are made in the order of the native kinds', () => {
    const made = [0, 1, 2, 3, 4, 5, 99].map((kind) => makeError(kind, 'words', 'op').constructor);
    expect(made).to.deep.equal([
      TorchError,
      ArgumentError,
      IndexError,
      ValueError,
      NotImplementedError,
      OutOfMemoryError,
      TorchError,
    ]);
  });

  it('cost no tensor', () => {
    const before = torch.memory({ collect: true }).tensors;
    for (const [, fn] of kinds) for (let i = 0; i < 20; ++i) torch.tidy(() => thrown(fn));
    expect(torch.memory({ collect: true }).tensors).to.equal(before);
  });
});
