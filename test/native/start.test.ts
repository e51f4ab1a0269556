/** What the first import says when something does not fit: words, and never a crash. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../ts/native.js';

const release = join(packageRoot, 'build', 'Release');

function start(environment: NodeJS.ProcessEnv): { status: number | null; signal: string | null; stderr: string } {
  const program = `await import(${JSON.stringify(join(packageRoot, 'ts', 'index.ts'))})`;
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program],
    { cwd: packageRoot, encoding: 'utf8', env: { ...process.env, ...environment } },
  );
  return { status, signal, stderr };
}

describe('the first import', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('names the folder and the command when the addon is missing', () => {
    const { status, signal, stderr } = start({ LIBTORCH_NODE_BUILD: folder });
    expect({ status, signal }).to.deep.equal({ status: 1, signal: null });
    expect(stderr).to.include(folder).and.to.include('npx libtorch-node setup');
  });

  it('refuses a libtorch of another minor than the addon was built for', () => {
    symlinkSync(join(release, 'libtorch_node.node'), join(folder, 'libtorch_node.node'));
    mkdirSync(join(folder, 'loader'));
    symlinkSync(
      join(release, 'loader', 'libtorch_loader.node'),
      join(folder, 'loader', 'libtorch_loader.node'),
    );
    writeFileSync(join(folder, 'build-info.json'), JSON.stringify({ libtorch: { version: '2.12.1' } }));
    const { status, signal, stderr } = start({ LIBTORCH_NODE_BUILD: folder });
    expect({ status, signal }).to.deep.equal({ status: 1, signal: null });
    expect(stderr).to.match(/built for libtorch 2\.12\.1, but libtorch 2\.1[34]\.\d+ was found/);
  });

  it('says so when LIBTORCH names a folder without libtorch', () => {
    const { status, signal, stderr } = start({ LIBTORCH: folder });
    expect({ status, signal }).to.deep.equal({ status: 1, signal: null });
    expect(stderr).to.include(folder).and.to.include('libtorch was not found or does not fit');
  });

  it('explains an addon that does not load', () => {
    mkdirSync(join(folder, 'loader'));
    cpSync(
      join(release, 'loader', 'libtorch_loader.node'),
      join(folder, 'loader', 'libtorch_loader.node'),
    );
    writeFileSync(join(folder, 'libtorch_node.node'), 'this is no shared library');
    const { status, signal, stderr } = start({ LIBTORCH_NODE_BUILD: folder });
    expect({ status, signal }).to.deep.equal({ status: 1, signal: null });
    expect(stderr).to.include('does not load').and.to.include('npx libtorch-node doctor');
  });

  it('reads files of one byte a character, without packages and without modules of Node that can wait', () => {
    const seen = new Map<string, string>();
    const names = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      const text = readFileSync(join(packageRoot, 'lib', file), 'utf8');
      seen.set(file, text);
      for (const [, name] of text.matchAll(/^(?:import|export|\}).*?"([^"\n]+)";$/gm))
        if (name!.startsWith('./')) follow(name!.slice(2));
        else if (!name!.startsWith('../scripts/')) names.add(name!);
    };
    follow('index.js');
    expect(names).to.include('node:fs');
    expect([...names].filter((name) => !name.startsWith('node:'))).to.deep.equal([]);
    for (const [file, text] of seen) expect(/[^\0-\xff]/.exec(text), file).to.equal(null);

    const loaded = (program: string): Set<string> => {
      const text = `${program}; console.log(process.moduleLoadList.join());`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', text], {
        ...{ cwd: packageRoot, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
      });
      return new Set(stdout.trim().split(','));
    };
    // Newer versions of Node load some of them for themselves.
    const before = loaded("import 'node:fs'");
    const ours = loaded(`import * as torch from 'libtorch-node'; torch.ones([2, 2]).sum().item()`);
    expect(ours).to.include('NativeModule fs');
    const added = [...ours].filter((name) => !before.has(name));
    expect(added.filter((name) => /^NativeModule (child_process|http|v8|vm)$/.test(name))).to.deep.equal([]);
  });
});
