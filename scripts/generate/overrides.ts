// What the generator leaves to hand-written TypeScript, and why. Everything else follows from surface.json.
import type { Namespace } from './surface.js';

/** Names that a hand-written method or function replaces, each with the reason. */
export const handWritten: Record<Namespace, Record<string, string>> = {
  methods: {
    dim: 'read from the handle',
    is_contiguous: 'read from the handle',
    is_complex: 'read from the dtype',
    is_floating_point: 'read from the dtype',
    is_inference: 'read from the handle',
    item: 'gives a JavaScript value',
    nonzero: 'as_tuple exists only in Python',
    norm: "p may be 'fro' or 'nuc', as in torch/functional.py",
    numel: 'read from the handle',
    requires_grad_: 'autograd entry point',
    retain_grad: 'autograd entry point',
    size: 'read from the handle',
    storage_offset: 'read from the handle',
    stride: 'read from the handle',
    to: 'takes a dtype, a device or a tensor in any order',
  },
  functions: {
    atleast_1d: 'any number of tensors',
    atleast_2d: 'any number of tensors',
    atleast_3d: 'any number of tensors',
    block_diag: 'any number of tensors',
    broadcast_tensors: 'any number of tensors',
    cartesian_prod: 'any number of tensors',
    cdist: 'compute_mode is a word in Python',
    chain_matmul: 'any number of tensors',
    einsum: 'any number of tensors',
    full: 'the dtype of a JavaScript number',
    meshgrid: 'any number of tensors',
    nonzero: 'as_tuple exists only in Python',
    norm: "p may be 'fro' or 'nuc', as in torch/functional.py",
    tensordot: 'dims may be a number or a pair of lists',
    unique_consecutive: 'returns only what is asked for',
  },
  linalg: {},
  fft: {},
  special: {},
  nn_functional: {
    celu: 'inplace exists only in Python',
    elu: 'inplace exists only in Python',
    hardsigmoid: 'inplace exists only in Python',
    hardswish: 'inplace exists only in Python',
    hardtanh: 'inplace exists only in Python',
    leaky_relu: 'inplace exists only in Python',
    log_softmax: 'dim may be left out, as in torch/nn/functional.py',
    mish: 'inplace exists only in Python',
    relu: 'inplace exists only in Python',
    relu6: 'inplace exists only in Python',
    rrelu: 'inplace exists only in Python',
    selu: 'inplace exists only in Python',
    silu: 'inplace exists only in Python',
    softmax: 'dim may be left out, as in torch/nn/functional.py',
    threshold: 'inplace exists only in Python',
  },
};

/** Where Python's wrapper calls one overload of several, only that one is tried. */
export const onlyOverloads: Record<string, string[]> = {
  // torch/functional.py pads by itself, with the meaning of the overload that knows center and pad_mode.
  stft: ['center'],
};

/** Why an overload is not offered; the keys are those of "not" in surface.json, and the generator's own. */
export const reasons: Record<string, string> = {
  private: 'the name starts with an underscore, as in Python',
  backward: "a gradient formula, called by autograd; Python's bindings leave it out",
  generated: 'a functional or out form that PyTorch generates for its own passes; Python does not bind it',
  number: 'the form for a number: Python, and so this library, gives the number to the Tensor form',
  dunder: "Python's operator syntax; the named operator does the same (`bitwise_and` for `__and__`)",
  attribute: 'an attribute in Python, and so a property of Tensor here',
  sparse: 'belongs to torch.sparse, which has no namespace here yet',
  nested: 'belongs to torch.nested, which has no namespace here yet',
  internal: 'Python does not offer it',
  script: "registered for TorchScript's interpreter only",
  type: 'takes a type that JavaScript has no value for (Storage, Stream, packed cell parameters)',
  overload: "Python's wrapper calls another overload",
  functional: 'nn.functional has a Python function of this name with other parameters or behaviour',
};
