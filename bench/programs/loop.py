"""The twin of loop.mjs."""

import json
import sys

import torch
from peak import peak_megabytes

torch.set_num_threads(1)
a = torch.ones(256, 784)
b = torch.ones(256, 784)
for _ in range(int(sys.argv[1])):
    a.add(b)
peak = peak_megabytes()
print(json.dumps({"peak": peak, "result": a.add(b).mean().item()}))
