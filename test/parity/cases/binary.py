"""Pointwise functions of two and three tensors: broadcasting, type promotion, scalars."""

import torch
from recorder.spec import bf16, b8, c64, case, f16, f32, f64, given, i32, i64, i8, reduction, u8

# name -> domains of the two inputs
FLOAT = {
    'add': ('normal', 'normal'), 'sub': ('normal', 'normal'), 'mul': ('normal', 'normal'),
    'div': ('normal', 'positive'), 'subtract': ('normal', 'normal'), 'multiply': ('normal', 'normal'),
    'divide': ('normal', 'positive'), 'true_divide': ('normal', 'positive'), 'rsub': ('normal', 'normal'),
    'pow': ('positive', 'normal'), 'float_power': ('positive', 'normal'), 'atan2': ('normal', 'normal'),
    'arctan2': ('normal', 'normal'), 'hypot': ('normal', 'normal'), 'copysign': ('normal', 'normal'),
    'fmod': ('wide', 'positive'), 'remainder': ('wide', 'positive'), 'floor_divide': ('wide', 'positive'),
    'maximum': ('normal', 'normal'), 'minimum': ('normal', 'normal'), 'fmax': ('normal', 'normal'),
    'fmin': ('normal', 'normal'), 'xlogy': ('positive', 'positive'), 'logaddexp': ('normal', 'normal'),
    'logaddexp2': ('normal', 'normal'), 'nextafter': ('normal', 'normal'), 'heaviside': ('normal', 'normal'),
    'ldexp': ('normal', 'normal'), 'igamma': ('positive', 'positive'), 'igammac': ('positive', 'positive'),
    'eq': ('normal', 'normal'), 'ne': ('normal', 'normal'), 'lt': ('normal', 'normal'), 'le': ('normal', 'normal'),
    'gt': ('normal', 'normal'), 'ge': ('normal', 'normal'), 'not_equal': ('normal', 'normal'),
    'less': ('normal', 'normal'), 'less_equal': ('normal', 'normal'), 'greater': ('normal', 'normal'),
    'greater_equal': ('normal', 'normal'), 'logical_and': ('normal', 'normal'), 'logical_or': ('normal', 'normal'),
    'logical_xor': ('normal', 'normal'), 'isclose': ('normal', 'normal'),
    'special.xlogy': ('positive', 'positive'), 'special.xlog1py': ('positive', 'positive'),
    'special.zeta': ('above_one', 'positive'), 'special.gammainc': ('positive', 'positive'),
    'special.gammaincc': ('positive', 'positive'),
}
POLYNOMIALS = (
    'chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w '
    'hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p '
    'shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u'
).split()
INTEGER = 'bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm'.split()
SCALARS = (
    'add sub mul div fmod remainder floor_divide pow eq ne lt le gt ge true_divide float_power copysign xlogy'
).split()
IN_PLACE = (
    'add sub mul div fmod remainder floor_divide pow eq ne lt le gt ge atan2 hypot copysign xlogy logical_and '
    'logical_or logical_xor nextafter heaviside float_power'
).split()


def pairs(op, one, two):
    yield case(op, f32(3, 4, domain=one), f32(3, 4, domain=two, seed=1))
    yield case(op, f32(3, 1, domain=one), f32(4, domain=two, seed=1))
    yield case(op, f64(2, 3, 4, domain=one), f64(3, 1, domain=two, seed=1))
    yield case(op, f32(4, 3, domain=one, view='transpose 0 1'), f32(3, 8, domain=two, seed=1, view='slice 1 0 8 2'))
    yield case(op, f32(domain=one), f32(2, domain=two, seed=1))
    yield case(op, f32(0, 3, domain=one), f32(1, 3, domain=two, seed=1))
    # A 0-d tensor of a wider dtype does not widen the result; one of another category does.
    yield case(op, f32(3, domain=one), f64(domain=two, seed=1), raises=True)
    yield case(op, f32(3, domain=one), f64(3, domain=two, seed=1), raises=True)
    yield case(op, i64(4, domain='nonzero'), f32(4, domain='positive', seed=1), raises=True)
    yield case(op, i64(4), i32(4, domain='nonzero', seed=1), raises=True)
    yield case(op, u8(4, domain='nonzero'), u8(4, domain='nonzero', seed=1), raises=True)
    yield case(op, b8(4), b8(4, seed=1), raises=True)
    yield case(op, c64(3), c64(3, seed=1), raises=True)
    yield case(op, bf16(4, domain=one), bf16(4, domain=two, seed=1), raises=True)
    yield case(op, f16(4, domain=one), f16(4, domain=two, seed=1), raises=True)
    yield case(op, f32(2, 3, domain=one), f32(2, 4, domain=two, seed=1), raises=True, grad=False)


def cases():
    for name, (one, two) in FLOAT.items():
        yield from pairs(f'torch.{name}', one, two)
        if '.' not in name and name not in ('rsub', 'true_divide'):
            yield case(f'Tensor.{name}', f32(2, 3, domain=one), f32(3, domain=two, seed=1))
    for name in SCALARS:
        for value in (2, 2.0, 2.5, -3, True):
            raises = {'raises': True}
            yield case(f'torch.{name}', f32(2, 3, domain='positive'), value, **raises)
            yield case(f'torch.{name}', i64(2, 3, domain='nonzero'), value, **raises)
            yield case(f'torch.{name}', u8(3, domain='nonzero'), value, **raises)
            yield case(f'torch.{name}', b8(3), value, **raises)
        yield case(f'torch.{name}', c64(3), complex(1, 0.5), raises=True)
        yield case(f'torch.{name}', f32(3), complex(1, 0.5), raises=True)
    for name in IN_PLACE:
        one, two = FLOAT[name]
        yield case(f'Tensor.{name}_', f32(3, 4, domain=one), f32(4, domain=two, seed=1), raises=True)
        yield case(f'Tensor.{name}_', f32(4, 3, domain=one, view='transpose 0 1'), f32(3, 1, domain=two, seed=1), raises=True)
        yield case(f'Tensor.{name}_', i32(3, domain='nonzero'), i32(3, domain='nonzero', seed=1), raises=True)
        yield case(f'Tensor.{name}_', i64(3), f32(3, seed=1), raises=True)
        yield case(f'Tensor.{name}_', f32(3), f32(2, 3, seed=1), raises=True, grad=False)
        if name != 'float_power':
            yield case(f'torch.{name}', f32(2, 3, domain=one), f32(3, domain=two, seed=1), out=f32(2, 3, seed=2), raises=True)
    for name in INTEGER:
        op = f'torch.{name}'
        low = 'count' if 'shift' in name else 'int'
        yield case(op, i64(2, 4), i64(4, domain='nonzero' if 'shift' in name else 'int', seed=1))
        yield case(op, i32(3, 1), i8(4, domain=low, seed=1) if low == 'int' else i8(4, domain='nonzero', seed=1))
        yield case(op, u8(3, domain='nonzero'), u8(3, domain='nonzero', seed=1))
        yield case(op, b8(4), b8(4, seed=1), raises=True)
        yield case(op, i64(4), 3, raises=True)
        yield case(op, f32(3), f32(3, seed=1), raises=True, grad=False)
        yield case(f'Tensor.{name}_', i64(2, 3), i64(3, domain='nonzero', seed=1))
    for name in POLYNOMIALS:
        # A recurrence whose terms cancel: low degrees, and compared as the sum it is.
        yield reduction(f'torch.special.{name}', f32(4, domain='unit'), given([0, 1, 2, 3], torch.int64), grad=False)
        yield reduction(f'torch.special.{name}', f64(2, 3, domain='unit'), 4, grad=False)
    yield from with_options()
    yield from ternary()


def with_options():
    x, y = f32(3, 4), f32(4, domain='positive', seed=1)
    # A product and a sum, fused or not as the processor has it.
    yield reduction('torch.add', x, y, alpha=2)
    yield reduction('torch.add', x, y, alpha=0.5)
    yield case('torch.add', i64(4), i64(4, seed=1), alpha=3)
    yield case('torch.add', i64(4), i64(4, seed=1), alpha=0.5, raises=True, grad=False)
    yield reduction('torch.sub', x, y, alpha=-1.5)
    yield reduction('torch.rsub', x, 2, alpha=3)
    yield reduction('Tensor.add_', x, y, alpha=2)
    yield reduction('Tensor.sub_', x, 1, alpha=2)
    for mode in ('trunc', 'floor', None):
        yield case('torch.div', f32(3, 4, domain='wide'), y, rounding_mode=mode)
        yield case('torch.div', i64(5), i64(5, domain='nonzero', seed=1), rounding_mode=mode)
        yield case('Tensor.div_', f32(3, 4, domain='wide'), y, rounding_mode=mode)
    yield case('torch.div', f32(3), 2, rounding_mode='ceil', raises=True, grad=False)
    yield case('torch.pow', 2, f32(3))
    yield case('torch.pow', 2.5, f32(3))
    yield case('torch.pow', 2, i64(3, domain='nonzero'))
    yield case('torch.pow', i64(3), -1, raises=True)
    yield case('torch.float_power', 3, f32(3))
    yield case('torch.bitwise_and', 6, i64(3))
    yield case('torch.bitwise_left_shift', 1, i64(3, domain='nonzero'))
    yield case('torch.xlogy', 2, f32(3, domain='positive'))
    yield case('torch.isclose', given([1.0, 2.0, float('nan')]), given([1.0 + 1e-6, 2.1, float('nan')]), rtol=1e-5)
    yield case('torch.isclose', given([1.0, float('nan')]), given([1.5, float('nan')]), atol=1.0, equal_nan=True)
    yield case('torch.special.zeta', 2.5, f32(3, domain='above_one'), grad=False)
    yield case('torch.allclose', f32(3), f32(3))
    yield case('torch.allclose', f32(3), f32(3, seed=1))
    yield case('torch.equal', f32(3), f32(3))
    yield case('torch.equal', f32(3), f32(2))
    yield case('torch.is_same_size', f32(3, 2), f32(3, 2, seed=1))


def ternary():
    x, y, z = f32(3, 4), f32(4, seed=1, domain='positive'), f32(3, 1, seed=2, domain='positive')
    for name in ('addcmul', 'addcdiv'):
        yield reduction(f'torch.{name}', x, y, z)
        yield reduction(f'torch.{name}', x, y, z, value=0.5)
        yield reduction(f'Tensor.{name}_', x, y, z, value=2)
        yield reduction(f'torch.{name}', f64(2, 3), f64(3, seed=1), f64(seed=2, domain='positive'))
        yield case(f'torch.{name}', i64(3), i64(3, seed=1), i64(3, domain='nonzero'), raises=True)
    yield reduction('torch.lerp', x, f32(3, 4, seed=3), 0.3)
    yield reduction('torch.lerp', x, f32(3, 4, seed=3), 2)
    yield reduction('torch.lerp', x, f32(3, 4, seed=3), f32(4, seed=4, domain='probability'))
    yield reduction('Tensor.lerp_', x, f32(3, 4, seed=3), 0.7)
    mask = b8(3, 4)
    yield case('torch.where', mask, x, y)
    yield case('torch.where', mask, x, 0.5)
    yield case('torch.where', mask, 1, f64(3, 4))
    yield case('torch.where', mask, 1.0, 2)
    yield case('torch.where', mask, i64(4), f32(3, 1), raises=True)
    yield case('Tensor.where', x, mask, z)
    yield case('torch.where', mask)
