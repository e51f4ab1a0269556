// The projects that a user might have: which package manager, install scripts or not, which kind of module.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Twenty lines of training, in the three dialects. They end with a line of JSON. */
const training = `
torch.manual_seed(42);
const x = torch.randn(64, 3);
const y = x.matmul(torch.tensor([[2], [-3], [0.5]])).add(1);
const model = nn.Linear(3, 1);
const opt = optim.SGD(model.parameters(), { lr: 0.1 });
let [first, last] = [0, 0];
for (let step = 0; step < 200; step++) {
  const loss = nn.functional.mse_loss(model.forward(x), y);
  loss.backward();
  opt.step();
  opt.zero_grad();
  last = Number(loss.item());
  if (step === 0) first = last;
}
if (!(first > 1 && last < 1e-6)) throw new Error('it did not learn: ' + first + ' to ' + last);
console.log(JSON.stringify({ first, last }));
`;

/** The thread of a DataLoader opens a file of the package by name. */
const threads = `
const data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), { batch_size: 16, num_workers: 1 });
let rows = 0;
for await (const [xb] of data) rows += xb.shape[0];
if (rows !== 64) throw new Error('the worker brought ' + rows + ' rows');
`;

/** Types are tried too: what must not compile carries a note that it is expected not to. */
const types = `
const shape: readonly number[] = x.shape;
// @ts-expect-error a tensor is no number
const wrong: number = x;
console.log(shape.length, typeof wrong, typeof Learner, typeof models.resnet18);
`;
const names = "import torch, { nn, optim } from 'libtorch-node';";
const more =
  "import { Learner } from 'libtorch-node/fastai';\nimport { models } from 'libtorch-node/torchvision';";

/** @type {Record<string, {file: string, text: string, type?: 'module', module?: string, resolution?: string}>} */
export const kinds = {
  ESM: { file: 'main.mjs', text: `${names}\n${training}${threads}` },
  CommonJS: {
    file: 'main.cjs',
    text: `const torch = require('libtorch-node');\nconst { nn, optim } = torch;\n${training}`,
  },
  'TypeScript, node16': {
    file: 'main.mts',
    text: `${names}\n${more}\n${training}${types}`,
    type: 'module',
    module: 'node16',
    resolution: 'node16',
  },
  'TypeScript, bundler': {
    file: 'main.ts',
    text: `${names}\n${more}\n${training}${types}`,
    type: 'module',
    module: 'esnext',
    resolution: 'bundler',
  },
  'TypeScript, CommonJS': {
    file: 'main.cts',
    text: `import torch = require('libtorch-node');\nconst { nn, optim } = torch;\n${training}`,
    module: 'nodenext',
    resolution: 'nodenext',
  },
};

/**
 * @typedef {{manager: 'npm' | 'pnpm' | 'yarn1' | 'yarn4' | 'yarn4 pnp', scripts: boolean, kind: string, quick?: boolean}} Way
 * @type {Way[]}
 */
export const ways = [
  { manager: 'npm', scripts: true, kind: 'ESM', quick: true },
  { manager: 'npm', scripts: false, kind: 'CommonJS', quick: true },
  { manager: 'npm', scripts: false, kind: 'TypeScript, node16', quick: true },
  { manager: 'npm', scripts: false, kind: 'TypeScript, bundler', quick: true },
  { manager: 'npm', scripts: false, kind: 'TypeScript, CommonJS' },
  { manager: 'pnpm', scripts: false, kind: 'ESM', quick: true },
  { manager: 'pnpm', scripts: false, kind: 'TypeScript, node16' },
  { manager: 'yarn1', scripts: true, kind: 'CommonJS' },
  { manager: 'yarn1', scripts: false, kind: 'ESM' },
  { manager: 'yarn4', scripts: false, kind: 'ESM' },
  // Its loader serves import, and not the require() of a module that is one.
  { manager: 'yarn4 pnp', scripts: false, kind: 'ESM' },
];

/** @param {Way} way */
export const nameOf = ({ manager, scripts, kind }) =>
  `${manager}, scripts ${scripts ? 'on' : 'off'}, ${kind}`;

/**
 * Writes an empty project.
 * @param {string} folder
 * @param {Way} way
 * @param {{typesRoot: string}} options
 */
export function writeProject(folder, way, { typesRoot }) {
  const kind = kinds[way.kind];
  if (!kind) throw new Error(`no such kind of project: ${way.kind}`);
  mkdirSync(folder, { recursive: true });
  const put = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  put('package.json', {
    name: 'a-user',
    version: '1.0.0',
    private: true,
    ...(kind.type ? { type: kind.type } : {}),
  });
  put(kind.file, kind.text);
  if (kind.module)
    put('tsconfig.json', {
      compilerOptions: {
        module: kind.module,
        moduleResolution: kind.resolution,
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        strict: true,
        // Every declaration of the package is checked, not only those that are used.
        skipLibCheck: false,
        types: ['node'],
        typeRoots: [typesRoot],
        outDir: 'out',
      },
      files: [kind.file],
    });
  if (way.manager.startsWith('yarn4'))
    put(
      '.yarnrc.yml',
      `nodeLinker: ${way.manager === 'yarn4 pnp' ? 'pnp' : 'node-modules'}\nenableTelemetry: false\n`,
    );
}
