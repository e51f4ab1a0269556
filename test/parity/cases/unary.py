"""Pointwise functions of one tensor."""

import torch
from recorder.spec import bf16, b8, c64, case, f16, f32, f64, given, i32, i64, u8

# name -> where the function is smooth and defined
REAL = {
    'abs': 'normal', 'acos': 'unit', 'acosh': 'above_one', 'angle': 'normal', 'asin': 'unit', 'asinh': 'normal',
    'atan': 'normal', 'atanh': 'unit', 'ceil': 'normal', 'cos': 'wide', 'cosh': 'normal', 'deg2rad': 'wide',
    'digamma': 'positive', 'erf': 'normal', 'erfc': 'normal', 'erfinv': 'unit', 'exp': 'normal', 'exp2': 'normal',
    'expm1': 'normal', 'fix': 'wide', 'floor': 'wide', 'frac': 'wide', 'i0': 'normal', 'isfinite': 'normal',
    'isinf': 'normal', 'isnan': 'normal', 'isneginf': 'normal', 'isposinf': 'normal', 'isreal': 'normal',
    'lgamma': 'above_one', 'log': 'positive', 'log10': 'positive', 'log1p': 'positive', 'log2': 'positive',
    'logical_not': 'normal', 'logit': 'probability', 'nan_to_num': 'normal', 'neg': 'normal', 'negative': 'normal',
    'positive': 'normal', 'rad2deg': 'normal', 'reciprocal': 'positive', 'relu': 'normal', 'round': 'wide',
    'rsqrt': 'positive', 'selu': 'normal', 'sgn': 'normal', 'sigmoid': 'wide', 'sign': 'normal', 'signbit': 'normal',
    'sin': 'wide', 'sinc': 'normal', 'sinh': 'normal', 'sqrt': 'positive', 'square': 'normal', 'tan': 'unit',
    'tanh': 'normal', 'trunc': 'wide', 'celu': 'normal', 'conj_physical': 'normal', 'resolve_conj': 'normal',
    'absolute': 'normal', 'arccos': 'unit', 'arccosh': 'above_one', 'arcsin': 'unit', 'arcsinh': 'normal',
    'arctan': 'normal', 'arctanh': 'unit', 'hardshrink': 'normal', 'conj': 'normal', 'resolve_neg': 'normal',
}
SPECIAL = {
    'airy_ai': 'normal', 'bessel_j0': 'normal', 'bessel_j1': 'normal', 'bessel_y0': 'low',
    'bessel_y1': 'low', 'digamma': 'positive', 'entr': 'positive', 'erf': 'normal', 'erfc': 'normal',
    'erfcx': 'normal', 'erfinv': 'unit', 'exp2': 'normal', 'expit': 'wide', 'expm1': 'normal', 'gammaln': 'above_one',
    'i0': 'normal', 'i0e': 'normal', 'i1': 'normal', 'i1e': 'normal', 'log1p': 'positive', 'log_ndtr': 'normal',
    'logit': 'probability', 'modified_bessel_i0': 'normal', 'modified_bessel_i1': 'normal',
    'modified_bessel_k0': 'positive', 'modified_bessel_k1': 'positive', 'ndtr': 'normal', 'ndtri': 'probability',
    'psi': 'positive', 'round': 'wide', 'scaled_modified_bessel_k0': 'positive',
    'scaled_modified_bessel_k1': 'positive', 'sinc': 'normal', 'spherical_bessel_j0': 'positive',
}
# exact at the edges too, whatever the processor
EDGE_SAFE = (
    'abs ceil floor frac isfinite isinf isnan isneginf isposinf isreal nan_to_num neg reciprocal relu round sgn sign '
    'signbit sqrt square trunc logical_not sigmoid exp log log1p tanh atan erf'
).split()
IN_PLACE = (
    'abs acos asin asinh atan ceil cos deg2rad erf exp expm1 fix floor frac log log1p log2 logit nan_to_num neg '
    'reciprocal relu round rsqrt sgn sigmoid sign sin sinh sqrt square tan tanh trunc digamma lgamma erfinv exp2 '
    'logical_not sinc i0 selu conj_physical'
).split()


def shapes(op, domain):
    yield case(op, f32(3, 4, domain=domain))
    yield case(op, f64(2, 5, domain=domain, view='transpose 0 1'))
    yield case(op, f32(3, 8, domain=domain, view='slice 1 1 8 2', seed=1))
    yield case(op, f32(domain=domain))
    yield case(op, f32(0, 3, domain=domain))


def cases():
    for name, domain in REAL.items():
        op = f'torch.{name}'
        yield from shapes(op, domain)
        yield case(op, f32(3, 1, domain=domain, view='expand 3 4', seed=2))
        yield case(op, bf16(5, domain=domain))
        yield case(op, f16(5, domain=domain))
        # Integers are promoted to float by some, kept by others, refused by a few.
        yield case(op, given([1, 0, 1], torch.int64), raises=True)
        yield case(op, u8(4), raises=True)
        yield case(op, b8(3), raises=True)
        yield case(op, c64(2, 2, domain='probability'), raises=True)
        if hasattr(torch.Tensor, name):
            yield case(f'Tensor.{name}', f32(2, 3, domain=domain, seed=3))
    for name in EDGE_SAFE:
        yield case(f'torch.{name}', f32(12, domain='edges'), grad=False, name='edges')
        yield case(f'torch.{name}', f64(12, domain='edges'), grad=False, name='edges')
    for name in IN_PLACE:
        if name == 'selu':
            yield case('torch.selu_', f32(2, 4))
            continue
        yield case(f'Tensor.{name}_', f32(2, 4, domain=REAL[name], view='transpose 0 1', seed=4))
        yield case(f'Tensor.{name}_', i64(3), raises=True, grad=False)
        if name not in ('relu', 'selu'):
            yield case(f'torch.{name}', f32(2, 3, domain=REAL[name]), out=f32(2, 3, seed=5))
    for name, domain in SPECIAL.items():
        op = f'torch.special.{name}'
        yield from shapes(op, domain)
        yield case(op, i32(4, domain='count'), raises=True, grad=False)
    yield from with_options()


def with_options():
    yield case('torch.round', f32(2, 4, domain='wide'), decimals=1)
    yield case('torch.round', given([123.0, 1250.0, -77.0]), decimals=-2)
    yield case('torch.nan_to_num', f32(12, domain='edges'), 1.5, 9.0, -9.0)
    yield case('torch.nan_to_num', f32(12, domain='edges'), nan=2.0, posinf=3.0)
    yield case('torch.logit', f32(2, 3, domain='probability'), 0.2)
    yield case('torch.logit', f32(2, 3, domain='probability'), eps=1e-3)
    yield case('torch.celu', f32(2, 3), 2.0)
    yield case('torch.celu', f32(2, 3), alpha=0.5)
    yield case('torch.hardshrink', f32(2, 3), 1.0)
    yield case('torch.threshold', f32(2, 3), 0.5, -1.0)
    yield case('torch.polygamma', 1, f32(2, 3, domain='above_one'))
    yield case('Tensor.polygamma', f32(2, 3, domain='above_one'), 2)
    yield case('torch.special.polygamma', 1, f64(3, domain='above_one'))
    yield case('torch.mvlgamma', f32(2, 3, domain='above_one'), 2)
    yield case('torch.special.multigammaln', f64(3, domain='above_one'), 2)
    yield case('torch.special.logit', f32(3, domain='probability'), eps=1e-4)
    yield case('torch.frexp', f32(2, 4, domain='wide'))
    yield case('torch.frexp', f64(5, domain='wide'))
    for low, high in ((-0.5, 0.5), (None, 0.5), (-0.5, None), (1, 2)):
        yield case('torch.clamp', f32(3, 4), low, high)
        yield case('torch.clip', f64(2, 3), min=low, max=high)
        yield case('torch.clamp', i64(6), low, high)
    yield case('torch.clamp', f32(3, 4), f32(4, seed=1), f32(3, 1, seed=2, domain='positive'))
    yield case('torch.clamp', f32(3, 4), max=f32(4, seed=1))
    yield case('Tensor.clamp_', f32(3, 4), -1, 1)
    yield case('Tensor.clamp', i32(5), min=-2)
    yield case('torch.clamp_min', f32(3, 4), 0.25)
    yield case('torch.clamp_max', f32(3, 4), 0.25)
    yield case('Tensor.clamp_min_', f32(3), 0)
    yield case('Tensor.clamp_max_', f32(3), f32(3, seed=1))
    yield case('torch.bitwise_not', i64(2, 3))
    yield case('torch.bitwise_not', b8(4))
    yield case('torch.bitwise_not', u8(4))
    yield case('torch.bitwise_not', f32(2), raises=True)
    yield case('Tensor.bitwise_not_', i32(4))
    yield case('torch.real', c64(2, 3))
    yield case('torch.imag', c64(2, 3))
    yield case('torch.imag', f32(2), raises=True)
    yield case('torch.view_as_real', c64(2, 3))
    yield case('torch.view_as_complex', f32(3, 2))
    yield case('torch.conj', c64(2, 3, view='transpose 0 1'))
    yield case('torch.resolve_conj', c64(2, 3, view='conj'))
    yield case('torch.abs', c64(2, 3, view='conj'))
    yield case('torch.polar', f32(3, domain='positive'), f32(3, seed=1))
    yield case('torch.complex', f32(2, 3), f32(2, 3, seed=1))
