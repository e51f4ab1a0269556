import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import {
  FileGetter,
  get_files,
  get_image_files,
  get_text_files,
  image_extensions,
  ImageGetter,
} from '../../../ts/fastai/data/files.js';
import { mnistSample } from '../../support/mnist.js';

describe('get_files', () => {
  let root: string;
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'files-test-'));
    for (const file of [
      'a.png',
      'b.TXT',
      'noending',
      '.hidden.png',
      'train/3/1.PNG',
      'train/3/2.jpeg',
      'train/7/1.png',
      'valid/3/9.png',
      'valid/notes.txt',
      '.git/x.png',
    ]) {
      fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), '');
    }
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true });
  });
  const names = (files: Iterable<unknown>) => Array.from(files, (file) => path.relative(root, String(file)));

  it('takes the files of a folder, then those below, without hidden ones', () => {
    expect(names(get_files(root))).to.deep.equal([
      'a.png',
      'b.TXT',
      'noending',
      'train/3/1.PNG',
      'train/3/2.jpeg',
      'train/7/1.png',
      'valid/notes.txt',
      'valid/3/9.png',
    ]);
    expect(names(get_files(root, { recurse: false }))).to.deep.equal(['a.png', 'b.TXT', 'noending']);
    expect(names(get_files(root, { extensions: '.Png' }))).to.have.length(4);
    expect(names(get_text_files(root))).to.deep.equal(['b.TXT', 'valid/notes.txt']);
  });

  it('keeps to the folders asked for, hidden ones included, and to the top for a dot', () => {
    expect(names(get_image_files(root, { folders: ['valid'] }))).to.deep.equal(['valid/3/9.png']);
    expect(names(get_image_files(root, { folders: 'train' }))).to.have.length(3);
    expect(names(get_image_files(root, { folders: ['.', 'valid'] }))).to.deep.equal([
      'a.png',
      'valid/3/9.png',
    ]);
    expect(names(get_image_files(root, { folders: ['.git'] }))).to.deep.equal(['.git/x.png']);
    expect(names(ImageGetter('train')(root))).to.have.length(3);
    expect(names(FileGetter('valid', { extensions: ['.txt'] })(root))).to.deep.equal(['valid/notes.txt']);
  });

  it('follows links, but not in circles, and skips links to nowhere', () => {
    fs.symlinkSync(path.join(root, 'valid'), path.join(root, 'train', 'other'));
    fs.symlinkSync(root, path.join(root, 'train', 'up'));
    fs.symlinkSync(path.join(root, 'gone'), path.join(root, 'train', 'gone.png'));
    expect(names(get_image_files(root, { folders: 'train' })))
      .to.include('train/other/3/9.png')
      .and.have.length(4);
    expect(names(get_image_files(root, { folders: 'train', followlinks: false }))).to.have.length(3);
  });

  it('says what is no folder and which options there are', () => {
    expect(() => get_files(path.join(root, 'nothing'))).to.throw(/get_files\(\): .*nothing is no folder/);
    expect(() => get_image_files(path.join(root, 'a.png'))).to.throw('a.png is no folder');
    expect(() => get_image_files(root, { extensions: '.png' } as never)).to.throw(
      "unknown option 'extensions'",
    );
    expect(() => get_files(root, { extension: '.png' } as never)).to.throw("unknown option 'extension'");
    expect(image_extensions.has('.png')).to.equal(true);
  });

  it('finds all of MNIST_SAMPLE', async function () {
    const sample = await mnistSample(this);
    expect(get_image_files(sample)).to.have.length(14434);
    expect(get_image_files(sample, { folders: ['valid'] })).to.have.length(2038);
  });
});
