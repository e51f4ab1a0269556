"""Random operators after a seed: the same bits as Python's."""

import torch
from recorder.spec import b8, c64, case, exact, f32, f64, given, i64, reduction


def seeded(op, *args, seed=42, **kwargs):
    return case(op, *args, kind='drawn', seed=seed, **kwargs)


def cases():
    # 16 is where libtorch's normal fill changes its algorithm.
    for n in (1, 5, 15, 16, 17, 20, 40):
        for name in ('rand', 'randn'):
            yield seeded(f'torch.{name}', [n])
            yield seeded(f'torch.{name}', [n], dtype=torch.float64, seed=7)
    for name in ('rand', 'randn'):
        yield seeded(f'torch.{name}', 2, 3)
        yield seeded(f'torch.{name}', [4, 5], dtype=torch.bfloat16)
        yield seeded(f'torch.{name}', [3], dtype=torch.float16)
        yield seeded(f'torch.{name}', [3], dtype=torch.complex64)
        yield seeded(f'torch.{name}', [0])
        yield seeded(f'torch.{name}', [3], dtype=torch.int64, raises=True)
        yield seeded(f'torch.{name}_like', f32(4, 5, grad=False))
        yield seeded(f'torch.{name}_like', i64(3), dtype=torch.float64)
        yield exact(f'torch.{name}', [4], generator=torch.Generator().manual_seed(3))
    for args in ((10, [5]), (-3, 4, [2, 3]), (0, 2**40, [3])):
        yield seeded('torch.randint', *args)
        yield seeded('torch.randint', *args, dtype=torch.float32)
    yield seeded('torch.randint', 3, 3, [2], raises=True)
    yield seeded('torch.randint_like', i64(2, 3), 10)
    yield seeded('torch.randint_like', f32(2, 3), -5, 5)
    for n in (0, 1, 5, 20):
        yield seeded('torch.randperm', n)
    yield seeded('torch.randperm', 6, dtype=torch.int32)
    yield seeded('torch.randperm', 6, generator=torch.Generator().manual_seed(11))
    p = f32(2, 5, domain='probability', grad=False)
    yield seeded('torch.bernoulli', p)
    yield seeded('torch.bernoulli', p, 0.3)
    yield seeded('torch.bernoulli', f64(20, domain='probability', grad=False))
    yield seeded('Tensor.bernoulli_', f32(20, grad=False), 0.25)
    yield seeded('Tensor.bernoulli_', f32(2, 5, grad=False), p)
    yield seeded('torch.bernoulli', f32(3, grad=False), raises=True)
    yield seeded('torch.multinomial', p, 2)
    yield seeded('torch.multinomial', p, 8, True)
    yield seeded('torch.multinomial', p, 3, replacement=False)
    yield seeded('torch.multinomial', p, 9, raises=True)
    yield seeded('torch.normal', 0.0, 1.0, [5])
    yield seeded('torch.normal', 2.0, 0.5, [20])
    yield seeded('torch.normal', f32(5, grad=False), f32(5, domain='positive', grad=False))
    yield seeded('torch.normal', f32(5, grad=False), 0.5)
    yield seeded('torch.normal', 1.0, f32(20, domain='positive', grad=False))
    yield seeded('torch.poisson', f32(6, domain='positive', grad=False))
    yield seeded('torch.binomial', given([10.0, 5.0, 3.0], grad=False), given([0.5, 0.2, 0.9], grad=False))
    yield from filled()
    yield from dropped()


def filled():
    for n in (5, 20):
        x = f32(n, grad=False)
        yield seeded('Tensor.normal_', x)
        yield seeded('Tensor.normal_', x, 1.5, 2.0)
        yield seeded('Tensor.normal_', f64(n, grad=False), mean=-1, std=0.1)
        yield seeded('Tensor.uniform_', x)
        yield seeded('Tensor.uniform_', x, -1, 1)
        yield seeded('Tensor.uniform_', f64(n, grad=False), 2.0, 3.0)
        yield seeded('Tensor.exponential_', x)
        yield seeded('Tensor.exponential_', x, 2.0)
        yield seeded('Tensor.cauchy_', x)
        yield seeded('Tensor.log_normal_', x, 0.5, 0.25)
        yield seeded('Tensor.geometric_', x, 0.4)
        yield seeded('Tensor.random_', x)
        yield seeded('Tensor.random_', i64(n))
        yield seeded('Tensor.random_', i64(n), 10)
        yield seeded('Tensor.random_', i64(n), -3, 3)
    yield seeded('Tensor.normal_', f32(5, 4, view='transpose 0 1', grad=False))
    yield seeded('Tensor.uniform_', f32(3, 8, view='slice 1 0 8 2', grad=False))
    yield seeded('Tensor.normal_', c64(4, grad=False))
    yield seeded('Tensor.random_', b8(6))
    yield seeded('Tensor.normal_', f32(3, grad=False), 0, -1, raises=True)
    yield seeded('Tensor.uniform_', f32(3, grad=False), 1, 0, raises=True)
    yield seeded('Tensor.exponential_', f32(3, grad=False), -1, raises=True)
    yield seeded('Tensor.geometric_', f32(3, grad=False), 1.5, raises=True)


def dropped():
    for p in (0.5, 0.2, 0.0, 1.0):
        yield seeded('torch.dropout', f32(3, 4), p, True)
        yield seeded('torch.dropout_', f32(3, 4), p, True)
    yield seeded('torch.dropout', f32(3, 4), 0.5, False)
    yield seeded('torch.dropout', f32(3, 4), 1.5, True, raises=True, grad=False)
    yield seeded('torch.native_dropout', f32(3, 4), 0.5, True)
    yield seeded('torch.feature_dropout', f32(2, 3, 4), 0.5, True)
    yield seeded('torch.alpha_dropout', f32(3, 4), 0.5, True)
    yield seeded('torch.feature_alpha_dropout', f32(2, 3, 4), 0.5, True)
    yield seeded('torch.rrelu', f32(3, 4), 0.1, 0.3, True)
    yield reduction('torch.lstm', f32(3, 2, 3), [f32(2, 2, 4, seed=5), f32(2, 2, 4, seed=6)],
                    [f32(16, 3), f32(16, 4), f32(16), f32(16), f32(16, 4), f32(16, 4), f32(16), f32(16)],
                    True, 2, 0.5, True, False, False, seed=42)
