export { drawDigits, writeDrawnDigits } from './drawn_digits.js';
export type { DrawnFolderOptions } from './drawn_digits.js';
