"""The twin of chapter.mjs."""

import json
import sys

import torch
from torch.utils.data import DataLoader
from peak import peak_megabytes

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
torch.set_num_threads(1)
torch.manual_seed(0)

x = torch.rand(12_396, 784)
y = torch.randint(2, (12_396, 1)).float()
dl = DataLoader(list(zip(x, y)), batch_size=256)


def mnist_loss(predictions, targets):
    predictions = predictions.sigmoid()
    return torch.where(targets == 1, 1 - predictions, predictions).mean()


def train(model, params):
    for _ in range(epochs):
        for xb, yb in dl:
            mnist_loss(model(xb), yb).backward()
            for p in params:
                p.data -= p.grad * 0.1
                p.grad.zero_()


def init(*size):
    return (torch.randn(*size) * 0.01).requires_grad_()


w, b = init(784, 1), init(1)
train(lambda xb: xb @ w + b, [w, b])
w1, b1, w2, b2 = init(784, 30), init(30), init(30, 1), init(1)
train(lambda xb: (xb @ w1 + b1).relu() @ w2 + b2, [w1, b1, w2, b2])

peak = peak_megabytes()
print(json.dumps({"peak": peak, "result": w.sum().item() + w1.sum().item()}))
