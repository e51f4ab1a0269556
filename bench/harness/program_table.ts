/** Lines of the table for what runs in processes of its own. */
import type { ProgramResult } from './programs.js';
import { duration, megabytes } from './table.js';

function figure(value: number, unit: ProgramResult['unit']): string {
  return unit === 'ms' ? duration(value) : unit === 'MB' ? megabytes(value) : value.toFixed(3);
}

export function programLines(results: readonly ProgramResult[]): string[][] {
  return results.map(({ what, unit, own, peer, ratio, goal, python }) => {
    const met = (ratio ?? own) <= goal ? 'yes' : 'NO';
    return [
      what,
      figure(own, unit),
      python ? 'Python' : '',
      peer === null ? '' : figure(peer, unit),
      ratio === null ? '' : ratio.toFixed(2),
      `<= ${goal} ${met}`,
    ];
  });
}
