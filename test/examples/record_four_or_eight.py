"""Records what examples/seeds/four_or_eight.ts must print: the same steps in Python, from the IDX files of MNIST.

    python test/examples/record_four_or_eight.py <folder with train-images-idx3-ubyte.gz and the labels>
"""

import gzip
import json
import sys
from pathlib import Path

import torch
from torch.utils.data import DataLoader, SubsetRandomSampler

torch.set_num_threads(1)
folder = Path(sys.argv[1])
torch.manual_seed(42)


def idx(name, offset):
    return torch.frombuffer(bytearray(gzip.open(folder / name).read()[offset:]), dtype=torch.uint8)


images = idx("train-images-idx3-ubyte.gz", 16).view(-1, 28, 28)
labels = idx("train-labels-idx1-ubyte.gz", 8)


def stacked(digit):
    # The pictures' files have the image's number for a name, and are sorted as texts.
    numbers = sorted((labels == digit).nonzero().flatten().tolist(), key=lambda n: f"{n}.png")
    return images[numbers].float() / 255


fours, eights = stacked(4), stacked(8)
digits_x = torch.cat([fours, eights]).view(-1, 28 * 28)
digits_y = torch.cat([torch.zeros(len(fours)), torch.ones(len(eights))]).unsqueeze(1)
dataset = list(zip(digits_x, digits_y))
split_index = int(len(dataset) * 0.2)
indices = torch.randperm(len(dataset))
train_dl = DataLoader(dataset, batch_size=256, sampler=SubsetRandomSampler(indices[split_index:]))
valid_dl = DataLoader(dataset, batch_size=256, sampler=SubsetRandomSampler(indices[:split_index]))

weights = torch.randn((28 * 28, 1)).requires_grad_()
bias = torch.randn(1).requires_grad_()


def linear_model(xb):
    return xb @ weights + bias


def validate_epoch():
    accs = [((linear_model(xb).sigmoid() > 0.5) == yb).float().mean() for xb, yb in valid_dl]
    return torch.stack(accs).mean().item()


accuracies = [validate_epoch()]
for _ in range(30):
    for xb, yb in train_dl:
        p = linear_model(xb).sigmoid()
        torch.where(yb == 1, 1 - p, p).mean().backward()
        for q in (weights, bias):
            q.data -= q.grad * 1.0
            q.grad.zero_()
    accuracies.append(validate_epoch())

result = {"torch": torch.__version__, "batches": [len(train_dl), len(valid_dl)], "accuracies": accuracies}
path = Path(__file__).parent / "fixtures" / "four_or_eight.json"
path.write_text(json.dumps(result) + "\n")
print(" ".join(f"{accuracy:.4f}" for accuracy in accuracies))
