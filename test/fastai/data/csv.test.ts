import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { read_csv, type ReadCsvOptions } from '../../../ts/fastai/data/csv.js';

describe('read_csv', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csv-test-'));
  });
  after(() => {
    fs.rmSync(folder, { recursive: true });
  });
  const read = (text: string, options: ReadCsvOptions = {}) => {
    const file = path.join(folder, 'x.csv');
    fs.writeFileSync(file, text);
    return read_csv(file, options);
  };

  it('reads columns as numbers, flags or text', () => {
    expect(read('name,label\ntrain/3/7463.png,0\ntrain/7/9.png,1\n')).to.deep.equal([
      { name: 'train/3/7463.png', label: 0 },
      { name: 'train/7/9.png', label: 1 },
    ]);
    expect(read('\uFEFFa;b\r\nTrue;1.5e2\r\nfalse;-.5\r\n', { delimiter: ';' })).to.deep.equal([
      { a: true, b: 150 },
      { a: false, b: -0.5 },
    ]);
    expect(read('a,b\n1,x\n,2\n')).to.deep.equal([
      { a: 1, b: 'x' },
      { a: NaN, b: '2' },
    ]);
    expect(read('1,a\n2,b', { header: null })).to.deep.equal([
      { 0: 1, 1: 'a' },
      { 0: 2, 1: 'b' },
    ]);
  });

  it('reads quoted fields, empty ones, and skips empty lines', () => {
    expect(read('a,b\n"x, ""y""\nz",""\n\n"",q\n')).to.deep.equal([
      { a: 'x, "y"\nz', b: '' },
      { a: '', b: 'q' },
    ]);
    expect(read('a,b\nx,\n')).to.deep.equal([{ a: 'x', b: NaN }]);
    expect(read('a,b\nx,')).to.deep.equal([{ a: 'x', b: NaN }]);
  });

  it('says what is wrong, and in which file', () => {
    expect(() => read('a,b\n1\n')).to.throw(/x\.csv: row 1 has 1 fields, 2 were expected/);
    expect(() => read('a\n"x')).to.throw(/x\.csv: a quote is not closed in line 2/);
    expect(() => read('a\n"x"y\n')).to.throw(/x\.csv: text after a closing quote in line 2/);
    expect(() => read('')).to.throw(/x\.csv: no columns to read/);
    expect(() => read_csv(path.join(folder, 'none.csv'))).to.throw('ENOENT');
    expect(() => read('a\n', { sep: ',' } as never)).to.throw("unknown option 'sep'");
  });
});
