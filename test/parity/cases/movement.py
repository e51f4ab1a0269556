"""Shape, copy and view operators: nothing is computed, so everything is exact."""

import torch
from recorder.spec import b8, bf16, c64, exact, f32, f64, i32, i64, index, u8

X = f32(2, 3, 4)
S = f32(3, 8, view='slice 1 1 8 2')
T = f32(4, 3, view='transpose 0 1')
E = f32(0, 3)
Z = f32()
# op, then one tuple of arguments per call; every call runs on each given input
ON_ALL = [
    ('torch.clone', (), {}), ('torch.flatten', (), {}), ('torch.ravel', (), {}), ('torch.atleast_1d', (), {}),
    ('torch.atleast_2d', (), {}), ('torch.atleast_3d', (), {}), ('torch.squeeze', (), {}),
    ('torch.unsqueeze', (0,), {}), ('torch.unsqueeze', (-1,), {}), ('torch.numel', (), {}),
    ('torch.zeros_like', (), {}), ('torch.ones_like', (), {}), ('torch.full_like', (2.5,), {}),
    ('Tensor.contiguous', (), {}), ('torch.detach', (), {}), ('torch.nonzero', (), {}), ('torch.argwhere', (), {}),
    ('torch.reshape', ((-1,),), {}), ('Tensor.repeat', (2, 1, 2), {}), ('torch.tile', ((2,),), {}),
    ('torch.is_floating_point', (), {}), ('torch.is_complex', (), {}), ('torch.alias_copy', (), {}),
]
ON_DIMS = [
    ('torch.flip', ([0],), {}), ('torch.roll', (1, 0), {}), ('torch.roll', (2,), {}), ('torch.unbind', (), {}),
    ('torch.unbind', (-1,), {}), ('torch.transpose', (0, 1), {}), ('torch.swapaxes', (0, -1), {}),
    ('torch.swapdims', (0, 1), {}), ('torch.movedim', (0, -1), {}), ('torch.moveaxis', (0, 1), {}),
    ('torch.split', (2,), {}), ('torch.split', (2, 1), {}), ('torch.chunk', (2,), {}), ('torch.chunk', (2, -1), {}),
    ('torch.tensor_split', (2,), {}), ('torch.tensor_split', ([1, 2], 1), {}), ('torch.narrow', (1, 0, 2), {}),
    ('torch.select', (1, 1), {}), ('torch.diagonal', (), {}), ('torch.diagonal', (1,), {}),
    ('torch.repeat_interleave', (2,), {}), ('torch.repeat_interleave', (2, 1), {}), ('torch.rot90', (), {}),
    ('torch.rot90', (2, [0, 1]), {}), ('torch.tril', (), {}), ('torch.triu', (1,), {}), ('torch.fliplr', (), {}),
    ('torch.flipud', (), {}), ('Tensor.unfold', (1, 2, 1), {}), ('torch.hsplit', ([1],), {}),
    ('torch.narrow_copy', (0, 1, 1), {}), ('torch.select_copy', (0, 1), {}), ('torch.transpose_copy', (0, 1), {}),
    ('torch.unsqueeze_copy', (1,), {}), ('torch.unbind_copy', (), {}), ('torch.diagonal_copy', (), {}),
    ('torch.unsafe_chunk', (2,), {}), ('torch.unsafe_split', (2,), {}), ('torch.slice_copy', (0, 0, 1), {}),
]


def cases():
    for op, args, kwargs in ON_ALL:
        for x in (X, S, T, E, Z, i64(2, 3), b8(4), c64(2, 2), bf16(2, 3), u8(3, 2, view='transpose 0 1')):
            yield exact(op, x, *args, raises=True, **kwargs)
    for op, args, kwargs in ON_DIMS:
        for x in (X, S, T, i64(3, 4), b8(2, 3), c64(3, 3), f32(0, 3), Z):
            yield exact(op, x, *args, raises=True, **kwargs)
    yield from reshaping()
    yield from joining()
    yield from views_of_values()
    yield from in_place()


def reshaping():
    yield exact('Tensor.view', X, 6, 4)
    yield exact('Tensor.view', X, [2, -1])
    yield exact('Tensor.view', T, -1, raises=True)
    yield exact('Tensor.view', f32(2, 4), torch.int32, grad=False)
    yield exact('Tensor.view', i32(4), torch.float32, grad=False)
    yield exact('Tensor.view_as', f32(2, 6), f32(3, 4))
    yield exact('Tensor.reshape', T, 2, 6)
    yield exact('torch.reshape', X, [4, 5], raises=True, grad=False)
    yield exact('Tensor.reshape_as', T, f32(2, 6))
    yield exact('torch.flatten', X, 1)
    yield exact('torch.flatten', X, start_dim=0, end_dim=1)
    yield exact('torch.unflatten', f32(2, 6), 1, [2, -1])
    yield exact('torch.permute', X, [2, 0, 1])
    yield exact('Tensor.permute', X, 2, 0, 1)
    yield exact('torch.permute', X, [0, 0, 1], raises=True, grad=False)
    yield exact('torch.permute_copy', X, [2, 0, 1])
    yield exact('torch.view_copy', X, [6, 4])
    yield exact('torch.expand_copy', f32(3, 1), [2, 3, 4])
    yield exact('Tensor.expand', f32(3, 1), 3, 4)
    yield exact('Tensor.expand', f32(3, 1), [2, -1, 4])
    yield exact('Tensor.expand', f32(3, 2), 3, 4, raises=True, grad=False)
    yield exact('Tensor.expand_as', f32(3, 1), f32(3, 4, seed=1))
    yield exact('torch.broadcast_to', f32(3, 1), [2, 3, 4])
    yield exact('torch.squeeze', f32(1, 3, 1), 0)
    yield exact('torch.squeeze', f32(1, 3, 1), [0, 2])
    yield exact('torch.squeeze_copy', f32(1, 3, 1))
    yield exact('torch.t', f32(2, 3))
    yield exact('torch.t', X, raises=True, grad=False)
    yield exact('torch.t_copy', f32(2, 3))
    yield exact('torch.adjoint', c64(2, 3))
    for name in ('T', 'mT', 'H', 'mH'):
        yield exact(f'Tensor.{name}', f32(2, 3))
        yield exact(f'Tensor.{name}', c64(2, 3))
    yield exact('torch.movedim', X, [0, 1], [1, 2])
    yield exact('torch.pixel_shuffle', f32(1, 4, 2, 3), 2)
    yield exact('torch.pixel_unshuffle', f32(1, 1, 4, 6), 2)
    yield exact('torch.channel_shuffle', f32(1, 4, 2, 2), 2)
    yield exact('torch.vsplit', f32(4, 2), 2)
    yield exact('torch.dsplit', X, 2)
    yield exact('torch.split', f32(7, 2), [3, 4])
    yield exact('torch.split', f32(7, 2), [3, 3], raises=True, grad=False)
    yield exact('Tensor.split', f32(7, 2), 3)
    yield exact('torch.split_copy', f32(7, 2), 3)
    yield exact('torch.split_with_sizes', f32(7, 2), [3, 4])
    yield exact('torch.split_with_sizes_copy', f32(7, 2), [3, 4])
    yield exact('torch.unsafe_split_with_sizes', f32(7, 2), [3, 4])
    yield exact('torch.as_strided', f32(10), [2, 3], [3, 1], 1)
    yield exact('torch.as_strided_copy', f32(10), [2, 2], [4, 2])
    yield exact('torch.unfold_copy', f32(3, 5), 1, 3, 2)
    yield exact('torch.constant_pad_nd', f32(2, 3), [1, 2], 1.5)
    yield exact('torch.narrow', f32(3, 4), 1, 2, 3, raises=True, grad=False)
    yield exact('torch.select', f32(3, 4), 0, 3, raises=True, grad=False)
    yield exact('torch.transpose', f32(3, 4), 0, 2, raises=True, grad=False)


def joining():
    a, b = f32(2, 3), f32(2, 3, seed=1)
    for name in ('cat', 'concat', 'concatenate'):
        yield exact(f'torch.{name}', [a, b])
        yield exact(f'torch.{name}', [a, b, f32(3, 2, view='transpose 0 1')], 1)
        yield exact(f'torch.{name}', [a, f32(4, 3)], dim=-2)
        yield exact(f'torch.{name}', [i64(2), f32(3)])
        yield exact(f'torch.{name}', [a, f32(0)])
        yield exact(f'torch.{name}', [a, f32(2, 4)], raises=True, grad=False)
    yield exact('torch.cat', [a, b], out=f32(4, 3, seed=2))
    yield exact('torch.cat', [], raises=True, grad=False)
    yield exact('torch.stack', [a, b])
    yield exact('torch.stack', [a, b], -1)
    yield exact('torch.stack', [f32(), f32(seed=1)])
    yield exact('torch.stack', [a, f32(3, 2)], raises=True, grad=False)
    for name in ('hstack', 'vstack', 'dstack', 'column_stack', 'row_stack'):
        yield exact(f'torch.{name}', [a, b])
        yield exact(f'torch.{name}', [f32(3), f32(3, seed=1)])
    yield exact('torch.block_diag', a, f32(2, 2))
    yield exact('torch.broadcast_tensors', f32(3, 1), f32(4))
    yield exact('torch.cartesian_prod', f32(2), f32(3))
    yield exact('torch.combinations', f32(4))
    yield exact('torch.combinations', f32(3), 2, True)
    yield exact('torch.meshgrid', f32(2), f32(3), indexing='ij')
    yield exact('torch.meshgrid', [f32(2), f32(3)], indexing='xy')


def views_of_values():
    yield exact('torch.diag', f32(3))
    yield exact('torch.diag', f32(3, 4), 1)
    yield exact('torch.diag_embed', f32(2, 3))
    yield exact('torch.diag_embed', f32(2, 3), 1, 0, 2)
    yield exact('torch.diagflat', f32(2, 2))
    yield exact('torch.diagonal', X, 0, 0, 2)
    yield exact('torch.diagonal_scatter', f32(3, 3), f32(3))
    yield exact('torch.slice_scatter', f32(4, 3), f32(2, 3), 0, 1, 3)
    yield exact('torch.select_scatter', f32(4, 3), f32(3), 0, 1)
    yield exact('torch.as_strided_scatter', f32(10), f32(2, 2), [2, 2], [4, 2])
    yield exact('torch.repeat_interleave', f32(3), index([1, 0, 2]))
    yield exact('torch.repeat_interleave', index([1, 0, 2]))
    yield exact('torch.tril', i64(4, 4), -1)
    yield exact('torch.triu', X, diagonal=-1)
    for dtype in (torch.float64, torch.int64, torch.bool, torch.bfloat16, torch.uint8, torch.complex64):
        for x in (f32(5, domain='positive'), i64(3), b8(3), f64(2, 3, domain='positive', view='transpose 0 1')):
            yield exact('Tensor.to', x, dtype)
            yield exact('Tensor.type_as', x, {torch.float64: f64(1), torch.int64: i64(1)}.get(dtype, f32(1)))
    for name in ('float', 'double', 'half', 'bfloat16', 'long', 'int', 'short', 'char', 'byte', 'bool', 'cfloat'):
        yield exact(f'Tensor.{name}', f32(5, domain='positive'))
        yield exact(f'Tensor.{name}', i64(4, domain='count'))
    yield exact('Tensor.to', f32(3), dtype=torch.float64, copy=True)
    yield exact('Tensor.to', f32(3), f64(1))
    yield exact('torch.clone', T, memory_format=torch.contiguous_format)
    yield exact('torch.can_cast', torch.float32, torch.int64)
    yield exact('torch.promote_types', torch.int32, torch.float16)
    yield exact('torch.result_type', i64(2), 1.5)


def in_place():
    yield exact('Tensor.fill_', f32(2, 3), 3)
    yield exact('Tensor.fill_', i64(2, 3), 2.0)
    yield exact('Tensor.fill_', f32(2, 3), f32(seed=1))
    yield exact('torch.fill', f32(2, 3), 1.5)
    yield exact('Tensor.zero_', f32(4, 2, view='transpose 0 1'))
    yield exact('Tensor.copy_', f32(2, 3), f32(3, seed=1))
    yield exact('Tensor.copy_', i64(2, 3), f32(3, seed=1), grad=False)
    yield exact('Tensor.copy_', f32(2, 3), f32(2, seed=1), raises=True, grad=False)
    yield exact('Tensor.tril_', f32(3, 3))
    yield exact('Tensor.triu_', f32(3, 3), 1)
    yield exact('Tensor.fill_diagonal_', f32(3, 3), 7.0)
    yield exact('Tensor.transpose_', f32(2, 3), 0, 1)
    yield exact('Tensor.t_', f32(2, 3))
    yield exact('Tensor.squeeze_', f32(1, 3))
    yield exact('Tensor.unsqueeze_', f32(3), 0)
    yield exact('Tensor.swapaxes_', f32(2, 3), 0, 1)
    yield exact('Tensor.resize_', i64(6), [2, 3])
    for name in ('new_zeros', 'new_ones'):
        yield exact(f'Tensor.{name}', f64(2), [2, 3])
        yield exact(f'Tensor.{name}', i64(2), [2], dtype=torch.float32)
    yield exact('Tensor.new_full', i64(2), [2], 7)
