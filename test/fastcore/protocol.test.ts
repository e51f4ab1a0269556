import { expect } from 'chai';

import { repr } from '../../ts/fastcore/index.js';

describe('repr', () => {
  it('writes values as Python does', () => {
    const values: [value: unknown, text: string][] = [
      [null, 'None'],
      [true, 'True'],
      ["it's", '"it\'s"'],
      [0.5, '0.5'],
      [-0, '-0.0'],
      [NaN, 'nan'],
      [10n, '10'],
      [[1], '(1,)'],
      [['a', [1, null]], "('a', (1, None))"],
      [new Map<unknown, unknown>(), '{}'],
      [
        new Map<unknown, unknown>([
          ['n03', 0],
          [7, ['a', true]],
        ]),
        "{'n03': 0, 7: ('a', True)}",
      ],
    ];
    for (const [value, text] of values) expect(repr(value)).to.equal(text);
  });
});
