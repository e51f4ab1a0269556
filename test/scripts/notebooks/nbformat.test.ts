import { expect } from 'chai';

import { differences, staleCells } from '../../../scripts/notebooks/compare.js';
import {
  emptyNotebook,
  notebookText,
  Outputs,
  readNotebook,
  type CodeCell,
  type Output,
} from '../../../scripts/notebooks/nbformat.js';
import { message } from '../../support/thrown.js';

const say = (msg_type: string, content: Record<string, unknown>) => ({
  header: { msg_type, msg_id: '' },
  parent_header: {},
  content,
});
const code = (id: string, source: string, outputs: Output[] = []): CodeCell => ({
  cell_type: 'code',
  id,
  metadata: {},
  execution_count: 1,
  source,
  outputs,
});
const printed = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text });
const fit = (text: string): Output => ({
  output_type: 'display_data',
  data: { 'text/html': `<th>time</th>${text}`, 'text/plain': text },
  metadata: {},
});
/** The head of a PNG of this size, in base64. */
function png(width: number, height: number): string {
  const bytes = Buffer.alloc(48);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes.toString('base64');
}
const picture = (width: number, text = 'figure'): Output => ({
  output_type: 'display_data',
  data: { 'image/png': png(width, 10), 'text/plain': text },
  metadata: {},
});

describe('scripts/notebooks/nbformat', () => {
  it('writes what it reads', () => {
    const notebook = emptyNotebook([
      { cell_type: 'markdown', id: 'head', metadata: {}, source: '# A\n\ntext' },
      code('cell-1', 'a\nb', [printed('one\ntwo'), picture(3)]),
    ]);
    const text = notebookText(notebook);
    expect(readNotebook(text)).to.deep.equal(notebook);
    const raw = JSON.parse(text) as { cells: { source: string[]; outputs?: any[] }[] };
    expect(raw.cells[1]!.source).to.deep.equal(['a\n', 'b']);
    expect(raw.cells[1]!.outputs![0].text).to.deep.equal(['one\n', 'two']);
    expect(raw.cells[1]!.outputs![1].data['image/png']).to.equal(png(3, 10));
    expect(text).to.match(/^\{\n "cells": \[\n {2}\{\n {3}"cell_type": "markdown"/);
  });

  it('refuses what is no notebook', () => {
    expect(message(() => readNotebook('{"nbformat": 3, "worksheets": []}'))).to.contain('nbformat 4');
    expect(() => readNotebook('{')).to.throw(SyntaxError);
  });

  it('gathers outputs: text of one stream together, a display replaced where it stood', () => {
    const gathered = new Outputs();
    const first: Output[] = [];
    const second: Output[] = [];
    gathered.add(first, say('stream', { name: 'stdout', text: 'a' }));
    gathered.add(first, say('stream', { name: 'stdout', text: 'b' }));
    gathered.add(first, say('stream', { name: 'stderr', text: 'c' }));
    const shown = (text: string) => ({
      data: { 'text/plain': text },
      metadata: {},
      transient: { display_id: 'x' },
    });
    gathered.add(first, say('display_data', shown('old')));
    gathered.add(second, say('update_display_data', shown('new')));
    gathered.add(second, say('update_display_data', { ...shown('other'), transient: { display_id: 'y' } }));
    expect(first).to.deep.equal([
      printed('ab'),
      { output_type: 'stream', name: 'stderr', text: 'c' },
      { output_type: 'display_data', data: { 'text/plain': 'new' }, metadata: {} },
    ]);
    expect(second).to.deep.equal([]);
  });

  it('keeps the PNG of a picture, and the SVG where there is none', () => {
    const outputs: Output[] = [];
    const show = (data: object) => say('display_data', { data, metadata: {} });
    new Outputs().add(outputs, show({ 'image/svg+xml': '<svg/>', 'image/png': 'x', 'text/plain': 'f' }));
    new Outputs().add(outputs, show({ 'image/svg+xml': '<svg/>' }));
    expect(outputs.map((output) => Object.keys((output as { data: object }).data))).to.deep.equal([
      ['image/png', 'text/plain'],
      ['image/svg+xml'],
    ]);
  });
});

describe('scripts/notebooks/compare', () => {
  it('names cells that are not those of the script', () => {
    const cells = [code('cell-1', 'a'), code('cell-2', 'b'), code('cell-3', 'c')];
    expect(staleCells(cells, cells)).to.deep.equal([]);
    // Outputs are another matter.
    expect(staleCells(cells, [code('cell-1', 'a', [printed('x')]), ...cells.slice(1)])).to.deep.equal([]);
    expect(staleCells(cells, [code('cell-1', 'z'), cells[1]!, code('cell-9', '')])).to.deep.equal([
      'cell-1 is not what the script has',
      'cell-3 is missing',
      'cell-9 is not in the script',
    ]);
    // A written file has its keys in another order.
    const tagged: CodeCell = {
      ...cells[0]!,
      metadata: { tags: ['hidden'], jupyter: { source_hidden: true } },
    };
    expect(staleCells([tagged], readNotebook(notebookText(emptyNotebook([tagged]))).cells)).to.deep.equal([]);
    expect(staleCells([tagged], [cells[0]!])).to.deep.equal(['cell-1 is not what the script has']);
    expect(staleCells(cells, [cells[1]!, cells[0]!, cells[2]!])).to.deep.equal([
      'the cells are in another order',
    ]);
  });

  it('names cells that put out something else', () => {
    const differ = (before: Output[], after: Output[]) =>
      differences([code('cell-1', 'a', before)], [code('cell-1', 'a', after)]);
    expect(differ([printed('a')], [printed('a')])).to.deep.equal([]);
    expect(differ([printed('a\nb')], [printed('a\nc')])).to.deep.equal([
      'cell-1:\n  - stdout: a\n  - b\n  + stdout: a\n  + c',
    ]);
    expect(differ([printed('a')], [])).to.have.length(1);
    expect(differ([picture(3)], [picture(3)])).to.have.length(0);
    expect(differ([picture(3)], [picture(4)])).to.have.length(1);
    expect(differ([picture(3)], [picture(3, 'other')])).to.have.length(1);
  });

  it('does not mind how long something took', () => {
    const differ = (before: Output, after: Output) =>
      differences([code('c', 'a', [before])], [code('c', 'a', [after])]).length;
    expect(differ(fit('0 0.5 00:01'), fit('0 0.5 01:12'))).to.equal(0);
    expect(differ(fit('0 0.5 00:01'), fit('0 0.6 00:01'))).to.equal(1);
    expect(differ(printed('Total time: 00:03\n'), printed('Total time: 00:04\n'))).to.equal(0);
    expect(differ(printed('at 00:03'), printed('at 00:04'))).to.equal(1);
  });
});
