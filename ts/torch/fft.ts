/** torch.fft. https://docs.pytorch.org/docs/stable/fft.html */
export * from './generated/fft.js';
