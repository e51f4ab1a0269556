import { expect } from 'chai';
import { gv } from '../../ts/fastai/fastbook.js';
import { graphviz } from '../../ts/plot/index.js';
import { Decoded } from './pixels.js';

const STEPS = 'init->predict->loss->gradient->step->stop; step->predict[label=repeat]';

describe('gv', () => {
  it("draws the chapter's seven steps from left to right, with the loop", async () => {
    const graph = await gv(STEPS);
    const svg = graph.toSVG();
    const nodes = [
      ...svg.matchAll(
        /<g id="node\d+" class="node">\s*<title>(\w+)<\/title>\s*<ellipse[^>]* cx="([\d.-]+)"/g,
      ),
    ];
    expect(nodes.map(([, name]) => name)).to.deep.equal([
      'init',
      'predict',
      'loss',
      'gradient',
      'step',
      'stop',
    ]);
    const places = nodes.map(([, , x]) => Number(x));
    expect([...places].sort((a, b) => a - b)).to.deep.equal(places);
    expect(svg).to.include('>repeat</text>');
    expect(graph.toTerminal({ columns: 80, unicode: true })).to.equal(
      [
        'init → predict',
        'predict → loss',
        'loss → gradient',
        'gradient → step',
        'step → predict (repeat)',
        'step → stop',
      ].join('\n'),
    );
  });

  it('is a picture with text in it', async () => {
    const png = new Decoded((await gv(STEPS)).toPNG());
    expect(png.width / png.height).to.be.above(5);
    expect(png.count((r) => r < 100)).to.be.above(1000);
  });

  it("says Graphviz' own words about a graph it cannot read", async () => {
    for (const wrong of ['a -> ', 'a [label="open']) {
      const error = await gv(wrong).catch((thrown: unknown) => thrown);
      expect(error, wrong).to.be.instanceOf(Error);
      expect((error as Error).name, wrong).to.equal('ValueError');
    }
    const after = await gv('a->b');
    expect(after.toTerminal({ unicode: false })).to.equal('a -> b');
  });

  it('lets no script through links or labels', async () => {
    const graph = await graphviz(
      'digraph { a [URL="javascript:alert(1)" label="<script>x</script>" tooltip="<img onerror=1>"]; b [URL="https://example.org/"] }',
    );
    for (const text of [graph.toSVG(), graph.toHTML()]) {
      expect(text).not.to.match(/<script>x|javascript:|<img/);
      expect(text).to.include('https://example.org/');
    }
  });
});
