"""The twin of loop.mjs."""

import json
import resource
import sys

import torch

torch.set_num_threads(1)
a = torch.ones(256, 784)
b = torch.ones(256, 784)
for _ in range(int(sys.argv[1])):
    a.add(b)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peak": peak, "result": a.add(b).mean().item()}))
