/**
 * Every module but those of layers.test.ts, rnn.test.ts and transformer.test.ts against PyTorch: text, initial state,
 * results step by step, gradients, state afterwards, draws, and errors.
 */
import { expect } from 'chai';
import * as torch from '../../../../../ts/torch/index.js';
import { nn, type Tensor } from '../../../../../ts/torch/index.js';
import type { Kind } from '../../../../support/close.js';
import { expectRecorded } from '../../../../support/recorded.js';
import {
  families,
  gradientKind,
  revive,
  reviveAll,
  type Family,
  type RecordedCase,
  type Value,
} from './fixture.js';

type Make = (...args: unknown[]) => nn.AnyModule;
interface Made {
  name: string;
  make?: string;
  args: Value[];
  kwargs: Record<string, Value>;
}

function make(family: Family, { name, make: factory, args, kwargs }: Made, leaves: Tensor[]): nn.AnyModule {
  const type = (nn as unknown as Record<string, Make & Record<string, Make>>)[name]!;
  const given = args.map((value) => revive(family, value, leaves));
  const all = Object.keys(kwargs).length > 0 ? [...given, reviveAll(family, kwargs, leaves)] : given;
  return factory === undefined ? type(...all) : type[factory]!(...all);
}

/** 1/4, 2/4 ... 5/4 and again, as in the recorder. */
function weighted(output: Tensor): Tensor {
  const weights = torch.arange(output.numel()).remainder(5).add(1).div(4);
  return output.mul(weights.to(output.dtype).reshape(output.shape)).sum();
}

class Replay {
  private readonly leaves: Tensor[] = [];
  private readonly module: nn.AnyModule;

  constructor(
    private readonly family: Family,
    private readonly recorded: RecordedCase,
  ) {
    torch.manual_seed(42);
    this.module = make(family, recorded, this.leaves);
  }
  run(): void {
    const { kind, repr, state, trains, after, next } = this.recorded;
    expect(String(this.module)).to.equal(repr);
    this.expectState(state, 'drawn', 'initial');
    const trained = this.module.named_parameters().filter(([, parameter]) => parameter.requires_grad);
    expect(trained.map(([key]) => key)).to.deep.equal(trains);
    const outputs = this.recorded.calls.flatMap((_, i) => this.call(i));
    this.expectGradients(outputs, gradientKind[kind]);
    this.expectState(after ?? state, 'reduction', 'final');
    expect(torch.randint(2 ** 40, []).item(), 'next draw').to.equal(next);
  }
  private call(i: number): Tensor[] {
    const { args, kwargs = {}, method, eval: evaluate = false, result } = this.recorded.calls[i]!;
    this.module.train(!evaluate);
    const given = args.map((value) => revive(this.family, value, this.leaves));
    if (Object.keys(kwargs).length > 0) given.push(reviveAll(this.family, kwargs, this.leaves));
    const methods = this.module as unknown as Record<string, (...args: unknown[]) => unknown>;
    const found = method === undefined ? (this.module(...given) as unknown) : methods[method]!(...given);
    const parts = (Array.isArray(found) ? found : [found]) as Tensor[];
    expect(parts.length, `results of call ${i}`).to.equal(result.length);
    parts.forEach((part, j) => {
      expectRecorded(part, this.tensor(result[j]!), this.recorded.kind, `result ${j} of call ${i}`);
    });
    return parts.filter((part) => part.is_floating_point());
  }
  private tensor(name: string): NonNullable<ReturnType<Family['tensors']['get']>> {
    return this.family.tensors.get(name)!;
  }
  private expectState(recorded: Record<string, string>, kind: Kind, when: string): void {
    const state = this.module.state_dict();
    expect(Object.keys(state), when).to.deep.equal(Object.keys(recorded));
    for (const key of Object.keys(state))
      expectRecorded(state[key]!, this.tensor(recorded[key]!), kind, `${when} ${key}`);
  }
  private expectGradients(outputs: Tensor[], kind: Kind): void {
    const { grads, parameter_grads = {} } = this.recorded;
    const losses = outputs.filter((output) => output.requires_grad).map(weighted);
    expect(losses.length > 0, 'something has a gradient').to.equal(grads !== undefined);
    if (grads === undefined) return;
    losses.reduce((sum, loss) => sum.add(loss)).backward();
    expect(this.leaves.length).to.equal(grads.length);
    grads.forEach((name, i) => {
      const { grad } = this.leaves[i]!;
      if (name === null) expect(grad, `gradient of input ${i}`).to.equal(null);
      else expectRecorded(grad, this.tensor(name), kind, `gradient of input ${i}`);
    });
    const found = this.module.named_parameters().filter(([, parameter]) => parameter.grad !== null);
    expect(found.map(([key]) => key)).to.deep.equal(Object.keys(parameter_grads));
    for (const [key, { grad }] of found) {
      const dense = grad!.is_sparse ? grad!.to_dense() : grad;
      expectRecorded(dense, this.tensor(parameter_grads[key]!), 'reduction', `gradient of ${key}`);
    }
  }
}

/** Python's class of an error to ours. */
const errorNames: Record<string, string> = {
  RuntimeError: 'TorchError',
  TypeError: 'ArgumentError',
  IndexError: 'IndexError',
  ValueError: 'ValueError',
  NotImplementedError: 'NotImplementedError',
  AssertionError: 'ValueError',
};

function title({ name, make: factory, args, kwargs }: Made): string {
  const short = (value: unknown): string => JSON.stringify(value).replace(/"/g, '');
  return `${name}${factory ? `.${factory}` : ''} ${short(args)} ${short(kwargs)}`;
}

for (const family of families())
  describe(`nn modules against PyTorch: ${family.name}`, () => {
    for (const recorded of family.cases)
      it(`${title(recorded)}, ${recorded.calls.length} calls`, () => {
        family.recordings.expect(recorded, (answer) => {
          torch.tidy(() => new Replay(family, answer).run());
        });
      });

    for (const recorded of family.refused)
      it(`${title(recorded)} ${recorded.call ? 'called so ' : ''}is refused`, () => {
        let error: unknown;
        try {
          torch.tidy(() => {
            const module = make(family, recorded, []);
            if (recorded.call) module(...recorded.call.map((value) => revive(family, value, [])));
          });
        } catch (caught) {
          error = caught;
        }
        expect(error, `no ${recorded.type}: ${recorded.message}`).to.be.instanceOf(Error);
        const { name, message } = error as Error;
        expect(name, message).to.equal(errorNames[recorded.type]);
        if (recorded.message !== null) expect(message.split('\n')[0]).to.equal(recorded.message);
      });
  });
