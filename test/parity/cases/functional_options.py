"""Options and forms of torch.nn.functional that no module has, and what it refuses."""

import math

import torch
from recorder.spec import bf16, case, exact, f32, f64, given, index, reduction


def cases():
    yield from losses()
    yield from pools()
    yield from resizing()
    yield from grids()
    yield from rows()
    yield from attention()
    yield from others()


def losses():
    x, y, w = f32(3, 4), f32(3, 4, seed=1), f32(3, 4, seed=2, domain='positive')
    for how in ('mean', 'sum', 'none'):
        for name in ('mse_loss', 'l1_loss', 'huber_loss'):
            yield reduction(f'F.{name}', x, y, reduction=how, weight=w)
        yield reduction('F.binary_cross_entropy', f32(3, 4, domain='probability'), f32(3, 4, domain='probability', seed=1, grad=False), f32(4, domain='positive', grad=False), reduction=how)
        yield reduction('F.linear_cross_entropy', f32(3, 4), f32(5, 4), index([0, 4, 2]), linear_bias=f32(5), reduction=how)
    for name in ('mse_loss', 'l1_loss', 'huber_loss'):
        yield reduction(f'F.{name}', x, y, weight=f32(4), raises=True, grad=False)
        yield reduction(f'F.{name}', f32(2, 3), f32(3, seed=1))
    yield reduction('F.mse_loss', x, y, True)
    yield reduction('F.mse_loss', x, y, size_average=False)
    yield reduction('F.mse_loss', x, y, reduce=False)
    yield reduction('F.kl_div', x, f32(3, 4, domain='probability'), size_average=False)
    yield reduction('F.kl_div', f32(domain='normal'), f32(domain='probability'), reduction='batchmean')
    yield reduction('F.cross_entropy', x, index([0, 3, 1]), None, None, 3)
    yield reduction('F.huber_loss', x, y, 'sum', 0.5)
    yield reduction('F.triplet_margin_loss', x, y, f32(3, 4, seed=2), 0.0, raises=True, grad=False)
    yield reduction('F.multi_margin_loss', x, index([0, 3, 1]), 3, raises=True, grad=False)
    yield reduction('F.cosine_embedding_loss', x, y, given([1.0, 1.0], grad=False), raises=True, grad=False)
    yield reduction('F.linear_cross_entropy', f32(3, 5), f32(5, 4), index([0, 4, 2]), raises=True, grad=False)
    yield reduction('F.linear_cross_entropy', f32(3, 4), f32(5, 2, 4), index([[0, 4], [2, 1], [3, 3]]), label_smoothing=0.2)
    yield reduction('F.nll_loss', f32(3, 4), raises=True, grad=False)


def pools():
    line, image, cube = f32(2, 6), f32(1, 2, 5, 6), f32(1, 1, 4, 5, 4)
    yield exact('F.max_pool1d_with_indices', line, 2)
    yield exact('F.max_pool2d_with_indices', image, 2, 1)
    yield exact('F.max_pool3d_with_indices', cube, 2, ceil_mode=True)
    yield exact('F.max_pool2d', image, 2, None, 1, return_indices=True)
    yield reduction('F.avg_pool1d', line, 2, None)
    yield reduction('F.avg_pool2d', image, 2, stride=None, padding=1)
    yield reduction('F.avg_pool3d', cube, 2, None, divisor_override=5)
    yield exact('F.adaptive_max_pool2d_with_indices', image, 2)
    yield exact('F.adaptive_max_pool3d', cube, [2, None, 3])
    yield reduction('F.adaptive_avg_pool2d', image, [None, 3])
    yield reduction('F.adaptive_avg_pool3d', cube, [2, None, 3])
    for order in (math.inf, -math.inf, 3.0):
        yield reduction('F.lp_pool1d', f32(2, 6, domain='positive'), order, 2)
        yield reduction('F.lp_pool2d', f32(1, 2, 5, 6, domain='positive'), order, [2, 3], 1)
        yield reduction('F.lp_pool3d', f32(1, 1, 4, 5, 4, domain='positive'), order, 2, ceil_mode=True)
    yield exact('F.fractional_max_pool2d', image, 2, 3, seed=42)
    yield exact('F.fractional_max_pool2d_with_indices', image, 2, None, [0.5, 0.4], seed=42)
    yield exact('F.fractional_max_pool3d', cube, 2, output_ratio=[0.5, 0.4, 0.5], return_indices=True, seed=42)
    yield exact('F.fractional_max_pool2d', image, 2, raises=True, grad=False)
    yield exact('F.max_unpool1d', f32(1, 1, 2), index([[[1, 2]]]), 2)
    yield exact('F.max_unpool3d', f32(1, 1, 1, 1, 1), index([[[[[5]]]]]), 2)
    yield exact('F.max_unpool2d', f32(1, 1, 1, 2), index([[[[5, 7]]]]), 2, output_size=[9, 4], raises=True, grad=False)


def resizing():
    image = f32(1, 2, 5, 6)
    for mode in ('bilinear', 'bicubic', 'lanczos'):
        yield reduction('F.interpolate', image, [3, 4], mode=mode, antialias=True)
    yield reduction('F.interpolate', image, scale_factor=[0.5, 0.7], mode='bicubic', align_corners=True)
    yield reduction('F.interpolate', image, scale_factor=1.6, recompute_scale_factor=True, mode='bilinear')
    yield reduction('F.interpolate', f32(1, 2, 6), scale_factor=1.5, mode='area')
    yield reduction('F.interpolate', f32(1, 1, 2, 3, 2), [3, 3, 3], mode='nearest-exact')
    yield reduction('F.interpolate', f32(1, 1, 2, 3, 2), 3, mode='area')
    yield reduction('F.upsample', image, [3, 4], mode='bilinear', align_corners=False)
    yield reduction('F.upsample_nearest', image, scale_factor=2)
    yield reduction('F.upsample_bilinear', image, [7, 4])
    for wrong in (
        {},
        {'size': 3, 'scale_factor': 2.0},
        {'size': [3]},
        {'size': 3, 'mode': 'nearest', 'align_corners': False},
        {'size': 3, 'mode': 'linear'},
        {'size': 3, 'mode': 'trilinear'},
        {'size': 3, 'mode': 'spline'},
        {'size': 3, 'mode': 'nearest', 'antialias': True},
        {'size': 3, 'mode': 'lanczos'},
        {'size': 3, 'mode': 'lanczos', 'antialias': True, 'align_corners': True},
        {'size': 3, 'recompute_scale_factor': True},
        {'scale_factor': [2.0]},
    ):
        yield reduction('F.interpolate', image, raises=True, grad=False, **wrong)


def grids():
    image, cube = f32(1, 2, 4, 5), f32(1, 1, 3, 3, 4)
    grid = f32(1, 3, 2, 2, domain='unit')
    yield reduction('F.grid_sample', image, grid, 'bicubic', 'reflection', True)
    yield reduction('F.grid_sample', image, grid)
    yield reduction('F.grid_sample', cube, f32(1, 2, 3, 2, 3, domain='unit'), padding_mode='border', align_corners=True)
    yield reduction('F.grid_sample', image, grid, 'cubic', raises=True, grad=False)
    yield reduction('F.grid_sample', image, grid, padding_mode='mirror', raises=True, grad=False)
    yield reduction('F.affine_grid', f32(2, 3, 4), [2, 1, 2, 3, 2], align_corners=True)
    yield reduction('F.affine_grid', f32(1, 2, 3), [1, 1, 2, 3])
    yield reduction('F.affine_grid', f32(1, 2, 3), [1, 1, 2, 1], align_corners=True)
    yield reduction('F.affine_grid', f32(1, 2, 3), [1, 1, 3], raises=True, grad=False)
    yield reduction('F.affine_grid', f32(1, 2, 2), [1, 1, 3, 2], raises=True, grad=False)
    yield reduction('F.affine_grid', f32(1, 2, 3), [1, 1, 0, 2], align_corners=False, raises=True, grad=False)
    yield reduction('F.affine_grid', index([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 2, 2], align_corners=False, raises=True, grad=False)
    yield reduction('F.unfold', image, 2, 1, 1, 2)
    yield reduction('F.fold', f32(1, 8, 2), [4, 2], 2, stride=2)


def rows():
    table, picked = f32(5, 3), index([0, 2, 1, 4, 4])
    yield exact('F.embedding', picked, table, -2)
    yield exact('F.embedding', picked, f32(5, 3, grad=False), None, 0.5)
    yield exact('F.embedding', picked, table, 9, raises=True, grad=False)
    yield reduction('F.embedding_bag', f32(5, 3), picked, index([0, 2]))
    yield reduction('F.embedding_bag', picked, table, index([0, 2]), padding_idx=4, mode='sum')
    yield reduction('F.embedding_bag', picked, table, index([0, 2, 5]), include_last_offset=True, mode='max')
    yield reduction('F.embedding_bag', picked, table, raises=True, grad=False)
    yield exact('F.dropout', f32(3, 4, grad=False), 0.4, True, True, seed=42)
    yield exact('F.dropout1d', f32(3, 4, grad=False), 0.4, inplace=True, seed=42)
    yield exact('F.dropout3d', f32(3, 2, 2, 2, grad=False), inplace=True, seed=42)
    yield exact('F.alpha_dropout', f32(3, 4), 0.4)
    yield case('F.alpha_dropout', f32(3, 4, grad=False), 0.4, True, True, seed=42, kind='drawn')
    yield case('F.feature_alpha_dropout', f32(3, 4, 2, grad=False), 0.4, training=True, inplace=True, seed=42, kind='drawn')
    yield exact('F.dropout1d', f32(4), raises=True, grad=False)


def attention():
    e, heads = 4, 2
    q, k, v = f32(3, 2, e), f32(5, 2, e, seed=1), f32(5, 2, e, seed=2)
    w, b, o, ob = f32(3 * e, e, seed=3), f32(3 * e, seed=4), f32(e, e, seed=5), f32(e, seed=6)

    def mha(*tensors, bias_k=None, bias_v=None, zero=False, p=0.0, weight=w, bias=b, heads=heads, seed=None, raises=False, **kwargs):
        return case('F.multi_head_attention_forward', *tensors, e, heads, weight, bias, bias_k, bias_v, zero, p, o, ob, kind='reduction', seed=seed, raises=raises, grad=not raises, **kwargs)

    causal = given([[False, True, True, True, True], [False, False, True, True, True], [False, False, False, True, True]], torch.bool)
    keys = given([[False, False, False, True, True], [False, True, False, False, True]], torch.bool)
    yield mha(q, k, v)
    yield mha(q, k, v, bias=None, training=False)
    yield mha(q, k, k)
    yield mha(f32(3, e), f32(5, e, seed=1), f32(5, e, seed=2))
    yield mha(f32(3, e), f32(5, e, seed=1), f32(5, e, seed=2), need_weights=False)
    for weights in (True, False):
        yield mha(q, k, v, attn_mask=causal, need_weights=weights)
        yield mha(q, k, v, attn_mask=f32(3, 5), key_padding_mask=keys, need_weights=weights)
        yield mha(q, k, v, attn_mask=f32(4, 3, 5), need_weights=weights)
        yield mha(q, k, v, key_padding_mask=keys, bias_k=f32(1, 1, e, seed=7), bias_v=f32(1, 1, e, seed=8), zero=True, need_weights=weights)
        yield mha(q, k, v, attn_mask=causal, is_causal=True, need_weights=weights)
        yield mha(q, k, v, p=0.4, seed=42, need_weights=weights)
    yield mha(q, k, v, average_attn_weights=False)
    own = {'use_separate_proj_weight': True, 'q_proj_weight': f32(e, e), 'k_proj_weight': f32(e, 3), 'v_proj_weight': f32(e, 6)}
    yield mha(q, f32(5, 2, 3), f32(5, 2, 6), weight=None, **own)
    yield mha(q, f32(5, 2, 3), f32(5, 2, 6), weight=None, bias=None, **own)
    yield mha(q, k, v, static_k=f32(4, 6, 2), static_v=f32(4, 6, 2, seed=1))
    yield mha(q, k, v, is_causal=True, raises=True)
    yield mha(q, k, v, attn_mask=f32(3, 4), raises=True)
    yield mha(q, k, v, attn_mask=f32(2, 3, 5), raises=True)


def others():
    yield case('F.gumbel_softmax', f32(3, 4), hard=True, seed=42, kind='drawn')
    yield case('F.gumbel_softmax', f32(3, 4), 0.7, True, dim=0, seed=42, kind='drawn')
    yield exact('F.normalize', f32(3, 4), out=f32(3, 4, seed=1))
    yield reduction('F.normalize', f32(2, 3, 4), dim=[1, 2])
    yield reduction('F.normalize', given([[0.0, 0.0], [1.0, 2.0]]), eps=0.5)
    yield reduction('F.group_norm', f32(4), 2, raises=True, grad=False)
    yield reduction('F.group_norm', f32(1, 2), 2, raises=True, grad=False)
    yield reduction('F.instance_norm', f32(1, 2, 1), raises=True, grad=False)
    yield reduction('F.batch_norm', f32(3, 2), None, None, training=True, eps=0.0, raises=True, grad=False)
    yield reduction('F.batch_norm', f32(3, 2), f32(2, grad=False), f32(2, domain='positive', grad=False), eps=-1.0, raises=True, grad=False)
    yield reduction('F.local_response_norm', f32(2, 3), 3, raises=True, grad=False)
    yield reduction('F.grouped_mm', bf16(2, 16, 16, grad=False), bf16(2, 16, 16, grad=False))
    yield reduction('F.layer_norm', f64(2, 3), [3], None, f64(3))
