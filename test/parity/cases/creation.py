"""Factories."""

import torch
from recorder.spec import Big, case, exact, f32, f64, i64, u8

DTYPES = (torch.float64, torch.int64, torch.bool, torch.uint8, torch.complex64, torch.bfloat16, torch.int32, torch.float16)


def cases():
    for name in ('zeros', 'ones'):
        yield exact(f'torch.{name}', 3)
        yield exact(f'torch.{name}', 2, 3)
        yield exact(f'torch.{name}', [2, 0, 3])
        yield exact(f'torch.{name}', [])
        yield exact(f'torch.{name}', [-1], raises=True)
        for dtype in DTYPES:
            yield exact(f'torch.{name}', [2], dtype=dtype)
            yield exact(f'torch.{name}_like', f32(2, 2), dtype=dtype)
    for value in (Big(3), 2.5, 2.0, True, complex(1, 2), float('inf')):
        yield exact('torch.full', [2, 2], value)
    yield exact('torch.full', [2], 3, dtype=torch.float64)
    yield exact('torch.full', [], 7.0)
    yield exact('torch.full_like', i64(3), 2, dtype=torch.float32)
    yield exact('torch.scalar_tensor', 3)
    yield exact('torch.scalar_tensor', 2.5, dtype=torch.float64)
    for args in ((5,), (5.0,), (1, 5), (1, 5, 2), (0.0, 1.0, 0.25), (5, 0, -2), (2.5,), (0, 1, 0.3), (3, 3)):
        yield exact('torch.arange', *args)
    yield exact('torch.arange', 4, dtype=torch.float32)
    yield exact('torch.arange', 0, 3, 0.5, dtype=torch.float64)
    yield exact('torch.arange', 1, 5, -1, raises=True)
    yield exact('torch.arange', 0, 3, 0, raises=True)
    yield exact('torch.arange', start=1, end=4)
    yield exact('torch.range', 1, 3)
    for name in ('linspace', 'logspace'):
        yield case(f'torch.{name}', 0, 1, 5)
        yield case(f'torch.{name}', -1.0, 2.0, 4, dtype=torch.float64)
        yield case(f'torch.{name}', 0, 1, 1)
        yield case(f'torch.{name}', 0, 1, 0)
        yield case(f'torch.{name}', 0, 1, -1, raises=True)
    yield case('torch.logspace', 0, 3, 4, 2.0)
    yield case('torch.linspace', 0, 10, 5, dtype=torch.int64)
    yield case('torch.linspace', f32(domain='small'), f32(domain='positive'), 4, grad=False)
    yield exact('torch.eye', 3)
    yield exact('torch.eye', 2, 4)
    yield exact('torch.eye', 2, dtype=torch.int64)
    yield exact('torch.eye', -1, raises=True)
    yield exact('torch.tril_indices', 3, 4)
    yield exact('torch.triu_indices', 3, 4, 1)
    yield exact('torch.triu_indices', 3, 3, offset=-1, dtype=torch.int32)
    yield exact('torch.zeros', [2, 3], out=f32(2, 3))
    yield exact('torch.ones_like', f64(3, 2, view='transpose 0 1'))
    yield exact('torch.zeros_like', u8(2), dtype=torch.float32)
    yield exact('Tensor.numel', f32(3, 0))
    yield exact('Tensor.dim', f32(3, 0))
    yield exact('Tensor.element_size', f64(1))
    yield exact('Tensor.is_contiguous', f32(3, 2, view='transpose 0 1'))
    yield exact('Tensor.stride', f32(3, 2, view='transpose 0 1'))
    yield exact('Tensor.storage_offset', f32(3, 8, view='slice 1 1 8 2'))
    yield exact('Tensor.size', f32(3, 2), 1)
