import { JsColorType, Transformer, type Metadata } from '@napi-rs/image';

/** Pixels in rows of interleaved channels, as image files keep them. */
export interface Pixels {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array | Uint16Array;
}

/** The limit of Python's PIL too: a few bytes of header can claim more memory than a machine has. */
export const MAX_PIXELS = 178_956_970;

const CHANNELS = new Map<JsColorType, number>([
  [JsColorType.L8, 1],
  [JsColorType.La8, 2],
  [JsColorType.Rgb8, 3],
  [JsColorType.Rgba8, 4],
  [JsColorType.L16, 1],
  [JsColorType.La16, 2],
  [JsColorType.Rgb16, 3],
  [JsColorType.Rgba16, 4],
]);
const WIDE = new Set([JsColorType.L16, JsColorType.La16, JsColorType.Rgb16, JsColorType.Rgba16]);

function pngSize(bytes: Buffer): [number, number] | undefined {
  if (bytes.length < 33 || bytes.readUInt32BE(0) !== 0x89504e47) return undefined;
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') throw new Error('it is a PNG without a header');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** Walks the segments to the frame header, which alone tells the size. */
function jpegSize(bytes: Buffer): [number, number] | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error('it is a JPEG without a frame header, perhaps truncated');
}

function checkSize(bytes: Buffer): void {
  if (bytes.length === 0) throw new Error('it is empty');
  const size = pngSize(bytes) ?? jpegSize(bytes);
  if (size === undefined) {
    const start = bytes.toString('hex', 0, Math.min(8, bytes.length));
    throw new Error(`it is neither PNG nor JPEG (it starts with the bytes ${start})`);
  }
  const [width, height] = size;
  if (width === 0 || height === 0) throw new Error(`it claims ${width}x${height} pixels`);
  if (width * height > MAX_PIXELS)
    throw new Error(`it claims ${width}x${height} pixels, more than the ${MAX_PIXELS} allowed`);
}

function reworded(error: unknown, name: string): Error {
  const reason = (error as Error).message.replace(/^Decode image failed\s+/, '').trim();
  return new Error(`cannot decode ${name}: ${reason}`, { cause: error });
}

function toPixels({ width, height, colorType }: Metadata, raw: Buffer): Pixels {
  const channels = CHANNELS.get(colorType);
  if (channels === undefined) throw new Error(`its colour type ${colorType} is not supported`);
  const wide = WIDE.has(colorType);
  if (raw.byteLength !== width * height * channels * (wide ? 2 : 1))
    throw new Error(`the decoder gave ${raw.byteLength} bytes for ${width}x${height}x${channels}`);
  if (!wide) return { width, height, channels, data: raw };
  // The decoder's buffer may start at an odd address.
  const copy = new Uint16Array(raw.byteLength / 2);
  new Uint8Array(copy.buffer).set(raw);
  return { width, height, channels, data: copy };
}

/**
 * Decodes a PNG or JPEG. Grey stays one channel, a palette becomes RGB, 16-bit pictures stay 16-bit.
 * `name` is what the error calls the picture.
 */
export function decodePixels(bytes: Uint8Array, name: string): Pixels {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    checkSize(buffer);
    const image = new Transformer(buffer);
    return toPixels(image.metadataSync(), image.rawPixelsSync());
  } catch (error) {
    throw reworded(error, name);
  }
}

/** `decodePixels` in another thread, which pays for large pictures; small ones are decoded sooner than handed over. */
export async function decodePixelsAsync(bytes: Uint8Array, name: string): Promise<Pixels> {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    checkSize(buffer);
    const image = new Transformer(buffer);
    // One after the other: the first call decodes, and the second finds it done.
    const metadata = await image.metadata();
    return toPixels(metadata, await image.rawPixels());
  } catch (error) {
    throw reworded(error, name);
  }
}
