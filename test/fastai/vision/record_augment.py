"""Records what fastai's transforms of batches give, from torch's own operators in the order in which fastai 2.8 draws:
per picture a matrix (made number by number), then one sampling, then logits or hue.

Run: python record_augment.py   (torch 2.13.0; writes fixtures/augment.json beside this file)
"""
import json
import math
import os
import random

import torch
import torch.nn.functional as F

N = 4


def series(shape, seed=0):
    values = [((i * 7919 + seed * 104729) % 2003) / 2003 for i in range(math.prod(shape))]
    return torch.tensor(values).reshape(shape)


def uniform(low, high, batch):
    """A number for each picture, or one for all from Python's generator."""
    return torch.full((N,), random.uniform(low, high)) if batch else torch.empty(N).uniform_(low, high)


def kept(values, p, neutral, batch):
    """Each value stays with probability p."""
    if p == 1:
        return values
    if batch:
        return values if random.random() < p else torch.full_like(values, neutral)
    coins = torch.empty(N).bernoulli_(p).bool()
    return torch.where(coins, values, torch.full_like(values, neutral))


def matrix(rows):
    """From six lists of N numbers."""
    full = torch.zeros(N, 3, 3)
    full[:, 2, 2] = 1
    for place, values in enumerate(rows):
        full[:, place // 3, place % 3] = torch.as_tensor(values, dtype=torch.float32)
    return full


def flip(p, batch=False):
    return matrix([1 - 2 * kept(torch.ones(N), p, 0, batch), 0, 0, 0, 1, 0])


def dihedral(p, batch=False):
    ways = torch.full((N,), random.randint(0, 7)) if batch else torch.randint(0, 8, (N,))
    ways = kept(ways, p, 0, batch)
    ways = ways.tolist()
    x_sign, y_sign, swap = [1, -1, 1, -1, -1, 1, 1, -1], [1, 1, -1, 1, -1, -1, 1, -1], [3, 5, 6, 7]
    xs = [[0, x_sign[k]] if k in swap else [x_sign[k], 0] for k in ways]
    ys = [[y_sign[k], 0] if k in swap else [0, y_sign[k]] for k in ways]
    return matrix([[a for a, _ in xs], [b for _, b in xs], 0, [a for a, _ in ys], [b for _, b in ys], 0])


def rotate(max_deg, p, batch=False):
    angle = kept(uniform(-max_deg, max_deg, batch), p, 0, batch) * math.pi / 180
    return matrix([angle.cos(), angle.sin(), 0, -angle.sin(), angle.cos(), 0])


def zoom(low, high, p, batch=False):
    scale = 1 / kept(uniform(low, high, batch), p, 1, batch)
    column, row = uniform(0, 1, batch), uniform(0, 1, batch)
    return matrix([scale, 0, (1 - scale) * (2 * column - 1), 0, scale, (1 - scale) * (2 * row - 1)])


def warp(magnitude, p, batch=False):
    """Where the four corners go."""
    x, y = (kept(uniform(-magnitude, magnitude, batch), p, 0, batch) for _ in range(2))
    corners = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    return torch.stack([torch.stack([h - h * v * y, v - h * v * x], 1) for h, v in corners], 1)


def perspective(coords, corners):
    """The coordinates after the perspective that takes the square's corners from where they went, picture by picture."""
    out = []
    for grid, target in zip(coords, corners):
        equations, sides = [], []
        for (u, v), (x, y) in zip([(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)], target.tolist()):
            equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            sides += [u, v]
        a = torch.linalg.solve(torch.tensor(equations), torch.tensor(sides))
        x, y = grid[..., 0], grid[..., 1]
        depth = a[6] * x + a[7] * y + 1
        out.append(torch.stack([(a[0] * x + a[1] * y + a[2]) / depth, (a[3] * x + a[4] * y + a[5]) / depth], -1))
    return torch.stack(out)


def sample(x, mat, corners=None, size=None, mode="bilinear", pad="reflection", align=True):
    h, w = x.shape[-2:]
    mat = mat.clone()
    mat[:, 0, 1] *= h / w
    mat[:, 1, 0] *= w / h
    grid = F.affine_grid(mat[:, :2], (*x.shape[:2], *(size or (h, w))), align_corners=align)
    if corners is not None:
        grid = perspective(grid, corners)
    shrink = min(h / grid.shape[2], w / 2) / 2
    if mode == "bilinear" and shrink > 1 and shrink > 2 / (grid.max() - grid.min()).item():
        x = F.interpolate(x, scale_factor=1 / shrink, mode="area", recompute_scale_factor=True)
    return F.grid_sample(x, grid, mode=mode, padding_mode=pad, align_corners=align)


def logit(x):
    x = x.clamp(1e-7, 1 - 1e-7)
    return -(1 / x - 1).log()


def each(values):
    return values[:, None, None, None]


def brightness(most, p, batch=False):
    change = kept(uniform(0.5 * (1 - most), 0.5 * (1 + most), batch), p, 0.5, batch)
    return lambda x: x + logit(each(change))


def factor(most, p, batch=False, neutral=1.0):
    return each(kept(uniform(math.log(1 - most), -math.log(1 - most), batch).exp(), p, neutral, batch))


def contrast(most, p, batch=False):
    change = factor(most, p, batch)
    return lambda x: x * change


def saturation(most, p, batch=False):
    change = factor(most, p, batch)
    luma = torch.tensor([0.2989, 0.5870, 0.1140])[:, None, None]
    return lambda x: x * change + (x * luma).sum(1, keepdim=True) * (1 - change)


def light(x, *changes):
    x = logit(x)
    for change in changes:
        x = change(x)
    return x.sigmoid()


def colour(pixel, turn):
    """One pixel with its hue turned, by Python's own conversion."""
    import colorsys

    h, s, v = colorsys.rgb_to_hsv(*pixel)
    return colorsys.hsv_to_rgb((h + turn) % 1, s, v)


def hue(x, most, p, batch=False):
    turns = factor(most, p, batch, neutral=0.0).flatten().tolist()
    pictures = x.double().permute(0, 2, 3, 1)
    turned = [[[colour(px, turn) for px in row] for row in pic] for pic, turn in zip(pictures.tolist(), turns)]
    return torch.tensor(turned, dtype=torch.float64).permute(0, 3, 1, 2)


def erase(x, p, sl=0.0, sh=0.3, min_aspect=0.3, max_count=1):
    x = x.clone()
    if p != 1 and random.random() >= p:
        return x
    count = random.randint(1, max_count)
    h, w = x.shape[-2:]
    places = []
    for _ in range(count):
        area = random.uniform(sl, sh) * h * w / count
        aspect = math.exp(random.uniform(math.log(min_aspect), math.log(1 / min_aspect)))
        place = []
        for part, side in ((area * aspect, h), (area / aspect, w)):
            length = round(math.sqrt(part))
            start = random.randint(0, max(side - length, 0))
            place.append(slice(start, start + length))
        places.append(place)
    for rows, columns in places:
        x[..., rows, columns].normal_()
    return x


def crop(x, size, min_scale, max_scale=1.0, ratio=(3 / 4, 4 / 3)):
    h, w = x.shape[-2:]
    while True:
        area = random.uniform(min_scale, max_scale) * w * h
        shape = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
        nw, nh = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
        if nw <= w and nh <= h:
            break
    top, left = random.randint(0, h - nh), random.randint(0, w - nw)
    return sample(x[..., top : top + nh, left : left + nw], torch.eye(3).repeat(N, 1, 1), size=size)


def augment(x, mult=1.0, vertical=False, p=0.75, batch=False, sampling=None, zooms=(1.0, 1.1)):
    """aug_transforms: coordinates are warped after the matrices are applied, but drawn after them too."""
    sampling = sampling or {}
    first = dihedral(0.5, batch) if vertical else flip(0.5, batch)
    mat = first @ rotate(10.0 * mult, p, batch) @ zoom(*zooms, p, batch)
    x = sample(x, mat, corners=warp(0.2 * mult, p, batch), **sampling)
    return light(x, brightness(0.2 * mult, p, batch), contrast(0.2 * mult, p, batch))


def validated(x, size):
    """Nothing moves, but the coordinates' and the lighting's numbers are drawn."""
    out = sample(x, torch.eye(3).repeat(N, 1, 1), size=size)
    warp(0.2, 0.75), brightness(0.2, 0.75), contrast(0.2, 0.75)
    return out


def mask(x, size):
    mat = rotate(30.0, 1.0)
    return sample(x[:, None].float(), mat, size=size, mode="nearest")[:, 0].long()


small, large = (N, 3, 5, 6), (N, 3, 40, 40)
cases = {
    "flip": (small, lambda x: sample(x, flip(0.5))),
    "flip batch": (small, lambda x: sample(x, flip(0.5, True))),
    "dihedral": (small, lambda x: sample(x, dihedral(0.9))),
    "dihedral batch": (small, lambda x: sample(x, dihedral(0.9, True))),
    "rotate": (small, lambda x: sample(x, rotate(45.0, 1.0), pad="zeros")),
    "rotate edges": (small, lambda x: sample(x, rotate(45.0, 0.5), pad="border", align=False)),
    "zoom": (small, lambda x: sample(x, zoom(0.5, 2.0, 0.8))),
    "zoom nearest": (small, lambda x: sample(x, zoom(1.0, 1.5, 1.0), mode="nearest")),
    "warp": (small, lambda x: sample(x, torch.eye(3).repeat(N, 1, 1), corners=warp(0.4, 0.8))),
    "brightness": (small, lambda x: light(x, brightness(0.6, 0.5))),
    "contrast": (small, lambda x: light(x, contrast(0.6, 0.5))),
    "saturation": (small, lambda x: light(x, saturation(0.6, 0.5))),
    "saturation batch": (small, lambda x: light(x, saturation(0.6, 0.5, True))),
    "hue": (small, lambda x: hue(x, 0.1, 0.75)),
    "erasing": (small, lambda x: erase(x, 1, sl=0.2, max_count=3)),
    "erasing half": (small, lambda x: erase(x, 0.5)),
    "crop": (small, lambda x: crop(x, (4, 5), 0.3)),
    "all": (small, augment),
    "all batch": (small, lambda x: augment(x, batch=True)),
    "all ways": (small, lambda x: augment(x, mult=2.0, vertical=True, sampling={"size": (5, 7)}, zooms=(0.9, 1.3))),
    "all smaller": (large, lambda x: augment(x, sampling={"size": (8, 8)})),
    "all valid": (small, lambda x: validated(x, (5, 5))),
    "mask": (small, lambda x: mask((x[:, 0] * 4).floor(), (5, 6))),
}
out = {}
for name, (shape, run) in cases.items():
    torch.manual_seed(42)
    random.seed(42)
    result = run(series(shape))
    out[name] = {
        "shape": list(shape),
        "size": list(result.shape),
        "values": [float(f"{v:.8g}") for v in result.flatten().tolist()],
        # What the generators give next: as many numbers were drawn.
        "next": [torch.rand(()).item(), random.random()],
    }
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures", "augment.json")
with open(path, "w") as file:
    json.dump(out, file, separators=(",", ":"))
    file.write("\n")
