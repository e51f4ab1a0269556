/** Deno's kernel itself: what cells show in it, and in which order. */
import path from 'node:path';
import { expect } from 'chai';

import { executeCells } from '../../../scripts/notebooks/execute.js';
import { decode, encode, Kernel } from '../../../scripts/notebooks/kernel.js';
import type { CodeCell, Output } from '../../../scripts/notebooks/nbformat.js';
import { message, rejected } from '../../support/thrown.js';

const cwd = path.join(import.meta.dirname, '../../../notebooks');
const code = (id: string, source: string): CodeCell => ({
  cell_type: 'code',
  id,
  metadata: {},
  execution_count: null,
  source,
  outputs: [],
});
/** The outputs of some code in a new kernel, cell by cell. */
async function outputsOf(...sources: string[]): Promise<Output[][]> {
  const cells = await executeCells(
    sources.map((source, i) => code(`cell-${i}`, source)),
    { cwd },
  );
  return cells.map((cell) => (cell as CodeCell).outputs);
}
const kinds = (outputs: Output[]): string[] =>
  outputs.map((output) =>
    output.output_type === 'stream' ? output.text : Object.keys((output as { data: object }).data).join(),
  );

describe('scripts/notebooks/kernel', function () {
  this.timeout(60_000);

  it('signs messages, and refuses those that are not signed', () => {
    const [id, frames] = encode('key', 'session', 'execute_request', { code: '1' });
    const read = decode('key', [Buffer.from('route'), ...frames]);
    expect(read.header).to.include({ msg_type: 'execute_request', msg_id: id });
    expect(read.content).to.deep.equal({ code: '1' });
    expect(message(() => decode('other', frames))).to.contain('not signed');
    const changed = frames.with(5, Buffer.from('{"code":"2"}'));
    expect(message(() => decode('key', changed))).to.contain('not signed');
    expect(message(() => decode('key', [Buffer.from('x')]))).to.contain('no Jupyter message');
  });

  it('shows tensors, figures and tables in the order of the calls', async () => {
    const [, tensor, figures, fit] = await outputsOf(
      `import * as torch from 'libtorch-node';
       import { DataLoader, DataLoaders, F, Learner, nn, plt, SGD } from 'libtorch-node/fastai';
       import { print, show } from '../examples/lib/notebook.ts';`,
      `show(torch.tensor([1, 2]));
       print(3, { end: ' ' });
       print('four');`,
      `console.log('one');
       plt.plot([1, 2]);
       plt.show();
       print('two');
       plt.imshow(torch.zeros(4, 4));
       plt.show();
       console.log('three');`,
      `torch.manual_seed(0);
       const x = torch.randn(64, 2);
       const dl = DataLoader(Array.from(x, (row) => [row, row.sum().unsqueeze(0)]), { batch_size: 16 });
       const learn = Learner(DataLoaders(dl, dl), nn.Linear(2, 1), { loss_func: F.mse_loss, opt_func: SGD });
       await learn.fit(3, 0.1);
       console.log('fitted');`,
    );
    expect(kinds(tensor!)).to.deep.equal(['tensor([1., 2.])\n3 four\n']);
    expect(kinds(figures!)).to.deep.equal([
      'one\n',
      'image/png,text/plain',
      'two\n',
      'image/png,text/plain',
      'three\n',
    ]);
    expect(kinds(fit!)).to.deep.equal(['text/html,text/plain', 'fitted\n']);
    const { data } = fit![0] as { data: Record<string, string> };
    expect(data['text/html']!.match(/<tr><td>\d<\/td>/g)).to.have.length(3);
    expect(data['text/html']).not.to.contain('progress');
    expect(data['text/plain']).to.match(/^epoch +train_loss +valid_loss +time *\n0 +\d\.\d{6} /);
  });

  it('keeps outputs in their cell, however many there are and however late', async () => {
    const many = "for (let i = 0; i < 40; i++) console.log(String(i).padEnd(20000, 'x'));\nvoid 0;";
    const [first, second] = await outputsOf(many, "console.log('second');");
    const [all] = first as unknown as [{ text: string }];
    expect(first).to.have.length(1);
    expect(all.text.match(/^\d+/gm)).to.deep.equal(Array.from({ length: 40 }, (_, i) => String(i)));
    expect(kinds(second!)).to.deep.equal(['second\n']);
  });

  it('names the cell that throws, and the one that shows a value by accident', async () => {
    const thrown = await rejected(outputsOf('const a = 1;', "throw new RangeError('no such thing');"));
    expect((thrown as Error).message).to.equal('cell-1 fails: RangeError: no such thing');
    const shown = await rejected(outputsOf('const a = 1;\na;'));
    expect((shown as Error).message).to.contain('cell-0 shows a value');
  });

  it('says so when the kernel ends or takes too long', async () => {
    const kernel = await Kernel.start({ cwd });
    try {
      const late = await rejected(
        kernel.execute('await new Promise((done) => setTimeout(done, 2000));', () => undefined, 200),
      );
      expect((late as Error).message).to.contain('within 0.2 s');
      const gone = await rejected(kernel.execute('Deno.exit(3);', () => undefined));
      expect((gone as Error).message).to.contain("Deno's kernel ended (3)");
      const after = await rejected(kernel.execute('1', () => undefined));
      expect((after as Error).message).to.contain('is not running');
    } finally {
      await kernel.close();
    }
  });
});
