"""The first import in a fresh process, and a first tensor."""

import json
import time

started = time.perf_counter()
import torch  # noqa: E402

imported = (time.perf_counter() - started) * 1000
print(json.dumps({"import": imported, "result": torch.ones(2, 2).sum().item()}))
