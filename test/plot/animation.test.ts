import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decode } from 'modern-gif';
import { FuncAnimation, plt } from '../../ts/plot/index.js';

function moving(frames: number | Iterable<number> = 3) {
  const [fig, ax] = plt.subplots({ figsize: [1, 1] });
  const [line] = ax.plot([0, 1], [0, 1], { color: 'red' });
  const calls: number[] = [];
  const ani = FuncAnimation(
    fig,
    (i) => {
      calls.push(i);
      line!.set_ydata([0, 1 - i / 4]);
    },
    { frames, interval: 50 },
  );
  return { ani, calls, ax };
}

describe('FuncAnimation', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'animation-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => plt.close('all'));

  it('draws each frame once, with limits that stand still', () => {
    const { ani, calls, ax } = moving();
    const limits = ax.get_ylim();
    expect(new Set(ani.frames()).size).to.equal(3);
    ani.toSVG();
    expect(calls).to.deep.equal([0, 1, 2]);
    expect(ax.get_ylim()).to.deep.equal(limits);
  });

  it('is an SVG whose frames take turns', () => {
    const svg = moving().ani.toSVG();
    expect(
      [...svg.matchAll(/keyTimes="([^"]+)" values="([^"]+)"/g)].map(
        ([, times, values]) => `${times} ${values}`,
      ),
    ).to.deep.equal([
      '0;0.333333 inline;none',
      '0;0.333333;0.666667 none;inline;none',
      '0;0.666667 none;inline',
    ]);
    expect(svg).to.include('dur="0.15s"');
    const once = FuncAnimation(plt.subplots()[0], () => null, { frames: 2, repeat: false }).toSVG();
    expect(once).to.include('repeatCount="1" fill="freeze"');
  });

  it('writes a GIF with every frame, an SVG and a page', async () => {
    const { ani } = moving();
    for (const name of ['a.gif', 'a.svg', 'a.html']) await ani.save(join(folder, name));
    const gif = decode(new Uint8Array(readFileSync(join(folder, 'a.gif'))));
    expect([gif.width, gif.height, gif.frames.length]).to.deep.equal([100, 100, 3]);
    expect(gif.frames[0]!.delay).to.equal(50);
    expect(readFileSync(join(folder, 'a.html'), 'utf8'))
      .to.include('class="frame"')
      .and.to.include('type="range"');
    expect(readdirSync(folder).sort()).to.deep.equal(['a.gif', 'a.html', 'a.svg']);
  });

  it('refuses what is no animation', async () => {
    const [fig] = plt.subplots();
    expect(() => FuncAnimation(fig, () => 0, { frames: 0 })).to.throw('frames must be from 1');
    expect(() => FuncAnimation(fig, () => 0, { interval: 0 })).to.throw('interval must be');
    expect(() => FuncAnimation(fig, () => 0, { blit: true } as never)).to.throw("unknown option 'blit'");
    expect(() => FuncAnimation(fig, () => 0, { frames: [] }).frames()).to.throw('there are no frames');
    const endless = (function* () {
      for (;;) yield 1;
    })();
    const { ani } = moving([1]);
    expect(endless.next().done).to.be.false;
    const thrown = await ani.save(join(folder, 'x.mp4')).catch((error: unknown) => String(error));
    expect(thrown).to.include('has the suffix ".mp4"; supported are .svg, .html, .gif');
  });

  it('moves points and whole series', () => {
    const ax = plt.subplots()[1];
    const points = ax.scatter([1, 2], [3, 4]);
    points.set_offsets([
      [5, 6],
      [7, 8],
    ]);
    expect([points.x, points.y]).to.deep.equal([
      [5, 7],
      [6, 8],
    ]);
    expect(() => points.set_offsets([[1, 2, 3]])).to.throw('needs N x 2 values');
    const [line] = ax.plot([1, 2]);
    expect(() => line!.set_ydata([1])).to.throw('must have the same length, but have 2 and 1');
    expect(line!.get_ydata(), 'unchanged').to.deep.equal([1, 2]);
  });
});
