"""Matrix products, contractions, convolutions' relatives: sums whose order depends on the processor."""

import torch
from recorder.spec import b8, bf16, c64, f32, f64, i32, i64, reduction


def cases():
    a, b = f32(3, 4), f32(4, 2, seed=1)
    for op in ('torch.matmul', 'torch.mm', 'Tensor.matmul', 'torch.linalg.matmul'):
        yield reduction(op, a, b)
        yield reduction(op, f32(4, 3, view='transpose 0 1'), f32(4, 8, seed=1, view='slice 1 0 8 3'))
        yield reduction(op, f64(2, 2), f64(2, 2, seed=1))
        yield reduction(op, c64(2, 3), c64(3, 2, seed=1, view='conj'))
        yield reduction(op, i64(2, 3), i64(3, 2, seed=1))
        yield reduction(op, bf16(2, 3), bf16(3, 2, seed=1))
        yield reduction(op, f32(0, 3), f32(3, 2))
        yield reduction(op, f32(2, 0), f32(0, 3))
        yield reduction(op, a, f32(3, 2), raises=True, grad=False)
        yield reduction(op, a, f64(4, 2), raises=True, grad=False)
        yield reduction(op, b8(2, 2), b8(2, 2), raises=True)
    for one, two in (((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 2)), ((5, 3, 4), (4, 2)), ((2, 1, 3, 4), (5, 4, 2)),
                     ((4,), (2, 4, 3)), ((2, 3, 4), (4,))):
        yield reduction('torch.matmul', f32(*one), f32(*two, seed=1))
        yield reduction('Tensor.matmul', f64(*one), f64(*two, seed=1))
    yield reduction('torch.matmul', f32(), f32(2), raises=True, grad=False)
    yield reduction('torch.matmul', a, b, out=f32(3, 2))
    v, w = f32(4), f32(4, seed=1)
    yield reduction('torch.dot', v, w)
    yield reduction('torch.dot', i64(4), i64(4, seed=1))
    yield reduction('torch.dot', v, f32(3), raises=True, grad=False)
    yield reduction('torch.dot', a, v, raises=True, grad=False)
    yield reduction('torch.vdot', c64(3), c64(3, seed=1))
    yield reduction('torch.inner', a, f32(2, 4, seed=1))
    yield reduction('torch.inner', v, w)
    yield reduction('torch.outer', v, f32(3))
    yield reduction('torch.ger', v, f32(3))
    yield reduction('torch.mv', a, v)
    yield reduction('torch.mv', f32(4, 3, view='transpose 0 1'), v)
    yield reduction('torch.bmm', f32(2, 3, 4), f32(2, 4, 2, seed=1))
    yield reduction('torch.bmm', f64(2, 4, 3, view='transpose 1 2'), f64(2, 4, 2, seed=1))
    yield reduction('torch.bmm', f32(2, 3, 4), f32(3, 4, 2, seed=1), raises=True, grad=False)
    yield from added()
    yield from contractions()


def added():
    c = f32(3, 2, seed=2)
    a, b = f32(3, 4), f32(4, 2, seed=1)
    for op in ('torch.addmm', 'Tensor.addmm_'):
        yield reduction(op, c, a, b)
        yield reduction(op, c, a, b, beta=0.5, alpha=2)
        yield reduction(op, i64(2, 2), i64(2, 3), i64(3, 2), alpha=2)
    yield reduction('torch.addmm', f32(2, seed=2), a, b)
    yield reduction('torch.addmm', c, a, f32(3, 2), raises=True, grad=False)
    for op in ('torch.addmv', 'torch.addmv_'):
        yield reduction(op, f32(3), a, f32(4, seed=1), beta=2, alpha=0.5)
    for op in ('torch.addr', 'Tensor.addr_'):
        yield reduction(op, f32(3, 2), f32(3, seed=1), f32(2, seed=2))
    batch = (f32(2, 3, 4), f32(2, 4, 2, seed=1))
    for op in ('torch.baddbmm', 'Tensor.baddbmm_'):
        yield reduction(op, f32(2, 3, 2), *batch)
        yield reduction(op, f32(2, 3, 2), *batch, beta=0, alpha=1.5)
    for op in ('torch.addbmm', 'Tensor.addbmm_'):
        yield reduction(op, f32(3, 2), *batch, grad=not op.endswith('_'))
    yield reduction('torch.chain_matmul', f32(2, 3), f32(3, 4), f32(4, 2))
    yield reduction('torch.linalg.multi_dot', [f32(2, 3), f32(3, 4), f32(4, 2)])


def contractions():
    yield reduction('torch.einsum', 'ij,jk->ik', f32(3, 4), f32(4, 2, seed=1))
    yield reduction('torch.einsum', 'bij,bjk->bik', [f32(2, 3, 4), f32(2, 4, 2, seed=1)])
    yield reduction('torch.einsum', 'ii->i', f32(3, 3))
    yield reduction('torch.einsum', 'i,j->ij', f32(3), f32(4))
    yield reduction('torch.einsum', '...ij->...ji', f32(2, 3, 4))
    yield reduction('torch.einsum', 'ij,kl->im', f32(2, 2), f32(2, 2), raises=True, grad=False)
    yield reduction('torch.tensordot', f32(2, 3, 4), f32(3, 4, 5, seed=1), dims=2)
    yield reduction('torch.tensordot', f32(2, 3, 4), f32(4, 3, 2, seed=1), dims=([1, 2], [1, 0]))
    yield reduction('torch.kron', f32(2, 2), f32(2, 3, seed=1))
    yield reduction('torch.cross', f32(2, 3), f32(2, 3, seed=1), dim=1)
    yield reduction('torch.cdist', f32(3, 4), f32(2, 4, seed=1))
    yield reduction('torch.cdist', f32(3, 4), f32(2, 4, seed=1), p=1.0)
    yield reduction('torch.pdist', f32(4, 3))
    yield reduction('torch.trace', f32(3, 4))
    yield reduction('torch.trace', i32(3, 3))
    yield reduction('torch.matrix_power', f32(3, 3), 3)
    yield reduction('torch.matrix_power', f32(3, 3, domain='regular'), -2)
    yield reduction('torch.cosine_similarity', f32(3, 4), f32(3, 4, seed=1))
    yield reduction('torch.cosine_similarity', f32(3, 4), f32(4, seed=1), dim=1, eps=1e-6)
    yield reduction('torch.pairwise_distance', f32(3, 4), f32(3, 4, seed=1))
    yield reduction('torch.bilinear', f32(2, 3), f32(2, 4), f32(5, 3, 4), f32(5))
    yield reduction('torch.vander', f32(3), grad=False)
    yield reduction('torch.linalg.vander', f32(3), N=4)
    yield reduction('torch.linalg.vecdot', f32(3, 4), f32(3, 4, seed=1))
    yield reduction('torch.linalg.cross', f32(2, 3), f32(2, 3, seed=1))
