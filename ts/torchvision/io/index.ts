export { decode_image, encode_png, ImageReadMode, readImages, read_image, write_png } from './image.js';
export type { ImageFile } from './image.js';
