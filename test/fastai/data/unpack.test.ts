import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';

import { unpack } from '../../../ts/fastai/data/unpack.js';
import type { UnpackOptions } from '../../../ts/fastai/data/unpack.js';
import { END, tarball, tarEntry } from './tar_maker.js';

describe('unpack', () => {
  let root: string;
  let archive: string;
  let target: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'unpack-test-'));
    fs.mkdirSync(path.join(root, 'data'));
    archive = path.join(root, 'sample.tgz');
    target = path.join(root, 'data', 'sample');
  });
  afterEach(() => {
    fs.rmSync(root, { recursive: true });
  });

  async function failure(bytes: Buffer, options?: UnpackOptions): Promise<string> {
    fs.writeFileSync(archive, bytes);
    let message = '';
    await unpack(archive, target, options).catch((error: Error) => {
      message = error.message;
    });
    expect(message, 'an error that names the archive').to.contain(archive);
    expect(fs.readdirSync(path.join(root, 'data')), 'nothing left behind').to.deep.equal([]);
    expect(fs.readdirSync(root).sort(), 'nothing beside it').to.deep.equal(['data', 'sample.tgz']);
    return message;
  }
  async function success(bytes: Buffer, options?: UnpackOptions): Promise<void> {
    fs.writeFileSync(archive, bytes);
    await unpack(archive, target, options);
    expect(fs.readdirSync(path.join(root, 'data'))).to.deep.equal(['sample']);
  }

  it('unpacks files and folders, and drops a single outer folder', async () => {
    const entries = [
      { path: 'other/', type: 'Directory' as const, mode: 0 },
      { path: 'other/train/3/1.txt', body: 'three', mode: 0o4777 },
      { path: 'other/labels.csv', body: 'x'.repeat(100_000) },
    ];
    await success(tarball(...entries));
    expect(fs.readFileSync(path.join(target, 'train/3/1.txt'), 'utf8')).to.equal('three');
    expect(fs.statSync(path.join(target, 'labels.csv')).size).to.equal(100_000);
    if (process.platform !== 'win32')
      expect(fs.statSync(path.join(target, 'train/3/1.txt')).mode & 0o7000).to.equal(0);
  });

  it('keeps several top-level entries, and reads a tar that is not compressed', async () => {
    await success(
      Buffer.concat([tarEntry({ path: 'a', body: '1' }), tarEntry({ path: 'b/c', body: '2' }), END]),
    );
    expect(fs.readdirSync(target).sort()).to.deep.equal(['a', 'b']);
  });

  it('keeps an existing target, or replaces it when told', async () => {
    await success(tarball({ path: 'a', body: 'old' }));
    await success(tarball({ path: 'a', body: 'new' }));
    expect(fs.readFileSync(path.join(target, 'a'), 'utf8')).to.equal('old');
    await success(tarball({ path: 'a', body: 'new' }), { replace: true });
    expect(fs.readFileSync(path.join(target, 'a'), 'utf8')).to.equal('new');
  });

  it('refuses names that lead outside', async () => {
    for (const name of ['../evil', 'a/../../evil', 'a/..', '..\\evil']) {
      expect(await failure(tarball({ path: 'ok', body: '1' }, { path: name, body: 'x' }))).to.contain(
        'outside',
      );
    }
    for (const name of ['/tmp/unpack-test-evil', '\\evil', 'C:\\evil', 'c:evil'])
      expect(await failure(tarball({ path: name, body: 'x' }))).to.contain('absolute path');
    expect(fs.existsSync('/tmp/unpack-test-evil')).to.equal(false);
    expect(await failure(tarball({ path: 'd/'.repeat(70) + 'x', body: 'x' }))).to.contain('deep');
  });

  it('refuses a symlink, so nothing can be written through it', async () => {
    const outside = path.join(root, 'data');
    const message = await failure(
      tarball(
        { path: 'sample/link', type: 'SymbolicLink', linkpath: outside },
        { path: 'sample/link/evil', body: 'x' },
      ),
    );
    expect(message).to.match(/"sample\/link" is a SymbolicLink/);
  });

  it('refuses hard links, devices, pipes and unknown kinds', async () => {
    const secret = path.join(root, 'sample.tgz');
    expect(await failure(tarball({ path: 'copy', type: 'Link', linkpath: secret }))).to.contain('is a Link');
    for (const type of ['CharacterDevice', 'BlockDevice', 'FIFO'] as const)
      expect(await failure(tarball({ path: 'dev', type, devmaj: 1, devmin: 3 }))).to.contain(`is a ${type}`);
    const odd = tarEntry({ path: 'odd' });
    odd[156] = 'Z'.charCodeAt(0);
    odd.fill(' ', 148, 156);
    const sum = odd.subarray(0, 512).reduce((a, b) => a + b, 0);
    odd.write(sum.toString(8).padStart(6, '0') + '\0 ', 148, 'latin1');
    expect(await failure(gzipSync(Buffer.concat([tarEntry({ path: 'a', body: '1' }), odd, END])))).to.match(
      /"odd" is a .*cannot be unpacked/,
    );
  });

  it('refuses a link that an extended header makes of a file', async () => {
    const record = (text: string) => {
      const length = text.length + 3;
      return `${length + String(length).length - 2} ${text}\n`;
    };
    const body = record('type=SymbolicLink') + record('linkpath=/etc');
    const message = await failure(
      tarball(
        { path: 'PaxHeader/a', type: 'ExtendedHeader', body },
        { path: 'a' },
        { path: 'a/b', body: 'x' },
      ),
    );
    expect(message).to.match(/SymbolicLink|linkpath|ENOTDIR/);
  });

  it('refuses too many entries, too large a file and too large a total', async () => {
    const many = Array.from({ length: 11 }, (_, i) => ({ path: `f${i}`, body: '1' }));
    expect(await failure(tarball(...many), { limits: { entries: 10 } })).to.contain('more than 10 entries');
    const big = tarball({ path: 'big', body: Buffer.alloc(5000) });
    expect(await failure(big, { limits: { fileBytes: 4999 } })).to.contain('more than the 4999 allowed');
    expect(await failure(big, { limits: { totalBytes: 5000 } })).to.contain('more than 5000 bytes');
    await success(big, { limits: { fileBytes: 5000, entries: 1, totalBytes: 8192 } });
  });

  it('stops a gzip bomb long before it fills the disk', async () => {
    const zeros = Buffer.alloc(256 * 2 ** 20);
    const message = await failure(tarball({ path: 'zeros', body: zeros }));
    expect(message).to.contain('more than 200 times its size');
  });

  it('refuses an archive within an archive, which tar would unpack uncounted', async () => {
    const inner = gzipSync(tarball({ path: 'a', body: randomBytes(5000) }));
    expect(await failure(inner)).to.contain('not a tar archive');
  });

  it('refuses what is damaged, truncated, empty or no archive at all', async () => {
    const entries = Buffer.concat([
      tarEntry({ path: 'a', body: 'x'.repeat(3000) }),
      tarEntry({ path: 'b' }),
      END,
    ]);
    const good = gzipSync(entries);
    expect(await failure(good.subarray(0, good.length - 12))).to.contain('unexpected end of file');
    expect(await failure(good.subarray(0, 10))).to.contain('unexpected end of file');
    expect(await failure(gzipSync(entries.subarray(0, 1500)))).to.contain('Truncated input');
    const badSum = Buffer.from(entries);
    badSum[3584 + 100] = 7;
    expect(await failure(gzipSync(badSum))).to.contain('checksum failure');
    const badCrc = Buffer.from(good);
    badCrc[good.length - 8]! ^= 0xff;
    expect(await failure(badCrc)).to.contain('incorrect data check');
    expect(await failure(Buffer.alloc(0))).to.contain('it is empty');
    expect(await failure(Buffer.from('<html>not found</html>'))).to.contain('too short for a tar archive');
    expect(await failure(Buffer.from('<html>'.repeat(1000)))).to.contain('not a tar archive');
    expect(await failure(gzipSync(END))).to.contain('Unrecognized archive format');
  });

  it('names an archive that is not there', async () => {
    let message = '';
    await unpack(archive, target).catch((error: Error) => (message = error.message));
    expect(message).to.match(/cannot unpack .*sample\.tgz: ENOENT/);
    expect(fs.readdirSync(path.join(root, 'data'))).to.deep.equal([]);
  });
});
