"""What layers are made of and libtorch itself provides under torch: convolutions, pooling, normalisation, recurrence."""

import torch
from recorder.spec import b8, bf16, case, exact, f32, f64, given, index, reduction

W = {1: (3,), 2: (3, 2), 3: (2, 2, 2)}


def cases():
    for n, size in ((1, (7,)), (2, (5, 6)), (3, (3, 4, 3))):
        x, w, b = f32(2, 4, *size), f32(6, 4, *W[n], seed=1), f32(6, seed=2)
        for op in (f'torch.conv{n}d', f'F.conv{n}d'):
            yield reduction(op, x, w)
            yield reduction(op, x, w, b, 2, 1)
            yield reduction(op, x, f32(6, 2, *W[n], seed=1), b, stride=1, padding=1, groups=2)
            yield reduction(op, x, w, b, dilation=2, padding=2)
            yield reduction(op, x, w, None, padding='same')
            yield reduction(op, x, f32(6, 5, *W[n]), raises=True, grad=False)
        for op in (f'torch.conv_transpose{n}d', f'F.conv_transpose{n}d'):
            yield reduction(op, x, f32(4, 3, *W[n], seed=1))
            yield reduction(op, x, f32(4, 3, *W[n], seed=1), f32(3, seed=2), 2, 1, 1)
    yield reduction('torch.conv2d', f64(1, 2, 6, 5, view='transpose 2 3'), f64(3, 2, 3, 3), padding=[1, 0], stride=[2, 1])
    yield reduction('torch.conv2d', f32(2, 5, 5), f32(3, 2, 3, 3))
    yield reduction('torch.conv2d', f32(0, 2, 5, 5), f32(3, 2, 3, 3))
    yield reduction('torch.conv2d', f32(3, 3), f32(3, 2, 3, 3), raises=True, grad=False)
    yield reduction('torch.convolution', f32(1, 2, 5), f32(3, 2, 3), None, [1], [0], [1], False, [0], 1)
    yield reduction('torch.conv_tbc', f32(5, 2, 3), f32(3, 3, 4), f32(4), 1)
    yield from pooling()
    yield from normalisation()
    yield from recurrence()
    yield from pieces()


def pooling():
    x1, x2, x3 = f32(2, 3, 8), f32(1, 2, 6, 6), f32(1, 2, 4, 4, 4)
    for op, x in (('torch.max_pool1d', x1), ('torch.max_pool2d', x2), ('torch.max_pool3d', x3)):
        yield exact(op, x, 2)
        yield exact(op, x, 3, 2, 1)
        yield exact(op, x, 2, stride=1, dilation=2)
        yield exact(op, x, 2, ceil_mode=True)
        yield exact(op, x, 2, padding=2, raises=True, grad=False)
    yield exact('torch.max_pool1d_with_indices', x1, 2)
    for op, x in (('torch.avg_pool1d', x1), ('F.avg_pool1d', x1), ('F.avg_pool2d', x2), ('F.avg_pool3d', x3)):
        yield reduction(op, x, 2)
        yield reduction(op, x, 3, 2, 1)
        yield reduction(op, x, 3, stride=2, padding=1, count_include_pad=False)
    yield reduction('F.avg_pool2d', x2, [2, 3], divisor_override=4)
    yield reduction('torch.adaptive_avg_pool1d', x1, 3)
    yield reduction('F.adaptive_avg_pool2d', x2, [2, 3])
    yield reduction('F.adaptive_avg_pool3d', x3, [2, 1, 3])
    yield exact('torch.adaptive_max_pool1d', x1, 3)
    yield reduction('torch.nn.functional.adaptive_avg_pool1d', x1, 2)


def normalisation():
    x, w, b = f32(4, 3, 5), f32(3, seed=1, domain='positive'), f32(3, seed=2)
    yield reduction('torch.layer_norm', x, [5])
    yield reduction('torch.layer_norm', x, [3, 5], f32(3, 5, seed=1), f32(3, 5, seed=2), 1e-5)
    yield reduction('torch.layer_norm', x, [4], raises=True, grad=False)
    yield reduction('torch.rms_norm', x, [5], f32(5), 1e-6)
    yield reduction('torch.group_norm', f32(2, 4, 3), 2, f32(4), f32(4, seed=1), 1e-5)
    yield reduction('torch.native_layer_norm', x, [5], None, None, 1e-5)
    yield reduction('torch.native_group_norm', f32(2, 4, 3), None, None, 2, 4, 3, 2, 1e-5)
    means, variances = f32(3, grad=False), f32(3, domain='positive', grad=False)
    for training in (True, False):
        yield reduction('torch.batch_norm', x, w, b, means, variances, training, 0.1, 1e-5, False)
        yield reduction('torch.instance_norm', x, w, b, means, variances, True, 0.1, 1e-5, False)
        yield reduction('torch.native_batch_norm', x, w, b, means, variances, training, 0.1, 1e-5)
    yield reduction('torch.batch_norm', x, None, None, None, None, True, 0.1, 1e-5, False)
    yield reduction('torch.norm_except_dim', f32(3, 4), 2, 0)


def gates(n, inputs, hidden, dtype=f32):
    return [dtype(n * hidden, inputs, seed=1), dtype(n * hidden, hidden, seed=2), dtype(n * hidden, seed=3), dtype(n * hidden, seed=4)]


def recurrence():
    x, h, c = f32(2, 3), f32(2, 4, seed=5), f32(2, 4, seed=6)
    yield reduction('torch.rnn_tanh_cell', x, h, *gates(1, 3, 4))
    yield reduction('torch.rnn_relu_cell', x, h, *gates(1, 3, 4))
    yield reduction('torch.gru_cell', x, h, *gates(3, 3, 4))
    yield reduction('torch.lstm_cell', x, [h, c], *gates(4, 3, 4))
    sequence, h0, c0 = f32(5, 2, 3), f32(1, 2, 4, seed=5), f32(1, 2, 4, seed=6)
    rest = (True, 1, 0.0, False, False, False)
    yield reduction('torch.rnn_tanh', sequence, h0, gates(1, 3, 4), *rest)
    yield reduction('torch.rnn_relu', sequence, h0, gates(1, 3, 4), *rest)
    yield reduction('torch.gru', sequence, h0, gates(3, 3, 4), *rest)
    yield reduction('torch.lstm', sequence, [h0, c0], gates(4, 3, 4), *rest)
    both = gates(4, 3, 4) + gates(4, 3, 4)
    state = [f32(2, 2, 4, seed=5), f32(2, 2, 4, seed=6)]
    yield reduction('torch.lstm', f32(2, 5, 3), state, both, True, 1, 0.0, False, True, True)
    yield reduction('torch.lstm', sequence, [h0], gates(4, 3, 4), *rest, raises=True, grad=False)


def pieces():
    yield reduction('F.linear', f32(2, 3), f32(4, 3, seed=1))
    yield reduction('F.linear', f32(2, 5, 3), f32(4, 3, seed=1), f32(4))
    yield reduction('F.linear', f32(3), f32(4, 3), f32(4))
    yield reduction('F.linear', bf16(2, 3), bf16(4, 3), bf16(4))
    yield reduction('F.linear', f32(2, 4), f32(4, 3), raises=True, grad=False)
    yield reduction('F.bilinear', f32(2, 3), f32(2, 4), f32(5, 3, 4))
    for name, args in (('gelu', ()), ('softplus', ()), ('softplus', (2, 1.5)), ('softshrink', (0.4,)), ('logsigmoid', ()),
                       ('hardshrink', (0.4,)), ('prelu', (f32(1, domain='positive'),)), ('celu', (1.5,))):
        for x in (f32(3, 4), f64(4, 2, view='transpose 0 1'), f32(), bf16(5)):
            if name != 'prelu' or x.dtype == torch.float32:
                yield case(f'F.{name}', x, *args)
    yield case('F.gelu', f32(3, 4), approximate='tanh')
    yield case('torch.prelu', f32(2, 3, 2), f32(3, domain='positive'))
    yield case('torch.rrelu', f32(3, 4), 0.1, 0.3, False)
    yield exact('F.one_hot', index([0, 2, 1]))
    yield exact('F.one_hot', index([[0, 2], [1, 1]]), 4)
    yield exact('F.one_hot', index([-1]), raises=True)
    yield exact('F.pad', f32(2, 3), [1, 2])
    yield exact('F.pad', f32(2, 3), [1, 0, 0, 1], 'constant', 0.5)
    yield exact('F.pad', f32(1, 2, 4), [2, 1], mode='reflect')
    yield exact('F.pad', f32(1, 2, 4), [2, 1], mode='replicate')
    yield exact('F.pad', f32(1, 2, 4), [2, 1], mode='circular')
    yield exact('F.pad', f32(1, 2, 3, 4), [1, 1, 2, 1], mode='reflect')
    yield exact('F.pad', f32(1, 4), [4, 0], mode='reflect', raises=True, grad=False)
    yield exact('F.pixel_shuffle', f32(1, 4, 2, 2), 2)
    yield exact('F.channel_shuffle', f32(1, 4, 2, 2), 2)
    q, k, v = f32(1, 2, 3, 4), f32(1, 2, 5, 4, seed=1), f32(1, 2, 5, 4, seed=2)
    yield reduction('F.scaled_dot_product_attention', q, k, v)
    yield reduction('F.scaled_dot_product_attention', q, k, v, is_causal=True)
    yield reduction('F.scaled_dot_product_attention', q, k, v, attn_mask=b8(3, 5, data=[[True] * 5, [True, False, True, True, False], [False, True, True, True, True]], domain='given'), scale=0.3)
    yield reduction('torch.embedding_bag', f32(5, 3), index([0, 2, 1, 4]), index([0, 2]))
    yield reduction('torch.grid_sampler', f32(1, 2, 3, 3), f32(1, 2, 2, 2, domain='unit'), 0, 0, False)
    yield reduction('torch.affine_grid_generator', f32(1, 2, 3), [1, 1, 2, 3], True)
    yield reduction('torch.segment_reduce', f32(5, domain='positive'), 'sum', lengths=index([2, 3]), grad=False)
    # The reduction is written out: left out, Python's argument parser and the schema do not agree on it.
    for how in (0, 1, 2):
        logits, p = f32(3, 4), f32(3, 4, domain='probability')
        sign, pair = given([1.0, -1.0, 1.0, -1.0], grad=False), given([1.0, -1.0], grad=False)
        a, b, c = f32(2, 4), f32(2, 4, seed=1), f32(2, 4, seed=2)
        yield reduction('torch.binary_cross_entropy_with_logits', logits, p, None, None, how)
        yield reduction('torch.kl_div', logits, p, how)
        yield reduction('torch.kl_div', logits, p, reduction=how, log_target=True)
        yield reduction('torch.margin_ranking_loss', f32(4), f32(4, seed=1), sign, 0.1, how)
        yield reduction('torch.hinge_embedding_loss', f32(4), sign, 1.0, how)
        yield reduction('torch.cosine_embedding_loss', a, b, pair, 0.0, how)
        yield reduction('torch.triplet_margin_loss', a, b, c, 1.0, 2.0, 1e-6, False, how)
        log_p = f32(6, 2, 4, domain='wide')
        yield reduction('torch.ctc_loss', log_p, index([[1, 2], [3, 1]]), [6, 5], [2, 2], 0, how)
    yield reduction('torch.poisson_nll_loss', f32(4), f32(4, domain='positive'), True, False, 1e-8, 1)
