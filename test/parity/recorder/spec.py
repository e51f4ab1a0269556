"""How a case is written down: its operator, its input tensors and its arguments."""

from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True)
class In:
    """One input tensor: the values of `base` are drawn from `domain`, then `view` makes the operator's argument of it.

    `view` is a list of steps separated by ';', e.g. 'transpose 0 1' or 'slice 1 0 6 2; unsqueeze 0'.
    """

    dtype: torch.dtype
    shape: tuple[int, ...]
    domain: str = 'normal'
    view: str = ''
    seed: int = 0
    data: Any = None
    grad: bool = True


@dataclass
class Case:
    """One call. `kind` says how floating results are compared: 'exact', 'drawn', 'elementwise' or 'reduction'."""

    op: str
    args: list
    kwargs: dict = field(default_factory=dict)
    kind: str = 'elementwise'
    grad: bool = True
    seed: int | None = None
    raises: bool = False
    name: str = ''


class Big(int):
    """An int where JavaScript writes 3n: making a tensor of a number gives float32 there."""


def case(op, *args, kind='elementwise', grad=True, seed=None, raises=False, name='', **kwargs):
    return Case(op, list(args), kwargs, kind, grad, seed, raises, name)


def exact(op, *args, **kwargs):
    return case(op, *args, kind='exact', **kwargs)


def reduction(op, *args, **kwargs):
    return case(op, *args, kind='reduction', **kwargs)


def _maker(dtype, domain):
    def make(*shape, domain=domain, view='', seed=0, data=None, grad=True):
        return In(dtype, tuple(shape), domain, view, seed, data, grad)

    return make


f32 = _maker(torch.float32, 'normal')
f64 = _maker(torch.float64, 'normal')
f16 = _maker(torch.float16, 'normal')
bf16 = _maker(torch.bfloat16, 'normal')
c64 = _maker(torch.complex64, 'normal')
c128 = _maker(torch.complex128, 'normal')
i64 = _maker(torch.int64, 'int')
i32 = _maker(torch.int32, 'int')
i16 = _maker(torch.int16, 'int')
i8 = _maker(torch.int8, 'int')
u8 = _maker(torch.uint8, 'count')
b8 = _maker(torch.bool, 'bool')


def given(data, dtype=torch.float32, view='', grad=True):
    """An input whose values matter for the case, written out."""
    return In(dtype, tuple(torch.tensor(data).shape), 'given', view, 0, data, grad)


def index(data):
    return given(data, torch.int64)


# Low and high end of each domain that is drawn uniformly.
_RANGES = {
    'normal': (-2.0, 2.0),
    'positive': (0.1, 3.0),
    # Below the first zeros of the Bessel functions: beside a zero the relative error of float32 has no bound.
    'low': (0.1, 0.7),
    'unit': (-0.95, 0.95),
    'probability': (0.05, 0.95),
    'above_one': (1.05, 4.0),
    'small': (-0.3, 0.3),
    'wide': (-6.0, 6.0),
}
EDGES = [float('nan'), float('inf'), -float('inf'), 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.5, 100.0, 1e-6]


def build(spec: In) -> torch.Tensor:
    """The base tensor of an input. A seed of its own per shape and dtype keeps one input's values apart from another's."""
    if spec.domain == 'given':
        return torch.tensor(spec.data, dtype=spec.dtype)
    generator = torch.Generator().manual_seed(1000 + 17 * spec.seed + sum(spec.shape) + len(spec.shape))
    n = 1
    for size in spec.shape:
        n *= size
    if spec.domain == 'edges':
        return torch.tensor(EDGES, dtype=spec.dtype)
    if spec.domain in ('int', 'count', 'bool', 'nonzero'):
        low, high = {'int': (-9, 10), 'count': (0, 20), 'bool': (0, 2), 'nonzero': (1, 8)}[spec.domain]
        return torch.randint(low, high, (n,), generator=generator).to(spec.dtype).reshape(spec.shape)
    if spec.domain in ('spd', 'lower', 'regular'):
        return _matrix(spec, generator)
    low, high = _RANGES[spec.domain]
    # Uniform numbers times a power-free range in float64, rounded once: the values do not depend on the vector width.
    draw = torch.rand(2 * n, generator=generator, dtype=torch.float64) * (high - low) + low
    if spec.dtype.is_complex:
        return torch.complex(draw[0::2].contiguous(), draw[1::2].contiguous()).to(spec.dtype).reshape(spec.shape)
    # Contiguous like the replayer's: normal_ draws in another order for strided memory.
    return draw[0::2].contiguous().to(spec.dtype).reshape(spec.shape)


def _matrix(spec: In, generator) -> torch.Tensor:
    """A well-conditioned square matrix, so that two processors agree on its factors."""
    rows = spec.shape[-1]
    raw = torch.rand(spec.shape, generator=generator, dtype=torch.float64) - 0.5
    if spec.dtype.is_complex:
        raw = torch.complex(raw, torch.rand(spec.shape, generator=generator, dtype=torch.float64) - 0.5)
    eye = torch.eye(rows, dtype=torch.float64)
    if spec.domain == 'spd':
        # A graded diagonal keeps the eigenvalues apart: close ones make eigenvectors arbitrary.
        return ((raw @ raw.mH) * 0.3 + torch.diag(torch.arange(1.0, rows + 1, dtype=torch.float64))).to(spec.dtype)
    if spec.domain == 'lower':
        return (raw.tril() + 2 * eye).to(spec.dtype)
    return (raw + 1.5 * eye).to(spec.dtype)


def apply_view(x: torch.Tensor, view: str) -> torch.Tensor:
    """The same small language as the replayer's `applyView`."""
    for step in filter(None, (s.strip() for s in view.split(';'))):
        name, *words = step.split()
        numbers = [int(w) for w in words]
        if name == 'slice':
            dim, start, end, stride = numbers
            x = x[(slice(None),) * dim + (slice(start, end, stride),)]
        elif name in ('expand', 'permute'):
            x = getattr(x, name)(numbers)
        else:
            x = getattr(x, name)(*numbers)
    return x
