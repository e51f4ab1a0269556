import { expect } from 'chai';
import { plt } from '../../ts/plot/index.js';
import { colorLevel, columnsOf, fit, plainLine } from '../../ts/plot/textcanvas.js';
import * as torch from '../../ts/torch/index.js';

const ESCAPE = '\u001b';

describe('toTerminal', () => {
  afterEach(() => plt.close('all'));

  it('draws a chart in Braille with ticks, words and legend', () => {
    const [fig, ax] = plt.subplots({ figsize: [6, 3] });
    ax.plot([0, 1, 2, 3, 4], { label: 'line' });
    ax.set_title('Title').set_xlabel('x').set_ylabel('y');
    ax.legend();
    expect(fig.toTerminal({ columns: 32, color: 'none', unicode: true })).to.equal(
      [
        '              Title',
        'y',
        '4┤                         ⣀⠤⠂',
        ' │                    ⢀⡠⠔⠒⠉',
        ' │                ⢀⡠⠔⠊⠁',
        '2┤            ⢀⡠⠴⠊⠁',
        ' │        ⢀⡠⠔⠊⠁',
        ' │    ⣀⠤⠔⠊⠁',
        '0┤ ⠠⠒⠉',
        ' └─┬────────────┬────────────┬─',
        '   0            2            4',
        '                x',
        '  ── line',
      ].join('\n'),
    );
  });

  it('does without Unicode and without colour', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([0, 1]);
    ax.imshow;
    const text = fig.toTerminal({ columns: 40, color: 'none', unicode: false });

    expect(text.replaceAll('−', '-')).to.match(/^[\u0020-\u007e\n]*$/);
    expect(text).to.include('*');
  });

  it('draws a picture two pixels to a cell, with 24-bit or 256 colours', () => {
    const [fig, ax] = plt.subplots();
    ax.imshow(
      torch.tensor([
        [0, 255],
        [255, 0],
      ]),
      { cmap: 'gray' },
    );
    expect(fig.toTerminal({ columns: 20, color: 'truecolor', unicode: true })).to.equal(
      `${ESCAPE}[0;38;2;0;0;0;48;2;255;255;255m▀${ESCAPE}[0;38;2;255;255;255;48;2;0;0;0m▀${ESCAPE}[0m`,
    );
    expect(fig.toTerminal({ columns: 20, color: '256', unicode: true })).to.equal(
      `${ESCAPE}[0;38;5;16;48;5;231m▀${ESCAPE}[0;38;5;231;48;5;16m▀${ESCAPE}[0m`,
    );
  });

  it('draws a picture as letters, darkest first, where there is no colour', () => {
    const [fig, ax] = plt.subplots();
    const ramp = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((value) => value / 9);
    ax.imshow([ramp, ramp], { cmap: 'gray' });
    ax.set_title('ramp');
    expect(fig.toTerminal({ columns: 40, color: 'none' })).to.equal('   ramp\n@%#*+=-:.');
  });

  it('shrinks a large picture to the width and keeps pictures of a grid side by side', () => {
    const [fig, axs] = plt.subplots(1, 2);
    for (const ax of axs) ax.imshow(torch.ones(300, 300), { cmap: 'Greys', vmin: 0, vmax: 1 });
    const lines = fig.toTerminal({ columns: 42, color: 'none' }).split('\n');
    expect(lines).to.have.length(10);
    expect(lines[0]).to.equal('@'.repeat(20) + '  ' + '@'.repeat(20));
  });

  it('lets no escape sequence of a title through', () => {
    const [fig, ax] = plt.subplots();
    ax.plot([1, 2], { label: `${ESCAPE}[2Jlabel` });
    ax.legend();
    ax.set_title(`${ESCAPE}]0;owned\u0007 \u202egnp.exe \u009b31m`).set_xlabel(`${ESCAPE}[31m`);
    fig.suptitle(`${ESCAPE}[H`);
    const text = fig.toTerminal({ columns: 60, color: 'none' });
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).to.include(']0;owned');
  });

  it('counts columns of wide characters, and cuts at them', () => {
    expect([
      columnsOf('abc'),
      columnsOf('日本'),
      fit('日本語', 5),
      fit('abcdef', 4),
      plainLine('a\n b'),
    ]).to.deep.equal([3, 4, '日本…', 'abc…', 'a b']);
  });

  it('asks the stream for colours', () => {
    const stream = (isTTY: boolean, depth: number) => ({ isTTY, getColorDepth: () => depth });
    const before = process.env['NO_COLOR'];
    delete process.env['NO_COLOR'];
    try {
      expect(
        [stream(true, 24), stream(true, 8), stream(true, 4), stream(false, 24)].map((each) =>
          colorLevel(each),
        ),
      ).to.deep.equal(['truecolor', '256', 'none', 'none']);
      process.env['NO_COLOR'] = '1';
      expect(colorLevel(stream(true, 24))).to.equal('none');
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
  });
});
