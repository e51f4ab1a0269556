import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { readArchive } from '../../../ts/fastai/data/archive.js';
import { readImages } from '../../../ts/torchvision/io/index.js';
import { rawPng } from '../../torchvision/io/png_maker.js';
import { END, tarball, tarEntry } from './tar_maker.js';

describe('readArchive', () => {
  let root: string;
  let archive: string;
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'archive-test-'));
    archive = path.join(root, 'sample.tgz');
  });
  afterEach(() => {
    expect(fs.readdirSync(root), 'nothing but the archive').to.deep.equal(['sample.tgz']);
    fs.rmSync(root, { recursive: true });
  });

  async function read(bytes: Buffer, options?: Parameters<typeof readArchive>[1]) {
    fs.writeFileSync(archive, bytes);
    return readArchive(archive, options);
  }
  async function failure(bytes: Buffer, options?: Parameters<typeof readArchive>[1]): Promise<string> {
    let message = '';
    await read(bytes, options).catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.contain(`cannot read ${archive}: `);
    return message;
  }
  const texts = (files: Awaited<ReturnType<typeof readArchive>>) =>
    files.map((file) => [file.path, Buffer.from(file.bytes).toString('latin1')]);

  const entries = [
    { path: 'set/', type: 'Directory' as const },
    { path: 'set/b', body: 'two' },
    { path: 'set/a', body: '' },
    { path: 'set/large', body: 'x'.repeat(300_000) },
  ];

  it('gives the files in the order of the archive, compressed or not', async () => {
    const expected = [
      ['set/b', 'two'],
      ['set/a', ''],
      ['set/large', 'x'.repeat(300_000)],
    ];
    expect(texts(await read(tarball(...entries)))).to.deep.equal(expected);
    const plain = Buffer.concat([...entries.map((entry) => tarEntry(entry)), END]);
    expect(texts(await read(plain))).to.deep.equal(expected);
  });

  it('gives those that the filter takes', async () => {
    const files = await read(tarball(...entries), { filter: (name) => /[ab]$/.test(name) });
    expect(files.map((file) => file.path)).to.deep.equal(['set/b', 'set/a']);
    expect(await read(tarball(...entries), { filter: () => false })).to.deep.equal([]);
  });

  it('refuses what unpack refuses, filtered or not', async () => {
    const filter = (name: string): boolean => name === 'ok';
    const ok = { path: 'ok', body: '1' };
    expect(await failure(tarball(ok, { path: '../evil', body: 'x' }), { filter })).to.contain('outside');
    expect(
      await failure(tarball(ok, { path: 'link', type: 'SymbolicLink', linkpath: 'ok' }), { filter }),
    ).to.contain('only files and folders');
    expect(await failure(tarball(...entries), { limits: { entries: 2 } })).to.contain('more than 2 entries');
    expect(await failure(tarball(...entries), { limits: { fileBytes: 1000 } })).to.contain('300000 bytes');
    expect(await failure(tarball(...entries), { limits: { totalBytes: 9999 } })).to.contain('9999 bytes');
    expect(await failure(tarball(...entries).subarray(0, -20))).to.match(/: ./);
    expect(
      await failure(Buffer.concat([...entries.map((entry) => tarEntry(entry))]).subarray(0, 3000)),
    ).to.match(/: ./);
    expect(await failure(Buffer.from('no archive at all'))).to.contain('too short');
  });

  it('gives what readImages takes, and its errors name the file in the archive', async () => {
    const png = (value: number): Buffer => Buffer.from(rawPng(2, 1, 8, 0, [0, value, 2]));
    const files = await read(tarball({ path: 'x/1.png', body: png(7) }, { path: 'x/2.png', body: png(9) }));
    expect(readImages(files).tolist()).to.deep.equal([[[[7, 2]]], [[[9, 2]]]]);
    const cut = { path: 'x/3.png', bytes: files[0]!.bytes.subarray(0, 45) };
    expect(() => readImages([...files, cut])).to.throw(/cannot decode x\/3\.png: ./);
    expect(() => readImages([...files, { path: 'none', bytes: new Uint8Array(0) }])).to.throw(
      /cannot decode none: it is empty/,
    );
  });
});
