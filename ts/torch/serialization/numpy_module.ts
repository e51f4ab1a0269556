/** `numpy`: its array files, .npy and .npz, to and from tensors. https://numpy.org/doc/stable/reference/routines.io.html */
import { ArgumentError } from '../errors.js';
import { tidy } from '../memory.js';
import { Tensor } from '../tensor.js';
import { MemorySource, withSource, type ByteSource, type PathLike } from './byte_source.js';
import { writeAtomically, type Sink } from './atomic_file.js';
import { readHeader, writeHeader } from './npy_header.js';
import { toTensor } from './numpy_dtype.js';
import { refuse } from './pickle/values.js';
import { giveElements } from './rebuild.js';
import { readDirectory, readEntry } from './zip_reader.js';
import { ZipWriter } from './zip_writer.js';

function readArray(source: ByteSource): Tensor {
  const { type, fortran, shape, start } = readHeader(source);
  return toTensor(source.read(start, source.size - start), type, shape, fortran);
}

function readArchive(source: ByteSource): Record<string, Tensor> {
  const arrays: [string, Tensor][] = [];
  for (const [name, entry] of readDirectory(source)) {
    if (!name.endsWith('.npy')) refuse(`it holds ${name}, which is no array`);
    arrays.push([name.slice(0, -4), readArray(new MemorySource(readEntry(source, entry)))]);
  }
  return Object.fromEntries(arrays);
}

/**
 * `numpy.load`: the tensor in a .npy file, or the tensors of a .npz file by name.
 * @param file a path, or the bytes (then a tensor may share their memory)
 * @throws {TorchError} naming the file and the reason: damaged, or elements that are no numbers
 */
export function load(file: PathLike | Uint8Array): Tensor | Record<string, Tensor> {
  return withSource(file, (source) =>
    tidy(() => {
      const start = source.read(0, Math.min(2, source.size));
      return start[0] === 0x50 && start[1] === 0x4b ? readArchive(source) : readArray(source);
    }),
  );
}

function withEnding(file: PathLike, ending: string): string {
  const name = String(file);
  return name.endsWith(ending) ? name : name + ending;
}

function checkTensor(op: string, value: unknown): void {
  if (!(value instanceof Tensor))
    throw new ArgumentError(`${op}(): expected a Tensor, not ${typeof value}`, op);
}

/**
 * `numpy.save`: one tensor as a .npy file; the ending is added where it is missing.
 * @throws {TorchError} for a dtype that numpy does not have (bfloat16)
 */
export function save(file: PathLike, tensor: Tensor): void {
  checkTensor('numpy.save', tensor);
  const header = writeHeader(tensor);
  writeAtomically(withEnding(file, '.npy'), (sink) => {
    sink.write(header);
    giveElements(tensor, (bytes) => {
      sink.write(bytes);
    });
  });
}

/** `numpy.savez`: tensors by name as one .npz file; the ending is added where it is missing. */
export function savez(file: PathLike, tensors: Readonly<Record<string, Tensor>>): void {
  const named = Object.entries(tensors).map(([name, tensor]) => {
    checkTensor('numpy.savez', tensor);
    return { name: `${name}.npy`, tensor, header: writeHeader(tensor) };
  });
  writeAtomically(withEnding(file, '.npz'), (sink: Sink) => {
    const zip = new ZipWriter(sink);
    for (const { name, tensor, header } of named)
      zip.add(name, header.byteLength + tensor.nbytes, (take) => {
        take(header);
        giveElements(tensor, take);
      });
    zip.finish();
  });
}
