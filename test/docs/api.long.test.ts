/** The reference that TypeDoc makes of the docstrings: `npm run docs`. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');
const typedoc = path.join(root, 'node_modules', 'typedoc', 'bin', 'typedoc');

describe('npm run docs', function () {
  this.timeout(900_000);
  let out: string;
  let said: string;
  before(() => {
    out = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-docs-'));
    const run = spawnSync(process.execPath, [typedoc, '--treatWarningsAsErrors', '--out', out], {
      cwd: root,
      encoding: 'utf8',
    });
    said = `${run.stdout}\n${run.stderr}`;
    // Warnings are errors: of names that are missing, links that lead nowhere, descriptions of what there is not.
    expect(run.status, said).to.equal(0);
  });
  after(() => {
    fs.rmSync(out, { recursive: true, force: true });
  });

  const page = (name: string) => fs.readFileSync(path.join(out, name), 'utf8');
  it('has a page for each entry of the package', () => {
    for (const entry of ['index', 'fastai', 'torchvision', 'plot'])
      expect(page(`modules/${entry}.html`)).to.include('<h1');
  });
  it('has the classes behind the callable names, and what other files add to them', () => {
    const learner = page('interfaces/fastai.LearnerClass.html');
    for (const method of ['fit', 'fit_one_cycle', 'lr_find', 'summary', 'get_preds'])
      expect(learner, method).to.include(`id="${method}"`);
    expect(page('classes/index.LinearClass.html')).to.include('in_features');
  });
  it('keeps the descriptions of keyword arguments', () => {
    expect(page('classes/index.AdamClass.html')).to.match(/<code>betas<\/code>/);
  });
});
