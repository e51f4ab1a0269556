// Takes lib/ and include/ out of an official archive or a wheel. Both are zip files and neither is trusted.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { StepError, reasonOf } from './errors.mjs';
import { silent } from './progress.mjs';
import { needSpace } from './space.mjs';

// Python's own half, PyTorch's tests, static libraries, NVIDIA's tools for profiling: nothing that libtorch_cpu or
// libtorch_cuda opens.
const unneeded =
  /^(lib)?(torch_python|torchbind_test|jitbackend_test|backend_with_compiler|aoti_custom_ops|shm)\b|^lib(nvperf|pcsampling|checkpoint)|\.alt\.|\.a$|\.pdb$/;

/**
 * Where an entry goes, below the folder of the copy; null for what is not kept.
 * @param {string} name
 */
export function place(name) {
  if (name.endsWith('/')) return null;
  // auditwheel puts third-party libraries beside the package; in lib/ they are found by $ORIGIN as well.
  const path = name.replace(/^torch\.libs\//, 'torch/lib/');
  // NVIDIA's libraries lie beside libtorch's in the official archive, and $ORIGIN finds them there.
  const nvidia = /^nvidia\/[^/]+\/(?:lib|bin)\/([^/]+\.(?:so[.\d]*|dll))$/.exec(path)?.[1];
  if (nvidia) return unneeded.test(nvidia) ? null : `lib/${nvidia}`;
  const [, root, rest] = /^(libtorch|torch)\/(.*)$/.exec(path) ?? [];
  if (!rest) return null;
  if (rest.startsWith('include/')) return rest;
  if (rest.startsWith('lib/')) {
    const below = rest.slice(4);
    return below.includes('/') || unneeded.test(below) ? null : rest;
  }
  return (root === 'torch' ? ['version.py'] : ['build-version', 'build-hash']).includes(rest) ? rest : null;
}

/**
 * Unpacks into a folder, which the caller removes when this fails.
 * @param {string} file
 * @param {string} folder
 * @param {{progress?: import('./progress.mjs').Progress}} options
 * @throws {StepError} that names the file: not a zip, cut short, a wrong checksum, a path that leads out, a link, or a
 *   disk that is too small
 */
export async function unpack(file, folder, { progress = silent() } = {}) {
  let zip;
  try {
    zip = await yauzl.openPromise(file, { autoClose: false });
    /** @type {{entry: import('yauzl').Entry, to: string}[]} */
    const kept = [];
    for await (const entry of zip.eachEntry()) {
      const to = place(entry.fileName);
      if (to === null) continue;
      const type = (entry.externalFileAttributes >>> 16) & 0o170000;
      if (type !== 0 && type !== 0o100000) throw new Error(`${entry.fileName} is not a plain file`);
      kept.push({ entry, to });
    }
    if (kept.length === 0) throw new Error('it holds no lib/ and no include/ of libtorch');
    const total = kept.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    await needSpace(folder, total, 'unpacking');
    let done = 0;
    for (const { entry, to } of kept) {
      const target = join(folder, to);
      await mkdir(dirname(target), { recursive: true });
      let sum = 0;
      const check = new Transform({
        transform(chunk, _encoding, next) {
          sum = crc32(chunk, sum);
          progress.update((done += chunk.length), total);
          next(null, chunk);
        },
      });
      const mode = to.startsWith('lib/') ? 0o755 : 0o644;
      await pipeline(
        await zip.openReadStreamPromise(entry),
        check,
        createWriteStream(target, { mode, flags: 'wx' }),
      );
      if (sum !== entry.crc32) throw new Error(`${entry.fileName} is damaged: its checksum is wrong`);
    }
  } catch (error) {
    throw new StepError(`${file}: ${reasonOf(error)}`, error instanceof StepError ? error.mend : undefined);
  } finally {
    progress.stop();
    zip?.close();
  }
}
