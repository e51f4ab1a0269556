"""The twin of growth.mjs."""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset
from peak import peak_megabytes

batch, width, rows, steps = map(int, sys.argv[1:])
inputs = 64
torch.set_num_threads(1)
torch.manual_seed(0)
x = torch.rand(rows, inputs)
y = torch.randint(10, (rows,))
model = nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, 10))
opt = optim.SGD(model.parameters(), lr=0.1)
dl = DataLoader(TensorDataset(x, y), batch_size=batch, shuffle=True)

times = []
start = time.process_time()
while len(times) < steps:
    for xb, yb in dl:
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()
        last = loss.item()
        times.append(1000 * (time.process_time() - start))
        if len(times) == steps:
            break
        start = time.process_time()
times.sort()
peak = peak_megabytes()
print(json.dumps({"step": times[len(times) // 2], "peak": peak, "result": last}))
