import { Config, Path } from 'libtorch-node/fastai';

/**
 * The folder with mnist.pkl.gz: below fastai's data folder, or data/mnist below the working directory, or a folder of
 * archives named by LIBTORCH_NODE_ARCHIVES.
 * @throws {Error} it is in none of them; the message says where to put it
 */
export function picklePath(): Path {
  const places = [new Config().data_path().joinpath('mnist'), Path('data', 'mnist')];
  const archives = process.env['LIBTORCH_NODE_ARCHIVES'];
  const found = [...places, ...(archives ? [Path(archives)] : [])].find((place) =>
    place.joinpath('mnist.pkl.gz').exists(),
  );
  if (found) return found;
  throw new Error(
    `mnist.pkl.gz is neither in ${String(places[0])} nor in ${String(places[1]!.absolute())}. ` +
      'Nothing downloads it: put the file, as it is, into one of the two.',
  );
}
