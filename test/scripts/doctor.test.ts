import { expect } from 'chai';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examine, format } from '../../scripts/doctor.mjs';
import { locate } from '../../scripts/libtorch/find.mjs';
import { built, packageRoot } from '../../scripts/libtorch/paths.mjs';
import { copy, temporaryFolder, write } from './support/fake.js';
import { runNode } from './support/package.js';

type Report = ReturnType<typeof examine>;
const cli = join(packageRoot, 'scripts', 'cli.mjs');

describe('scripts/doctor', () => {
  const folder = temporaryFolder();
  const nothing = () => ({
    PATH: process.env['PATH'],
    LIBTORCH_NODE_CACHE: join(folder(), 'cache'),
    LIBTORCH_NODE_PYTHON: join(folder(), 'no-python'),
  });
  const noAddon = () => ({
    addon: join(folder(), 'none.node'),
    loader: join(folder(), 'none.node'),
    info: join(folder(), 'none.json'),
  });

  it('reports in JSON, with code 0 where everything works', async function () {
    const { found } = locate();
    if (!found || !existsSync(built.addon)) this.skip();
    const { code, out } = await runNode([cli, 'doctor', '--json'], { LIBTORCH: found.root });
    const report = JSON.parse(out) as Report;
    expect(report.problems).to.deep.equal([]);
    expect(code).to.equal(0);
    expect(report.ok).to.equal(true);
    expect(report.node.version).to.equal(process.versions.node);
    expect(report.platform).to.include({ os: process.platform, arch: process.arch });
    expect(report.libtorch.found).to.include({
      root: found.root,
      source: 'LIBTORCH',
      version: found.version,
    });
    expect(report.addon).to.include({ path: built.addon, exists: true });
    expect(report.threads).to.be.greaterThan(0);
    expect(report.cuda.devices).to.be.a('number');
    const text = (await runNode([cli, 'doctor'], { LIBTORCH: found.root })).out;
    expect(text).to.contain(found.root).and.contain('Everything works.');
  });

  it('gives for each failed step the reason and the remedy, with code 1', async () => {
    const { code, out } = await runNode([cli, 'doctor', '--json'], nothing());
    const report = JSON.parse(out) as Report;
    expect(code).to.equal(1);
    expect(report).to.deep.include({ ok: false, threads: null });
    expect(report.libtorch.found).to.equal(null);
    expect(report.problems.map(({ step }) => step)).to.include.members(['cache', 'python']);
    for (const problem of report.problems) {
      expect(problem.reason).to.be.a('string').and.not.equal('');
      expect(problem.mend).to.be.a('string').and.not.equal('');
    }
  });

  it('says that the addon is not built', () => {
    const env = { ...nothing(), LIBTORCH: copy(join(folder(), 'lib')) };
    const report = examine({ env, files: noAddon() });
    expect(report.problems).to.have.length(1);
    expect(report.problems[0]).to.include({ step: 'addon', mend: 'run: npx libtorch-node setup' });
    expect(format(report)).to.contain('What does not work, and what mends it:').and.contain('not built');
  });

  it('refuses an addon of another minor version without loading it', () => {
    const files = noAddon();
    writeFileSync(files.addon, 'would crash');
    const before = { root: '/x', version: '2.12.0', variant: 'cpu' };
    writeFileSync(files.info, JSON.stringify({ libtorch: before, compiler: 'x' }));
    const report = examine({ env: { ...nothing(), LIBTORCH: copy(join(folder(), 'lib')) }, files });
    expect(report.problems.map(({ reason }) => reason)).to.deep.equal([
      'it is built for libtorch 2.12.0, and 2.13.0 was found',
    ]);
  });

  it('reports a library that does not load by the step and the words of the system', function () {
    if (!existsSync(built.loader)) this.skip();
    const env = { ...nothing(), LIBTORCH: copy(join(folder(), 'lib')) };
    const report = examine({ env, files: { ...built, info: join(folder(), 'none.json') } });
    expect(report.problems).to.have.length(1);
    expect(report.problems[0]?.step).to.equal('load');
    expect(report.problems[0]?.reason).to.match(/^open .*c10.*: .*(too short|file|image)/);
  });

  it('survives a crash in the addon and names the step', function () {
    if (process.platform === 'win32') this.skip();
    const files = noAddon();
    // Stands for an addon: a module that ends its process as a crash does.
    const crash = join(folder(), 'crash.cjs');
    write(folder(), { 'crash.cjs': "process.kill(process.pid, 'SIGSEGV'); for (;;);" });
    const report = examine({
      env: { ...nothing(), LIBTORCH: copy(join(folder(), 'lib')) },
      files: { ...files, addon: crash, loader: crash },
    });
    expect(report.problems[0]?.reason).to.equal('load the loader: the process was ended by SIGSEGV');
  });
});
