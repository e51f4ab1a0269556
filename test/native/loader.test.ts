import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { locate } from '../../scripts/libtorch/find.mjs';
import { built } from '../../scripts/libtorch/paths.mjs';
import { libraries } from '../../scripts/libtorch/platform.mjs';

const require = createRequire(import.meta.url);

describe('native/loader', () => {
  type Open = (...values: unknown[]) => undefined;
  let open: Open;
  before(() => {
    open = (require(built.loader) as { open: Open }).open;
  });

  it("throws the system's words for a library that is not there", () => {
    expect(() => open('/no/such/library.so', true))
      .to.throw(Error, /no\/such\/library|not be found/)
      .with.property('code', 'ERR_DLOPEN_FAILED');
  });

  it('refuses what is not a path', () => {
    for (const values of [[], [1], [null], [{}], [Symbol('x')], [''], ['/lib\0x']])
      expect(() => open(...values), String(values.length)).to.throw(Error, /path/);
  });

  it('opens libtorch, any number of times, in a process of its own', function () {
    const { found } = locate();
    if (!found) this.skip();
    const names = [libraries().c10, libraries().cpu].map((name) => join(found.lib, name));
    const script = `const { open } = require(${JSON.stringify(built.loader)});
      for (const name of ${JSON.stringify([...names, ...names])}) if (open(name, true) !== undefined) throw 1;
      console.log('opened');`;
    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).to.equal('opened\n');
  });
});
