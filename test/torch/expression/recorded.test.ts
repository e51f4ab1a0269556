import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import {
  AttributeError,
  NameError,
  OverflowError,
  ZeroDivisionError,
} from '../../../ts/torch/expression/index.js';
import { disposeAll, evaluate, makeHoles, py, record, sameAs, template, type Recorded } from './support.js';

const CLASSES: Record<string, readonly (new (...args: never[]) => Error)[]> = {
  AttributeError: [AttributeError],
  IndexError: [torch.IndexError],
  NameError: [NameError],
  NotImplementedError: [torch.NotImplementedError],
  OverflowError: [OverflowError],
  RuntimeError: [torch.TorchError],
  TypeError: [TypeError, torch.ArgumentError],
  ValueError: [torch.ValueError],
  ZeroDivisionError: [ZeroDivisionError],
};

// What is said here on purpose in other words, or by another of PyTorch's classes.
const OTHER_CLASS: Record<string, string> = {
  // Tensor.item() refuses, before any conversion.
  'int({x})': 'RuntimeError',
  // No string can be an index, as JavaScript's own at() sees it.
  "{x}['a']": 'IndexError',
};

function fails(run: () => unknown, expected: Extract<Recorded, { kind: 'error' }>, text: string): Error {
  let thrown: unknown;
  try {
    sameAs(run(), expected, text);
  } catch (error) {
    thrown = error;
  }
  const classes = CLASSES[OTHER_CLASS[text] ?? expected.type]!;
  const fits = classes.some((kind) => thrown instanceof kind);
  expect(
    fits,
    `${text}: ${expected.type} expected, not ${(thrown as Error).name}: ${String(thrown)}`,
  ).to.equal(true);
  return thrown as Error;
}

describe('torch/expression: as Python recorded it', () => {
  let holes: Record<string, unknown>;
  beforeEach(() => {
    holes = makeHoles();
  });
  afterEach(() => {
    disposeAll(holes);
  });

  for (const { text, result } of record.expressions) {
    it(text, () => {
      const before = torch.memory().tensors;
      if (result.kind === 'error') {
        fails(() => evaluate(text, holes), result, text);
      } else {
        const value = evaluate(text, holes);
        sameAs(value, result, text);
        // The tag gives the same, as JavaScript values.
        const { strings, values } = template(text, holes);
        const again: unknown = py(strings, ...values);
        for (const made of new Set([value, again].flat(Infinity))) {
          if (made instanceof torch.Tensor && !Object.values(holes).includes(made)) made.dispose();
        }
      }
      expect(torch.memory().tensors, `${text}: live tensors`).to.equal(before);
    });
  }
});

describe('torch/expression: assignments as Python recorded them', () => {
  for (const { text, look, no_grad, result, grad } of record.statements) {
    it(text, () => {
      const holes = makeHoles();
      const before = torch.memory().tensors;
      const { strings, values } = template(text, holes);
      const run = (): unknown =>
        no_grad ? torch.no_grad(() => py(strings, ...values)) : py(strings, ...values);
      if (result.kind === 'error') fails(run, result, text);
      else {
        expect(run()).to.equal(undefined);
        sameAs(holes[look], result, text);
        const target = holes[look];
        if (target instanceof torch.Tensor) {
          const gradient = target.grad;
          sameAs(gradient, grad, `${text}: grad`);
          gradient?.dispose();
        }
      }
      expect(torch.memory().tensors, `${text}: live tensors`).to.equal(before);
      disposeAll(holes);
    });
  }
});

describe('torch/expression: numbers as Python recorded them', () => {
  for (const [name, cases] of [
    ['literals, operators and built-ins', record.numbers],
    ['random expressions', record.fuzz],
  ] as const) {
    it(`${name}: ${cases.length} of them`, () => {
      for (const { text, result } of cases) {
        if (result.kind === 'error') fails(() => evaluate(text), result, text);
        else sameAs(evaluate(text), result, text);
      }
    });
  }
});
