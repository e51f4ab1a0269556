import fs from 'node:fs';
import os from 'node:os';
import nodePath from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';

import { L, Path } from '../../ts/fastcore/index.js';

describe('fastcore Path', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'path-test-'));
  });
  afterEach(() => {
    Path.BASE_PATH = null;
    fs.rmSync(folder, { recursive: true });
  });

  it('joins and takes apart as pathlib does', () => {
    const path = Path('train', '3').joinpath('10.tar.gz');
    expect(path.as_posix()).to.equal('train/3/10.tar.gz');
    expect([path.name, path.stem, path.suffix, path.parent.name]).to.deep.equal([
      '10.tar.gz',
      '10.tar',
      '.gz',
      '3',
    ]);
    expect(String(Path('a//b/./c/'))).to.equal(nodePath.join('a', 'b', 'c'));
    expect(Path('a/../b').as_posix()).to.equal('a/../b');
    expect(String(Path('a', '/b'))).to.equal(nodePath.resolve('/b'));
    expect(String(Path())).to.equal('.');
    expect([Path('.bashrc').suffix, Path('a.').suffix, Path('a.').stem]).to.deep.equal(['', '', 'a.']);
    expect(String(Path('a/b.png').with_suffix('.jpg').with_name('c.x'))).to.equal(nodePath.join('a', 'c.x'));
    expect(Path('a/b').equals(new Path('a/b'))).to.equal(true);
    expect(Path('a') instanceof Path).to.equal(true);
    expect(`${Path('a/b').relative_to('a')}`).to.equal('b');
    expect(() => Path('a').relative_to('b')).to.throw("'a' is not in the subpath of 'b'");
    expect(() => Path('a').with_suffix('png')).to.throw('Invalid suffix');
    expect(() => Path(3 as never)).to.throw(TypeError, 'not number');
    expect(() => Path('a\0b')).to.throw(TypeError, 'NUL');
    expect(String(Path('~/x').expanduser())).to.equal(nodePath.join(os.homedir(), 'x'));
  });

  it('prints relative to BASE_PATH where it lies below it', () => {
    expect(inspect(Path('train/3/10.png'))).to.equal("Path('train/3/10.png')");
    Path.BASE_PATH = folder;
    expect(inspect(Path(folder, 'train', '3'))).to.equal("Path('train/3')");
    expect(inspect(Path(folder))).to.equal("Path('.')");
    expect(inspect(Path('elsewhere'))).to.equal("Path('elsewhere')");
    expect(inspect(Path(folder + '-not'))).to.equal(`Path('${Path(folder + '-not').as_posix()}')`);
    expect(Path.BASE_PATH).to.be.instanceOf(Path);
  });

  it('lists, and sorts by name as text', () => {
    const path = Path(folder, 'train', '3');
    path.mkdir({ parents: true });
    for (const n of [10091, 1007, 10, 10000]) path.joinpath(`${n}.png`).write_text('x');
    path.joinpath('readme.txt').write_text('x');
    Path.BASE_PATH = folder;
    const listed = path.ls({ file_exts: '.png' });
    expect(listed).to.be.instanceOf(L);
    expect(inspect(listed.sorted())).to.equal(
      "(#4) [Path('train/3/10.png'),Path('train/3/10000.png'),Path('train/3/1007.png'),Path('train/3/10091.png')]",
    );
    expect(path.ls()).to.have.length(5);
    expect(path.ls({ n_max: 2 })).to.have.length(2);
    expect(() => Path(folder, 'absent').ls()).to.throw(/ENOENT.*absent/);
  });

  it('orders by parts: a folder before the folder whose name goes on', () => {
    const sorted = L([Path('a-b/x'), Path('a/y')]).sorted();
    expect(sorted.map((path) => path.as_posix())).to.deep.equal(L(['a/y', 'a-b/x']));
  });

  it('reads, writes and makes folders', () => {
    const file = Path(folder, 'note.txt');
    expect(file.exists()).to.equal(false);
    expect(file.write_text('größe')).to.equal(5);
    expect(file.read_text()).to.equal('größe');
    expect(file.write_bytes(new Uint8Array([1, 2]))).to.equal(2);
    expect([...file.read_bytes()]).to.deep.equal([1, 2]);
    expect([file.is_file(), file.is_dir(), Path(folder).is_dir()]).to.deep.equal([true, false, true]);
    expect(() => Path(folder).mkdir()).to.throw(/EEXIST/);
    expect(() => Path(folder, 'a', 'b').mkdir()).to.throw(/ENOENT/);
    Path(folder).mkdir({ exist_ok: true });
    file.unlink();
    expect(() => file.unlink()).to.throw(/ENOENT/);
    file.unlink({ missing_ok: true });
  });
});
