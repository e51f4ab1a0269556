"""Runs one case in PyTorch: results, gradients, or the error."""

import re
import traceback

import torch
import torch.nn.functional as F

from .encode import Pool, encode_input, encode_output, scalar
from .spec import Case, In, apply_view, build

# Gradients of 16-bit results differ by whole units between processors, which says nothing about the binding.
GRAD_DTYPES = {torch.float32, torch.float64, torch.complex64, torch.complex128}
# What PyTorch says where it has no formula; the binding has to say the same.
NO_DERIVATIVE = ('is not implemented', 'Autograd not support dtype')


def resolve(op: str):
    """'torch.linalg.norm' -> that function; 'Tensor.add_' -> a function of (self, ...)."""
    head, *path = op.split('.')
    if head == 'Tensor':
        def method(self, *args, **kwargs):
            found = getattr(self, path[0])
            # T, mT, real ... are attributes and need no call.
            return found(*args, **kwargs) if callable(found) and not isinstance(found, torch.Tensor) else found

        return method
    target = F if head == 'F' else torch
    for name in path:
        target = getattr(target, name)
    return target


def weights(t: torch.Tensor) -> torch.Tensor:
    """Multiples of a quarter: exact in every float dtype, and the replayer computes the same ones."""
    return ((torch.arange(t.numel()) % 5 + 1) * 0.25).to(t.dtype)


def loss_of(result):
    """sum(result * weights) over every floating result that depends on an input; None when there is none."""
    total = None
    for t in result if isinstance(result, (list, tuple)) else [result]:
        if isinstance(t, (list, tuple)):
            part = loss_of(t)
        elif isinstance(t, torch.Tensor) and t.requires_grad and (t.is_floating_point() or t.is_complex()):
            real = torch.view_as_real(t.resolve_conj()) if t.is_complex() else t
            part = (real.reshape(-1) * weights(real)).sum()
        else:
            continue
        if part is not None:
            total = part if total is None else total + part
    return total


def raised(error: Exception) -> dict:
    """Kind and first line of an error, marked when it is Python that speaks: its argument parser or its library."""
    out = {'type': type(error).__name__, 'message': str(error).split('\n')[0]}
    last = traceback.extract_tb(error.__traceback__)[-1]
    in_library = '/torch/' in last.filename and (last.line or '').startswith('raise ')
    # Python's torch also renames tensor types inside libtorch's text.
    if isinstance(error, TypeError) or in_library or re.search(r'torch\.\w*Tensor', out['message']):
        out['python'] = True
    return out


class Inputs:
    """Builds the tensors of a case, remembers the leaves, and encodes the arguments on the way."""

    def __init__(self, pool: Pool, with_grad: bool, clone_first: bool):
        self.pool, self.with_grad, self.clone_first = pool, with_grad, clone_first
        self.leaves: list[torch.Tensor] = []

    def make(self, value):
        """(what PyTorch gets, what the fixture says)"""
        if isinstance(value, In):
            base = build(value)
            wants = self.with_grad and value.grad and value.dtype in GRAD_DTYPES
            # A leaf that requires a gradient must not be written in place.
            view = f'{value.view}; clone'.lstrip('; ') if self.clone_first and wants and not self.leaves else value.view
            code = encode_input(value, base, view, wants, self.pool)
            if wants:
                base.requires_grad_(True)
                self.leaves.append(base)
            return apply_view(base, view), code
        if isinstance(value, (list, tuple)):
            pairs = [self.make(v) for v in value]
            return type(value)(p[0] for p in pairs), [p[1] for p in pairs]
        return value, scalar(value)


def execute(c: Case, pool: Pool, with_grad: bool):
    """(fixture entry, result, leaves)"""
    in_place = c.op.endswith('_')
    inputs = Inputs(pool, with_grad, in_place)
    args = [inputs.make(a) for a in c.args]
    kwargs = {k: inputs.make(v) for k, v in c.kwargs.items()}
    entry = {'op': c.op, 'args': [a[1] for a in args]}
    if kwargs:
        entry['kwargs'] = {k: v[1] for k, v in kwargs.items()}
    if c.seed is not None:
        entry['seed'] = c.seed
        torch.manual_seed(c.seed)
    try:
        result = resolve(c.op)(*(a[0] for a in args), **{k: v[0] for k, v in kwargs.items()})
    except Exception as error:  # recorded, not hidden: `record` decides whether the case may raise
        entry['raises'] = raised(error)
        return entry, None, []
    return entry, result, inputs.leaves


def record(c: Case, pool: Pool) -> dict:
    """The fixture entry of a case. A case that raises without saying so stops the recording."""
    with_grad = c.grad and 'out' not in c.kwargs
    entry, result, leaves = execute(c, pool, with_grad)
    if 'raises' in entry:
        if not c.raises:
            raise RuntimeError(f'{c.op} {c.args} {c.kwargs}: {entry["raises"]}')
        # Without gradients the inputs are simpler; some operators raise only with them.
        plain = execute(c, pool, False)[0]
        return plain if 'raises' in plain else entry
    loss = loss_of(result) if with_grad else None
    if leaves and loss is None:
        entry, result, leaves = execute(c, pool, False)
    entry['kind'] = c.kind
    entry['result'] = encode_output(result, pool)
    if loss is not None:
        try:
            loss.backward()
        except RuntimeError as error:
            if not any(words in str(error) for words in NO_DERIVATIVE):
                raise
            entry['backward_raises'] = raised(error)
            return entry
        entry['grads'] = [None if leaf.grad is None else {'t': pool.add(leaf.grad)} for leaf in leaves]
    return entry
