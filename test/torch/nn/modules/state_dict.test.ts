/** state_dict and load_state_dict: what they hold, what they say, and that a failure changes nothing. */
import { expect } from 'chai';
import {
  ArgumentError,
  TorchError,
  float64,
  int64,
  load_safetensors,
  nn,
  ones,
  save_safetensors,
  tensor,
  zeros,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { thrown } from '../../../support/thrown.js';
import { Block, Shared, recorded } from './models.js';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

type State = Record<string, Tensor>;

/** A block's state with some of it exchanged, and without what is null. */
function state(changes: Record<string, unknown>): State {
  const result: Record<string, unknown> = { ...new Block().state_dict(), ...changes };
  for (const key of Object.keys(result)) if (result[key] === null) Reflect.deleteProperty(result, key);
  return result as State;
}
/** Everything that a module holds, as numbers. */
function contents(module: nn.Module): unknown {
  return [...module.named_parameters(), ...module.named_buffers()].map(([name, value]) => [
    name,
    value.tolist(),
  ]);
}
function refusal(module: nn.Module, given: unknown, options?: object): string {
  const before = contents(module);
  const error = thrown(() => module.load_state_dict(given as State, options)) as Error;
  expect(error).to.be.instanceOf(TorchError);
  expect(contents(module), 'the model is unchanged').to.deep.equal(before);
  return error.message;
}

describe('state_dict', () => {
  it('holds detached views under dotted names, and nothing that is inherited', () => {
    const block = new Block();
    const given = block.state_dict();
    expect(Object.getPrototypeOf(given)).to.equal(null);
    expect('toString' in given).to.equal(false);
    expect(given['scale']!.requires_grad).to.equal(false);
    given['scale']!.fill_(7);
    expect(block.scale.tolist()).to.deep.equal([7, 7]);
    expect(block.state_dict({ keep_vars: true })['scale']).to.equal(block.scale);
    expect(Object.keys(block.state_dict({ prefix: 'model.' }))[0]).to.equal('model.scale');
    const both = block.state_dict();
    nn.Linear(1, 1).state_dict({ destination: both, prefix: 'head.' });
    expect(Object.keys(both).slice(-2)).to.deep.equal(['head.weight', 'head.bias']);
    expect(() => block.state_dict({ prefx: '' } as object)).to.throw(ArgumentError, "'prefix'");
  });

  it('holds a shared module under each of its names', () => {
    const shared = new Shared();
    const given = shared.state_dict();
    expect(given['again.scale']!.data_ptr()).to.equal(given['first.scale']!.data_ptr());
    expect(given['tied.weight']!.data_ptr()).to.equal(given['second.weight']!.data_ptr());
  });

  it('goes through a file', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-state-'));
    try {
      const file = path.join(folder, 'block.safetensors');
      const [block, other] = [new Block(), new Block()];
      save_safetensors(block.state_dict(), file);
      other.load_state_dict(load_safetensors(file));
      expect(contents(other)).to.deep.equal(contents(block));
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('load_state_dict', () => {
  it('copies into the parameters that are there', () => {
    const [block, other] = [new Block(), new Block()];
    const weight = other.get_parameter('body.0.weight');
    const result = other.load_state_dict(block.state_dict());
    expect(String(result)).to.equal('<All keys matched successfully>');
    expect(result).to.deep.equal({ missing_keys: [], unexpected_keys: [] });
    expect(other.get_parameter('body.0.weight')).to.equal(weight);
    expect(contents(other)).to.deep.equal(contents(block));
    other.scale.data.fill_(3);
    expect(block.scale.tolist(), 'a copy').to.deep.equal([1, 1]);
  });

  it('converts to the dtype of the parameter', () => {
    const linear = nn.Linear(1, 1).double();
    linear.load_state_dict({ weight: tensor([[2]]), bias: tensor([3n]) });
    expect(linear.weight.dtype).to.equal(float64);
    expect([linear.weight.item(), linear.bias!.item()]).to.deep.equal([2, 3]);
  });

  const t = (...shape: number[]): Tensor => ones(shape);
  const refused: Record<string, [Record<string, unknown>, object?]> = {
    missing: [{ scale: null, 'body.0.weight': null }],
    unexpected: [{ extra: t(1), 'body.0.more': t(2), 'body.7.weight': t(1), 'other.weight': t(1) }],
    shapes: [{ scale: t(3), 'body.0.weight': t(2, 3), steps: ones([2], { dtype: int64 }) }],
    all: [{ scale: t(3), shift: null, more: t(1) }],
    'not strict': [{ scale: t(3), shift: null, more: t(1) }, { strict: false }],
    absent: [{ absent: t(1), nothing: t(1), mask: t(2) }],
  };
  for (const [name, [changes, options]] of Object.entries(refused))
    it(`refuses in PyTorch’s words: ${name}`, () => {
      expect(refusal(new Block(), state(changes), options)).to.equal(recorded.messages[name]);
    });

  it('refuses for a Sequential', () => {
    const given = { '0.weight': t(1, 1), '2.bias': t(1), '1.weight': t(2, 1) };
    expect(refusal(nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1)), given)).to.equal(
      recorded.messages['sequential'],
    );
  });

  it('refuses what is no tensor, or is one no more', () => {
    const disposed = ones([2]);
    disposed.dispose();
    const text = refusal(new Block(), state({ scale: [1, 2], shift: disposed }));
    expect(text)
      .to.include('"scale", expected torch.Tensor')
      .and.to.include('"shift": the tensor has been disposed');
    for (const given of [null, 3, 'state', [1], ones([2])])
      expect(() => new Block().load_state_dict(given as unknown as State)).to.throw(
        ArgumentError,
        'Expected state_dict to be dict-like',
      );
    expect(() => new Block().load_state_dict({}, { strikt: false } as object)).to.throw(
      ArgumentError,
      "'strict'",
    );
  });

  it('tells what does not match when it is not strict', () => {
    const block = new Block();
    const result = block.load_state_dict(state({ scale: ones([2]).mul(5), shift: null, more: t(1) }), {
      strict: false,
    });
    expect(result).to.deep.equal({ missing_keys: ['shift'], unexpected_keys: ['more'] });
    expect(String(result)).to.equal("_IncompatibleKeys(missing_keys=['shift'], unexpected_keys=['more'])");
    expect(block.scale.tolist()).to.deep.equal([5, 5]);
    expect(block.load_state_dict({}, false).missing_keys).to.have.length(5);
  });

  it('takes a Map, and a 0-d parameter from one element', () => {
    const block = new Block();
    const given = new Map<string, Tensor>(Object.entries(state({ steps: tensor([9n]) })));
    block.load_state_dict(given);
    expect(block.steps.shape).to.deep.equal([]);
    expect(block.steps.item()).to.equal(9);
  });

  it('puts the given tensors in place with assign', () => {
    const block = new Block();
    block.shift.requires_grad = false;
    const given = state({});
    const double = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value.double()]));
    const own = nn.Parameter(zeros([2]).double(), false);
    block.load_state_dict({ ...double, scale: own }, { assign: true });
    expect(block.scale).to.equal(own);
    expect(own.requires_grad, 'as the one before').to.equal(true);
    expect(block.shift.requires_grad).to.equal(false);
    expect(block.get_parameter('body.0.weight').dtype).to.equal(float64);
    expect(block.get_parameter('body.0.weight').data_ptr()).to.equal(double['body.0.weight']!.data_ptr());
    expect(block.steps).to.equal(double['steps']);
    expect(block.named_buffers().map(([name]) => name)).to.deep.equal(['steps', 'mask']);
  });

  it('carries what a class saves besides tensors', () => {
    class Counting extends nn.Module {
      count = 0;
      get_extra_state(): unknown {
        return { count: this.count };
      }
      set_extra_state(given: unknown): void {
        this.count = (given as { count: number }).count;
      }
    }
    const [one, other] = [new Counting(), new Counting()];
    one.count = 5;
    const given = nn.Sequential(one).state_dict();
    expect(given).to.have.property('0._extra_state').that.deep.equals({ count: 5 });
    nn.Sequential(other).load_state_dict(given);
    expect(other.count).to.equal(5);
    expect(() => other.load_state_dict({})).to.throw(
      TorchError,
      'Missing key(s) in state_dict: "_extra_state"',
    );
    expect(() => other.load_state_dict({ _extra_state: { count: 1 }, more: ones([1]) })).to.throw(
      TorchError,
      '"more"',
    );
    expect(other.count, 'unchanged').to.equal(5);
    expect(() => nn.ReLU().load_state_dict({ _extra_state: 1 })).to.throw(
      TorchError,
      'Unexpected key(s) in state_dict: "_extra_state"',
    );
  });

  it('lets a class read old files and write more', () => {
    class Versioned extends nn.Module {
      weight = nn.Parameter(ones([1]));
      note = 'none';
      override get _version(): number {
        return 2;
      }
      override _load_from_state_dict(
        ...[given, prefix, metadata, loading]: Parameters<nn.Module['_load_from_state_dict']>
      ): void {
        this.note = `version ${metadata.version ?? 'unknown'}`;
        if (given.has(`${prefix}old`)) given.set(`${prefix}weight`, given.get(`${prefix}old`));
        given.delete(`${prefix}old`);
        super._load_from_state_dict(given, prefix, metadata, loading);
      }
    }
    const outer = nn.Sequential(new Versioned());
    const inner = outer[0] as unknown as Versioned;
    outer.load_state_dict({ '0.old': tensor([5]) });
    expect([inner.weight.item(), inner.note]).to.deep.equal([5, 'version unknown']);
    outer.load_state_dict(nn.Sequential(new Versioned()).state_dict());
    expect([inner.weight.item(), inner.note]).to.deep.equal([1, 'version 2']);
  });
});
