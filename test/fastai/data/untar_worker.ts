import { untar_data } from '../../../ts/fastai/data/external.js';

// One of several processes that want the same data set at the same time.
const found = await untar_data(process.argv[2]!, { progress: false });
const text = found.joinpath('a.txt').read_text();
process.send!(`${text} ${found.joinpath('noise').read_bytes().length}`);
