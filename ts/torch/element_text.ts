import { readEdges, type Edges } from './edges.js';
import { formatterFor } from './formatter.js';
import type { PrintOptions } from './printoptions.js';
import type { Tensor } from './tensor.js';

/** The bracketed elements of a strided tensor, whose first bracket stands at column `indent`. */
export function elements(tensor: Tensor, indent: number, options: PrintOptions): string {
  const { edgeitems, threshold, linewidth } = options;
  if (tensor.numel() === 0) return '[]';
  const summarize = tensor.numel() > threshold;
  if (summarize && edgeitems === 0 && tensor.ndim > 0) return '[...]';
  const edges = readEdges(tensor, summarize ? edgeitems : null);
  const { texts, width } = elementTexts(edges, options);
  return arrange({
    texts,
    shape: [...tensor.shape],
    kept: edges.kept,
    edgeitems,
    perLine: (column) => Math.max(1, Math.floor((linewidth - column) / (width + 2))),
  })(0, 0, indent);
}

function elementTexts(
  { values, kind, complex }: Edges,
  options: PrintOptions,
): { texts: string[]; width: number } {
  if (!complex) {
    const formatter = formatterFor(values, kind, options);
    return { texts: Array.from(values, (value) => formatter.format(value)), width: formatter.width };
  }
  const every = Array.from(values as ArrayLike<number>);
  const realParts = every.filter((_, i) => i % 2 === 0);
  const imaginaryParts = every.filter((_, i) => i % 2 === 1);
  const real = formatterFor(realParts, kind, options);
  const imaginary = formatterFor(imaginaryParts, kind, options);
  const texts = realParts.map((value, i) => {
    const second = imaginary.format(imaginaryParts[i]!).trimStart();
    return `${real.format(value)}${/^[+-]/.test(second) ? '' : '+'}${second}j`;
  });
  return { texts, width: real.width + imaginary.width + 1 };
}

interface Arrangement {
  texts: readonly string[];
  shape: readonly number[];
  kept: readonly number[];
  edgeitems: number;
  perLine: (column: number) => number;
}

/** A function that writes the sub-tensor of dimension `dim` whose first element is `texts[start]`. */
function arrange({ texts, shape, kept, edgeitems, perLine }: Arrangement) {
  const strides = kept.map((_, dim) => kept.slice(dim + 1).reduce((product, size) => product * size, 1));
  const write = (dim: number, start: number, column: number): string => {
    if (dim === shape.length) return texts[start]!;
    const innermost = dim === shape.length - 1;
    const items: string[] = [];
    for (let i = 0; i < kept[dim]!; i++) {
      if (i === edgeitems && kept[dim]! < shape[dim]!) items.push(innermost ? ' ...' : '...');
      items.push(write(dim + 1, start + i * strides[dim]!, column + 1));
    }
    const margin = ' '.repeat(column + 1);
    if (!innermost) return `[${items.join(`,${'\n'.repeat(shape.length - 1 - dim)}${margin}`)}]`;
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += perLine(column)) {
      lines.push(items.slice(i, i + perLine(column)).join(', '));
    }
    return `[${lines.join(`,\n${margin}`)}]`;
  };
  return write;
}
