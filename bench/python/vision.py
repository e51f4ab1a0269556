"""The twin of bench/rows/vision.ts: the chapter's resnet18 and its one cycle, written out in PyTorch."""

import math
import os
import pathlib

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader
from training import resnet18


class Pictures:
    """Decoded at each look, as PILImage.create and ToTensor do it."""

    def __init__(self, folder):
        self.files = [file for digit in "37" for file in sorted((folder / digit).iterdir())]

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        import numpy
        from PIL import Image

        file = self.files[i]
        picture = numpy.array(Image.open(file).convert("RGB"))
        return torch.from_numpy(picture).permute(2, 0, 1).contiguous(), int(file.parent.name == "7")


class ConcatPool(nn.Module):
    def forward(self, x):
        return torch.cat([F.adaptive_max_pool2d(x, 1), F.adaptive_avg_pool2d(x, 1)], 1)


def network():
    """vision_learner's: resnet18 without its end, and fastai's head."""
    body = list(resnet18(2))[:-3]
    head = [ConcatPool(), nn.Flatten(), nn.BatchNorm1d(1024), nn.Dropout(0.25), nn.Linear(1024, 512, bias=False)]
    head += [nn.ReLU(True), nn.BatchNorm1d(512), nn.Dropout(0.5), nn.Linear(512, 2, bias=False)]
    for module in head:
        if isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight)
    return nn.Sequential(*body, *head)


def cosine(start, end, share):
    return start + (1 - math.cos(math.pi * share)) * (end - start) / 2


def one_cycle(share, start, middle, end):
    return cosine(start, middle, share / 0.25) if share < 0.25 else cosine(middle, end, (share - 0.25) / 0.75)


class Resnet18Cycle:
    def __init__(self):
        self.folder = pathlib.Path(os.environ["LIBTORCH_NODE_BENCH_PICTURES"]).parent

    def run(self, count):
        for _ in range(count):
            self.fit(0.1)

    def fit(self, lr):
        torch.manual_seed(42)
        train = DataLoader(Pictures(self.folder / "train"), batch_size=64, shuffle=True, drop_last=True)
        valid = DataLoader(Pictures(self.folder / "valid"), batch_size=64)
        net = network()
        # fastai decays neither the biases nor what belongs to BatchNorm.
        decayed = [p for p in net.parameters() if p.ndim > 1]
        others = [p for p in net.parameters() if p.ndim == 1]
        opt = optim.AdamW([{"params": decayed}, {"params": others, "weight_decay": 0}], eps=1e-5, weight_decay=0.01)
        net.train()
        for i, (xb, yb) in enumerate(train):
            for group in opt.param_groups:
                group["lr"] = one_cycle(i / len(train), lr / 25, lr, lr / 1e5)
                group["betas"] = (one_cycle(i / len(train), 0.95, 0.85, 0.95), 0.99)
            F.cross_entropy(net(xb.float().div_(255)), yb).backward()
            opt.step()
            opt.zero_grad()
        net.eval()
        right = 0
        with torch.no_grad():
            for xb, yb in valid:
                predictions = net(xb.float().div_(255))
                F.cross_entropy(predictions, yb).item()
                right += (predictions.argmax(-1) == yb).sum().item()
        self.last = [len(train), len(valid), sum(p.numel() for p in net.parameters()), right / len(valid.dataset)]

    def check(self):
        return self.last


WORKS = {"resnet18-cycle": Resnet18Cycle}
