/** torchvision.transforms. https://docs.pytorch.org/vision/stable/transforms.html */
export * as functional from './functional.js';
export * from './transforms.js';
