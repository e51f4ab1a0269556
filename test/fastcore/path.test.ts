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

  describe('glob', () => {
    const names = (found: L<Path>) => found.map((path) => path.relative_to(folder).as_posix()).sort();
    beforeEach(() => {
      for (const name of ['a.py', '.hidden.py', 'b.txt', 'x/a.py', 'x/y/c.py', 'x/y/d[1].txt', 'z.py/e.txt'])
        Path(folder, name).mk_write(name);
      fs.symlinkSync(folder, nodePath.join(folder, 'x', 'round'));
    });

    it('matches names as pathlib does', () => {
      const here = Path(folder);
      expect(names(here.glob('*.py'))).to.deep.equal(['.hidden.py', 'a.py', 'z.py']);
      expect(names(here.glob('?.txt'))).to.deep.equal(['b.txt']);
      expect(names(here.glob('[ab].*'))).to.deep.equal(['a.py', 'b.txt']);
      expect(names(here.glob('[!ab].*'))).to.deep.equal(['z.py']);
      expect(names(here.glob('x/y/d[[]1].txt'))).to.deep.equal(['x/y/d[1].txt']);
      expect(names(here.glob('*/a.py'))).to.deep.equal(['x/a.py']);
      expect(names(here.glob('a.py/*'))).to.deep.equal([]);
      expect(names(here.glob('(.py'))).to.deep.equal([]);
    });
    it('goes down with **, each path once, links not followed', () => {
      const here = Path(folder);
      expect(names(here.rglob('*.py'))).to.deep.equal(['.hidden.py', 'a.py', 'x/a.py', 'x/y/c.py', 'z.py']);
      expect(names(here.glob('**/y/*.txt'))).to.deep.equal(['x/y/d[1].txt']);
      expect(names(here.glob('**/**/c.py'))).to.deep.equal(['x/y/c.py']);
      expect(names(here.glob('x/**'))).to.deep.equal(['x', 'x/y']);
    });
    it('says what is no pattern, and finds nothing where nothing is', () => {
      expect(() => Path(folder).glob('')).to.throw("unacceptable pattern: ''");
      for (const method of ['glob', 'rglob'] as const)
        expect(() => Path(folder)[method]('/x')).to.throw('non-relative patterns are unsupported');
      expect(Path(folder, 'none').glob('*')).to.have.lengthOf(0);
    });
  });

  it('renames, touches, removes folders', () => {
    const file = Path(folder, 'a.txt');
    file.touch();
    expect([file.read_text(), file.stat().size]).to.deep.equal(['', 0]);
    file.write_text('kept');
    fs.utimesSync(String(file), 0, 0);
    file.touch();
    expect(file.read_text()).to.equal('kept');
    expect(file.stat().mtimeMs).to.be.greaterThan(1e12);
    expect(() => {
      file.touch({ exist_ok: false });
    }).to.throw('EEXIST');
    const moved = file.rename(Path(folder, 'b.txt'));
    expect([moved.name, moved.read_text(), file.exists()]).to.deep.equal(['b.txt', 'kept', false]);
    expect(() => file.rename(moved)).to.throw('ENOENT');
    const inner = Path(folder, 'inner');
    inner.joinpath('deep').mkdir({ parents: true });
    expect(() => {
      inner.rmdir();
    }).to.throw('ENOTEMPTY');
    inner.joinpath('deep').rmdir();
    inner.rmdir();
    expect(inner.exists()).to.equal(false);
  });
  it('opens for a while, reads lines and JSON', () => {
    const file = Path(folder, 'deep', 'er', 'data.json');
    file.mk_write('{"a":\n[1]}\n');
    expect([...file.readlines()]).to.deep.equal(['{"a":\n', '[1]}\n']);
    expect(file.read_json()).to.deep.equal({ a: [1] });
    let open = -1;
    const first = file.open('r', (descriptor) => {
      open = descriptor;
      const bytes = Buffer.alloc(1);
      fs.readSync(descriptor, bytes);
      return bytes.toString();
    });
    expect(first).to.equal('{');
    expect(() => fs.fstatSync(open)).to.throw('EBADF');
    expect(() =>
      file.open('r', (descriptor) => {
        open = descriptor;
        throw new Error('in the middle');
      }),
    ).to.throw('in the middle');
    expect(() => fs.fstatSync(open)).to.throw('EBADF');
    expect(() => Path(folder, 'none').open('r', () => 1)).to.throw('ENOENT');
  });
  it('lists the files of a kind', () => {
    for (const name of ['a.png', 'b.JPG', 'c.txt', 'd.bin']) Path(folder, name).touch();
    const listed = (options: object) =>
      [
        ...Path(folder)
          .ls(options)
          .map((path) => path.name),
      ].sort();
    expect(listed({ file_type: 'image' })).to.deep.equal(['a.png', 'b.JPG']);
    expect(listed({ file_type: 'text' })).to.deep.equal(['c.txt']);
    expect(listed({ file_type: 'text', file_exts: '.bin' })).to.deep.equal(['c.txt', 'd.bin']);
    expect(listed({})).to.have.lengthOf(4);
    expect(() => Path(folder).ls({ file_type: 'constructor' })).to.throw(
      "file_type 'constructor' is none of image",
    );
  });
});
