import { Path } from '../../fastcore/path.js';
import { fastai_path } from './config.js';

const bucket = (name: string, archive: string) => `https://s3.amazonaws.com/fast-ai-${name}/${archive}.tgz`;
const sample = (archive: string) => bucket('sample', archive);
const image = (archive: string) => bucket('imageclas', archive);
const imageLocal = (archive: string) => bucket('imagelocal', archive);
const text = (archive: string) => bucket('nlp', archive);

/**
 * Where fast.ai keeps its public data sets, under fastai's names.
 * [fastai docs](https://docs.fast.ai/data.external.html#urls)
 */
export const URLs = Object.freeze({
  ADULT_SAMPLE: sample('adult_sample'),
  BIWI_SAMPLE: sample('biwi_sample'),
  CIFAR: sample('cifar10'),
  COCO_SAMPLE: bucket('coco', 'coco_sample'),
  COCO_TINY: bucket('coco', 'coco_tiny'),
  HUMAN_NUMBERS: sample('human_numbers'),
  IMDB: text('imdb'),
  IMDB_SAMPLE: sample('imdb_sample'),
  ML_SAMPLE: sample('movie_lens_sample'),
  MNIST_SAMPLE: sample('mnist_sample'),
  MNIST_TINY: sample('mnist_tiny'),
  MNIST_VAR_SIZE_TINY: image('mnist_var_size_tiny'),
  PLANET_SAMPLE: sample('planet_sample'),
  PLANET_TINY: sample('planet_tiny'),
  IMAGENETTE: image('imagenette2'),
  IMAGENETTE_160: image('imagenette2-160'),
  IMAGENETTE_320: image('imagenette2-320'),
  IMAGEWOOF: image('imagewoof2'),
  IMAGEWOOF_160: image('imagewoof2-160'),
  IMAGEWOOF_320: image('imagewoof2-320'),
  IMAGEWANG: image('imagewang'),
  IMAGEWANG_160: image('imagewang-160'),
  IMAGEWANG_320: image('imagewang-320'),
  DOGS: sample('dogscats'),

  CALTECH_101: image('caltech_101'),
  CARS: image('stanford-cars'),
  CIFAR_100: image('cifar100'),
  CUB_200_2011: image('CUB_200_2011'),
  FLOWERS: image('oxford-102-flowers'),
  FOOD: image('food-101'),
  MNIST: image('mnist_png'),
  PETS: image('oxford-iiit-pet'),
  LSUN_BEDROOMS: image('bedroom'),

  AG_NEWS: text('ag_news_csv'),
  DBPEDIA: text('dbpedia_csv'),
  WIKITEXT: text('wikitext-103'),
  WIKITEXT_TINY: text('wikitext-2'),
  YELP_REVIEWS: text('yelp_review_full_csv'),
  YELP_REVIEWS_POLARITY: text('yelp_review_polarity_csv'),

  BIWI_HEAD_POSE: imageLocal('biwi_head_pose'),
  CAMVID: imageLocal('camvid'),
  CAMVID_TINY: sample('camvid_tiny'),
  PASCAL_2007: imageLocal('pascal_2007'),
  PASCAL_2012: imageLocal('pascal_2012'),
  SIIM_SMALL: imageLocal('siim_small'),
  TCGA_SMALL: imageLocal('tcga_small'),

  /** Where the file behind `url` belongs under the configured folder `c_key`. */
  path(url: string, c_key = 'archive'): Path {
    return fastai_path(c_key).joinpath(archiveName(url));
  },
});

/** The last part of a URL's path, which must be a plain file name. */
export function archiveName(url: string): string {
  let name: string;
  try {
    name = decodeURIComponent(new URL(url).pathname.split('/').at(-1)!);
  } catch {
    throw new TypeError(`${JSON.stringify(url)} is not a URL`);
  }
  if (!/^[\w][\w.+-]*$/.test(name)) throw new TypeError(`the URL ${url} does not end in a file name`);
  return name;
}

/** Size and MD5 of the first MiB, as fast.ai publishes them to tell a damaged or outdated download. */
export interface Fingerprint {
  size: number;
  md5OfFirstMiB: string;
}

export const fingerprints: Readonly<Record<string, Fingerprint>> = {
  [URLs.MNIST_SAMPLE]: { size: 3214948, md5OfFirstMiB: '2dbc7ec6f9259b583af0072c55816a88' },
  [URLs.MNIST]: { size: 15683414, md5OfFirstMiB: '03639f83c4e3d19e0a3a53a8a997c487' },
};
