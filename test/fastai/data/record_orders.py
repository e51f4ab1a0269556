"""Records orders and generators of fastai's DataLoader, of which the published algorithm is written down here:

python3 test/fastai/data/record_orders.py > test/fastai/data/fixtures/orders.json
"""

import hashlib
import json
import random
import sys

import torch


def digest(values):
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).hexdigest()


class Loader:
    def __init__(self, n, shuffle):
        self.n, self.shuffle = n, shuffle
        self.rng = random.Random(random.randint(0, 2**32 - 1))

    def order(self):
        self.rng = random.Random(self.rng.randint(0, 2**32 - 1))
        places = list(range(self.n))
        if self.shuffle:
            places = self.rng.sample(places, self.n)
        torch.empty((), dtype=torch.int64).random_()
        return places


def record(seed, train, valid):
    random.seed(seed)
    torch.manual_seed(seed)
    loaders = [Loader(train, True), Loader(valid, False)]
    passes = []
    for _ in range(3):
        for loader in loaders:
            order = loader.order()
            state = hashlib.sha256(bytes(torch.get_rng_state().tolist())).hexdigest()
            passes.append({"first": order[:5], "order": digest(order), "torch": state})
    after = [random.random(), torch.rand(()).item()]
    return {"seed": seed, "train": train, "valid": valid, "passes": passes, "after": after}


cases = [record(seed, *sizes) for seed in (42, 0, 1234567) for sizes in ((1, 1), (15, 4), (100, 30), (12396, 2038))]
json.dump({"torch": torch.__version__, "cases": cases}, sys.stdout, separators=(",", ":"))
print()
