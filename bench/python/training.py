"""The twins of bench/rows/training.ts: the same nets, data and order, as loops written out."""

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


def digest(*tensors):
    result = []
    for tensor in tensors:
        flat = tensor.detach().double().flatten()
        result += [flat.sum().item(), flat.square().sum().item(), *flat[:4].tolist()]
    return result


def sample():
    torch.manual_seed(0)
    parts = []
    for rows in (12_396, 2038):
        x = torch.rand(rows, 784)
        parts += [x, torch.randint(2, (rows, 1)).float()]
    return parts


def mnist_loss(predictions, targets):
    predictions = predictions.sigmoid()
    return torch.where(targets == 1, 1 - predictions, predictions).mean()


def batch_accuracy(xb, yb):
    return ((xb.sigmoid() > 0.5) == yb).float().mean()


class Scratch:
    def __init__(self):
        x, y, valid_x, valid_y = sample()
        self.dl = DataLoader(list(zip(x, y)), batch_size=256)
        self.valid_dl = DataLoader(list(zip(valid_x, valid_y)), batch_size=256)
        self.weights = torch.zeros(784, 1).requires_grad_()
        self.bias = torch.zeros(1).requires_grad_()
        self.accuracy = 0

    def model(self, xb):
        return xb @ self.weights + self.bias

    def run(self, count):
        for _ in range(count):
            for xb, yb in self.dl:
                mnist_loss(self.model(xb), yb).backward()
                for p in (self.weights, self.bias):
                    p.data -= p.grad * 0.1
                    p.grad.zero_()
            accs = [batch_accuracy(self.model(xb), yb) for xb, yb in self.valid_dl]
            self.accuracy = torch.stack(accs).mean().item()

    def check(self):
        return [*digest(self.weights, self.bias), self.accuracy]


class Loop:
    """What a Learner does, without a Learner."""

    def __init__(self):
        x, y, valid_x, valid_y = sample()
        self.dl = DataLoader(list(zip(x, y)), batch_size=256)
        self.valid_dl = DataLoader(list(zip(valid_x, valid_y)), batch_size=256)
        torch.manual_seed(1)
        self.net = self.make()
        self.opt = optim.SGD(self.net.parameters(), lr=0.1)

    def run(self, count):
        for _ in range(count):
            self.net.train()
            for xb, yb in self.dl:
                mnist_loss(self.net(xb), yb).backward()
                self.opt.step()
                self.opt.zero_grad()
            self.net.eval()
            with torch.no_grad():
                total = 0
                for xb, yb in self.valid_dl:
                    predictions = self.net(xb)
                    mnist_loss(predictions, yb).item()
                    total += batch_accuracy(predictions, yb).item() * len(xb)

    def check(self):
        return digest(*self.net.parameters())


class Linear(Loop):
    def make(self):
        return nn.Linear(784, 1)


class SimpleNet(Loop):
    def make(self):
        return nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 1))


class Net:
    def run(self, count):
        for _ in range(count):
            for xb, yb in self.dl:
                F.cross_entropy(self.net(xb), yb).backward()
                self.opt.step()
                self.opt.zero_grad()

    def check(self):
        return digest(*self.net.parameters())


class Mlp(Net):
    def __init__(self):
        torch.manual_seed(0)
        x = torch.rand(50_000, 784)
        y = torch.randint(10, (50_000,))
        self.dl = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
        self.net = nn.Sequential(nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 10))
        self.opt = optim.SGD(self.net.parameters(), lr=0.1)


class Cnn(Net):
    def __init__(self):
        torch.manual_seed(0)
        x = torch.rand(2048, 1, 28, 28)
        y = torch.randint(10, (2048,))
        widths = [1, 8, 16, 32, 64, 10]
        layers = []
        for ni, nf in zip(widths, widths[1:]):
            layers += [nn.Conv2d(ni, nf, kernel_size=3, stride=2, padding=1), nn.ReLU()]
        self.net = nn.Sequential(*layers[:-1], nn.Flatten())
        self.dl = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)
        self.opt = optim.SGD(self.net.parameters(), lr=0.05)


class Block(nn.Module):
    def __init__(self, ni, nf, stride, downsample):
        super().__init__()
        self.conv1 = nn.Conv2d(ni, nf, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(nf)
        self.conv2 = nn.Conv2d(nf, nf, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(nf)
        self.downsample = downsample

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        return F.relu_(y + (x if self.downsample is None else self.downsample(x)))


def resnet18(classes):
    """torchvision's, written out: the same layers, made and initialized in the same order."""
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(True), nn.MaxPool2d(3, 2, 1)]
    ni = 64
    for nf, stride in [(64, 1), (128, 2), (256, 2), (512, 2)]:
        down = None
        if stride != 1:
            down = nn.Sequential(nn.Conv2d(ni, nf, 1, stride, bias=False), nn.BatchNorm2d(nf))
        layers += [Block(ni, nf, stride, down), Block(nf, nf, 1, None)]
        ni = nf
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes)]
    net = nn.Sequential(*layers)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return net


class Resnet:
    def __init__(self):
        torch.manual_seed(0)
        self.x = torch.rand(64, 3, 28, 28)
        self.y = torch.randint(2, (64,))
        self.net = resnet18(2)
        self.opt = optim.SGD(self.net.parameters(), lr=0.001)
        self.last = 0

    def run(self, count):
        for _ in range(count):
            loss = F.cross_entropy(self.net(self.x), self.y)
            loss.backward()
            self.opt.step()
            self.opt.zero_grad()
            self.last = loss.item()

    def check(self):
        return [self.last]


class Adam:
    def __init__(self):
        torch.manual_seed(0)
        self.params = [torch.randn(1024).requires_grad_() for _ in range(100)]
        for p in self.params:
            p.grad = torch.randn(1024)
        self.opt = optim.Adam(self.params, lr=0.001)

    def run(self, count):
        for _ in range(count):
            self.opt.step()

    def check(self):
        return digest(*self.params[:3])


WORKS = {
    "scratch": Scratch,
    "learner-linear": Linear,
    "learner-simple_net": SimpleNet,
    "mlp": Mlp,
    "cnn": Cnn,
    "resnet18": Resnet,
    "adam": Adam,
    "adam-fused": Adam,
}
