/** Module: finding its parts, registering them, walking over them, and the texts of it all. */
import { expect } from 'chai';
import {
  ArgumentError,
  NotImplementedError,
  TorchError,
  ValueError,
  nn,
  ones,
  tensor,
  tidy,
  zeros,
  type Tensor,
} from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { message, thrown } from '../../../support/thrown.js';
import { Block, Empty, Shared, models, recorded } from './models.js';

describe('Module', () => {
  describe('prints as PyTorch does', () => {
    for (const [name, model] of Object.entries(models()))
      it(name, () => {
        expect(String(model)).to.equal(recorded.text[name]);
      });
  });

  describe('finds its parts in PyTorch’s order', () => {
    for (const [name, model] of Object.entries(models())) {
      const expected = recorded.names[name];
      if (!expected) continue;
      it(name, () => {
        const keys = (pairs: [string, unknown][]): string[] => pairs.map(([key]) => key);
        const applied: string[] = [];
        model.apply((part) => applied.push(part.constructor.name));
        expect({
          parameters: keys(model.named_parameters()),
          own_parameters: keys(model.named_parameters('own', { recurse: false })),
          all_parameters: keys(model.named_parameters({ remove_duplicate: false })),
          buffers: keys(model.named_buffers()),
          children: keys(model.named_children()),
          modules: keys(model.named_modules()),
          all_modules: keys(model.named_modules({ prefix: 'p', remove_duplicate: false })),
          state: Object.keys(model.state_dict()),
          metadata: Object.fromEntries(
            Object.entries(
              (model.state_dict() as unknown as { _metadata: Record<string, { version: number }> })._metadata,
            ).map(([key, { version }]) => [key, version]),
          ),
          applied,
        }).to.deep.equal(expected);
        expect(model.parameters()).to.deep.equal(model.named_parameters().map(([, value]) => value));
        expect(model.buffers()).to.deep.equal(model.named_buffers().map(([, value]) => value));
        expect(model.modules()).to.deep.equal(model.named_modules().map(([, value]) => value));
      });
    }
  });

  describe('is a function with fields', () => {
    it('calls forward, and says when there is none', () => {
      const block = new Block();
      const x = ones([1, 2]);
      expect(block(x).tolist()).to.deep.equal(block.forward(x).tolist());
      const error = thrown(() => (new Empty() as nn.AnyModule)(1)) as Error;
      expect(error).to.be.instanceOf(NotImplementedError);
      expect(error.message).to.equal(recorded.messages['forward']);
    });

    it('lets fields have the names that functions own', () => {
      class Odd extends nn.Module {
        first = nn.Linear(1, 1);
        override name = nn.Linear(1, 1);
        override length = nn.Linear(1, 1);
        override caller = nn.Linear(1, 1);
        override prototype = nn.Linear(1, 1);
      }
      const names = new Odd().named_children().map(([name]) => name);
      expect(names).to.deep.equal(['first', 'name', 'length', 'caller', 'prototype']);
      expect((new Empty() as unknown as { name?: string }).name).to.equal(undefined);
    });

    it('knows its class', () => {
      const block = new Block();
      expect(block).to.be.instanceOf(Block);
      expect(block).to.be.instanceOf(nn.Module);
      expect(block).to.not.be.instanceOf(nn.Linear);
      expect(nn.Linear(1, 1)).to.be.instanceOf(nn.Linear);
      expect(nn.Linear(1, 1).constructor).to.equal(nn.Linear);
      expect(typeof block).to.equal('function');
    });

    it('lets fields be exchanged and deleted', () => {
      const shared = new Shared();
      shared.second = nn.Linear(2, 5);
      expect(shared.get_parameter('second.weight').shape).to.deep.equal([5, 2]);
      // In its old place, as Python's dict keeps it.
      expect(shared.named_children().map(([name]) => name)).to.deep.equal(['first', 'second', 'tied']);
      Reflect.deleteProperty(shared, 'first');
      expect(shared.named_children().map(([name]) => name)).to.deep.equal(['second', 'again', 'tied']);
      (shared as { again: unknown }).again = null;
      expect(shared.named_children().map(([name]) => name)).to.deep.equal(['second', 'tied']);
    });
  });

  describe('looks into lists and plain objects', () => {
    class Listed extends nn.Module {
      layers = [nn.Linear(1, 2), nn.Linear(2, 3)];
      heads = { left: nn.Linear(3, 1, false), more: [nn.Parameter(ones([2])), 'word', null] };
      table = nn.Buffer(zeros([3]));
      hidden = { scratch: nn.Buffer(zeros([1]), { persistent: false }) };
      plain = ones([4]);
      readonly #secret = nn.Linear(9, 9);
      secretSize(): number {
        return this.#secret.in_features;
      }
    }

    it('under dotted names', () => {
      const listed = new Listed();
      expect(listed.secretSize()).to.equal(9);
      expect(listed.named_parameters().map(([name]) => name)).to.deep.equal([
        'heads.more.0',
        'layers.0.weight',
        'layers.0.bias',
        'layers.1.weight',
        'layers.1.bias',
        'heads.left.weight',
      ]);
      expect(listed.named_buffers().map(([name]) => name)).to.deep.equal(['table', 'hidden.scratch']);
      expect(Object.keys(listed.state_dict())).to.include('table').and.not.include('hidden.scratch');
      expect(listed.get_submodule('layers.1')).to.equal(listed.layers[1]);
      expect(listed.get_parameter('heads.left.weight')).to.equal(listed.heads.left.weight);
      expect(listed.get_parameter('heads.more.0')).to.equal(listed.heads.more[0]);
      expect(listed.get_buffer('table')).to.equal(listed.table);
    });

    it('loads and converts what lies there', () => {
      const [listed, other] = [new Listed(), new Listed()];
      other.load_state_dict(listed.double().state_dict());
      expect(other.layers[1]!.weight.tolist()).to.deep.equal(listed.layers[1]!.weight.float().tolist());
      other.load_state_dict(listed.state_dict(), { assign: true });
      expect(other.layers[1]!.weight.dtype).to.equal(listed.layers[1]!.weight.dtype);
      expect(other.layers[1]!.weight).to.be.instanceOf(nn.Parameter);
      other.table.add_(1);
      expect(listed.table.tolist()).to.deep.equal([1, 1, 1]);
    });

    it('follows a list that holds itself only once', () => {
      const listed = new Listed();
      const loop: unknown[] = [nn.Linear(1, 1)];
      loop.push(loop, { loop });
      (listed as unknown as { loop: unknown }).loop = loop;
      expect(listed.named_modules().map(([name]) => name)).to.include('loop.0');
    });
  });

  describe('registers under names', () => {
    const weight = (): nn.Parameter => nn.Parameter(ones([1]));
    const refused: Record<string, (block: Block) => void> = {
      'parameter dot': (block) => block.register_parameter('a.b', null),
      'parameter empty': (block) => block.register_parameter('', null),
      'parameter taken': (block) => block.register_parameter('body', weight()),
      'parameter method': (block) => block.register_parameter('forward', weight()),
      'parameter tensor': (block) => block.register_parameter('new', ones([1])),
      'buffer dot': (block) => block.register_buffer('a.b', null),
      'buffer empty': (block) => block.register_buffer('', null),
      'buffer taken': (block) => block.register_buffer('scale', ones([1])),
      'module dot': (block) => block.register_module('a.b', nn.Linear(2, 2)),
      'module empty': (block) => block.register_module('', nn.Linear(2, 2)),
      'module taken': (block) => block.register_module('scale', nn.Linear(2, 2)),
      'submodule missing': (block) => block.get_submodule('body.9'),
      'submodule no module': (block) => block.get_submodule('scale'),
      'parameter missing': (block) => block.get_parameter('body.0.nothing'),
      'parameter no parameter': (block) => block.get_parameter('steps'),
      'parameter no path': (block) => block.get_parameter('nobody.weight'),
      'buffer missing': (block) => block.get_buffer('body.nothing'),
      'buffer no buffer': (block) => block.get_buffer('scale'),
      train: (block) => block.train(1 as unknown as boolean),
    };
    for (const [name, act] of Object.entries(refused))
      it(`refuses: ${name}`, () => {
        const block = new Block();
        const before = String(block) + Object.keys(block.state_dict()).join();
        expect(message(() => act(block))).to.equal(recorded.messages[name]);
        expect(String(block) + Object.keys(block.state_dict()).join()).to.equal(before);
      });

    it('takes the kinds of errors from what is wrong', () => {
      const block = new Block();
      expect(() => block.register_parameter('', null)).to.throw(ValueError);
      expect(() => block.register_parameter('new', 1 as unknown as null)).to.throw(ArgumentError);
      expect(() => block.register_module('new', (() => 1) as unknown as null)).to.throw(ArgumentError);
      expect(() => block.get_submodule('nobody')).to.throw(TorchError);
      expect(() => block.register_buffer('b', null, { persist: true } as object)).to.throw(
        ArgumentError,
        "unknown option 'persist'",
      );
    });

    it('lets a name be registered again for the same kind', () => {
      const block = new Block();
      block.register_parameter('absent', weight());
      block.register_parameter('scale', null);
      block.register_buffer('nothing', ones([1]));
      block.register_module('body', nn.Tanh());
      expect(block.named_parameters().map(([name]) => name)).to.deep.equal(['shift', 'absent']);
      expect(block.named_buffers().map(([name]) => name)).to.deep.equal(['steps', 'mask', 'nothing']);
    });

    it('keeps a buffer a buffer when the field is set', () => {
      const block = new Block();
      block.steps = tensor(3n);
      expect(block.get_buffer('steps').item()).to.equal(3);
      class Counting extends nn.Module {
        count: Tensor = nn.Buffer(zeros([]), false);
      }
      const counting = new Counting();
      expect(counting.buffers()).to.have.length(1);
      counting.count = tensor(3);
      expect(counting.get_buffer('count').item()).to.equal(3);
      expect(Object.keys(counting.state_dict())).to.deep.equal([]);
      (counting as { count: Tensor }).count = nn.Parameter(tensor(4));
      expect(counting.named_parameters().map(([name]) => name)).to.deep.equal(['count']);
    });
  });

  describe('changes as a whole', () => {
    it('train, eval, requires_grad_ and zero_grad', () => {
      const shared = new Shared();
      expect(shared.eval()).to.equal(shared);
      expect(shared.modules().some(({ training }) => training)).to.equal(false);
      shared.train();
      expect(shared.modules().every(({ training }) => training)).to.equal(true);

      shared
        .first(ones([1, 2]))
        .sum()
        .backward();
      const grads = (): (number[] | null)[] =>
        shared.first.parameters().map(({ grad }) => (grad ? ([...grad.shape] as number[]) : null));
      expect(grads()).to.not.include(null);
      shared.zero_grad({ set_to_none: false });
      expect(grads()).to.not.include(null);
      expect(shared.first.scale.grad!.tolist()).to.deep.equal([0, 0]);
      shared.zero_grad();
      expect(grads()).to.deep.equal([null, null, null, null]);
      shared.requires_grad_(false);
      expect(shared.parameters().some(({ requires_grad }) => requires_grad)).to.equal(false);
    });

    it('leaves parameters and buffers outside of tidy', () => {
      const block = tidy(() => {
        const made = new Block();
        made.double();
        return made;
      });
      expect(block.scale.is_disposed).to.equal(false);
      expect(block.steps.is_disposed).to.equal(false);
      expect(block.mask.tolist()).to.deep.equal([1, 1]);
      expect(block.get_parameter('body.0.weight').tolist()).to.have.length(2);
    });

    it('frees everything with the module', () => {
      const grown = growth(() => {
        for (let i = 0; i < 20; ++i) {
          const block = new Block();
          block(ones([1, 2]))
            .sum()
            .backward();
          block.double().state_dict();
        }
      });
      expect(grown).to.equal(0);
    });
  });
});
