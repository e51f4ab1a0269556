/** Compile-only: what may and what may not stand between the brackets. */
import type { Tensor } from '../../ts/torch/index.js';
import { slice, type SliceString } from '../../ts/torch/slice.js';

export function accepted(t: Tensor, mask: Tensor, i: number): Tensor[] {
  const typed: SliceString = `${i}:${i + 1}`;
  return [
    t.at(1),
    t.at(-1n, ':'),
    t.at('4:15', '4:22'),
    t.at('::2', '1:', ':-1', '-3:-1:1', '1 : 3'),
    t.at('...', null, true, false),
    t.at(mask, [0, 1], [[0], [1]], [true, false]),
    t.at([1n, 2n], new Int32Array(2), new BigInt64Array(2)),
    t.at(`${i}:${i + 64}`, `:${i}`, `${i}:`),
    t.at(typed),
    t.at(slice(3), slice(1, null), slice(null, null, 2)),
  ];
}

export function assigned(t: Tensor, mask: Tensor): void {
  t.set_at([0, '1:3'], 1.5);
  t.set_at([mask], 0);
  t.set_at(
    ['...', 0],
    [
      [1, 2],
      [3, 4],
    ],
  );
  t.set_at([null, 0], t);
  t.set_at([[0, 1]], new Float32Array(2));
}

export function refused(t: Tensor, text: string): void {
  // @ts-expect-error no integer
  t.at('1:x');
  // @ts-expect-error no colon
  t.at('1;3');
  // @ts-expect-error a position is a number, not text
  t.at('1');
  // @ts-expect-error four parts
  t.at('1:2:3:4');
  // @ts-expect-error two points
  t.at('..');
  // @ts-expect-error empty
  t.at('');
  // @ts-expect-error nothing is known of this text: use slice(start, stop), or a template of numbers
  t.at(text);
  // @ts-expect-error the template holds text
  t.at(`${text}:3`);
  // @ts-expect-error not an index
  t.at(undefined);
  // @ts-expect-error not an index
  t.at({ start: 1 });
  // @ts-expect-error floats do not index
  t.at(new Float32Array(2));
  // @ts-expect-error a list holds positions or truth values
  t.at(['1:2']);
  // @ts-expect-error no integer
  t.set_at(['1:x'], 0);
  // @ts-expect-error text is no value
  t.set_at([0], 'a');
}
