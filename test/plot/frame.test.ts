import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pd } from '../../ts/plot/index.js';
import * as torch from '../../ts/torch/index.js';
import { Decoded } from './pixels.js';

const small = () =>
  pd.DataFrame(
    torch
      .tensor([
        [0, 3, 29],
        [12, 3, 150],
        [99, 3, 255],
      ])
      .to(torch.uint8),
  );

describe('DataFrame', () => {
  it('reads tensors, rows and columns, and prints as pandas does', () => {
    expect(String(small())).to.equal(
      ['    0  1    2', '0   0  3   29', '1  12  3  150', '2  99  3  255'].join('\n'),
    );
    expect(String(pd.DataFrame({ name: ['a', 'b'], loss: [0.5, 1.25] }))).to.equal(
      '  name  loss\n0    a  0.50\n1    b  1.25',
    );
    expect(pd.DataFrame([[1, 2]], { columns: ['x', 'y'], index: ['r'] }).column('y')).to.deep.equal([2]);
    expect(String(pd.DataFrame([[null, true]]))).to.equal('     0     1\n0  NaN  True');
    const long = String(pd.DataFrame(torch.zeros(100, 30)));
    expect(long).to.include('[100 rows x 30 columns]');
    expect(long.split('\n')).to.have.length(1 + 11 + 2);
  });

  it('refuses what is no table', () => {
    expect(() => pd.DataFrame(torch.zeros(2, 2, 2))).to.throw('Must pass 2-d input. shape=(2, 2, 2)');
    expect(() => pd.DataFrame([[1], [1, 2]])).to.throw('rows differ in length');
    expect(() => pd.DataFrame([[1, 2]], { columns: ['a'] })).to.throw('Length mismatch');
    expect(() => pd.DataFrame({ a: [1], b: [1, 2] })).to.throw('same length');
    expect(() => pd.DataFrame(5)).to.throw('needs a tensor');
    expect(() => small().column('z')).to.throw('no column "z"');
  });
});

describe('Styler', () => {
  // Colours that pandas and matplotlib give for the same table.
  it('colours each column by its own scale, light text on dark cells', () => {
    const html = small().style.set_properties({ 'font-size': '6pt' }).background_gradient('Greys').toHTML();
    const cells = [
      ...html.matchAll(/<td style="font-size: 6pt; background-color: (#\w+); color: (#\w+);">(\d+)<\/td>/g),
    ].map((match) => match.slice(1).join(' '));
    expect(cells).to.deep.equal([
      '#ffffff #000000 0',
      '#ffffff #000000 3',
      '#ffffff #000000 29',
      '#f0f0f0 #000000 12',
      '#ffffff #000000 3',
      '#8c8c8c #f1f1f1 150',
      '#000000 #f1f1f1 99',
      '#ffffff #000000 3',
      '#000000 #f1f1f1 255',
    ]);
  });

  it('can scale by row or over all', () => {
    const color = (axis: 1 | null, text: string): string =>
      new RegExp(`background-color: (#\\w+); color: #\\w+;">${text}<`).exec(
        small().style.background_gradient('Greys', { axis }).toHTML(),
      )![1]!;
    expect([color(1, '29'), color(null, '29'), color(null, '255')]).to.deep.equal([
      '#000000',
      '#f1f1f1',
      '#000000',
    ]);
    expect(() => small().style.background_gradient('Greys', { axis: 2 as never })).to.throw(
      'axis must be 0, 1 or null',
    );
    expect(() => small().style.background_gradient({ colormap: 'Greys' } as never)).to.throw(
      "unknown option 'colormap'",
    );
  });

  it('lets no cell, name or property out of its place', () => {
    const hostile = '<script>alert(1)</script>"';
    const style = pd
      .DataFrame([[hostile]], { columns: [hostile], index: [hostile] })
      .style.set_caption(hostile);
    for (const text of [style.toHTML(), style.toHTML({ page: true }), style.toSVG()])
      expect(text).not.to.include('<script>');
    for (const css of [
      { color: 'red; background: blue' },
      { color: 'url(http://x)' },
      { 'a:b': 'c' },
      { color: '"><script>' },
    ])
      expect(() => style.set_properties(css as never)).to.throw('is no plain CSS declaration');
    expect(style.toTerminal({ color: 'none' })).to.include('<script>');
    expect(pd.DataFrame([['\u001b[31mred']]).style.toTerminal({ color: 'none' })).not.to.include('\u001b');
  });

  it('is a picture with the same colours, and a file', () => {
    const style = small().style.background_gradient('Greys');
    const png = new Decoded(style.toPNG());
    expect(png.at(png.width - 3, png.height - 3)).to.deep.equal([0, 0, 0]);
    expect(png.at(png.width - 3, Math.floor(png.height * 0.55))).to.deep.equal([0x8c, 0x8c, 0x8c]);
    const folder = mkdtempSync(join(tmpdir(), 'frame-'));
    try {
      style.savefig(join(folder, 'table.html'));
      expect(readFileSync(join(folder, 'table.html'), 'utf8')).to.match(/^<!doctype html>/);
      expect(() => style.savefig(join(folder, 'table.pdf'))).to.throw(
        'has the suffix ".pdf"; supported are .svg, .png, .html',
      );
      expect(readdirSync(folder)).to.deep.equal(['table.html']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is text with colours in a terminal', () => {
    const style = small().style.background_gradient('Greys');
    expect(style.toTerminal({ color: 'none', columns: 80 })).to.equal(
      ['    0 1   2', '0   0 3  29', '1  12 3 150', '2  99 3 255'].join('\n'),
    );
    expect(style.toTerminal({ color: 'truecolor', columns: 80 })).to.include(
      '\u001b[0;38;2;241;241;241;48;2;0;0;0m 255\u001b[0m',
    );
    expect(style.toTerminal({ color: '256', columns: 80 })).to.include('48;5;16m 255');
    expect(style.toTerminal({ color: 'none', columns: 10 })).to.include('... 1 more columns');
  });
});
