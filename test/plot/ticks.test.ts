import { expect } from 'chai';
import { ticksFor } from '../../ts/plot/ticks.js';

describe('ticksFor', () => {
  // The values within the limits that matplotlib's MaxNLocator gives for the same spans.
  it('finds the steps matplotlib finds', () => {
    const cases: [[number, number], number, number[]][] = [
      [[0.85, 4.15], 9, [1, 1.5, 2, 2.5, 3, 3.5, 4]],
      [[-2.2, 2.2], 9, [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]],
      [[0, 0.013], 9, [0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012]],
      [[-26000, 500], 9, [-25000, -20000, -15000, -10000, -5000, 0]],
      [[27.5, -0.5], 9, [0, 5, 10, 15, 20, 25]],
      [[0.1, 0.12], 5, [0.1, 0.105, 0.11, 0.115, 0.12]],
    ];
    for (const [limits, count, values] of cases)
      expect(ticksFor(limits, 'linear', count).values).to.deep.equal(values);
  });

  it('writes as many decimals as the step needs, large numbers short', () => {
    expect(ticksFor([0, 1], 'linear', 4).labels).to.deep.equal(['0.00', '0.25', '0.50', '0.75', '1.00']);
    expect(ticksFor([-2, 2], 'linear', 4).labels).to.deep.equal(['−2', '−1', '0', '1', '2']);
    expect(ticksFor([0, 3e7], 'linear', 3).labels).to.deep.equal(['0', '1e7', '2e7', '3e7']);
    expect(ticksFor([0, 2e-7], 'linear', 2).labels).to.deep.equal(['0', '1e−7', '2e−7']);
  });

  it('gives decades on a logarithmic axis, and what lies between', () => {
    const { values, labels, minor } = ticksFor([1e-7, 10], 'log', 9);
    expect(values).to.deep.equal([1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]);
    expect(labels.slice(0, 2)).to.deep.equal(['10⁻⁷', '10⁻⁶']);
    expect(minor).to.have.length(8 * 8);
    expect(ticksFor([2, 30], 'log', 5).labels).to.deep.equal(['2', '3', '4', '6', '10', '20', '30']);
  });

  it('gives none where there is no span', () => {
    for (const limits of [
      [1, 1],
      [NaN, 1],
      [0, Infinity],
    ] as [number, number][])
      expect(ticksFor(limits, 'linear', 5).values).to.deep.equal([]);
  });
});
