"""Several results with names, and `out` for one and for several."""

import torch
from recorder.spec import c128, case, exact, f32, f64, given, i16, i64, i8, reduction

X = f32(3, 4, seed=7)


def cases():
    i = given([0, 0, 0], torch.int64)
    for name in ('max', 'min', 'median', 'nanmedian', 'mode'):
        yield exact(f'torch.{name}', X, 1, out=(f32(3), i))
        yield exact(f'torch.{name}', X, dim=1, keepdim=True, out=(f32(3, 1), i64(3, 1)))
        yield exact(f'torch.{name}', X, 1, out=(i64(3), i), raises=True)
        yield exact(f'torch.{name}', X, 1, out=(f32(0), i64(0)))
    yield exact('torch.kthvalue', X, 2, 1, out=(f32(3), i))
    for name in ('cummax', 'cummin'):
        yield exact(f'torch.{name}', X, 1, out=(f32(3, 4), i64(3, 4)))
    yield exact('torch.topk', X, 2, out=(f32(3, 2), i64(3, 2)))
    yield exact('torch.sort', X, 1, True, out=(f32(3, 4), i64(3, 4)))
    yield exact('torch.sort', X, stable=True, descending=True, out=(f32(3, 4), i64(3, 4)))
    yield exact('torch.aminmax', X, dim=0, out=(f32(4), f32(4, seed=1)))
    yield case('torch.frexp', X, out=(f32(3, 4), given([[0] * 4] * 3, torch.int32)))
    square = f64(3, 3, domain='spd')
    yield reduction('torch.linalg.slogdet', square, out=(f64(), f64(seed=1)))
    yield reduction('torch.linalg.qr', square, out=(f64(3, 3), f64(3, 3)))
    yield reduction('torch.linalg.eigh', square, out=(f64(3), f64(3, 3)))
    yield reduction('torch.linalg.cholesky_ex', square, out=(f64(3, 3), given(0, torch.int32)))
    yield reduction('torch.linalg.inv', square, out=f64(3, 3, seed=2))
    yield reduction('torch.linalg.norm', X, out=f32(seed=1))
    yield reduction('torch.linalg.norm', X, 'fro', dim=(0, 1), out=f32(seed=1))
    yield reduction('torch.linalg.solve', square, f64(3, seed=1), out=f64(3, seed=2))
    for name in ('sum', 'mean', 'prod', 'std', 'var', 'nansum', 'cumsum', 'cumprod', 'logsumexp'):
        yield reduction(f'torch.{name}', X, 1, out=f32(3, 4) if name.startswith('cum') else f32(3))
    for name in ('argmax', 'argmin', 'count_nonzero', 'all', 'any', 'amax', 'amin'):
        kind = {'argmax': i, 'argmin': i, 'all': given([True] * 3, torch.bool), 'any': given([True] * 3, torch.bool)}
        if name != 'count_nonzero':
            yield exact(f'torch.{name}', X, 1, out=kind.get(name, f32(3)))
    # An out of another size is resized, of another kind of number refused, of a wider dtype written.
    yield case('torch.add', X, 1, out=f32(0))
    yield case('torch.add', X, 1.5, out=f64(3, 4))
    yield case('torch.mul', i64(3), 2, out=f32(3))
    yield case('torch.mul', f32(3), 2, out=i64(3), raises=True)
    yield exact('torch.arange', 5, out=f32(5))
    yield exact('torch.stack', [f32(3), f32(3, seed=1)], out=f32(2, 3))
    yield exact('torch.gather', X, 1, i64(3, 1, domain='bool'), out=f32(3, 1))
    yield exact('torch.masked_select', X, given([True, False, True, False], torch.bool), out=f32(0))
    yield exact('torch.nonzero', given([0, 2, 0, 1], torch.int64), out=i64(2, 1))
    yield exact('torch.eye', 3, out=f32(3, 3))
    yield reduction('torch.bmm', f32(2, 3, 4), f32(2, 4, 2), out=f32(2, 3, 2))
    yield reduction('torch.addmm', f32(2), f32(3, 4), f32(4, 2), alpha=2, out=f32(3, 2))
    yield reduction('torch.fft.fft', f64(4), out=c128(4))
    yield case('torch.special.expit', X, out=f32(3, 4))
    yield from narrow_dtypes()


def narrow_dtypes():
    """The less common dtypes through the common operators."""
    for make in (i8, i16, c128):
        a, b = make(2, 3), make(3, domain='nonzero' if make is not c128 else 'normal', seed=1)
        for op in ('add', 'sub', 'mul', 'div', 'pow', 'eq', 'lt', 'maximum', 'floor_divide'):
            yield case(f'torch.{op}', a, b, raises=True)
        for op in ('sum', 'mean', 'prod', 'amax', 'cumsum', 'abs', 'neg', 'exp', 'sort', 'unique'):
            yield reduction(f'torch.{op}', *((a, 0) if op == 'cumsum' else (a,)), raises=True)
        yield reduction('torch.matmul', a, make(3, 2, seed=2))
