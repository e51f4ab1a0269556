"""torch.nn.functional as Python spells it: string reductions, default dims, keyword names."""

import torch
from recorder.spec import b8, bf16, case, exact, f32, f64, given, index, reduction

ACTIVATIONS = {
    'relu': (), 'relu6': (), 'elu': (0.7,), 'selu': (), 'celu': (), 'leaky_relu': (0.2,), 'hardtanh': (-1.0, 0.5),
    'hardsigmoid': (), 'hardswish': (), 'silu': (), 'mish': (), 'sigmoid': (), 'tanh': (), 'softsign': (),
    'tanhshrink': (), 'threshold': (0.1, -2.0),
}
LOSSES = ('mse_loss', 'l1_loss', 'smooth_l1_loss', 'huber_loss', 'soft_margin_loss')


def cases():
    for name, args in ACTIVATIONS.items():
        for x in (f32(3, 4), f64(4, 2, view='transpose 0 1'), f32(), f32(0, 2), bf16(5)):
            yield case(f'F.{name}', x, *args)
    for name in ('relu', 'elu', 'leaky_relu', 'hardtanh'):
        yield case(f'F.{name}_', f32(3, 4))
    yield case('F.glu', f32(3, 4))
    yield case('F.glu', f32(4, 3), 0)
    yield case('F.glu', f32(3, 3), raises=True, grad=False)
    for name in ('softmax', 'log_softmax', 'softmin'):
        yield reduction(f'F.{name}', f32(3, 4), dim=1)
        yield reduction(f'F.{name}', f32(3, 4), 0, dtype=torch.float64)
    yield from losses()
    yield from images()
    yield from others()


def losses():
    x, y = f32(3, 4), f32(3, 4, seed=1)
    for name in LOSSES:
        y = f32(3, 4, seed=1, grad=name != 'soft_margin_loss')
        for how in ('mean', 'sum', 'none'):
            yield reduction(f'F.{name}', x, y, reduction=how)
        yield reduction(f'F.{name}', x, y)
        yield reduction(f'F.{name}', x, y, reduction='median', raises=True, grad=False)
    yield reduction('F.huber_loss', x, y, delta=0.5)
    yield reduction('F.smooth_l1_loss', x, y, beta=0.5)
    p, t = f32(3, 4, domain='probability'), f32(3, 4, domain='probability', seed=1, grad=False)
    yield reduction('F.binary_cross_entropy', p, t)
    yield reduction('F.binary_cross_entropy', p, t, reduction='none')
    yield reduction('F.binary_cross_entropy', f32(3), given([0.5, 0.5, 0.5], grad=False), raises=True, grad=False)
    yield reduction('F.binary_cross_entropy_with_logits', x, t)
    yield reduction('F.binary_cross_entropy_with_logits', x, t, reduction='sum', pos_weight=f32(4, domain='positive', grad=False))
    target = index([0, 3, 1])
    for name in ('nll_loss', 'cross_entropy'):
        yield reduction(f'F.{name}', x, target)
        for how in ('sum', 'none'):
            yield reduction(f'F.{name}', x, target, reduction=how)
        yield reduction(f'F.{name}', x, target, f32(4, domain='positive', grad=False))
        yield reduction(f'F.{name}', x, index([0, -100, 1]))
        yield reduction(f'F.{name}', x, index([0, 9, 1]), raises=True, grad=False)
        yield reduction(f'F.{name}', f32(2, 4, 3), index([[0, 1, 2], [3, 2, 1]]))
    yield reduction('F.cross_entropy', x, target, label_smoothing=0.1)
    yield reduction('F.cross_entropy', x, t, reduction='sum')
    yield reduction('F.cross_entropy', f32(4), index(2))
    yield reduction('F.kl_div', x, t, reduction='batchmean')
    yield reduction('F.kl_div', x, y, log_target=True, reduction='sum')
    sign = given([1.0, -1.0, 1.0], grad=False)
    yield reduction('F.margin_ranking_loss', f32(3), f32(3, seed=1), sign, margin=0.1)
    yield reduction('F.hinge_embedding_loss', f32(3), sign)
    yield reduction('F.cosine_embedding_loss', x, y, sign, margin=0.2, reduction='none')
    yield reduction('F.triplet_margin_loss', x, y, f32(3, 4, seed=2), p=1)
    yield reduction('F.multi_margin_loss', x, target)
    yield reduction('F.multilabel_margin_loss', f32(1, 4), index([[3, 0, -1, 1]]))
    yield reduction('F.multilabel_soft_margin_loss', x, t)
    yield reduction('F.poisson_nll_loss', x, t)
    yield reduction('F.gaussian_nll_loss', x, t, f32(3, 4, domain='positive', seed=2))
    yield reduction('F.ctc_loss', f32(6, 2, 4, domain='wide'), index([[1, 2], [3, 1]]), index([6, 5]), index([2, 2]))


def images():
    x = f32(1, 2, 4, 5)
    for mode in ('nearest', 'nearest-exact', 'bilinear', 'bicubic', 'area'):
        yield reduction('F.interpolate', x, [6, 7], mode=mode)
        yield reduction('F.interpolate', x, scale_factor=0.5, mode=mode)
    yield reduction('F.interpolate', x, size=[3, 8], mode='bilinear', align_corners=True)
    yield reduction('F.interpolate', x, [3, 3], mode='bilinear', antialias=True)
    yield reduction('F.interpolate', f32(1, 2, 6), 4, mode='linear')
    yield reduction('F.interpolate', f32(1, 1, 2, 3, 2), scale_factor=2.0, mode='trilinear')
    yield exact('F.max_pool2d', x, 2)
    yield exact('F.max_pool1d', f32(1, 2, 6), 3, stride=1)
    yield exact('F.max_pool3d', f32(1, 1, 4, 4, 4), 2)
    yield exact('F.adaptive_max_pool2d', x, [2, 2])
    yield exact('F.adaptive_max_pool1d', f32(1, 2, 6), 3, return_indices=True)
    yield exact('F.max_unpool2d', f32(1, 1, 1, 2), index([[[[5, 7]]]]), 2, output_size=[2, 4])
    yield reduction('F.lp_pool2d', f32(1, 2, 4, 4, domain='positive'), 2.0, 2)
    yield reduction('F.unfold', x, [2, 3], padding=1)
    yield reduction('F.fold', f32(1, 8, 6), [3, 4], [2, 2])
    for mode in ('bilinear', 'nearest'):
        for padding in ('zeros', 'border', 'reflection'):
            yield reduction('F.grid_sample', x, f32(1, 3, 2, 2, domain='unit'), mode=mode, padding_mode=padding, align_corners=False)
    yield reduction('F.affine_grid', f32(1, 2, 3), [1, 1, 2, 3], align_corners=False)


def others():
    x, w, b = f32(4, 3, 5), f32(3, seed=1, domain='positive'), f32(3, seed=2)
    yield reduction('F.layer_norm', x, [5])
    yield reduction('F.layer_norm', x, [3, 5], f32(3, 5), f32(3, 5, seed=1), eps=1e-3)
    yield reduction('F.rms_norm', x, [5])
    yield reduction('F.group_norm', f32(2, 4, 3), 2, f32(4), f32(4, seed=1))
    yield reduction('F.instance_norm', x, weight=w, bias=b)
    means, variances = f32(3, grad=False), f32(3, domain='positive', grad=False)
    yield reduction('F.batch_norm', x, means, variances, w, b)
    yield reduction('F.batch_norm', x, means, variances, w, b, training=True, momentum=0.2)
    yield reduction('F.batch_norm', f32(1, 3), means, variances, training=True, raises=True, grad=False)
    yield reduction('F.local_response_norm', f32(1, 4, 3), 3)
    yield reduction('F.normalize', x)
    yield reduction('F.normalize', f32(3, 4), p=1.0, dim=0)
    yield reduction('F.cosine_similarity', f32(3, 4), f32(3, 4, seed=1), dim=1)
    yield reduction('F.pairwise_distance', f32(3, 4), f32(3, 4, seed=1), p=1.0, keepdim=True)
    yield reduction('F.pdist', f32(4, 3))
    yield exact('F.embedding', index([[0, 2], [4, 4]]), f32(5, 3))
    yield exact('F.embedding', index([0, 1]), f32(5, 3), padding_idx=1)
    yield reduction('F.embedding_bag', index([0, 2, 1, 4]), f32(5, 3), index([0, 2]), mode='sum')
    yield exact('F.embedding', index([7]), f32(5, 3), raises=True, grad=False)
    for name in ('dropout', 'alpha_dropout', 'dropout1d', 'dropout2d', 'feature_alpha_dropout'):
        yield case(f'F.{name}', f32(2, 3, 4) if '1d' not in name else f32(3, 4, 2), 0.4, True, seed=42, kind='drawn')
    yield case('F.dropout', f32(3, 4), seed=42, kind='drawn')
    yield exact('F.dropout', f32(3, 4), p=0.5, training=False)
    yield exact('F.dropout', f32(3, 4), 1.5, raises=True, grad=False)
    yield case('F.gumbel_softmax', f32(3, 4), tau=0.5, seed=42, kind='drawn')
    yield case('F.rrelu', f32(3, 4), training=True, seed=42, kind='drawn')
    q, k, v = f32(2, 3, 4), f32(2, 5, 4, seed=1), f32(2, 5, 4, seed=2)
    yield reduction('F.scaled_dot_product_attention', q, k, v, attn_mask=f32(3, 5, seed=3))
    yield reduction('F.scaled_dot_product_attention', q, k, v, is_causal=True, attn_mask=b8(3, 5), raises=True, grad=False)
