"""The peer of loader.ts: one pass for each line read, its times as JSON."""

import json
import sys
import time

import torch
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(int(sys.argv[1]))
x = torch.randn(60_000, 784)
y = torch.randint(10, (60_000,))
loader = DataLoader(TensorDataset(x, y), batch_size=64, shuffle=True)


def with_loader():
    for _ in loader:
        pass


def with_index_select():
    for rows in torch.randperm(60_000).split(64):
        for data in (x, y):
            data.index_select(0, rows)


works = {"DataLoader": with_loader, "index_select": with_index_select}
for line in sys.stdin:
    cpu, start = time.process_time(), time.perf_counter()
    works[line.strip()]()
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({"wall": 1000 * wall, "cpu": 1000 * cpu}), flush=True)
