import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG of any kind, from rows that already carry their filter byte; nothing is checked. */
export function rawPng(
  width: number,
  height: number,
  depth: number,
  colorType: number,
  rows: number[],
  extra: [string, number[]][] = [],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = colorType;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...extra.map(([type, data]) => chunk(type, Buffer.from(data))),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The smallest grey JPEG: one 8x8 block whose only coefficient is zero, hence 128 everywhere. */
export const greyJpeg = Buffer.from(
  'ffd8' + // start
    'ffdb004300' + // a quantisation table of ones
    '01'.repeat(64) +
    'ffc0000b080008000801011100' + // frame: 8 bits, 8x8, one component
    'ffc40014000100000000000000000000000000000000' + // DC code: one of one bit, category 0
    'ffc40014100100000000000000000000000000000000' + // AC code: one of one bit, end of block
    'ffda0008010100003f00' + // scan
    '3f' + // both codes, then ones
    'ffd9',
  'hex',
);
