"""Records the orders that PyTorch's samplers, splits and loaders give, and where they leave the generators.

    python test/torch/utils/data/record_orders.py
"""

import hashlib
import json
from pathlib import Path

import torch
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    DistributedSampler,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)

SEEDS = [0, 42, 2**40 + 7]
SIZES = [1, 2, 10, 33, 100]


def digest(state):
    return hashlib.sha256(bytes(state.tolist())).hexdigest()[:16]


def weights_of(n):
    return [(i * 7 % 5) + 0.5 for i in range(n)]


def indices_of(n):
    return [3 * i + 1 for i in range(n)]


def sampler(kind, n, options, generator):
    if kind == "random":
        return RandomSampler(range(n), generator=generator, **options)
    if kind == "subset":
        return SubsetRandomSampler(indices_of(n), generator=generator)
    if kind == "weighted":
        return WeightedRandomSampler(weights_of(n), generator=generator, **options)
    raise ValueError(kind)


def recorded(make):
    """Two passes with the default generator and with one of its own; the generators' states after each."""
    cases = []
    for seed in SEEDS:
        for own in (False, True):
            torch.manual_seed(seed)
            generator = torch.Generator().manual_seed(seed + 1) if own else None
            passes = []
            iterable = make(generator)
            for _ in range(2):
                order = [item.tolist() if isinstance(item, torch.Tensor) else item for item in iterable]
                states = [digest(torch.get_rng_state())]
                if own:
                    states.append(digest(generator.get_state()))
                passes.append({"order": order, "states": states})
            cases.append({"seed": seed, "own": own, "passes": passes})
    return cases


def samplers():
    kinds = [("random", n, {}) for n in SIZES]
    kinds += [("random", 10, {"num_samples": k}) for k in (3, 10, 25, 30)]
    kinds += [("random", n, {"replacement": True}) for n in (10, 32, 100)]
    kinds += [("random", 10, {"replacement": True, "num_samples": k}) for k in (5, 64, 70)]
    kinds += [("subset", n, {}) for n in SIZES]
    kinds += [("weighted", 10, {"num_samples": k}) for k in (1, 10, 50)]
    kinds += [("weighted", 10, {"num_samples": k, "replacement": False}) for k in (1, 10)]
    return [
        {"kind": kind, "n": n, "options": options, "cases": recorded(lambda g: sampler(kind, n, options, g))}
        for kind, n, options in kinds
    ]


def loaders():
    found = []
    for n in (1, 10, 33):
        data = TensorDataset(torch.arange(n))
        for options in (
            {"shuffle": True, "batch_size": 4},
            {"shuffle": True, "batch_size": 5, "drop_last": True},
            {"shuffle": True, "batch_size": 11},
            {"batch_size": 4},
        ):
            if options.get("drop_last") and n < 5:
                continue

            def batches(generator, options=options):
                dl = DataLoader(data, generator=generator, **options)
                return Batches(dl)

            found.append({"n": n, "options": options, "cases": recorded(batches)})
    return found


class Batches:
    """A loader's batches as lists, and after each the states: draws happen when Python makes them, not earlier."""

    def __init__(self, dl):
        self.dl = dl

    def __iter__(self):
        for (batch,) in self.dl:
            states = [digest(torch.get_rng_state())]
            if self.dl.generator is not None:
                states.append(digest(self.dl.generator.get_state()))
            yield {"batch": batch.tolist(), "states": states}


def splits():
    found = []
    for seed in SEEDS:
        for n, lengths in ((10, [3, 7]), (30, [0.3, 0.3, 0.4]), (7, [0.5, 0.5]), (11, [0.25, 0.25, 0.25, 0.25])):
            for own in (False, True):
                torch.manual_seed(seed)
                generator = torch.Generator().manual_seed(seed + 1) if own else None
                extra = {"generator": generator} if own else {}
                parts = [part.indices for part in random_split(range(n), lengths, **extra)]
                found.append(
                    {
                        "seed": seed,
                        "n": n,
                        "lengths": lengths,
                        "own": own,
                        "parts": parts,
                        "states": [digest((generator or torch.default_generator).get_state()), digest(torch.get_rng_state())],
                    }
                )
    return found


def distributed():
    found = []
    for n, replicas in ((10, 2), (10, 3), (2, 5), (33, 4)):
        for options in ({}, {"shuffle": False}, {"drop_last": True}, {"seed": 5}):
            for rank in range(replicas):
                s = DistributedSampler(range(n), num_replicas=replicas, rank=rank, **options)
                if len(s) == 0:
                    continue
                orders = []
                for epoch in (0, 1):
                    s.set_epoch(epoch)
                    orders.append(list(s))
                found.append(
                    {"n": n, "num_replicas": replicas, "rank": rank, "options": options, "length": len(s), "orders": orders}
                )
    return found


def batch_samplers():
    found = []
    for n in (0, 1, 6, 10):
        for size in (1, 3, 10):
            for drop in (False, True):
                s = BatchSampler(SequentialSampler(range(n)), size, drop)
                found.append({"n": n, "batch_size": size, "drop_last": drop, "batches": list(s), "length": len(s)})
    return found


if __name__ == "__main__":
    result = {
        "torch": torch.__version__,
        "samplers": samplers(),
        "loaders": loaders(),
        "splits": splits(),
        "distributed": distributed(),
        "batch_samplers": batch_samplers(),
    }
    path = Path(__file__).parent / "fixtures" / "orders.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
