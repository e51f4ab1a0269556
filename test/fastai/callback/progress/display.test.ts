/** The output of a notebook's cell that grows with a fit. */
import { expect } from 'chai';

import { NotebookDisplay } from '../../../../ts/fastai/callback/progress/display.js';

interface Sent {
  data: Record<string, string>;
  transient: { display_id?: string };
}

/** A display and what it sends to the kernel. */
function recorded(fails = false): { display: NotebookDisplay; sent: [string, Sent][] } {
  const sent: [string, Sent][] = [];
  const broadcast = (type: string, content: Record<string, unknown>): Promise<void> => {
    sent.push([type, content as unknown as Sent]);
    return fails ? Promise.reject(new Error('no connection')) : Promise.resolve();
  };
  return { display: new NotebookDisplay({ broadcast }), sent };
}

describe('fastai/callback/progress/display', () => {
  it('shows one table, which is replaced as it grows', () => {
    const { display, sent } = recorded();
    display.row(['epoch', 'train_loss', 'time']);
    display.row(['0', '0.250000', '00:01']);
    display.row(['1', '<0.1>', '00:02']);
    display.close();
    expect(sent.map(([type]) => type)).to.deep.equal([
      'display_data',
      'update_display_data',
      'update_display_data',
      'update_display_data',
    ]);
    const ids = new Set(sent.map(([, { transient }]) => transient.display_id));
    expect(ids.size).to.equal(1);
    expect([...ids][0]).to.match(/^fit-\w+$/);
    const { data } = sent.at(-1)![1];
    expect(data['text/html']).to.contain('<tr><td>0</td><td>0.250000</td><td>00:01</td></tr>');
    expect(data['text/html']).to.contain('<td>&lt;0.1&gt;</td>');
    expect(data['text/plain']!.split('\n')).to.deep.equal([
      'epoch     train_loss  time    ',
      '0         0.250000    00:01   ',
      '1         <0.1>       00:02   ',
    ]);
  });

  it('draws a bar at most four times a second, and takes it away', async () => {
    const { display, sent } = recorded();
    display.row(['epoch']);
    display.start('Epoch 1/2 :', 20);
    display.update(1, 'too soon after the table');
    expect(sent).to.have.length(1);
    await new Promise((resolve) => setTimeout(resolve, 260));
    display.update(5, 'loss <b>');
    display.update(6, 'too soon');
    expect(sent).to.have.length(2);
    const html = sent[1]![1].data['text/html']!;
    expect(html).to.match(/<progress value="5" max="20"><\/progress> Epoch 1\/2 : 25\.00% \[5\/20 /);
    expect(html).to.contain('loss &lt;b&gt;').and.not.to.contain('█');
    display.stop();
    display.close();
    expect(sent.at(-1)![1].data['text/html']).not.to.contain('progress');
  });

  it('goes on when the kernel refuses', async () => {
    const { display, sent } = recorded(true);
    display.row(['epoch']);
    display.close();
    // A rejection that nobody handles would end the test run.
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).to.have.length(2);
  });
});
