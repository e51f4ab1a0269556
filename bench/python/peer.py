"""Does the works of this folder by name: a line of JSON in, a line of JSON out. bench/harness/sides.ts asks."""

import importlib
import json
import pathlib
import platform
import sys
import time
import traceback

import torch

torch.set_num_threads(int(sys.argv[1]))

# Name -> class with run(count) and check().
works = {}
for file in sorted(pathlib.Path(__file__).parent.glob("*.py")):
    if file.stem != "peer":
        works.update(importlib.import_module(file.stem).WORKS)
prepared = {}


def work(name):
    if name not in prepared:
        prepared[name] = works[name]()
    return prepared[name]


def run(name, count):
    task = work(name)
    cpu, start = time.process_time(), time.perf_counter()
    task.run(count)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {"wall": 1000 * wall, "cpu": 1000 * cpu}


def answer(question):
    what = question["do"]
    if what == "run":
        return run(question["work"], question["count"])
    if what == "check":
        return {"check": work(question["work"]).check()}
    if what == "drop":
        prepared.pop(question["work"], None)
        return {}
    return {"python": platform.python_version(), "torch": torch.__version__}


out = sys.stdout
sys.stdout = sys.stderr  # what a work prints is no answer
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:
        traceback.print_exc()
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), file=out, flush=True)
