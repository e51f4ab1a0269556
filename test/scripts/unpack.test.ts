import { expect } from 'chai';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from '../../scripts/libtorch/find.mjs';
import { place, unpack } from '../../scripts/libtorch/unpack.mjs';
import { archive, archiveEntries, temporaryFolder, wheel } from './support/fake.js';
import { zip } from './support/zip.js';

describe('scripts/libtorch/unpack', () => {
  const folder = temporaryFolder();
  const target = () => join(folder(), 'out');

  async function open(bytes: Buffer): Promise<string> {
    const file = join(folder(), 'file.zip');
    writeFileSync(file, bytes);
    return unpack(file, target()).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
  }

  it('unpacks an archive and a wheel to the same shape', async () => {
    for (const bytes of [archive(), wheel()]) {
      expect(await open(bytes)).to.equal('');
      const result = inspect(target(), 'cache');
      expect(result).to.have.nested.property('found.version', '2.13.0');
      expect(readFileSync(join(target(), 'include/ATen/ATen.h'), 'utf8')).to.equal('#pragma once\n');
      rmSync(target(), { recursive: true });
    }
  });

  it("keeps what the addon needs, and neither Python's half nor the tests", () => {
    const kept = [
      'torch/lib/libc10.so',
      'torch/lib/libgomp.so.1',
      'libtorch/lib/torch_cpu.dll',
      'libtorch/lib/c10.lib',
    ];
    for (const name of [
      ...kept,
      'torch/lib/libtorch_global_deps.so',
      'torch/include/torch/all.h',
      'torch/version.py',
    ])
      expect(place(name), name).to.be.a('string');
    const left = ['torch/lib/libtorch_python.so', 'torch/lib/libtorchbind_test.so', 'torch/lib/libdnnl.a'];
    for (const name of [
      ...left,
      'torch/lib/',
      'torch/nn/init.py',
      'other/lib/libc10.so',
      'torch/lib/libshm/err.h',
    ])
      expect(place(name), name).to.equal(null);
    expect(place('torch.libs/libopenblas.so.0')).to.equal('lib/libopenblas.so.0');
  });

  it('gives libraries the permission to be executed', async () => {
    expect(await open(archive())).to.equal('');
    if (process.platform === 'win32') return;
    expect(statSync(join(target(), 'build-version')).mode & 0o111).to.equal(0);
    const library = archiveEntries()[0]?.name.replace('libtorch/', '') ?? '';
    expect(statSync(join(target(), library)).mode & 0o100).to.equal(0o100);
  });

  it('refuses paths that lead out, wherever they stand', async () => {
    for (const name of [
      '../evil',
      'libtorch/lib/../../../evil',
      '/tmp/evil',
      'libtorch/lib/a\\..\\..\\evil',
    ]) {
      const message = await open(zip([...archiveEntries(), { name, data: 'x' }]));
      expect(message, name)
        .to.contain('file.zip: ')
        .and.match(/relative path|absolute path|invalid characters/);
      expect(existsSync(join(folder(), 'evil'))).to.equal(false);
      expect(existsSync(join(target(), 'lib')), 'nothing is unpacked').to.equal(false);
    }
  });

  it('refuses links', async () => {
    const link = { name: 'libtorch/lib/link.so', data: '/etc/passwd', mode: 0o120777 };
    expect(await open(zip([...archiveEntries(), link]))).to.contain(
      'libtorch/lib/link.so is not a plain file',
    );
  });

  it('refuses a name that stands twice', async () => {
    const twice = archiveEntries()[0];
    if (!twice) throw new Error('no entries');
    expect(await open(zip([twice, twice]))).to.contain('EEXIST');
  });

  it('refuses a damaged entry', async () => {
    const [first, ...rest] = archiveEntries();
    if (!first) throw new Error('no entries');
    expect(await open(zip([{ ...first, crc: 1 }, ...rest]))).to.contain('is damaged: its checksum is wrong');
    const bytes = archive();
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 0xff;
    expect(await open(bytes)).to.contain('file.zip: ');
  });

  it('refuses a file cut short, one that is no zip, and one without libtorch', async () => {
    expect(await open(archive().subarray(0, 50_000))).to.match(/file\.zip: .*central directory/i);
    expect(await open(Buffer.from('<html>not found</html>'))).to.match(/file\.zip: .*central directory/i);
    expect(await open(Buffer.alloc(0))).to.contain('file.zip: ');
    expect(await open(zip([{ name: 'readme.txt', data: 'hi' }]))).to.contain('no lib/ and no include/');
  });
});
