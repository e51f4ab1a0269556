import { expect } from 'chai';
import { join } from 'node:path';
import { compare, parse, readRelease, satisfies } from '../../scripts/libtorch/version.mjs';
import { copy, temporaryFolder, write } from './support/fake.js';

describe('scripts/libtorch/version', () => {
  const folder = temporaryFolder();

  it('parses versions with local tags and pre-releases', () => {
    expect(parse('2.13.0+cpu')).to.deep.equal([2, 13, 0]);
    expect(parse('2.14.0a0+git1234')).to.deep.equal([2, 14, 0]);
    expect(parse('v2.9')).to.deep.equal([2, 9, 0]);
    for (const bad of ['', 'main', 'x2.1']) expect(parse(bad)).to.equal(null);
  });

  it('compares numbers, not text', () => {
    expect(compare('2.9.1', '2.13.0')).to.be.lessThan(0);
    expect(compare('2.13.1', '2.13.0')).to.be.greaterThan(0);
    expect(compare('2.13.0+cu126', '2.13.0+cpu')).to.equal(0);
  });

  it('checks ranges', () => {
    const range = '>=2.11.0 <2.15.0';
    for (const good of ['2.11.0', '2.13.0+cpu', '2.14.1'])
      expect(satisfies(good, range), good).to.equal(true);
    for (const bad of ['2.10.9', '2.15.0', '3.0.0', '1.13.1', 'nonsense'])
      expect(satisfies(bad, range), bad).to.equal(false);
    expect(satisfies('2.13.0', '2.13.0')).to.equal(true);
    expect(satisfies('2.13.1', '<=2.13.0')).to.equal(false);
    expect(satisfies('2.13.1', '>2.13.0')).to.equal(true);
    expect(() => satisfies('2.13.0', '^2.13')).to.throw("cannot read '^2.13'");
  });

  it('reads build-version, version.py and the headers', () => {
    for (const kind of ['build-version', 'python', 'header'] as const) {
      const root = copy(join(folder(), kind), '2.12.1', kind);
      expect(readRelease(root), kind).to.deep.equal({ version: '2.12.1', variant: 'cpu', cuda: null });
    }
    expect(readRelease(copy(join(folder(), 'none'), '', 'none'))).to.equal(null);
    expect(readRelease(join(folder(), 'nowhere'))).to.equal(null);
    expect(readRelease(write(join(folder(), 'odd'), { 'build-version': 'main\n' }))).to.equal(null);
  });

  it('knows the variant by its tag, by version.py, or by the libraries', () => {
    const variant = (root: string) => readRelease(root)?.variant;
    expect(variant(copy(join(folder(), 'a'), '2.13.0+cu126'))).to.equal('cu126');
    const python = "__version__ = '2.14.1'\ncuda: Optional[str] = '13.0'\n";
    expect(variant(write(join(folder(), 'b'), { 'version.py': python }))).to.equal('cu130');
    expect(variant(copy(join(folder(), 'c'), '2.13.0', 'header', { withCuda: true }))).to.equal('cuda');
  });
});
