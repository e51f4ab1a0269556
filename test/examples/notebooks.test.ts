/** The committed notebooks: their cells are those of the scripts, and all of them have been executed. */
import fs from 'node:fs';
import { expect } from 'chai';

import { check, committed, fileOf, scripts } from '../../scripts/notebooks/index.js';

describe('notebooks', () => {
  for (const script of scripts)
    describe(script, () => {
      it('has the cells of the script (else: npm run notebooks)', async () => {
        expect(await check(script, { cells: true })).to.deep.equal([]);
      });

      it('was executed from the first cell to the last', () => {
        const code = committed(script)!.cells.flatMap((cell) => (cell.cell_type === 'code' ? [cell] : []));
        expect(code.map((cell) => cell.execution_count)).to.deep.equal(code.map((_, i) => i + 1));
        const outputs = code.flatMap((cell) => cell.outputs);
        expect(outputs.map((output) => output.output_type)).not.to.include.members(['error']);
        const pictures = outputs.filter(
          (output) => output.output_type === 'display_data' && output.data['image/png'] !== undefined,
        );
        expect(pictures.length).to.be.above(5);
      });

      it('names no folder of the machine that it was executed on', () => {
        const text = fs.readFileSync(fileOf(script), 'utf8');
        expect(text).not.to.match(/"[^"]*(\/home\/|\/root\/|\/tmp\/|\/Users\/|C:\\\\)/);
      });
    });

  it('are small: less than 2 MB together', () => {
    const bytes = scripts.reduce((sum, script) => sum + fs.statSync(fileOf(script)).size, 0);
    expect(bytes).to.be.below(2_000_000);
  });
});
