/** PIL's modes of pictures, and how one becomes another. */
import { decodePixels, decodePixelsAsync, type Pixels } from '../../torchvision/io/decode.js';
import { ValueError } from '../../torch/index.js';

/** Grey, grey and alpha, colours, colours and alpha, grey of 16 bits. */
export type Mode = 'L' | 'LA' | 'RGB' | 'RGBA' | 'I;16';
const CHANNELS: Readonly<Record<Mode, number>> = { L: 1, LA: 2, RGB: 3, RGBA: 4, 'I;16': 1 };

export interface Picture {
  mode: Mode;
  width: number;
  height: number;
  /** Rows of interleaved channels; of 16 bits in mode `I;16` alone. */
  data: Uint8Array | Uint16Array;
}

export function channelsOf(mode: Mode): number {
  const channels = CHANNELS[mode];
  if (channels === undefined)
    throw new ValueError(`mode ${JSON.stringify(mode)} is none of ${Object.keys(CHANNELS).join(', ')}`);
  return channels;
}

/** What a PNG's header says its channels are: 0 grey, 2 colours, 3 palette, 4 grey and alpha, 6 colours and alpha. */
function pngColorType(bytes: Uint8Array): number | null {
  return bytes[0] === 0x89 && bytes[1] === 0x50 && bytes.length > 25 ? bytes[25]! : null;
}

function without(data: Uint8Array | Uint16Array, channels: number, kept: number): Uint8Array | Uint16Array {
  const area = data.length / channels;
  const out = data instanceof Uint16Array ? new Uint16Array(area * kept) : new Uint8Array(area * kept);
  for (let i = 0; i < area; i++) for (let c = 0; c < kept; c++) out[i * kept + c] = data[i * channels + c]!;
  return out;
}

/**
 * Pixels of a PNG or JPEG in the mode PIL opens it with, but for three that are opened as what they turn into:
 * palettes as RGB (RGBA with transparency), and grey of one bit as L.
 */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  return asOpened(decodePixels(bytes, name), bytes);
}
/** `decodePicture` in another thread. */
export async function decodePictureAsync(bytes: Uint8Array, name: string): Promise<Picture> {
  return asOpened(await decodePixelsAsync(bytes, name), bytes);
}
function asOpened({ width, height, channels, data }: Pixels, bytes: Uint8Array): Picture {
  let picture: Pixels = { width, height, channels, data };
  const colorType = pngColorType(bytes);
  // One transparent colour of a grey or RGB picture is a remark beside the picture to PIL, no channel.
  const own = colorType === 0 ? 1 : colorType === 2 ? 3 : channels;
  if (own < channels) picture = { width, height, channels: own, data: without(data, channels, own) };
  if (picture.data instanceof Uint16Array && picture.channels === 1)
    return { mode: 'I;16', width, height, data: picture.data };
  // Of 16-bit colours PIL keeps the high byte.
  // What the decoder gives may be a Buffer, whose slice() is no copy, over memory of its own.
  const bytesOf =
    picture.data instanceof Uint16Array
      ? Uint8Array.from(picture.data, (v) => v >>> 8)
      : new Uint8Array(picture.data);
  const mode = (['L', 'LA', 'RGB', 'RGBA'] as const)[picture.channels - 1]!;
  return { mode, width, height, data: bytesOf };
}

/** ITU-R 601 luma in PIL's fixed-point form. */
const luma = (r: number, g: number, b: number) => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >>> 16;

/** Another mode of the same picture. 16-bit grey is cut off at 255, as PIL does: divide first to keep what is above. */
export function convertMode(picture: Picture, mode: Mode): Picture {
  if (mode === picture.mode) return picture;
  const to = channelsOf(mode);
  const { width, height } = picture;
  if (mode === 'I;16') {
    const grey = convertMode(picture, 'L').data;
    return { mode, width, height, data: Uint16Array.from(grey) };
  }
  const from = channelsOf(picture.mode);
  const data =
    picture.mode === 'I;16' ? Uint8Array.from(picture.data, (v) => Math.min(v, 255)) : picture.data;
  const out = new Uint8Array(width * height * to);
  const [colors, hasAlpha] = [to >= 3 ? 3 : 1, from === 2 || from === 4];
  for (let i = 0, a = 0, b = 0; i < width * height; i++, a += from, b += to) {
    if (colors === 3) for (let c = 0; c < 3; c++) out[b + c] = data[from >= 3 ? a + c : a]!;
    else out[b] = from >= 3 ? luma(data[a]!, data[a + 1]!, data[a + 2]!) : data[a]!;
    if (to === 2 || to === 4) out[b + to - 1] = hasAlpha ? data[a + from - 1]! : 255;
  }
  return { mode, width, height, data: out };
}
