// A shared library that was cut short loads until somebody touches a page that is not there, and then the process is
// gone. Its header tells how long it should be.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Says in words that a library's end is missing; null where it is whole, is not there, or is no ELF file of 64 bits.
 * @param {string} path
 * @returns {string | null}
 */
export function cutShort(path) {
  let file;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const header = Buffer.alloc(64);
    const read = readSync(file, header, 0, 64, 0);
    const elf = header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2 && header[5] === 1;
    if (!elf) return null;
    const { size } = fstatSync(file);
    const whole = read < 64 ? 64 : Math.max(endOfSections(header), endOfSegments(header, file));
    return size < whole ? `${basename(path)} is cut short: it has ${size} bytes of ${whole}` : null;
  } finally {
    closeSync(file);
  }
}

/** A linker writes the table of sections last. @param {Buffer} header */
function endOfSections(header) {
  return Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
}

/** Tools that change a finished library put what they add after everything else. @param {Buffer} header @param {number} file */
function endOfSegments(header, file) {
  const [size, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  const table = Buffer.alloc(size * count);
  readSync(file, table, 0, table.length, Number(header.readBigUInt64LE(32)));
  let end = 0;
  for (let at = 0; at + 56 <= table.length; at += size)
    end = Math.max(end, Number(table.readBigUInt64LE(at + 8)) + Number(table.readBigUInt64LE(at + 32)));
  return end;
}
