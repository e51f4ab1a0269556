import { operator } from './dispatch.js';
import { get_default_dtype } from './dtype.js';
import { elements } from './element_text.js';
import { repr } from './number_text.js';
import { get_printoptions, type PrintOptions } from './printoptions.js';
import type { Tensor } from './tensor.js';

const tensorOf = (name: string) => operator(name, ['']) as (self: Tensor) => Tensor;
const sparse = {
  nnz: operator('_nnz', ['']) as (self: Tensor) => number,
  indices: tensorOf('_indices'),
  values: tensorOf('_values'),
  compressedValues: tensorOf('values'),
  crow_indices: tensorOf('crow_indices'),
  col_indices: tensorOf('col_indices'),
  ccol_indices: tensorOf('ccol_indices'),
  row_indices: tensorOf('row_indices'),
};

const prefix = 'tensor(';

/**
 * The text of a tensor, character for character what `repr(tensor)` gives in Python.
 *
 * Above `threshold` elements only the edges are read and shown. A tensor on another device is cut there and
 * only the piece is copied. All temporaries are freed.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function tensor_str(tensor: Tensor): string {
  if (isNested(tensor)) return nestedText(tensor);
  const options = get_printoptions();
  const { body, suffixes } = describe(tensor, prefix.length, options);
  suffixes.push(...history(tensor));
  return withSuffixes(prefix + body, suffixes, {
    indent: prefix.length,
    onNewLine: layoutOf(tensor) === 'sparse_coo',
    linewidth: options.linewidth,
  });
}

/** A nested tensor has no shape to ask for: its parts differ in theirs. */
function isNested(tensor: Tensor): boolean {
  try {
    return tensor.shape.length < 0;
  } catch {
    return !tensor.is_disposed;
  }
}

function nestedText(tensor: Tensor): string {
  const { requires_grad } = tensor;
  const source = tensor.detach();
  const parts = source.unbind(0);
  try {
    const lines = parts
      .map((part) => tensor_str(requires_grad ? part.requires_grad_() : part))
      .join(',\n')
      .replace(/^/gm, '  ');
    const start = 'nested_tensor(';
    const device = tensor.device.type === 'cpu' ? [] : [`device='${String(tensor.device)}'`];
    return withSuffixes(`${start}[\n${lines}\n]`, [...device, ...history(tensor)], {
      indent: start.length,
      onNewLine: false,
      linewidth: get_printoptions().linewidth,
    });
  } finally {
    for (const temporary of [source, ...parts]) temporary.dispose();
  }
}

/** The text of an `nn.Parameter`: a line that says so, then the tensor. */
export function parameter_str(parameter: Tensor): string {
  return `Parameter containing:\n${tensor_str(parameter)}`;
}

interface Description {
  body: string;
  suffixes: string[];
}

function describe(tensor: Tensor, indent: number, options: PrintOptions): Description {
  const suffixes: string[] = [];
  const { dtype } = tensor;
  const device = tensor.device.type;
  if (device !== 'cpu') suffixes.push(`device='${String(tensor.device)}'`);
  const meta = device === 'meta';
  const layout = layoutOf(tensor);
  const size = `size=${tuple(tensor.shape)}`;
  const named = isUsual(tensor) ? [] : [`dtype=${String(dtype)}`];
  // Elements tell integers from floats; where none are shown, only the default dtype goes without saying.
  const namedUnseen = dtype === get_default_dtype() ? [] : [`dtype=${String(dtype)}`];

  if (layout.startsWith('sparse_')) {
    suffixes.push(size, ...(meta ? [] : [`nnz=${sparse.nnz(tensor)}`]), ...named, `layout=torch.${layout}`);
    return { body: sparseBody(tensor, layout, meta, indent, options), suffixes };
  }
  if (dtype.name.startsWith('q')) {
    suffixes.push(size, ...named, ...quantization(tensor));
    return { body: converted(tensor.dequantize(), indent, options), suffixes };
  }
  let body: string;
  if (meta) {
    suffixes.push(size, ...namedUnseen);
    body = '...';
  } else if (tensor.numel() === 0) {
    suffixes.push(...(tensor.ndim === 1 ? [] : [size]), ...namedUnseen);
    body = '[]';
  } else {
    suffixes.push(...(options.edgeitems === 0 ? [size] : []), ...named);
    body =
      layout === 'strided'
        ? elements(tensor, indent, options)
        : converted(tensor.to_dense(), indent, options);
  }
  if (layout !== 'strided') suffixes.push(`layout=torch.${layout}`);
  return { body, suffixes };
}

function layoutOf(tensor: Tensor): string {
  return tensor.layout.name;
}

/** The dtypes that Python's own literals give: their text needs no `dtype=`. */
function isUsual({ dtype }: Tensor): boolean {
  const usual = get_default_dtype();
  const usualComplex = usual.name === 'float64' ? 'complex128' : 'complex64';
  return dtype === usual || [usualComplex, 'int64', 'bool'].includes(dtype.name);
}

function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

function history(tensor: Tensor): string[] {
  let node: { name(): string } | null;
  try {
    node = tensor.grad_fn;
  } catch {
    // A view made without gradients and changed in place: libtorch refuses to say where it came from.
    return ['grad_fn=<Invalid>'];
  }
  if (node !== null) return [`grad_fn=<${node.name().split('::').at(-1)}>`];
  return tensor.requires_grad ? ['requires_grad=True'] : [];
}

/** Joins the suffixes with commas, on new lines where the line would get too long. */
function withSuffixes(
  text: string,
  suffixes: readonly string[],
  { indent, onNewLine, linewidth }: { indent: number; onNewLine: boolean; linewidth: number },
): string {
  let result = text;
  // PyTorch counts the last line of the body two characters longer than it is.
  let column = text.length - text.lastIndexOf('\n') + 1;
  suffixes.forEach((suffix, i) => {
    if ((onNewLine && i === 0) || column + suffix.length + 2 > linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`;
      column = indent + suffix.length;
    } else {
      result += `, ${suffix}`;
      column += suffix.length + 2;
    }
  });
  return `${result})`;
}

function sparseBody(
  tensor: Tensor,
  layout: string,
  meta: boolean,
  indent: number,
  options: PrintOptions,
): string {
  const rows = layout === 'sparse_csr' || layout === 'sparse_bsr';
  const parts: [string, (self: Tensor) => Tensor][] =
    layout === 'sparse_coo'
      ? [
          ['indices', sparse.indices],
          ['values', sparse.values],
        ]
      : [
          rows ? ['crow_indices', sparse.crow_indices] : ['ccol_indices', sparse.ccol_indices],
          rows ? ['col_indices', sparse.col_indices] : ['row_indices', sparse.row_indices],
          ['values', sparse.compressedValues],
        ];
  const source = tensor.detach();
  try {
    return parts
      .map(([name, read]) => {
        const prefix = `${name}=tensor(`;
        const part = read(source);
        try {
          const size = meta || part.numel() === 0 ? `, size=${tuple(part.shape)}` : '';
          const body = meta ? '...' : elements(part, indent + prefix.length, options);
          return `${prefix}${body}${size})`;
        } finally {
          part.dispose();
        }
      })
      .join(`,\n${' '.repeat(indent)}`);
  } finally {
    source.dispose();
  }
}

/** In the order of c10::QScheme. */
const schemes = [
  'torch.per_tensor_affine',
  'torch.per_channel_affine',
  'torch.per_tensor_symmetric',
  'torch.per_channel_symmetric',
  'torch.per_channel_affine_float_qparams',
];

function quantization(tensor: Tensor): string[] {
  const scheme = schemes[Number(tensor.qscheme())] ?? 'unknown';
  if (!scheme.includes('channel')) {
    return [
      `quantization_scheme=${scheme}`,
      `scale=${repr(tensor.q_scale())}`,
      `zero_point=${tensor.q_zero_point()}`,
    ];
  }
  return [
    `quantization_scheme=${scheme}`,
    `scale=${textOf(tensor.q_per_channel_scales())}`,
    `zero_point=${textOf(tensor.q_per_channel_zero_points())}`,
    `axis=${tensor.q_per_channel_axis()}`,
  ];
}

function textOf(temporary: Tensor): string {
  try {
    return tensor_str(temporary);
  } finally {
    temporary.dispose();
  }
}

function converted(temporary: Tensor, indent: number, options: PrintOptions): string {
  try {
    return elements(temporary, indent, options);
  } finally {
    temporary.dispose();
  }
}
