import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { coverageText } from '../../scripts/generate/coverage.js';
import { declarations, signatureText, type Form } from '../../scripts/generate/declarations.js';
import { generate } from '../../scripts/generate/index.js';
import { namespaceText } from '../../scripts/generate/namespace_file.js';
import { indexSchemas, type Schema, type SchemaArgument } from '../../scripts/generate/schemas.js';
import { bindings, type Surface } from '../../scripts/generate/surface.js';
import { tableLine } from '../../scripts/generate/table.js';
import { isConvertible } from '../../scripts/generate/types.js';

/** 'int[1]? dim=None' or '*Tensor! out' -> the argument as the addon reports it. */
function argument(text: string): SchemaArgument {
  const [, star, type = '', write, name = '', fallback] =
    /^(\*)?([^ !]+)(!)? (\w+)(?:=(.*))?$/.exec(text) ?? [];
  return {
    name,
    type,
    kwarg_only: star !== undefined,
    write: write !== undefined,
    default: fallback ?? null,
  };
}
function schema(name: string, args: string[], returns = ['Tensor ']): Schema {
  const [operator = '', overload = ''] = name.split('.');
  return {
    name: `aten::${operator}`,
    overload,
    args: args.map(argument),
    returns: returns.map((text) => {
      const [type = '', word = ''] = text.split(' ');
      return { name: word, type: type.replace('!', ''), write: type.endsWith('!') };
    }),
  };
}
const form = (it: Schema, more: Partial<Form> = {}): Form => ({
  schema: it,
  out: undefined,
  method: false,
  numbers: false,
  ...more,
});

const sum = schema('sum.dim', [
  'Tensor self',
  'int[1]? dim',
  'bool keepdim=False',
  '*ScalarType? dtype=None',
]);
const zeros = schema('zeros', [
  'int[] size',
  '*ScalarType? dtype=None',
  '*Layout? layout=None',
  '*Device? device=None',
  '*bool? pin_memory=None',
]);
const factoryOut = schema('zeros.out', ['int[] size', '*Tensor! out'], ['Tensor! ']);
const max = schema(
  'max.dim',
  ['Tensor self', 'int dim', 'bool keepdim=False'],
  ['Tensor values', 'Tensor indices'],
);
const maxOut = schema(
  'max.dim_max',
  ['Tensor self', 'int dim', 'bool keepdim=False', '*Tensor! max', '*Tensor! max_values'],
  ['Tensor! values', 'Tensor! indices'],
);
const add = schema('add.Tensor', ['Tensor self', 'Tensor other', '*Scalar alpha=1']);
const addInPlace = schema('add_.Tensor', ['Tensor! self', 'Tensor other', '*Scalar alpha=1'], ['Tensor! ']);

describe('scripts/generate declarations', () => {
  it('lets options begin after any argument that may be left out or is usually named', () => {
    expect(declarations('sum', [form(sum, { method: true })])).to.deep.equal([
      'sum(dim: IntOrInts | null, keepdim?: boolean, options?: { dtype?: DType | null }): Tensor;',
      'sum(dim: IntOrInts | null, options: { keepdim?: boolean; dtype?: DType | null }): Tensor;',
      'sum(options: { dim: IntOrInts | null; keepdim?: boolean; dtype?: DType | null }): Tensor;',
    ]);
  });

  it('keeps tensors positional, and calls self input', () => {
    expect(declarations('add', [form(add)])).to.deep.equal([
      'add(input: Tensor, other: Tensor, options?: { alpha?: Scalar }): Tensor;',
    ]);
  });

  it('takes numbers for tensors where Python does, but not for the receiver', () => {
    expect(declarations('add_', [form(addInPlace, { method: true, numbers: true })])).to.deep.equal([
      'add_(other: TensorOrNumber, options?: { alpha?: Scalar }): this;',
    ]);
    expect(declarations('add', [form(add, { numbers: true })])[0]).to.match(
      /^add\(input: Tensor, other: TensorOrNumber/,
    );
  });

  it('takes a list of sizes as several numbers, options after them', () => {
    expect(declarations('zeros', [form(zeros, { out: factoryOut })])).to.deep.equal([
      'zeros(...size: Int[]): Tensor;',
      'zeros(...args: [...size: Int[], options: TensorOptions & { out?: Tensor }]): Tensor;',
      'zeros(size: Ints, options?: TensorOptions & { out?: Tensor }): Tensor;',
    ]);
  });

  it('names the parts of several results, and takes as many tensors in out', () => {
    const [first] = declarations('max', [form(max, { out: maxOut })]);
    expect(first).to.equal(
      'max(input: Tensor, dim: Int, keepdim?: boolean, options?: { out?: readonly [Tensor, Tensor] }): ' +
        "NamedTuple<['values', 'indices']>;",
    );
  });

  it('requires the options when one of them is required, and writes equal forms once', () => {
    const random = schema('random', ['Tensor self', 'int low=0', '*Generator? generator']);
    expect(declarations('random', [form(random), form(random)])).to.deep.equal([
      'random(input: Tensor, low: Int, options: { generator: Generator | null }): Tensor;',
      'random(input: Tensor, options: { low?: Int; generator: Generator | null }): Tensor;',
    ]);
  });

  it('makes nothing optional that stands before a required argument', () => {
    const odd = schema('odd', ['int a=1', 'Tensor b', 'int reduction=1'], []);
    expect(declarations('odd', [form(odd)])).to.deep.equal([
      'odd(a: Int, b: Tensor, reduction?: Reduction): void;',
      'odd(a: Int, b: Tensor, options: { reduction?: Reduction }): void;',
    ]);
    expect(signatureText('odd', form(odd))).to.equal('odd(a=1, b, reduction=mean)');
  });

  it('writes defaults as PyTorch documents them', () => {
    const pool = schema('pool', [
      'Tensor self',
      'int[2] stride=[]',
      'int[2] padding=[0, 0]',
      'int[2] dim=[-2, -1]',
      'float eps=1.0000000000000001e-05',
      'str mode=none',
      '*ScalarType dtype=4',
    ]);
    expect(signatureText('pool', form(pool))).to.equal(
      "pool(input, stride=[], padding=0, dim=[-2, -1], eps=0.00001, mode='none', *, dtype=int64)",
    );
  });

  it('knows which types JavaScript has a value for', () => {
    for (const type of ['Tensor?[]', 'int[2]?', 'bool[3]', 'Scalar[]', 'Generator?', 'float[]?'])
      expect(isConvertible(type), type).to.equal(true);
    for (const type of [
      'Storage',
      'Stream',
      'Dict(str, Tensor)',
      '__torch__.torch.classes.rnn.CellParamsBase[]',
    ])
      expect(isConvertible(type), type).to.equal(false);
  });
});

describe('scripts/generate files', () => {
  const variance = schema('var', ['Tensor self', 'bool unbiased=True']);
  const norm = schema('linalg_norm', ['Tensor self', 'Scalar? ord=None']);
  const hidden = schema('_cast', ['Tensor self']);
  const storage = schema('set_.source_Storage', ['Tensor! self', 'Storage source'], ['Tensor! ']);
  const schemas = [sum, zeros, factoryOut, max, maxOut, add, addInPlace, variance, norm, hidden, storage];
  const surface: Surface = {
    torch: '2.13.0',
    operators: {
      _cast: { not: { private: ['default'] } },
      add: { methods: ['Tensor'], functions: ['Tensor'], numbers: true },
      add_: { methods: ['Tensor'], numbers: true },
      linalg_norm: { linalg: ['default'] },
      max: { methods: ['dim'], functions: ['dim'], out: ['dim_max'] },
      set_: { methods: ['source_Storage'] },
      sum: { methods: ['dim'], functions: ['dim'] },
      var: { methods: ['default'], functions: ['default'] },
      zeros: { functions: ['default'], out: ['out'] },
    },
  };
  const index = indexSchemas(schemas);

  it('writes one line per name into the table', () => {
    expect(bindings(surface, 'functions', index).map(tableLine)).to.deep.equal([
      'add Tensor+',
      'max dim>dim_max',
      'sum dim',
      'var',
      'zeros>out',
    ]);
    expect(bindings(surface, 'linalg', index).map(tableLine)).to.deep.equal(['norm=linalg_norm']);
    // Methods have no option out, and a Storage cannot be given.
    expect(bindings(surface, 'methods', index).map(tableLine)).to.deep.equal([
      'add Tensor+',
      'add_ Tensor+',
      'max dim',
      'sum dim',
      'var',
    ]);
  });

  it('imports what it uses and exports reserved words under their own names', () => {
    const list = bindings(surface, 'functions', index).filter(
      ({ name }) => name === 'var' || name === 'zeros',
    );
    expect(namespaceText('// Generated.', 'functions', list, index)).to.equal(`// Generated.
import { bindFunctions } from '../bind.js';
import type { Int, Ints, TensorOptions } from '../types.js';
import type { Tensor } from '../tensor.js';

export interface TorchFunctions {
  /** var(input, unbiased=True) */
  var(input: Tensor, unbiased?: boolean): Tensor;
  var(input: Tensor, options: { unbiased?: boolean }): Tensor;
  /** zeros(size, *, dtype=None, layout=None, device=None, pin_memory=None, out=None, requires_grad=False) */
  zeros(...size: Int[]): Tensor;
  zeros(...args: [...size: Int[], options: TensorOptions & { out?: Tensor }]): Tensor;
  zeros(size: Ints, options?: TensorOptions & { out?: Tensor }): Tensor;
}

export const functions = bindFunctions('functions') as unknown as TorchFunctions;
export const {
  zeros,
} = functions;
const { var: var_ } = functions;
export { var_ as var };
`);
  });

  it('says of every operator where it is or why not', () => {
    const all = new Map([['functions', bindings(surface, 'functions', index)] as const]);
    const text = coverageText('<!-- -->', surface, all, index);
    expect(text).to.include('libtorch 2.13.0 has 11 operator overloads under 9 names.');
    expect(text).to.include('\n- `max`: torch (dim); option `out` (dim_max)\n');
    expect(text).to.include('\n- `_cast`: no: private\n');
    expect(text).to.include('\n- `set_`: no: type (source_Storage)\n');
  });

  it('depends on nothing but its input', () => {
    expect([...generate(surface, schemas)]).to.deep.equal([...generate(surface, [...schemas].reverse())]);
  });

  it('--check names stale files and writes nothing', function () {
    this.timeout(60_000);
    const script = fileURLToPath(new URL('../../scripts/generate/index.ts', import.meta.url));
    const empty = fileURLToPath(new URL('./fixtures/no_schemas.json', import.meta.url));
    const run = (...args: string[]): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, ['--import', 'tsx', script, '--check', ...args], { encoding: 'utf8' });
    const stale = run('--schemas', empty);
    expect(stale.status).to.equal(1);
    expect(stale.stderr).to.include('stale: ts/torch/generated/table.ts (run npm run generate)');
    // The committed files are those that the built addon's schemas give.
    const fresh = run();
    expect(`${fresh.stdout as string}${fresh.stderr as string}`).to.equal('');
    expect(fresh.status).to.equal(0);
  });
});
