"""JSON for what goes into an operator and what comes out.

Tensors are kept once per file and named by a hash of their content, so a changed value changes only its own lines.
An int is a bare number; a float is {"f": ...}: Python tells 2 from 2. and so must the fixture.
"""

import base64
import hashlib
import json
import math

import torch

from .spec import Big, In

CONSTANTS = {
    torch.contiguous_format: 'contiguous_format',
    torch.channels_last: 'channels_last',
    torch.preserve_format: 'preserve_format',
    torch.strided: 'strided',
}


def raw_bytes(t: torch.Tensor) -> bytes:
    t = t.detach()
    if t._is_zerotensor():  # autograd's zero without memory
        t = torch.zeros(t.shape, dtype=t.dtype)
    if t.numel() == 0:
        return b''
    # A fresh copy: one element with stride 2 counts as contiguous, yet cannot be viewed as bytes.
    flat = torch.empty(t.numel(), dtype=t.dtype).copy_(t.reshape(-1))
    return bytes(flat.view(torch.uint8).tolist())


def dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix('torch.')


class Pool:
    """The tensors of one fixture file, in order of first use."""

    def __init__(self):
        self.lines: list[str] = []
        self._known: set[str] = set()

    def add(self, t: torch.Tensor) -> str:
        body = {
            'dtype': dtype_name(t.dtype),
            'shape': list(t.shape),
            'data': base64.b64encode(raw_bytes(t)).decode(),
        }
        text = json.dumps(body, separators=(',', ':'))
        name = hashlib.sha256(text.encode()).hexdigest()[:10]
        if name not in self._known:
            self._known.add(name)
            self.lines.append('{"tensor":"' + name + '",' + text[1:])
        return name

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


def number(x: float):
    return x if math.isfinite(x) else ('nan' if math.isnan(x) else 'inf' if x > 0 else '-inf')


def scalar(value):
    """A value that is no tensor. bool before int: Python's bool is an int."""
    if isinstance(value, Big):
        return {'i': int(value)}
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        return {'f': number(value)}
    if isinstance(value, complex):
        return {'c': [number(value.real), number(value.imag)]}
    if isinstance(value, torch.dtype):
        return {'dtype': dtype_name(value)}
    if isinstance(value, torch.device):
        return {'device': str(value)}
    if isinstance(value, (torch.memory_format, torch.layout)):
        return {'const': CONSTANTS[value]}
    if isinstance(value, torch.Generator):
        return {'generator': value.initial_seed()}
    raise TypeError(f'no encoding for {type(value)}: {value!r}')


def encode_input(spec: In, base: torch.Tensor, view: str, wants_grad: bool, pool: Pool):
    out = {'t': pool.add(base)}
    if view:
        out['view'] = view
    if wants_grad:
        out['grad'] = True
    return out


def fields_of(value) -> list[str]:
    """Field names of a named result in order, [] of a plain tuple."""
    if hasattr(value, '_fields'):
        return list(value._fields)
    if type(value).__module__ != 'torch.return_types':
        return []
    return list(type(value).__match_args__)


def encode_output(value, pool: Pool):
    if isinstance(value, torch.Tensor):
        return {'t': pool.add(value)}
    if isinstance(value, torch.Size):
        return {'size': list(value)}
    if isinstance(value, (list, tuple)):
        out = {'items': [encode_output(v, pool) for v in value]}
        fields = fields_of(value)
        if fields:
            out['fields'] = fields
        return out
    return scalar(value)
