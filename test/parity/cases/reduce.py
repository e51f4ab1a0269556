"""Reductions and scans: dims, keepdim, empty, 0-d and strided inputs, named results."""

import torch
from recorder.spec import bf16, b8, c64, case, exact, f16, f32, f64, given, i32, i64, reduction, u8

MANY_DIMS = 'sum mean nansum nanmean amax amin var std logsumexp count_nonzero all any'.split()
ONE_DIM = 'prod argmax argmin max min median nanmedian mode cumsum cumprod cummax cummin logcumsumexp all any'.split()
SCANS = {'cumsum', 'cumprod', 'cummax', 'cummin', 'logcumsumexp'}
NO_KEEPDIM = SCANS | {'count_nonzero'}
# These pick an element or count, so nothing is rounded.
EXACT = {'amax', 'amin', 'argmax', 'argmin', 'max', 'min', 'median', 'nanmedian', 'mode', 'cummax', 'cummin',
         'all', 'any', 'count_nonzero'}


def inputs():
    yield f32(3, 4, seed=7)
    yield f64(2, 3, 4, seed=7)
    yield f32(4, 6, seed=7, view='transpose 0 1')
    yield f32(3, 8, seed=7, view='slice 1 1 8 3')
    yield i64(3, 4)
    yield i32(3, 4, view='transpose 0 1')
    yield u8(2, 5)
    yield b8(2, 5)
    yield bf16(3, 4)
    yield f16(3, 4)
    yield c64(2, 3)


def one(op, *args, **kwargs):
    return case(f'torch.{op}', *args, kind='exact' if op in EXACT else 'reduction', raises=True, **kwargs)


def cases():
    for name in MANY_DIMS:
        for x in inputs():
            if name not in ('amax', 'logsumexp'):
                yield one(name, x) if name != 'amin' else one(name, x, ())
            yield one(name, x, 1)
            yield one(name, x, -1) if name in NO_KEEPDIM else one(name, x, -1, keepdim=True)
        for x in (f32(2, 3, 4), f64(2, 3, 4, view='permute 2 0 1')):
            yield one(name, x, [0, 2])
            yield one(name, x, dim=[1, -1])
            if name not in NO_KEEPDIM:
                yield one(name, x, [0, 2], keepdim=True)
                yield one(name, x, dim=[0, 1, 2], keepdim=True)
        yield one(name, f32(0, 3), 0)
        yield one(name, f32(0, 3), 1)
        yield one(name, f32(), 0)
        yield one(name, f32(2, 3), 2)
        yield one(name, f32(2, 3), [0, 0])
    for name in ONE_DIM:
        for x in inputs():
            yield one(name, x, 0)
            yield one(name, x, -1) if name in SCANS else one(name, x, -1, keepdim=True)
            if name not in SCANS | {'mode'}:
                yield one(name, x)
        yield one(name, f32(), 0)
        yield one(name, f32(0, 3), 0)
        yield one(name, f32(0, 3), 1)
        yield one(name, f32(2, 3), 5)
    for name in ('sum', 'mean', 'prod', 'max', 'amax', 'std', 'cumsum', 'argmax', 'all'):
        yield case(f'Tensor.{name}', f32(2, 5, seed=9), 1, kind='exact' if name in EXACT else 'reduction', raises=True)
    yield from special_values()
    yield from with_options()


def special_values():
    nan = float('nan')
    data = [[1.0, nan, 3.0], [nan, nan, 2.0], [0.0, -0.0, 5.0]]
    for name in ('sum', 'nansum', 'nanmean', 'max', 'amax', 'median', 'nanmedian', 'argmax', 'min', 'any', 'all', 'cummax'):
        yield one(name, given(data), 1, grad=False, name='nan')
    ties = [[2.0, 2.0, 1.0], [0.0, 3.0, 3.0]]
    for name in ('amax', 'amin', 'max', 'argmax', 'median'):
        yield one(name, given(ties), 1, name='ties')
    for x in (given([[0.0, 2.0, 3.0], [0.0, 0.0, 5.0]]),):
        for name in ('prod', 'cumprod'):
            yield one(name, x, 1, name='zeros')


def with_options():
    x = f32(3, 4, seed=7)
    yield reduction('torch.sum', x, dtype=torch.float64)
    yield reduction('torch.sum', i32(3, 4), dtype=torch.float32)
    yield reduction('torch.sum', x, 1, True, dtype=torch.float64)
    yield reduction('torch.mean', i64(3, 4), dtype=torch.float32)
    yield reduction('torch.mean', i64(3, 4), 1, raises=True)
    yield reduction('torch.prod', x, 1, dtype=torch.float64)
    yield reduction('torch.cumsum', i32(2, 3), 1, dtype=torch.float64)
    yield reduction('Tensor.cumsum_', x, 0)
    yield reduction('Tensor.cumprod_', x, 0)
    for op in ('var', 'std', 'var_mean', 'std_mean'):
        yield reduction(f'torch.{op}', x)
        yield reduction(f'torch.{op}', x, 1)
        yield reduction(f'torch.{op}', x, unbiased=False)
        yield reduction(f'torch.{op}', x, 1, False, True)
        yield reduction(f'torch.{op}', x, [0, 1], correction=0)
        yield reduction(f'torch.{op}', f64(3, 5), dim=0, correction=2, keepdim=True)
        yield reduction(f'torch.{op}', c64(2, 3), 1, raises=True)
        yield reduction(f'torch.{op}', i64(3), raises=True)
    yield exact('torch.aminmax', x)
    yield exact('torch.aminmax', x, dim=1, keepdim=True)
    yield exact('torch.max', x, f32(4, seed=8))
    yield exact('torch.min', x, f32(4, seed=8))
    yield exact('torch.max', x, 1, out=(f32(3), given([0, 0, 0], torch.int64)))
    yield exact('torch.argmax', x, keepdim=True, raises=True)
    yield exact('torch.kthvalue', x, 2)
    yield exact('torch.kthvalue', x, 3, 0, True)
    yield exact('torch.kthvalue', x, 9, raises=True, grad=False)
    for p in (2, 1, 0, float('inf'), -float('inf'), 2.5, 'fro'):
        yield reduction('torch.norm', x, p, raises=True)
        yield reduction('torch.norm', x, p, 1, raises=True)
        yield reduction('torch.norm', x, p, dim=[0, 1], keepdim=True, raises=True)
    yield reduction('torch.norm', x)
    yield reduction('Tensor.norm', x, 2, 1)
    yield reduction('torch.renorm', x, 2, 0, 1.0)
    yield reduction('torch.dist', x, f32(3, 4, seed=8))
    yield reduction('torch.dist', x, f32(4, seed=8), 1)
    for q in (0.25, 0.5, given([0.1, 0.9], grad=False)):
        yield reduction('torch.quantile', x, q)
        yield reduction('torch.quantile', x, q, 1, True)
        yield reduction('torch.nanquantile', x, q, dim=0)
    yield reduction('torch.quantile', x, 0.4, dim=1, interpolation='lower')
    yield reduction('torch.quantile', x, 0.4, dim=1, interpolation='nearest')
    yield reduction('torch.quantile', x, 2.0, raises=True, grad=False)
    yield reduction('torch.trapezoid', f32(2, 5))
    yield reduction('torch.trapezoid', f32(2, 5), f32(5, seed=1), dim=1)
    yield reduction('torch.trapz', f32(2, 5), dx=0.5)
    yield reduction('torch.cumulative_trapezoid', f32(2, 5), dx=2.0)
    yield reduction('torch.diff', f32(2, 5))
    yield reduction('torch.diff', f32(4, 5), 2, 0)
    yield exact('torch.diff', i64(5), prepend=given([1], torch.int64), append=given([7], torch.int64))
    yield reduction('torch.softmax', x, 1)
    yield reduction('torch.softmax', f64(2, 3, 4), 1)
    yield reduction('torch.softmax', f32(3, 4), -1, dtype=torch.float64)
    yield reduction('torch.softmax', f32(0, 3), 1)
    yield reduction('torch.log_softmax', x, 0)
    yield reduction('torch.log_softmax', f32(4, 3, view='transpose 0 1'), -1)
    yield reduction('torch.special.softmax', x, 1)
    yield reduction('torch.special.log_softmax', x, 1)
    yield reduction('torch.special.logsumexp', x, 1)
    yield reduction('torch.corrcoef', f32(3, 5))
    yield reduction('torch.cov', f32(3, 5))
    yield reduction('torch.cov', f32(3, 5), correction=0)
    yield reduction('torch.bincount', given([1, 0, 3, 1, 1], torch.int64))
    yield reduction('torch.bincount', given([1, 0, 3, 1, 1], torch.int64), f32(5), 6)
    yield exact('torch.histc', f32(20), 5, -2, 2, grad=False)
    yield exact('torch.histc', f32(20), bins=4, grad=False)
    yield exact('torch.histogram', f32(20), 4, grad=False)
    yield exact('torch.histogram', f32(20), 4, range=(-2.0, 2.0), grad=False)
    yield reduction('torch.gradient', f32(6), spacing=0.5, dim=0)
    yield reduction('Tensor.sum_to_size', f32(3, 4), 1, 4)
    yield exact('torch.is_nonzero', given(1.5, grad=False))
    yield exact('torch.is_nonzero', given([1.0, 2.0], grad=False), raises=True)
