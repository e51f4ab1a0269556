import { expect } from 'chai';

import { notebookCells, notebookCode } from '../../../scripts/notebooks/transform.js';

const script = `/**
 * Chapter 4: what it is
 * about. Run it with \`npx tsx examples/a.ts\`; \`--quick\` leaves out the end. It ends well.
 *
 * Figures go where \`--figures\` says.
 */
// %% [1] [hidden]
// import os
import { array } from '../lib/numpy.js';
import { folderFor, list, show } from '../lib/notebook.js';
plt.figures(folderFor('a'));
console.log(\`This takes about \${quick ? 'ten' : 'twenty'} seconds.\`);
const a = 1;

// %% [markdown]
// # Text

// %% [7]
// x
show(x);
`;

describe('scripts/notebooks/transform', () => {
  it('makes cells of a script', () => {
    const [head, one, text, seven, ...others] = notebookCells(script, 'examples/a.ts');
    expect(others).to.deep.equal([]);
    expect(head!.source.split('\n\n').slice(0, 2)).to.deep.equal([
      '# a',
      'Chapter 4: what it is about. It ends well.',
    ]);
    expect(head!.source).to.contain('[examples/a.ts](../examples/a.ts)').and.not.to.contain('--figures');
    expect(one).to.deep.equal({
      cell_type: 'code',
      id: 'cell-1',
      metadata: { tags: ['hidden'], jupyter: { source_hidden: true } },
      execution_count: null,
      source: [
        '// import os',
        "import { array } from '../examples/lib/numpy.ts';",
        "import { list, show } from '../examples/lib/notebook.ts';",
        'const a = 1;',
      ].join('\n'),
      outputs: [],
    });
    expect(text).to.include({ cell_type: 'markdown', source: '# Text' });
    expect(seven).to.deep.include({ id: 'cell-7', metadata: {}, source: '// x\nshow(x);' });
  });

  it('keeps a notebook from showing a value that the script does not print', () => {
    for (const code of [
      'x = 3;',
      'for (const x of y) x.step();',
      'py`${x} += 1`;',
      'x.zero_();',
      'let a = 1;\nx = a;\nconst b = 2;',
      'if (cuda) model.cuda();',
      'await learn.lr_find();',
    ])
      expect(notebookCode(code)).to.equal(`${code}\nvoid 0;`);
  });

  it('adds nothing where there is no value', () => {
    for (const code of [
      'show(x);',
      'const x = f();',
      'function f() {\n  return 1;\n}',
      'x = 3;\nplt.show();',
      'await learn.fit(10, { lr });',
      'loss.backward();',
      '// only a comment',
    ])
      expect(notebookCode(code)).to.equal(code);
  });
});
