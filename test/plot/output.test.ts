import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Figure, plt } from '../../ts/plot/index.js';

/** What a function prints. */
function printed(fn: () => void): string[] {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...words: unknown[]) => void lines.push(words.join(' '));
  try {
    fn();
  } finally {
    console.log = log;
  }
  return lines;
}

describe('savefig and show', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plot-'));
    plt.close('all');
  });
  afterEach(() => {
    plt.figures(null);
    plt.close('all');
    rmSync(folder, { recursive: true, force: true });
  });

  it('writes SVG, PNG and HTML by suffix and makes the folder', () => {
    plt.plot([1, 2]);
    for (const name of ['a.svg', 'b.PNG', 'c.html']) plt.savefig(join(folder, 'deep/er', name));
    const head = (name: string): string =>
      readFileSync(join(folder, 'deep/er', name)).toString('latin1', 0, 15);
    expect([head('a.svg').slice(0, 4), head('b.PNG').slice(1, 4), head('c.html')]).to.deep.equal([
      '<svg',
      'PNG',
      '<!doctype html>',
    ]);
    expect(readdirSync(join(folder, 'deep/er')).sort(), 'no temporary file stays').to.deep.equal([
      'a.svg',
      'b.PNG',
      'c.html',
    ]);
  });

  it('names a suffix it cannot write, and a place it cannot write to', () => {
    plt.plot([1, 2]);
    expect(() => plt.savefig(join(folder, 'x.jpg'))).to.throw(
      'has the suffix ".jpg"; supported are .svg, .png, .html',
    );
    expect(() => plt.savefig(join(folder, 'x'))).to.throw('has the suffix ""');
    expect(() => plt.savefig(join(folder, 'x.constructor'))).to.throw('suffix');
    expect(() => plt.savefig(join(folder, 'x.png'), { quality: 3 } as never)).to.throw(
      "unknown option 'quality'",
    );
    writeFileSync(join(folder, 'file'), '');
    expect(() => plt.savefig(join(folder, 'file/x.png'))).to.throw(/ENOTDIR|EEXIST/);
    mkdirSync(join(folder, 'taken.png'));
    expect(() => plt.savefig(join(folder, 'taken.png'))).to.throw(/EISDIR|EEXIST|ENOTEMPTY/);
    expect(readdirSync(folder).sort(), 'nothing half written').to.deep.equal(['file', 'taken.png']);
  });

  it('prints figures in a terminal, each once, and closes them', () => {
    plt.plot([1, 2]);
    plt.title('first');
    plt.figure();
    plt.plot([1, 2]);
    plt.title('second');
    plt.figure();
    const lines = printed(() => plt.show());
    expect(lines).to.have.length(2);
    expect(lines[0]).to.include('first');
    expect(lines[1]).to.include('second');
    expect(printed(() => plt.show())).to.deep.equal([]);
  });

  it('writes numbered files into a folder, never over others', () => {
    writeFileSync(join(folder, 'figure-002.png'), 'mine');
    plt.figures(folder);
    for (let i = 0; i < 2; i++) {
      plt.figure();
      plt.plot([1, 2]);
    }
    const lines = printed(() => plt.show());
    expect(lines).to.deep.equal([join(folder, 'figure-001.png'), join(folder, 'figure-003.png')]);
    expect(readFileSync(join(folder, 'figure-002.png'), 'utf8')).to.equal('mine');
    plt.figures(folder, { format: 'svg' });
    plt.plot([1]);
    printed(() => plt.show());
    expect(readdirSync(folder)).to.include('figure-001.svg');
    expect(() => plt.figures(folder, { format: 'gif' as never })).to.throw('format must be png, svg or html');
  });

  it('takes the folder from the environment', () => {
    process.env['LIBTORCH_NODE_FIGURES'] = folder;
    try {
      plt.plot([1, 2]);
      printed(() => plt.show());
      expect(readdirSync(folder)).to.deep.equal(['figure-001.png']);
    } finally {
      delete process.env['LIBTORCH_NODE_FIGURES'];
    }
  });

  it('hands figures to a notebook kernel', () => {
    const shown: [string, Record<string, any>][] = [];
    const kernel = {
      jupyter: {
        broadcast: (type: string, content: Record<string, any>) =>
          Promise.resolve(shown.push([type, content])),
      },
    };
    const had = Object.getOwnPropertyDescriptor(globalThis, 'Deno');
    Object.defineProperty(globalThis, 'Deno', { value: kernel, configurable: true });
    try {
      plt.plot([1, 2]);
      expect(printed(() => plt.show())).to.deep.equal([]);
      expect(shown).to.have.length(1);
      const [type, { data, metadata, transient }] = shown[0]!;
      expect(type).to.equal('display_data');
      expect(data['image/svg+xml']).to.match(/^<svg/);
      // The PNG has twice as many pixels as the screen: it is shown in the SVG's size.
      expect(Buffer.from(data['image/png'], 'base64').readUInt32BE(16)).to.equal(922);
      expect(metadata).to.deep.equal({ 'image/png': { width: 461, height: 346 } });
      expect(transient).to.deep.equal({});
      // Outside a notebook Deno throws when it is asked for the kernel.
      Object.defineProperty(globalThis, 'Deno', {
        value: {
          get jupyter(): never {
            throw new Error('not in a notebook');
          },
        },
        configurable: true,
      });
      plt.plot([1, 2]);
      expect(printed(() => plt.show())).to.have.length(1);
    } finally {
      if (had) Object.defineProperty(globalThis, 'Deno', had);
      else Reflect.deleteProperty(globalThis, 'Deno');
    }
  });
});

describe('plt', () => {
  afterEach(() => {
    plt.close('all');
    plt.rcdefaults();
  });

  it('keeps a current figure and axes', () => {
    const [fig, [left, right]] = plt.subplots(1, 2);
    expect([plt.gcf(), plt.gca()]).to.deep.equal([fig, left]);
    plt.sca(right!);
    plt.plot([1, 2]);
    plt.xlabel('x');
    expect([left!.artists.length, right!.artists.length, right!.get_xlabel()]).to.deep.equal([0, 1, 'x']);
    expect(plt.subplot(1, 2, 1)).to.equal(left);
    plt.close();
    expect(plt.gcf()).not.to.equal(fig);
  });

  it('gives one axes, a row, a column, or rows, as Python does', () => {
    expect(plt.subplots()[1].constructor.name).to.equal('Axes');
    expect(plt.subplots(1, 3)[1]).to.have.length(3);
    expect(plt.subplots(2, 1)[1]).to.have.length(2);
    expect(plt.subplots(2, 3)[1][1]).to.have.length(3);
    expect(plt.subplots({ figsize: [12, 3] })[0].figsize).to.deep.equal([12, 3]);
    expect(plt.subplots(1, 1, { squeeze: false })[1]).to.have.length(1);
    expect(() => plt.subplots(1, 1, { sharex: true } as never)).to.throw("unknown option 'sharex'");
  });

  it('takes defaults from rc and names what it does not know', () => {
    plt.rc('image', { cmap: 'Greys' });
    expect(plt.imshow([[1, 2]]).cmap).to.equal('Greys');
    plt.rc('figure', { figsize: [2, 2] });
    expect(new Figure().figsize).to.deep.equal([2, 2]);
    expect(() => plt.rc('image', { cmaps: 'Greys' })).to.throw(
      "unknown parameter 'image.cmaps'; known are image.cmap",
    );
    expect(() => plt.rc('image', { cmap: 'nope' })).to.throw('not a known colormap');
    expect(() => plt.rc('font', { size: 'big' })).to.throw('font.size must be like 10');
    expect(() => plt.rc('figure', { figsize: [0, 1] })).to.throw('figure.figsize must be like');
    plt.rcdefaults();
    expect(plt.rcParams['image.cmap']).to.equal('viridis');
  });

  it('does not pile up figures that nobody shows', () => {
    const first = plt.figure();
    first.add_subplot().plot([1]);
    for (let i = 0; i < 500; i++) plt.figure();
    expect(printed(() => plt.show())).to.deep.equal([]);
  });
});
