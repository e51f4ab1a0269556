/**
 * The only file that loads the addon. It finds libtorch, refuses a version that does not fit in words, opens the
 * libraries with a loader that needs none of them, and only then loads the addon, so that nothing can crash before
 * it could be explained.
 */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonPlaces, addons, chooseAddon } from '../scripts/libtorch/addon.mjs';
import { locate } from '../scripts/libtorch/find.mjs';
import { tooOldNode, unfit } from '../scripts/libtorch/platform.mjs';
import { makeError } from './torch/errors.js';

/** A handle: an opaque external that stands for a tensor, a generator, a dtype ... */
declare const handleBrand: unique symbol;
export interface Handle {
  readonly [handleBrand]: true;
}

type Nullable<T> = T | null | undefined;
export type RawScalar = number | bigint | boolean | { real: number; imag?: number };

export interface SchemaArgument {
  name: string;
  type: string;
  kwarg_only: boolean;
  write: boolean;
  default: string | null;
}
export interface Schema {
  name: string;
  overload: string;
  args: SchemaArgument[];
  returns: SchemaArgument[];
}

export interface RawDType {
  handle: Handle;
  code: number;
  itemsize: number;
  is_floating_point: boolean;
  is_complex: boolean;
  is_signed: boolean;
}

/** The raw functions of native/; every file of native/ lists its own under `*_exports`. */
export interface Native {
  initialize(hooks: {
    makeError: typeof makeError;
    collectGarbage: () => void;
    warn: (text: string) => void;
  }): void;
  // operator.cc
  operator(
    name: string,
    overloads: string[],
    outs: Nullable<string[]>,
    method: boolean,
    wrapsNumbers: boolean,
  ): number;
  call(index: number, options: object | undefined, ...args: unknown[]): unknown;
  callPlain: (this: void, index: number, ...args: unknown[]) => unknown;
  schemas(): Schema[];
  overloadNames(name: string): string[];
  // dtype.cc
  enums(): {
    dtypes: Record<string, RawDType>;
    layouts: Record<string, Handle>;
    memoryFormats: Record<string, Handle>;
  };
  getDefaultDtype(): string;
  setDefaultDtype(dtype: Handle): void;
  // tensor.cc
  shape(t: Handle): number[];
  stride(t: Handle): number[];
  ndim(t: Handle): number;
  numel(t: Handle): number;
  storageOffset(t: Handle): number;
  dtype(t: Handle): number;
  device(t: Handle): string;
  layout(t: Handle): number;
  isContiguous(t: Handle, format?: Handle): boolean;
  isSame(a: Handle, b: Handle): boolean;
  dataPointer(t: Handle): bigint;
  version(t: Handle): number;
  dispose(t: Handle): boolean;
  disposeAll(t: Handle[]): number;
  alias(t: Handle): Handle;
  sweep(): number;
  memory(): {
    tensors: number;
    devices: Record<string, { tensors: number; bytes: number; peakBytes: number }>;
  };
  resetPeak(): void;
  // storage.cc
  fromArrayBuffer(
    buffer: ArrayBufferLike,
    byteOffset: number,
    byteLength: number,
    shape: readonly number[],
    dtype: Handle,
    share: boolean,
  ): Handle;
  toArrayBuffer(t: Handle, share: boolean): ArrayBuffer;
  item(t: Handle): RawScalar;
  // crc32.cc
  crc32(bytes: Uint8Array, before: number): number | undefined;
  // serialize.cc
  storageInfo(t: Handle): [bigint, number];
  newStorage(bytes: number): Handle;
  lendStorage(t: Handle, offset: number, length: number, use: (memory: ArrayBuffer) => void): void;
  tensorOnStorage(
    storage: Handle,
    dtype: Handle,
    offset: number,
    sizes: readonly number[],
    strides: readonly number[],
  ): Handle;
  sliceStorage(storage: Handle, offset: number, bytes: number): Handle;
  // jit.cc
  jitLoad(file: string, device?: string): Handle;
  jitCall(module: Handle, method: string, args: unknown[]): unknown;
  jitTensors(module: Handle, buffers: boolean): [string[], Handle[]];
  jitMethods(module: Handle): string[];
  jitTrain(module: Handle, mode: boolean): void;
  jitIsTraining(module: Handle): boolean;
  jitTo(module: Handle, device: string): void;
  // autograd.cc
  backward(
    roots: Handle[],
    gradients: (Handle | null)[],
    retainGraph: boolean | undefined,
    createGraph: boolean,
    inputs: Handle[],
    elsewhere?: boolean,
  ): void;
  grad(
    outputs: Handle[],
    inputs: Handle[],
    gradients: (Handle | null)[],
    retainGraph: boolean | undefined,
    createGraph: boolean,
    allowUnused: boolean,
    elsewhere?: boolean,
  ): (Handle | null)[];
  requiresGrad(t: Handle): boolean;
  setRequiresGrad(t: Handle, value: boolean): void;
  isLeaf(t: Handle): boolean;
  isInference(t: Handle): boolean;
  retainGrad(t: Handle): void;
  retainsGrad(t: Handle): boolean;
  getGrad(t: Handle): Handle | null;
  setGrad(t: Handle, grad: Handle | null): void;
  gradients(tensors: Handle[]): {
    grads: (Handle | null)[];
    sparse: boolean;
    complex: boolean;
    contiguous: boolean;
    dtype: number | null;
    device: string | null;
  };
  zeroGradients(tensors: Handle[], setToNone: boolean): void;
  countSteps(steps: readonly Handle[]): number | number[];
  data(t: Handle): Handle;
  setData(t: Handle, data: Handle): void;
  gradFn(t: Handle): Handle | null;
  nodeName(node: Handle): string;
  nodeNext(node: Handle): [Handle | null, number][];
  registerHook(t: Handle, hook: (gradient: Handle | null) => unknown): number;
  removeHook(t: Handle, position: number): void;
  modes(): [boolean, boolean];
  setModes(grad: boolean, inference: boolean): void;
  anomaly(): [boolean, boolean];
  setAnomaly(enabled: boolean, checkNan: boolean): void;
  // autocast.cc
  autocastAvailable(device: string): boolean;
  getAutocast(device: string): [enabled: boolean, dtype: number, cache: boolean];
  setAutocast(device: string, enabled: boolean, dtype: Handle, cache: boolean): void;
  autocastNesting(enter: boolean): number;
  clearAutocastCache(): void;
  // function.cc
  applyFunction(
    name: string,
    inputs: (Handle | null)[],
    outputs: (Handle | null)[],
    nonDifferentiable: Handle[],
    dirty: Handle[],
    toSave: (Handle | null)[],
    materialize: boolean,
    backward: (...gradients: (Handle | null)[]) => (Handle | null)[],
  ): [(Handle | null)[], Handle | null];
  savedTensors(node: Handle): (Handle | null)[];
  needsInputGrad(inputs: (Handle | null)[]): boolean[];
  // gather.cc
  gatherRows(columns: Handle[], rows: Handle): Handle[];
  sliceRows(columns: Handle[], start: number, stop: number): Handle[];
  rowStep(rows: readonly Handle[]): number | null;
  // random.cc
  newGenerator(device?: string): Handle;
  defaultGenerator(): Handle;
  manualSeed(seed: number | bigint, generator?: Handle | string): void;
  initialSeed(generator?: Handle | string): number | bigint;
  seed(generator?: Handle | string): number | bigint;
  getRngState(generator?: Handle | string): Handle;
  setRngState(state: Handle, generator?: Handle | string): void;
  generatorDevice(generator: Handle): string;
  // device.cc
  versions(): { builtFor: string; config: string };
  cudaDeviceCount(): number;
  synchronize(device: string): void;
  releaseMemory(): void;
  emptyCache(): void;
  deviceMemory(
    index: number,
  ): { allocated: number; maxAllocated: number; reserved: number; maxReserved: number } | null;
  resetDevicePeak(index: number): void;
  mapLargeBlocks(): void;
  getNumThreads(): number;
  setNumThreads(count: number): void;
}

const require = createRequire(import.meta.url);

/** The package's own folder: this file is ts/native.ts in the checkout and dist/native.js in the package. */
export const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Bun and Deno collect by functions of their own; Node lets the flag be set after the start. */
function collector(): () => void {
  const runtime = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  if (runtime.gc) return runtime.gc;
  if (runtime.Bun) return () => runtime.Bun?.gc(true);
  let collect: (() => void) | undefined;
  return () => {
    if (!collect) {
      // Loaded when they are needed: both add 2 ms to every start.
      const { setFlagsFromString } = require('node:v8') as typeof import('node:v8');
      const { runInNewContext } = require('node:vm') as typeof import('node:vm');
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as () => void;
    }
    collect();
  };
}

export const collectGarbage = collector();

function explain(problem: string, mend: string): never {
  throw new Error(`libtorch-node cannot start: ${problem}\n${mend}`);
}

const warned = new Set<string>();

/** What is wrong with this machine itself comes before what is missing on it. */
function explainMissing(problem: string, mend: string): never {
  const system = unfit();
  return system ? explain(system.reason, system.mend) : explain(problem, mend);
}

/** Version and variant of the libtorch that is loaded, as Python's torch.__version__ has them. */
export let libtorchVersion = '';

function load(): Native {
  const node = tooOldNode();
  if (node) explain(node.reason, node.mend);
  const there = addons();
  if (there.length === 0)
    explainMissing(
      `its native addon is missing (looked in ${addonPlaces().join(', ')}).`,
      'Run: npx libtorch-node setup   (then `npx libtorch-node doctor` says what is still wrong)',
    );
  const { found, tried } = locate();
  if (!found)
    explainMissing(
      'libtorch was not found or does not fit.',
      [
        ...tried.map(({ step, path, reason }) => `  - ${step}${path ? ` (${path})` : ''}: ${reason}`),
        ...new Set(tried.map(({ mend }) => mend.replace(/^run:/, 'Run:'))),
      ].join('\n'),
    );
  // libtorch's C++ interface changes from minor to minor; a mixture would crash rather than fail.
  const chosen = chooseAddon(found.version, there);
  if (!chosen)
    explain(
      `its addon was built for libtorch ${there.map(({ builtFor }) => builtFor).join(' and ')}, ` +
        `but libtorch ${found.version} was found at ${found.root}.`,
      'Run: npx libtorch-node setup   (it builds the addon for the libtorch that is found)',
    );
  const { addon, loader } = chosen;
  const { open } = require(loader) as { open: (path: string, global: boolean) => void };
  const library = (name: string): string =>
    join(
      found.lib,
      process.platform === 'win32'
        ? `${name}.dll`
        : process.platform === 'darwin'
          ? `lib${name}.dylib`
          : `lib${name}.so`,
    );
  try {
    for (const name of ['c10', 'torch_cpu']) open(library(name), true);
    // Nothing links to the CUDA half, so it is opened on purpose, before anything asks whether CUDA is there.
    for (const name of ['c10_cuda', 'torch_cuda']) if (existsSync(library(name))) open(library(name), true);
    const native = require(addon) as Native;
    libtorchVersion = `${found.version}+${found.variant}`;
    if ('Deno' in globalThis) native.mapLargeBlocks();
    native.initialize({
      makeError,
      collectGarbage,
      warn: (text) => {
        // Once per text, as Python shows a warning once per place.
        if (warned.has(text)) return;
        warned.add(text);
        process.emitWarning(text, { type: 'UserWarning', code: 'TORCH_WARNING' });
      },
    });
    return native;
  } catch (error) {
    const { message } = error as Error;
    const old = /version [`'](GLIBC|GLIBCXX|CXXABI)_/.test(message);
    return explain(
      `libtorch ${found.version} at ${found.root} or the addon does not load: ${message}`,
      old
        ? 'The system is older than the prebuilt addon. Run: npx libtorch-node setup   (it builds the addon here)'
        : 'Run: npx libtorch-node doctor',
    );
  }
}

export const native: Native = load();
