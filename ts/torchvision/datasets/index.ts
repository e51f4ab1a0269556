export { drawDigits, writeDrawnDigits } from './drawn_digits.js';
export type { DrawnFolderOptions } from './drawn_digits.js';
export { FashionMNIST, MNIST } from './mnist.js';
export type { MNISTOptions } from './mnist.js';
