// What a wheel of torch says of itself, read without unpacking it.
import { text } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { StepError, reasonOf } from './errors.mjs';
import { readPythonVersion } from './version.mjs';

/**
 * Version and variant, and the packages of NVIDIA that it must have beside it, as requirements for pip. What else torch
 * depends on is Python's.
 * @param {string} file
 * @returns {Promise<{release: import('./version.mjs').Release | null, needs: string[]}>}
 * @throws {StepError} where it is no whole wheel
 */
export async function readWheel(file) {
  let zip;
  try {
    zip = await yauzl.openPromise(file, { autoClose: false });
    let [version, metadata] = ['', ''];
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName === 'torch/version.py') version = await text(await zip.openReadStreamPromise(entry));
      if (/^torch-[^/]*\.dist-info\/METADATA$/.test(entry.fileName))
        metadata = await text(await zip.openReadStreamPromise(entry));
    }
    return { release: readPythonVersion(version), needs: needsIn(metadata) };
  } catch (error) {
    throw new StepError(`${file}: ${reasonOf(error)}`);
  } finally {
    zip?.close();
  }
}

/**
 * The libraries of NVIDIA among the requirements of METADATA: cuda-toolkit names the packages of the toolkit, the
 * others stand by themselves. cuda-bindings is Python's own.
 * @param {string} metadata
 * @returns {string[]}
 */
export function needsIn(metadata) {
  return [...metadata.matchAll(/^Requires-Dist: ((?:nvidia-|cuda-toolkit)[^\r\n]*)/gm)]
    .map(([, requirement = '']) => requirement)
    .filter((requirement) => !/;.*\bextra\b/.test(requirement));
}
