/** Scripts as notebooks: cutting and running them. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { readCells, runCells } from '../../examples/lib/cells.js';
import { message, rejected } from '../support/thrown.js';

const script = `/**
 * The head.
 * Two lines.
 */
// %% [1] [hidden]
// import os
import os from 'node:os';

// %% [markdown]
// # Text
//
// of a cell

// %% [3]
// print('a')
console.log('a');
// a comment at the end

// %% [12]
const later = await Promise.resolve(2);
// print(later)
console.log(later);
console.log(typeof os.EOL, process.argv.slice(2).join(), process.env['CELLS_TEST'] ?? '-');
// %% [13]
`;

describe('examples/lib/cells', () => {
  it('cuts a script into its head and cells', () => {
    const { head, cells } = readCells(script);
    expect(head).to.equal('The head.\nTwo lines.');
    expect(cells.map(({ n, tags, line }) => [n, tags, line])).to.deep.equal([
      [1, ['hidden'], 5],
      [null, [], 9],
      [3, [], 14],
      [12, [], 19],
      [13, [], 24],
    ]);
    expect(cells[0]!.code).to.equal("// import os\nimport os from 'node:os';");
    expect(cells[1]!.code).to.equal('# Text\n\nof a cell');
    expect(cells[2]!.code).to.equal("// print('a')\nconsole.log('a');\n// a comment at the end");
    expect(cells[4]!.code).to.equal('');
  });

  it('refuses marks that mean nothing', () => {
    expect(message(() => readCells('a\n// %% 7'))).to.equal('line 2 is no mark of a cell: // %% 7');
    expect(message(() => readCells('// %% [2]\n// %% [2]'))).to.equal('line 2: cell 2 comes twice');
  });

  describe('running', () => {
    let folder: string;
    beforeEach(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cells-test-'));
    });
    afterEach(() => {
      fs.rmSync(folder, { recursive: true });
    });
    const write = (text: string): string => {
      const file = path.join(folder, 'script.mts');
      fs.writeFileSync(file, text);
      return file;
    };

    it('gives what each cell printed', async () => {
      const run = await runCells(write(script), { args: ['--quick'], env: { CELLS_TEST: 'x' } });
      expect([...run.outputs]).to.deep.equal([
        [1, ''],
        [3, 'a'],
        [12, '2\nstring --quick x'],
        [13, ''],
      ]);
      expect(run.stdout).to.equal('a\n2\nstring --quick x\n');
      expect(run.before).to.equal('');
      expect(fs.readdirSync(folder)).to.deep.equal(['script.mts']);
    });

    it('fails with what the script said', async () => {
      const error = await rejected(runCells(write("// %% [1]\nthrow new Error('no picture');\n")));
      expect((error as Error).message)
        .to.contain('no picture')
        .and.to.contain('ended with 1');
      expect(fs.readdirSync(folder)).to.deep.equal(['script.mts']);
    });
  });
});
