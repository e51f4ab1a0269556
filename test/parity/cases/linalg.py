"""Decompositions and solvers. Inputs are well conditioned; factors that are unique only up to a sign or phase are
compared through what does not depend on it."""

import torch
from recorder.spec import c64, f32, f64, given, i64, reduction

SPD = f64(3, 3, domain='spd')
REG = f64(3, 3, domain='regular')
PIVOTS = given([2, 3, 3], torch.int32)


def square(*shape, domain='regular', **kwargs):
    return f32(*shape, domain=domain, **kwargs)


def cases():
    for op in ('torch.det', 'torch.linalg.det', 'torch.logdet', 'torch.slogdet', 'torch.linalg.slogdet',
               'torch.inverse', 'torch.linalg.inv', 'torch.pinverse', 'torch.linalg.pinv', 'torch.matrix_exp',
               'torch.linalg.matrix_exp', 'torch.linalg.cond', 'torch.linalg.lu', 'torch.linalg.lu_factor',
               'torch.linalg.lu_factor_ex', 'torch.linalg.inv_ex', 'torch.linalg.svdvals', 'torch.linalg.matrix_rank'):
        yield reduction(op, square(3, 3))
        yield reduction(op, REG)
        yield reduction(op, square(2, 3, 3))
        yield reduction(op, square(3, 3, view='transpose 0 1', seed=1))
        yield reduction(op, c64(2, 2, domain='regular'), raises=True)
        yield reduction(op, f32(0, 0), raises=True, grad=False)
        yield reduction(op, f32(2, 3), raises=True, grad=False)
        yield reduction(op, i64(2, 2), raises=True, grad=False)
    for op in ('torch.linalg.cholesky', 'torch.cholesky', 'torch.linalg.cholesky_ex', 'torch.linalg.eigvalsh',
               'torch.linalg.ldl_factor', 'torch.linalg.ldl_factor_ex'):
        yield reduction(op, square(3, 3, domain='spd'), raises=True)
        yield reduction(op, SPD)
        yield reduction(op, square(2, 3, 3, domain='spd'))
        yield reduction(op, f32(2, 3), raises=True, grad=False)
    yield reduction('torch.linalg.cholesky', SPD, upper=True)
    yield reduction('torch.cholesky', SPD, True)
    yield reduction('torch.linalg.cholesky', f32(2, 2, data=[[1.0, 2.0], [2.0, 1.0]], domain='given'), raises=True, grad=False)
    yield reduction('torch.linalg.inv', f32(2, 2, data=[[1.0, 2.0], [2.0, 4.0]], domain='given'), raises=True, grad=False)
    yield from factors()
    yield from solving()
    yield from norms()


def factors():
    """Signs of vectors are the library's choice and equal with the same libtorch."""
    for x in (square(3, 3, domain='spd'), SPD):
        yield reduction('torch.linalg.eigh', x, grad=False)
        yield reduction('torch.linalg.svd', x, grad=False)
        yield reduction('torch.svd', x, grad=False)
    yield reduction('torch.linalg.eigh', SPD, UPLO='U', grad=False)
    yield reduction('torch.linalg.svd', f64(3, 2), full_matrices=False, grad=False)
    yield reduction('torch.linalg.svd', f64(2, 3), False, grad=False)
    yield reduction('torch.linalg.eigvals', REG, grad=False)
    yield reduction('torch.linalg.eig', SPD, grad=False)
    for op in ('torch.linalg.qr', 'torch.qr'):
        yield reduction(op, f64(4, 3))
        yield reduction(op, square(3, 3))
    yield reduction('torch.linalg.qr', f64(4, 3), mode='r', grad=False)
    yield reduction('torch.linalg.qr', f64(4, 3), 'complete', grad=False)
    yield reduction('torch.linalg.qr', f64(4, 3), 'nothing', raises=True, grad=False)
    yield reduction('torch.geqrf', f64(3, 2), grad=False)
    yield reduction('torch.linalg.householder_product', f64(3, 2), f64(2, seed=1))
    yield reduction('torch.orgqr', f64(3, 2), f64(2, seed=1))
    yield reduction('torch.ormqr', f64(3, 2), f64(2, seed=1), f64(3, 2, seed=2))
    yield reduction('torch.lu_unpack', f64(3, 3), PIVOTS)
    yield reduction('torch.linalg.diagonal', f64(2, 3, 3), offset=1)
    yield reduction('torch.linalg.matrix_power', REG, 3)
    yield reduction('torch.linalg.matrix_power', REG, -1)
    yield reduction('torch.linalg.matrix_power', f32(2, 3), 2, raises=True, grad=False)


def solving():
    b = f64(3, 2, seed=3)
    yield reduction('torch.linalg.solve', REG, b)
    yield reduction('torch.linalg.solve', square(3, 3), f32(3, seed=3))
    yield reduction('torch.linalg.solve', REG, f64(2, 3, seed=3), left=False)
    yield reduction('torch.linalg.solve_ex', REG, b)
    yield reduction('torch.linalg.solve', REG, f64(4, 2), raises=True, grad=False)
    yield reduction('torch.linalg.solve_triangular', f64(3, 3, domain='lower'), b, upper=False)
    yield reduction('torch.linalg.solve_triangular', f64(3, 3, domain='lower'), b, upper=False, unitriangular=True)
    yield reduction('torch.triangular_solve', b, f64(3, 3, domain='lower'), upper=False)
    yield reduction('torch.cholesky_solve', b, f64(3, 3, domain='lower'))
    yield reduction('torch.cholesky_inverse', f64(3, 3, domain='lower'))
    yield reduction('torch.linalg.lstsq', f64(4, 2), f64(4, 1, seed=1), grad=False)
    yield reduction('torch.linalg.lu_solve', REG, PIVOTS, b, grad=False)
    yield reduction('torch.lu_solve', b, REG, PIVOTS, grad=False)
    yield reduction('torch.linalg.ldl_solve', SPD, PIVOTS, b, grad=False, raises=True)
    yield reduction('torch.linalg.tensorinv', f64(6, 2, 3), ind=1)
    yield reduction('torch.linalg.tensorsolve', f64(2, 3, 6), f64(2, 3, seed=1))


def norms():
    for x in (f32(3, 4), f64(4, 3, view='transpose 0 1'), c64(2, 3)):
        for order in (None, 2, 1, float('inf'), 0.5, 0):
            yield reduction('torch.linalg.norm', x, order, raises=True)
            yield reduction('torch.linalg.norm', x, order, dim=1, keepdim=True, raises=True)
            yield reduction('torch.linalg.vector_norm', x, 2 if order is None else order, 1, raises=True)
        for order in ('fro', 'nuc', 1, -1, float('inf'), 2):
            yield reduction('torch.linalg.norm', x, order, dim=(0, 1), raises=True)
            yield reduction('torch.linalg.matrix_norm', x, order, raises=True)
    yield reduction('torch.linalg.vector_norm', f32(2, 3), dtype=torch.float64)
    yield reduction('torch.linalg.vector_norm', f32(0), float('inf'), raises=True, grad=False)
    yield reduction('torch.linalg.norm', i64(3), raises=True, grad=False)
    yield reduction('torch.linalg.norm', f32(2, 2), 'max', raises=True, grad=False)
    yield reduction('torch.nuclear_norm', f64(3, 3, domain='regular'))
    yield reduction('torch.frobenius_norm', f32(3, 4), [0, 1], raises=True)
    yield reduction('torch.linalg.cond', REG, 1, grad=False)
    yield reduction('torch.linalg.matrix_rank', REG, tol=0.1, hermitian=False)
    yield reduction('torch.linalg.pinv', f64(4, 2), rtol=1e-6)
