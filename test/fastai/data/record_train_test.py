"""Records scikit-learn's train_test_split: its published algorithm on NumPy's RandomState.

python3 test/fastai/data/record_train_test.py > test/fastai/data/fixtures/train_test.json
"""
import json
import math

import numpy as np


def shared(counts, n, rng):
    """n in proportion to counts, what is left to the largest remainders."""
    exact = counts / counts.sum() * n
    whole = np.floor(exact)
    left = int(n - whole.sum())
    rest = exact - whole
    for value in sorted(set(rest.tolist()), reverse=True):
        if left == 0:
            break
        equal = np.nonzero(rest == value)[0]
        chosen = rng.choice(equal, size=min(len(equal), left), replace=False)
        whole[chosen] += 1
        left -= len(chosen)
    return whole.astype(int)


def split(n, test, seed, labels=None, train=None):
    rng = np.random.RandomState(seed)
    n_test = math.ceil(test * n) if test < 1 else test
    n_train = n - n_test if train is None else math.floor(train * n) if train < 1 else train
    if labels is None:
        places = rng.permutation(n)
        return places[n_test : n_test + n_train].tolist(), places[:n_test].tolist()
    names, codes = np.unique(labels, return_inverse=True)
    counts = np.bincount(codes)
    for_train = shared(counts, n_train, rng)
    for_test = shared(counts - for_train, n_test, rng)
    trained, tested = [], []
    for code in range(len(names)):
        places = np.nonzero(codes == code)[0][rng.permutation(counts[code])].tolist()
        trained += places[: for_train[code]]
        tested += places[for_train[code] : for_train[code] + for_test[code]]
    return rng.permutation(trained).tolist(), rng.permutation(tested).tolist()


thirds = [i % 3 for i in range(20)]
words = ["b" if i % 4 else "a" for i in range(30)]
cases = [
    dict(n=10, test=0.2, seed=42),
    dict(n=17, test=0.33, seed=0),
    dict(n=17, test=5, seed=7, train=0.5),
    dict(n=300, test=0.1, seed=2**32 - 1),
    dict(n=20, test=0.2, seed=42, labels=thirds),
    dict(n=20, test=7, seed=3, labels=thirds, train=9),
    dict(n=30, test=0.25, seed=1, labels=words),
]
print(json.dumps([{**case, "splits": split(**case)} for case in cases], separators=(",", ":")))
