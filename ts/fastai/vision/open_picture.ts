import { Path, type PathLike } from '../../fastcore/index.js';
import { Transform } from '../../fastcore/transform.js';
import { callable, type Tensor } from '../../torch/index.js';
import { readPictures, readPicturesAhead } from './bulk.js';
import { PILBase, type ImageSource } from './image.js';

const isFile = (value: unknown): value is PathLike => typeof value === 'string' || value instanceof Path;

class OpenPictureClass extends Transform {
  /** Opens files as pictures of a class: `cls.create`. */
  constructor(readonly cls: typeof PILBase) {
    super();
  }
  override get name(): string {
    return `${this.cls.name}.create`;
  }
  override encodes(source: ImageSource): PILBase {
    return this.cls.create(source);
  }
  /** All files of a batch in one tensor, as ToTensor and stacking would make it. */
  override encodesMany(sources: readonly unknown[], isAsync: boolean): Tensor | Promise<Tensor> | null {
    // A class with a `create` of its own may do anything to its pictures.
    if (this.cls.create !== PILBase.create || !sources.every(isFile)) return null;
    return (isAsync ? readPicturesAhead : readPictures)(sources.map(String), this.cls);
  }
}
export const OpenPicture = callable(OpenPictureClass);
export type OpenPicture = OpenPictureClass;
