import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from '../../scripts/demo.mjs';
import { locate } from '../../scripts/libtorch/find.mjs';
import { packageRoot } from '../../scripts/libtorch/paths.mjs';
import { message } from '../support/thrown.js';
import { temporaryFolder } from './support/fake.js';

describe('scripts/demo', () => {
  const folder = temporaryFolder();
  const start = (parameters: string[]) =>
    spawn(process.execPath, [join(packageRoot, 'scripts', 'cli.mjs'), 'demo', ...parameters], {
      env: {
        ...process.env,
        // The cache is the test's own, libtorch is not.
        LIBTORCH: locate().found?.root,
        XDG_CACHE_HOME: folder(),
        LIBTORCH_NODE_CACHE: join(folder(), 'cache'),
      },
    });
  /** Reads the child's output until it says this. */
  function says(child: ReturnType<typeof start>, pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let out = '';
      const read = (chunk: Buffer): void => {
        out += String(chunk);
        const match = pattern.exec(out);
        if (match) resolve(match);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('close', (code) => reject(new Error(`it ended with ${code}: ${out}`)));
    });
  }

  it('reads its options', () => {
    expect(parse([])).to.deep.equal({ port: undefined, open: true, drawn: false });
    expect(parse(['--port', '0', '--no-open', '--drawn'])).to.deep.equal({
      port: 0,
      open: false,
      drawn: true,
    });
    for (const port of ['65536', '-1', '1.5', 'x', ''])
      expect(message(() => parse([`--port=${port}`]))).to.contain('--port must be');
    expect(message(() => parse(['--prot', '1']))).to.contain('--prot');
    expect(message(() => parse(['8000']))).to.contain('8000');
  });

  it('serves the built page until Ctrl-C, and keeps its models in the cache', async function () {
    if (!existsSync(join(packageRoot, 'lib', 'demo.js'))) {
      console.warn('      needs the built package: npm run build:ts');
      return this.skip();
    }
    const child = start(['--port', '0', '--no-open', '--drawn']);
    try {
      const [, url] = await says(child, /Draw digits at (http:\S+)/);
      for (const path of ['', 'app.js', 'style.css', 'icon.svg', 'api/state'])
        expect((await fetch(url + path)).status, path).to.equal(200);
      await says(child, /Ten digits: convolutions, \d\d\.\d % .*not MNIST/);
      expect(readdirSync(join(folder(), 'cache', 'demo'))).to.have.length(2);
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number | null];
      if (process.platform !== 'win32') expect(code).to.equal(0);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('says that a port is taken', async function () {
    if (!existsSync(join(packageRoot, 'lib', 'demo.js'))) return this.skip();
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      await says(start(['--port', String(port), '--no-open']), new RegExp(`port ${port} is taken`));
    } finally {
      holder.close();
    }
  });
});
