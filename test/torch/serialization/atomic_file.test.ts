import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';

import * as torch from '../../../ts/torch/index.js';
import { writeAtomically } from '../../../ts/torch/serialization/atomic_file.js';
import { message } from '../../support/thrown.js';
import { inFolder } from './support.js';

const entry = path.join(import.meta.dirname, '../../../ts/torch/index.ts');

describe('files that appear whole', () => {
  const folder = inFolder();

  it('replace the one before in one step, through a link too', () => {
    const file = path.join(folder(), 'a.pt');
    const link = path.join(folder(), 'link.pt');
    torch.save([1], file);
    fs.symlinkSync('a.pt', link);
    torch.save([2], link);
    expect(fs.lstatSync(link).isSymbolicLink()).to.equal(true);
    expect(torch.load(file)).to.deep.equal([2]);
    expect(fs.readdirSync(folder()).sort()).to.deep.equal(['a.pt', 'link.pt']);
  });

  it('leave the one before where writing fails', () => {
    const file = path.join(folder(), 'a');
    fs.writeFileSync(file, 'old');
    expect(
      message(() => {
        writeAtomically(file, (sink) => {
          sink.write(Buffer.from('new'));
          throw new Error('no more');
        });
      }),
    ).to.equal('no more');
    expect(fs.readFileSync(file, 'utf8')).to.equal('old');
    expect(fs.readdirSync(folder())).to.deep.equal(['a']);
  });

  it('say so where the folder cannot be written or is none', () => {
    expect(message(() => torch.save([1], path.join(folder(), 'no', 'a.pt')))).to.match(/ENOENT/);
    fs.writeFileSync(path.join(folder(), 'file'), '');
    expect(message(() => torch.save([1], path.join(folder(), 'file', 'a.pt')))).to.match(/ENOTDIR/);
    expect(message(() => torch.save([1], folder()))).to.match(/EISDIR|EPERM|ENOTEMPTY|EEXIST/);
    if (process.getuid?.() === 0) return; // root may write everywhere
    fs.chmodSync(folder(), 0o500);
    expect(message(() => torch.save([1], path.join(folder(), 'a.pt')))).to.match(/EACCES/);
    fs.chmodSync(folder(), 0o700);
  });

  it('leave nothing on a full disk', function () {
    // A limit on the size of files is the full disk that needs no rights.
    const file = path.join(folder(), 'a.pt');
    torch.save(['old'], file);
    const program = `
      import * as torch from ${JSON.stringify(entry)};
      process.on('SIGXFSZ', () => {});
      try { torch.save(torch.zeros([1000000]), ${JSON.stringify(file)}); } catch (error) { console.log(error.code); }`;
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program];
    const { stdout, error } = spawnSync('bash', ['-c', 'ulimit -f 1000; exec "$@"', 'bash', ...node], {
      encoding: 'utf8',
    });
    if (error) return this.skip();
    expect(stdout).to.match(/^(EFBIG|ENOSPC)/);
    expect(torch.load(file)).to.deep.equal(['old']);
    expect(fs.readdirSync(folder())).to.deep.equal(['a.pt']);
  });

  it('survive a kill in the middle of saving', async function () {
    this.timeout(120_000);
    const file = path.join(folder(), 'a.pt');
    torch.save(['old'], file);
    const program = `
      import * as torch from ${JSON.stringify(entry)};
      const state = { big: torch.ones([5000000]), more: torch.ones([5000000]) };
      console.log('ready');
      for (let i = 0; ; ++i) torch.save({ ...state, i }, ${JSON.stringify(file)});`;
    let midway = 0;
    for (let turn = 0; turn < 4; ++turn) {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 30 + 41 * turn));
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      const loaded = torch.load<unknown[] | { big: torch.Tensor; more: torch.Tensor }>(file);
      if (!Array.isArray(loaded)) expect(loaded.big.sum().add(loaded.more.sum()).item()).to.equal(1e7);
      const rest = fs.readdirSync(folder()).filter((name) => name !== 'a.pt');
      midway += rest.length;
      for (const name of rest) {
        expect(name, 'nobody takes it for a checkpoint').to.match(/^\.a\.pt\.\d+\.\d+\.tmp$/);
        fs.rmSync(path.join(folder(), name));
      }
    }
    expect(midway, 'the kills hit the middle').to.be.above(0);
  });
});
