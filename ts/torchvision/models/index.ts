/** torchvision.models. https://docs.pytorch.org/vision/stable/models.html */
export * from './resnet.js';
