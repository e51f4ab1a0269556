"""torch.fft, stft and the windows."""

import torch
from recorder.spec import c64, f32, f64, i64, reduction

FORWARD = 'fft ifft rfft ihfft'.split()


def cases():
    for name in FORWARD:
        op = f'torch.fft.{name}'
        yield reduction(op, f32(8))
        yield reduction(op, f64(3, 5))
        yield reduction(op, f32(6, 4, view='transpose 0 1'), 8)
        yield reduction(op, f32(3, 8), 4, 0, 'ortho')
        yield reduction(op, f32(8), norm='forward')
        yield reduction(op, i64(4), raises=True)
        yield reduction(op, f32(0), raises=True, grad=False)
        yield reduction(op, f32(4), 0, raises=True, grad=False)
        yield reduction(op, f32(4), norm='none', raises=True, grad=False)
        yield reduction(op, f32(4), dim=3, raises=True, grad=False)
    for name in ('fft', 'ifft', 'irfft', 'hfft'):
        yield reduction(f'torch.fft.{name}', c64(5))
        yield reduction(f'torch.fft.{name}', c64(2, 4, view='conj'), 6, -1, 'backward')
    for name in ('fft2', 'ifft2', 'rfft2', 'fftn', 'ifftn', 'rfftn', 'ihfft2', 'ihfftn'):
        yield reduction(f'torch.fft.{name}', f32(4, 3))
        yield reduction(f'torch.fft.{name}', f64(2, 3, 4), [4, 4], [0, 2])
        yield reduction(f'torch.fft.{name}', f32(4, 3), norm='ortho')
    for name in ('irfft2', 'irfftn', 'hfft2', 'hfftn'):
        yield reduction(f'torch.fft.{name}', c64(4, 3))
        yield reduction(f'torch.fft.{name}', c64(4, 3), s=[4, 5])
    for name in ('fftshift', 'ifftshift'):
        yield reduction(f'torch.fft.{name}', f32(4, 3))
        yield reduction(f'torch.fft.{name}', f32(5), [0])
    for name in ('fftfreq', 'rfftfreq'):
        yield reduction(f'torch.fft.{name}', 6)
        yield reduction(f'torch.fft.{name}', 5, 0.5, dtype=torch.float64)
    window = f32(4, domain='positive', seed=2)
    yield reduction('torch.stft', f32(16), 4, 2, 4, window, return_complex=True)
    yield reduction('torch.stft', f32(2, 16), 4, hop_length=1, center=False, onesided=False, return_complex=True)
    yield reduction('torch.stft', f32(16), 4, pad_mode='constant', normalized=True, return_complex=True)
    yield reduction('torch.istft', c64(3, 9), 4, hop_length=2, center=True, window=window, grad=False)
    for name in ('bartlett_window', 'blackman_window', 'hamming_window', 'hann_window', 'kaiser_window'):
        yield reduction(f'torch.{name}', 6)
        yield reduction(f'torch.{name}', 5, periodic=False, dtype=torch.float64)
        yield reduction(f'torch.{name}', 1)
    yield reduction('torch.kaiser_window', 6, True, 8.0)
    yield reduction('torch.hamming_window', 6, True, 0.5, 0.4)
