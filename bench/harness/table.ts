/** Results as a table: for the terminal and, in Markdown, for docs/performance.md. */
import type { Peer } from './benchmark.js';
import type { RowResult } from './rounds.js';

/** Milliseconds in the unit that reads best. */
export function duration(ms: number): string {
  const [value, unit] =
    ms >= 1000 ? [ms / 1000, 's'] : ms >= 1 ? [ms, 'ms'] : ms >= 1e-3 ? [ms * 1e3, 'us'] : [ms * 1e6, 'ns'];
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`;
}

export function megabytes(value: number): string {
  return `${value.toFixed(0)} MB`;
}

const peers: readonly Peer[] = ['python', 'cpp', 'reference'];
const names: Record<Peer, string> = { python: 'Python', cpp: 'C++', reference: 'the reference' };

function peerName(row: Pick<RowResult, 'referenceName'>, peer: Peer): string {
  return peer === 'reference' ? (row.referenceName ?? names.reference) : names[peer];
}

function goalText(row: RowResult, peer: Peer): string {
  const goal = row.goals[peer];
  if (goal === undefined) return '';
  const ratio = row.ratios[peer];
  return ratio === undefined ? `<= ${goal}` : `<= ${goal} ${ratio <= goal ? 'yes' : 'NO'}`;
}

/** One line for each peer of each row. */
export function lines(rows: readonly RowResult[]): string[][] {
  return rows.flatMap((row) => {
    const own = row.sides.own;
    if (row.error !== undefined || !own) return [[row.what, row.error ?? '', '', '', '', '']];
    const there = peers.filter((peer) => row.sides[peer] !== undefined || row.goals[peer] !== undefined);
    const cells = (there.length > 0 ? there : [null]).map((peer, i) => {
      const first = i === 0 ? [row.what, duration(own.cpu)] : ['', ''];
      if (peer === null) return [...first, '', '', '', ''];
      const side = row.sides[peer];
      const ratio = row.ratios[peer];
      return [
        ...first,
        peerName(row, peer),
        side ? duration(side.cpu) : 'not run',
        ratio === undefined ? '' : ratio.toFixed(2),
        goalText(row, peer),
      ];
    });
    return cells;
  });
}

export const heading = ['what', 'here', 'peer', 'its time', 'ratio', 'goal'];

export function text(rows: readonly RowResult[]): string {
  const all = [heading, ...lines(rows)];
  const widths = heading.map((_, i) => Math.max(...all.map((line) => line[i]!.length)));
  return all
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdown(rows: readonly RowResult[], columns = heading): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...lines(rows).map(line)].join('\n');
}
