"""Records what Python's random gives: python3 test/fastcore/record_random.py > test/fastcore/fixtures/random.json"""

import hashlib
import json
import random
import sys

BIG = 2**200 + 12345678901234567890


def digest(values):
    return hashlib.sha256(json.dumps(values, separators=(",", ":")).encode()).hexdigest()


def seeds():
    ints = [0, 1, 42, -42, 2**31, 2**32 - 1, 2**32, 2**53 - 1, -(2**53 - 1), 2**64, BIG, -BIG]
    for value in ints:
        yield {"bigint": str(value)}, (value, 2)
    for value in [0.5, -0.5, 1e-320, 1.5e300, 3.141592653589793, -1e-7, float("inf"), float("-inf")]:
        yield {"float": repr(value)}, (value, 2)
    texts = ["", "a", "mnist", "größer", "\U0001f600 smile", "x" * 1000]
    for version in (1, 2):
        for text in texts:
            yield {"text": text, "version": version}, (text, version)
        yield {"bytes": [0, 0, 1, 255], "version": version}, (b"\x00\x00\x01\xff", version)


def first_numbers(seed, version):
    generator = random.Random()
    generator.seed(seed, version)
    return [generator.random() for _ in range(3)] + [generator.getrandbits(32) for _ in range(2)]


def everything(r):
    """Calls in a row on one generator: each depends on how many numbers those before it drew."""
    steps = []

    def step(name, args, value):
        steps.append({"call": name, "args": args, "value": value})

    step("random", [], r.random())
    for k in (0, 1, 5, 31, 32, 33, 53):
        step("getrandbits", [k], r.getrandbits(k))
    for k in (54, 64, 65, 200, 0):
        step("getrandbits", [{"bigint": str(k)}], {"bigint": str(r.getrandbits(k))})
    for a, b in ((0, 0), (1, 6), (-5, 5), (0, 2**32 - 1), (0, 2**32), (-(2**40), 2**40)):
        step("randint", [a, b], r.randint(a, b))
    step("randint", [{"bigint": "0"}, {"bigint": str(BIG)}], {"bigint": str(r.randint(0, BIG))})
    for args in ((10,), (5, 10), (0, 100, 7), (10, 0, -3), (-1, -100, -1)):
        step("randrange", list(args), r.randrange(*args))
    for args in ((BIG,), (-BIG, BIG, 3), (BIG, -BIG, -7)):
        step("randrange", [{"bigint": str(a)} for a in args], {"bigint": str(r.randrange(*args))})
    for n in (0, 1, 2, 10):
        items = list(range(n))
        r.shuffle(items)
        step("shuffle", [list(range(n))], items)
    for n, k in ((1, 1), (10, 0), (10, 10), (21, 5), (22, 5), (100, 6), (85, 6), (86, 6), (1000, 20), (300, 21), (50, 49)):
        step("sample", [list(range(n)), k], r.sample(range(n), k))
    step("sample", [["a", "b", "c"], {"k": 5, "counts": [4, 2, 1]}], r.sample(["a", "b", "c"], k=5, counts=[4, 2, 1]))
    step("choice", [["x", "y", "z"]], r.choice(["x", "y", "z"]))
    step("choices", [["x", "y", "z"], {"k": 6}], r.choices("xyz", k=6))
    step("choices", [["x", "y", "z"], {"weights": [1, 5, 0.5], "k": 6}], r.choices("xyz", weights=[1, 5, 0.5], k=6))
    step("choices", [["x", "y"], {"cum_weights": [2, 7], "k": 6}], r.choices("xy", cum_weights=[2, 7], k=6))
    step("uniform", [-3, 8.5], r.uniform(-3, 8.5))
    step("randbytes", [7], list(r.randbytes(7)))
    for args in ([], [10, 2], [0, 1]):
        step("gauss", args, r.gauss(*args))
    for args in ([], [10, 2]):
        step("normalvariate", args, r.normalvariate(*args))
    step("random", [], r.random())
    return steps


def main():
    orders = []
    for seed in (0, 42, 7):
        for n in (15, 26, 1000, 12396, 60000):
            r = random.Random(seed)
            shuffled = list(range(n))
            r.shuffle(shuffled)
            sampled = r.sample(range(n), n)
            orders.append({"seed": seed, "n": n, "shuffle": digest(shuffled), "sample": digest(sampled), "after": r.random()})
    sequences = [{"seed": seed, "steps": everything(random.Random(seed))} for seed in (42, 1, 12345)]
    generator = random.Random(42)
    generator.random()
    generator.gauss(0, 1)
    version, words, gauss_next = generator.getstate()
    state = {"words": digest(list(words)), "place": words[-1], "gauss_next": gauss_next, "version": version}
    long_run = random.Random(3)
    run = digest([long_run.getrandbits(32) for _ in range(5000)])
    json.dump(
        {
            "python": sys.version.split()[0],
            "seeds": [{"seed": seed, "first": first_numbers(*args)} for seed, args in seeds()],
            "sequences": sequences,
            "orders": orders,
            "state": state,
            "run": run,
        },
        sys.stdout,
        separators=(",", ":"),
    )
    print()


main()
