"""Gather, scatter, search, sort and masks."""

import torch
from recorder.spec import b8, bf16, c64, exact, f32, f64, given, i32, i64, index, reduction

IDX = index([[0, 2, 1], [1, 1, 0]])


def cases():
    yield from picking()
    yield from writing()
    yield from sorting()
    yield from searching()


def picking():
    for x in (f32(3, 4), f64(4, 3, view='transpose 0 1'), i64(3, 4), c64(3, 4), bf16(3, 4), b8(3, 4)):
        yield exact('torch.gather', x, 1, index([[0, 3], [2, 2], [1, 0]]))
        yield exact('torch.gather', x, 0, IDX)
        yield exact('torch.index_select', x, 0, index([2, 0, 2]))
        yield exact('torch.index_select', x, -1, index([1]))
        yield exact('torch.take', x, index([[0, 11], [5, 5]]))
        yield exact('torch.take_along_dim', x, index([[0, 1, 2, 0]]), 0)
        yield exact('torch.masked_select', x, b8(3, 4, seed=1))
        yield exact('torch.masked_select', x, given([True, False, True, False], torch.bool))
    yield exact('torch.gather', f32(3, 4), 1, index([[4]]), raises=True, grad=False)
    yield exact('torch.gather', f32(3, 4), 1, given([[0]], torch.int32), raises=True, grad=False)
    yield exact('torch.gather', f32(), 0, index([0]))
    yield exact('torch.index_select', f32(3, 4), 0, index([3]), raises=True, grad=False)
    yield exact('torch.index_select', f32(0, 4), 0, given([], torch.int64))
    yield exact('torch.index_select', f32(3, 4), 1, given([0, 1], torch.int32))
    yield exact('torch.index_select', f32(3, 4), 0, index([0, 1]), out=f32(2, 4, seed=2))
    yield exact('torch.take_along_dim', f32(3, 4), index([3, 2, 7]))
    yield exact('torch.nonzero', given([[0, 1], [2, 0]], torch.int64))
    yield exact('torch.nonzero_static', given([[0, 1], [2, 0]], torch.int64), size=3)
    yield exact('torch.embedding', f32(5, 3), IDX)
    yield exact('torch.embedding', f32(5, 3), IDX, 1)


def writing():
    x = f32(3, 4)
    src = f32(2, 3, seed=1)
    for op in ('torch.scatter', 'Tensor.scatter_'):
        yield exact(op, x, 0, IDX, src)
        yield exact(op, x, 1, IDX, 2.5)
        yield exact(op, x, 1, IDX, src, reduce='add', grad=False)
        yield exact(op, x, 0, IDX, 2, reduce='multiply', grad=False)
        yield exact(op, x, 0, index([[0, 9]]), f32(1, 2), raises=True, grad=False)
    for op in ('torch.scatter_add', 'Tensor.scatter_add_'):
        yield reduction(op, x, 0, IDX, src)
        yield reduction(op, i64(3, 4), 1, IDX, i64(2, 3))
    for reduce in ('sum', 'prod', 'mean', 'amax', 'amin'):
        yield reduction('torch.scatter_reduce', x, 0, IDX, src, reduce)
        yield reduction('Tensor.scatter_reduce_', x, 0, IDX, src, reduce, include_self=False)
        yield reduction('torch.index_reduce', x, 0, index([0, 2]), f32(2, 4, seed=1), {'sum': 'prod'}.get(reduce, reduce))
    yield exact('torch.scatter_reduce', x, 0, IDX, src, 'median', raises=True, grad=False)
    rows, values = index([2, 0]), f32(2, 4, seed=1)
    for op in ('torch.index_add', 'Tensor.index_add_'):
        yield reduction(op, x, 0, rows, values)
        yield reduction(op, x, 0, index([1, 1]), values, alpha=0.5)
        yield exact(op, i64(3), 0, index([0, 0]), i64(2))
    for op in ('torch.index_copy', 'Tensor.index_copy_'):
        yield exact(op, x, 0, rows, values)
        yield exact(op, x, 1, index([3]), f32(3, 1))
    for op in ('torch.index_fill', 'Tensor.index_fill_'):
        yield exact(op, x, 0, rows, 3)
        yield exact(op, x, 1, rows, f32(seed=2))
    for op in ('torch.index_put', 'Tensor.index_put_'):
        yield exact(op, x, [index([0, 2]), index([1, 3])], f32(2))
        yield reduction(op, x, [index([0, 0])], f32(4), accumulate=True)
        yield exact(op, x, [b8(3, 4)], f32())
    for op in ('torch.masked_fill', 'Tensor.masked_fill_'):
        yield exact(op, x, b8(3, 4), 0.5)
        yield exact(op, x, b8(4), f32(seed=1))
        yield exact(op, i64(3, 4), b8(3, 1), 7)
        yield exact(op, x, i64(3, 4), 1.0, raises=True, grad=False)
    for op in ('torch.masked_scatter', 'Tensor.masked_scatter_'):
        yield exact(op, x, b8(3, 4), f32(12, seed=1))
    for op in ('torch.put', 'Tensor.put_'):
        yield exact(op, x, index([0, 5]), f32(2))
        yield reduction(op, x, index([1, 1]), f32(2), accumulate=True)


def sorting():
    for x in (f32(3, 5), f64(5, 3, view='transpose 0 1'), bf16(2, 4, seed=3)):
        yield exact('torch.sort', x)
        yield exact('torch.sort', x, 0, True)
        yield exact('torch.argsort', x, descending=True)
        yield exact('torch.topk', x, 2)
        yield exact('torch.topk', x, 2, 0, False)
        yield exact('torch.topk', x, 1, largest=False, sorted=True)
        yield exact('torch.msort', x)
    for x in (i64(7), b8(6), i32(2, 4)):
        yield exact('torch.sort', x, stable=True, dim=-1)
        yield exact('torch.argsort', x, stable=True)
        yield exact('torch.unique', x)
        yield exact('torch.unique', x, return_inverse=True, return_counts=True)
        yield exact('torch.unique_consecutive', x)
        yield exact('torch.unique_consecutive', x, return_inverse=True, return_counts=True)
    yield exact('torch.sort', f32(), 0)
    yield exact('torch.sort', f32(0))
    yield exact('torch.sort', f32(2, 3), 2, raises=True, grad=False)
    yield exact('torch.sort', f32(4), out=(f32(4), i64(4)))
    yield exact('torch.topk', f32(3), 4, raises=True, grad=False)
    yield exact('torch.unique', i64(4, 1, view='expand 4 2'), dim=0)
    yield exact('torch.unique', i64(6), sorted=True, return_counts=True)
    yield exact('torch.isin', i64(6), i64(3, seed=1))
    yield exact('torch.isin', i64(6), 2)
    yield exact('torch.isin', 2, i64(6))
    yield exact('torch.isin', i64(6), i64(3, seed=1), invert=True)


def searching():
    edges = given([-1.0, 0.0, 0.5, 2.0], grad=False)
    x = f32(2, 3, grad=False)
    yield exact('torch.searchsorted', edges, x)
    yield exact('torch.searchsorted', edges, x, right=True, out_int32=True)
    yield exact('torch.searchsorted', edges, 0.5)
    yield exact('torch.searchsorted', edges, given([0.0, 0.5], grad=False), side='right')
    yield exact('torch.bucketize', x, edges)
    yield exact('torch.bucketize', 0.7, edges, right=True)
    yield exact('torch.bucketize', f64(2, grad=False), edges, raises=True)
