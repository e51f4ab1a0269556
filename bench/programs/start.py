import json

import torch

print(json.dumps({"result": torch.ones(2, 2).sum().item()}))
