"""Single operators on tiny tensors: what a call costs."""

import torch


class Tiny:
    def __init__(self):
        torch.manual_seed(0)
        self.a = torch.randn(2, 2)
        self.b = torch.randn(2, 2)

    def check(self):
        return self.result().flatten().tolist()


class Add(Tiny):
    def run(self, count):
        a, b = self.a, self.b
        for _ in range(count):
            a.add(b)

    def result(self):
        return self.a.add(self.b)


class AddScalar(Tiny):
    def run(self, count):
        a = self.a
        for _ in range(count):
            a.add(1)

    def result(self):
        return self.a.add(1)


class Matmul(Tiny):
    def run(self, count):
        a, b = self.a, self.b
        for _ in range(count):
            a.matmul(b)

    def result(self):
        return self.a.matmul(self.b)


class AddInPlace(Tiny):
    def run(self, count):
        a, b = self.a, self.b
        for _ in range(count):
            a.add_(b)

    def result(self):
        return torch.ones(2, 2).add_(self.b)


class View(Tiny):
    def run(self, count):
        a = self.a
        for _ in range(count):
            a.view(4, 1)

    def result(self):
        return self.a.view(4, 1)


class Item(Tiny):
    def __init__(self):
        super().__init__()
        self.a = self.a.sum()

    def run(self, count):
        a = self.a
        for _ in range(count):
            a.item()

    def result(self):
        return torch.tensor(self.a.item())


class Graph(Tiny):
    """(a * b + b).sum() and its gradient."""

    def __init__(self):
        super().__init__()
        self.a.requires_grad_()

    def run(self, count):
        a, b = self.a, self.b
        for _ in range(count):
            a.grad = None
            a.mul(b).add(b).sum().backward()

    def result(self):
        self.run(1)
        return self.a.grad


WORKS = {
    "add": Add,
    "add-dropped": Add,
    "add-number": AddScalar,
    "matmul": Matmul,
    "add_": AddInPlace,
    "view": View,
    "item": Item,
    "graph": Graph,
}
