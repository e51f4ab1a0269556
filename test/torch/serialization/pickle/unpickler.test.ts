import { expect } from 'chai';

import * as torch from '../../../../ts/torch/index.js';
import { growth } from '../../../support/live.js';
import { checkpoint, pk, refusal } from '../support.js';

const { text, integer, uint32, program, tensor, storage } = pk;
const memory = { '0': new Uint8Array(16) };
const floats = storage('FloatStorage', '0', 4);
const load = (...parts: (string | Uint8Array)[]): any => torch.load(checkpoint(program(...parts), memory));
const refused = (...parts: (string | Uint8Array)[]): string => {
  let said = '';
  expect(growth(() => (said = refusal(() => load(...parts))))).to.equal(0);
  return said;
};
const many = (count: number, part: string): string => part.repeat(count);

describe('unpickler', () => {
  it('calls nothing but what it knows', () => {
    for (const name of [
      'os\nsystem',
      'posix\nsystem',
      'nt\nsystem',
      'subprocess\nPopen',
      'builtins\neval',
      '__builtin__\nexec',
      'builtins\ngetattr',
      'torch\nload',
      'torch\nhub.load',
      'torch.storage\n_load_from_bytes',
      'torch._utils\n_rebuild_tensor_v2.__globals__',
      'numpy.core.multiarray\n_reconstruct',
      'constructor\nconstructor',
      '\n__proto__',
    ])
      expect(refused(`c${name}\n`, '(', text('touch was_executed'), 'tR')).to.match(/is not allowed in it/);
    const stackGlobal = [text('os'), text('system'), '\x93'];
    expect(refused(...stackGlobal)).to.match(/os\.system is not allowed/);
    expect(refused(integer(1), integer(2), '\x93')).to.match(/must be a string/);
  });

  it('calls only functions, with tuples, and makes only classes', () => {
    expect(refused('K\x01', ')', 'R')).to.match(/REDUCE of a number, which is nothing to call/);
    expect(refused('ctorch\nFloatStorage\n', ')', 'R')).to.match(/REDUCE of .*nothing to call/);
    expect(refused('ctorch\nfloat32\n', ')', 'R')).to.match(/nothing to call/);
    expect(refused('ccollections\nOrderedDict\n', ']', 'R')).to.match(/without a tuple/);
    expect(refused('ctorch._utils\n_rebuild_tensor_v2\n', ')', '\x81')).to.match(/NEWOBJ of torch\._utils/);
    expect(refused('ctorch._utils\n_rebuild_tensor_v2\n', ')', 'R')).to.match(/which is no storage/);
    expect(refused('ctorch._utils\n_rebuild_tensor_v2\n')).to.match(/itself, not a value/);
    expect(refused('ctorch\nTensor\n', ')', 'R')).to.match(/nothing to call/);
    expect(load('ccollections\nOrderedDict\n', ')', '\x81')).to.deep.equal({});
  });

  it('fills only lists, dicts, sets, and what is to be built', () => {
    const one = tensor(floats, 0, [4], [1]);
    expect(refused(one, 'K\x00', 'K\x01', 's')).to.match(/SETITEM of a Tensor, which is no dict/);
    expect(refused(one, '(', 'K\x00', 'K\x01', 'u')).to.match(/SETITEMS of a Tensor/);
    expect(refused(']', 'K\x00', 'K\x01', 's')).to.match(/SETITEM of a list/);
    expect(refused(one, 'K\x00', 'a')).to.match(/APPEND to a Tensor, which is no list/);
    expect(refused(')', 'K\x00', 'a')).to.match(/APPEND to a tuple/);
    expect(refused('ctorch\nSize\n', ')', '\x85', 'R', 'K\x00', 'a')).to.match(
      /APPEND to a list, which|APPEND to a tuple, which/,
    );
    expect(refused('}', '(', 'K\x00', 'e')).to.match(/APPENDS to a dict/);
    expect(refused(']', '(', 'K\x00', '\x90')).to.match(/ADDITEMS to a list, which is no set/);
    expect(refused(one, ')', 'b')).to.match(/BUILD of a Tensor/);
    expect(refused('}', '}', 'b')).to.match(/BUILD of a dict/);
    expect(refused('}', ']', 'K\x00', 's')).to.match(/a list cannot be a key/);
    expect(refused('}', '(', 'K\x00', 'u')).to.match(/has no value/);
  });

  it('keeps to its opcodes', () => {
    for (let op = 0; op < 256; ++op) {
      // Every one by itself on an empty stack: a refusal, or a value, and never anything else.
      try {
        load(Buffer.from([op]));
      } catch (error) {
        expect(error, String(op)).to.be.instanceOf(torch.TorchError);
      }
    }
    expect(refused('i', 'os\nsystem\n')).to.match(/opcode 0x69 at byte 2 is not allowed/);
    expect(refused('P', '0\n')).to.match(/opcode 0x50/);
    expect(refused('\x80\x09')).to.match(/pickle protocol 9/);
    expect(refused('0')).to.match(/takes a value where none is/);
    expect(refused('N', '(', '\x85')).to.match(/takes a value where none is/);
    expect(refused('t')).to.match(/takes a mark where none is/);
    expect(refused('N', 'N')).to.match(/left over/);
    expect(refused('h\x07')).to.match(/recalls value 7/);
    expect(refused('\x95', uint32(99), uint32(0))).to.match(/longer than the pickle/);
    expect(refused('X', uint32(0xffffffff))).to.match(/is it cut off/);
    expect(refused('\x8e', uint32(0xffffffff), uint32(0xffffffff))).to.match(/is it cut off/);
    expect(refused('\x8b', uint32(0x7fffffff))).to.match(/an integer of/);
    expect(refused('X', uint32(1), '\xff')).to.match(/not UTF-8/);
    expect(refused('cos')).to.match(/has no end|not allowed/);
  });

  it('is not sent out of its depth', () => {
    const tooDeep = /nested more than 1000 levels/;
    const tooMany = /more than 500000 values at once/;
    expect(refused(many(1e6, '('))).to.match(/nested too deeply/);
    expect(refused('N', many(1e6, '\x85'))).to.match(tooDeep);
    expect(refused(many(1e6, ']'), many(1e6 - 1, 'a'))).to.match(tooMany);
    expect(refused(many(4e5, ']'), many(4e5 - 1, 'a'))).to.match(tooDeep);
    expect(refused(many(1e6, '}K\x00'), 'N', many(1e6, 's'))).to.match(tooMany);
    expect(refused(many(2e5, '}K\x00'), 'N', many(2e5, 's'))).to.match(tooDeep);
    // A list of lists of which each holds the next: flat to look at, deep to walk.
    const chain = Array.from({ length: 2000 }, (_, i) => [
      `](`,
      i === 0 ? '' : Buffer.concat([Buffer.from('j'), uint32(i - 1)]),
      'er',
      uint32(i),
    ]).flat();
    expect(refused('(', ...chain, 't')).to.match(/nested more than 1000 levels/);
    expect(load('N', many(900, '\x85'))).to.be.instanceOf(torch.Tuple);
  });

  it('does bounded work', () => {
    expect(refused(many(6e6, 'N'))).to.match(/more than 500000 values at once/);
    expect(refused(many(6e6, 'N0'))).to.match(/more than 10000000 operations/);
    // Each tuple holds the one before twice: 2^900 leaves to who copies, 900 objects to who shares.
    const bomb = load('N', many(900, '2\x86'));
    expect(bomb[0]).to.equal(bomb[1]);
    expect(bomb.length).to.equal(2);
    const sparse = Array.from({ length: 1000 }, (_, i) =>
      Buffer.concat([Buffer.from('r'), uint32(0xffffffff - i * 4e6)]),
    );
    expect(load('N', ...sparse)).to.equal(null);
    const outOfOrder = Array.from({ length: 2e5 }, (_, i) =>
      Buffer.concat([Buffer.from('r'), uint32(i + 7)]),
    );
    expect(refused('N', Buffer.concat(outOfOrder))).to.match(/more than 100000 values out of order/);
  });
});

describe('tensors of a pickle', () => {
  const at = (offset: number | bigint, size: (number | bigint)[], stride: (number | bigint)[]): string =>
    refused(tensor(floats, offset, size, stride));

  it('lie inside their storage', () => {
    expect(load(tensor(floats, 1, [3], [1])).tolist()).to.deep.equal([0, 0, 0]);
    expect(load(tensor(floats, 0, [2, 2], [1, 2])).shape.numel()).to.equal(4);
    expect(load(tensor(floats, 99, [0, 5], [5, 1])).numel(), 'an empty one is nowhere').to.equal(0);
    const outside = /does not lie inside its storage of 16 bytes/;
    expect(at(0, [5], [1])).to.match(outside);
    expect(at(4, [1], [1])).to.match(outside);
    expect(at(1, [4], [1])).to.match(outside);
    expect(at(0, [2], [4])).to.match(outside);
    expect(at(0, [2 ** 52], [2 ** 52])).to.match(outside);
    expect(at(0, [2 ** 40, 2 ** 40], [1, 1])).to.match(outside);
    expect(at(2 ** 53 - 1, [1], [1])).to.match(outside);
    expect(at(-1, [1], [1])).to.match(/is negative/);
    expect(at(0, [2], [-1])).to.match(/is negative/);
    expect(at(0, [-2], [1])).to.match(/is negative/);
    expect(at(2n ** 63n - 1n, [1], [1])).to.match(/storage_offset must be an integer that fits/);
    expect(at(0, [2n ** 62n], [0])).to.match(/size must be an integer that fits/);
    expect(at(0, [2 ** 40, 2 ** 40], [0, 0])).to.match(/is too large/);
    expect(at(0, [2, 2], [1])).to.match(/makes no sense/);
    expect(at(0, Array<number>(65).fill(1), Array<number>(65).fill(1))).to.match(/makes no sense/);
    expect(load(tensor(floats, 0, [1000, 1000], [0, 0])).shape.numel()).to.equal(1e6);
  });

  it('have storages that are described once and truly', () => {
    expect(refused(storage('FloatStorage', '0', 5))).to.match(
      /storage 0 has 16 bytes where 20 are announced/,
    );
    expect(refused(storage('FloatStorage', '0', -4))).to.match(/16 bytes where -16/);
    expect(refused(storage('FloatStorage', '0', 2n ** 62n))).to.match(/must be an integer that fits/);
    expect(refused(storage('FloatStorage', '../../x', 4))).to.match(/no entry data\/\.\.\/\.\.\/x/);
    expect(refused(storage('QInt8Storage', '0', 16))).to.match(/torch\.QInt8Storage is not allowed/);
    expect(refused('(', floats, storage('LongStorage', '0', 2), 't')).to.match(/storage 0 has two types/);
    expect(refused(text('x'), 'Q')).to.match(/something else than a storage/);
    expect(refused(floats)).to.match(/bare storage/);
  });

  it('have bools that are true or false', () => {
    const bools = checkpoint(program(tensor(storage('BoolStorage', '0', 2), 0, [2], [1])), {
      '0': new Uint8Array([1, 2]),
    });
    expect(refusal(() => torch.load(bools))).to.match(/neither 0 nor 1/);
  });
});
