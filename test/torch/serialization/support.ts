import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { TorchError } from '../../../ts/torch/index.js';
import { MemorySink } from '../../../ts/torch/serialization/atomic_file.js';
import { ZipWriter } from '../../../ts/torch/serialization/zip_writer.js';
import { thrown } from '../../support/thrown.js';

export const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures', name);
export const bytesOf = (name: string): Buffer => fs.readFileSync(fixture(name));

/** A folder for each test, gone afterwards. */
export function inFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'serialization-test-'));
  });
  afterEach(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  return () => folder;
}

/** Runs `code` with the Python of LIBTORCH_NODE_PYTHON, which must have torch; skips the test where there is none. */
export function python(test: Mocha.Context, code: string, ...args: string[]): string {
  const program = process.env['LIBTORCH_NODE_PYTHON'];
  if (program === undefined) {
    console.warn('      needs Python: set LIBTORCH_NODE_PYTHON to one that has torch');
    return test.skip();
  }
  const { status, stdout, stderr } = spawnSync(program, ['-c', code, ...args], { encoding: 'utf8' });
  expect(status, stderr).to.equal(0);
  return stdout.trim();
}

/**
 * The message with which `fn` refuses; fails when it takes a second of the processor's time (which, unlike the clock's,
 * is ours alone on a busy machine) or throws what is no error of ours.
 */
export function refusal(fn: () => unknown): string {
  const start = process.cpuUsage();
  const error = thrown(fn);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6, String(error)).to.be.below(1);
  expect(error).to.be.instanceOf(TorchError);
  return (error as Error).message;
}

/** A stored zip archive of these entries. */
export function archive(entries: Record<string, Uint8Array | string>): Uint8Array {
  const sink = new MemorySink();
  const zip = new ZipWriter(sink);
  for (const [name, content] of Object.entries(entries)) {
    const bytes = Buffer.from(content as string);
    zip.add(name, bytes.length, (take) => {
      take(bytes);
    });
  }
  zip.finish();
  return sink.result();
}

/** A checkpoint whose pickle is this program, with storages. */
export function checkpoint(
  pickle: Uint8Array,
  storages: Record<string, Uint8Array> = {},
  order = 'little',
): Uint8Array {
  const entries: Record<string, Uint8Array | string> = { 'a/data.pkl': pickle, 'a/byteorder': order };
  for (const [key, bytes] of Object.entries(storages)) entries[`a/data/${key}`] = bytes;
  return archive({ ...entries, 'a/version': '3\n' });
}

const integer = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16LE(0x088a, 0);
  bytes.writeBigInt64LE(BigInt(value), 2);
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from('X'), uint32(value.length), Buffer.from(value)]);
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** Pickle programs by hand: texts are opcodes as they are. */
export const pk = {
  text,
  integer,
  uint32,
  program: (...parts: (string | Uint8Array)[]): Buffer =>
    Buffer.concat([
      Buffer.from([0x80, 2]),
      ...parts.map((part) => Buffer.from(part as string, 'latin1')),
      Buffer.from('.'),
    ]),
  tuple: (...parts: Uint8Array[]): Buffer => Buffer.concat([Buffer.from('('), ...parts, Buffer.from('t')]),
  storage: (type: string, key: string, count: number | bigint): Buffer =>
    Buffer.concat([
      pk.tuple(text('storage'), Buffer.from(`ctorch\n${type}\n`), text(key), text('cpu'), integer(count)),
      Buffer.from('Q'),
    ]),
  tensor: (
    storage: Uint8Array,
    offset: number | bigint,
    size: readonly (number | bigint)[],
    stride: readonly (number | bigint)[],
  ): Buffer =>
    Buffer.concat([
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n'),
      pk.tuple(
        storage,
        integer(offset),
        pk.tuple(...size.map(integer)),
        pk.tuple(...stride.map(integer)),
        Buffer.from([0x89]),
        Buffer.from('}'),
      ),
      Buffer.from('R'),
    ]),
};
