// ts/torch/generated/{methods,functions,linalg,...}.ts: declarations, and the names themselves.
import { declarations, isReserved, signatureText, type Form } from './declarations.js';
import { isOut, type SchemaIndex } from './schemas.js';
import type { Binding, Namespace } from './surface.js';

const typeSources: Record<string, string> = {
  Tensor: '../tensor.js',
  DType: '../dtype.js',
  Layout: '../dtype.js',
  MemoryFormat: '../dtype.js',
  Generator: '../random.js',
};
const helperTypes = [
  'DeviceLike',
  'Int',
  'IntOrInts',
  'Ints',
  'NamedTuple',
  'Reduction',
  'Scalar',
  'TensorOptions',
  'TensorOrNumber',
];

const interfaceNames: Record<Namespace, string> = {
  methods: 'TensorMethods',
  functions: 'TorchFunctions',
  linalg: 'LinalgFunctions',
  fft: 'FFTFunctions',
  special: 'SpecialFunctions',
  nn_functional: 'NNFunctions',
};

/** The overloads of one name, each with the form that writes into `out`: the one with the same other arguments. */
export function forms(binding: Binding, method: boolean, schemas: SchemaIndex): Form[] {
  const outs = binding.out.flatMap((overload) => schemas.get(binding.operator, overload) ?? []);
  return binding.overloads.flatMap((overload) => {
    const schema = schemas.get(binding.operator, overload);
    if (!schema) return [];
    const key = schema.args.map((arg) => `${arg.name} ${arg.type}`);
    const factory = ['layout', 'device', 'pin_memory'];
    const out = outs.find((candidate) => {
      const rest = candidate.args.filter((arg) => !isOut(arg)).map((arg) => `${arg.name} ${arg.type}`);
      // The form with `out` of a factory has the dtype and the device of what it writes into.
      const without = key.filter(
        (k) => !factory.some((f) => k.startsWith(`${f} `)) && !k.startsWith('dtype '),
      );
      return rest.join() === key.join() || rest.join() === without.join();
    });
    return [{ schema, out, method, numbers: binding.numbers }];
  });
}

function member(binding: Binding, method: boolean, schemas: SchemaIndex): string {
  const all = forms(binding, method, schemas);
  const lines = declarations(binding.name, all).map((line) => `  ${line}\n`);
  // Defaults are all that the declarations do not say.
  const signatures = new Set(
    all.map((form) => signatureText(binding.name, form)).filter((text) => text.includes('=')),
  );
  const doc = [...signatures].join('\n   * ');
  if (signatures.size > 0)
    lines.unshift(signatures.size > 1 ? `  /**\n   * ${doc}\n   */\n` : `  /** ${doc} */\n`);
  return lines.join('');
}

function imports(body: string): string {
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(body);
  const bySource = new Map<string, string[]>();
  for (const [name, source] of Object.entries(typeSources))
    if (used(name)) bySource.set(source, [...(bySource.get(source) ?? []), name]);
  const helpers = helperTypes.filter(used);
  if (helpers.length > 0) bySource.set('../types.js', helpers);
  return [...bySource]
    .map(([source, names]) => `import type { ${names.join(', ')} } from '${source}';\n`)
    .sort()
    .join('');
}

/** `export const { abs, add, ... } = functions`, a reserved word under its own name. */
function exportsText(names: string[]): string {
  const plain = names.filter((name) => !isReserved(name));
  const words = names.filter(isReserved);
  const lines = [`export const {\n${plain.map((name) => `  ${name},\n`).join('')}} = functions;\n`];
  for (const word of words)
    lines.push(`const { ${word}: ${word}_ } = functions;\nexport { ${word}_ as ${word} };\n`);
  return lines.join('');
}

export function namespaceText(
  header: string,
  namespace: Namespace,
  list: Binding[],
  schemas: SchemaIndex,
): string {
  const method = namespace === 'methods';
  const name = interfaceNames[namespace];
  const members = list.map((binding) => member(binding, method, schemas)).join('');
  const body = `export interface ${name} {\n${members}}\n`;
  if (method) return `${header}\n${imports(body)}\n${body}`;
  const bind = `import { bindFunctions } from '../bind.js';\n`;
  return `${header}
${bind}${imports(body)}
${body}
export const functions = bindFunctions('${namespace}') as unknown as ${name};
${exportsText(list.map((binding) => binding.name))}`;
}
