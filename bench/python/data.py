"""The twins of bench/rows/data.ts."""

import os
import pathlib
import tempfile

import torch
from torch.utils.data import DataLoader, TensorDataset
from training import digest


class Loader:
    zipped = False

    def __init__(self):
        torch.manual_seed(0)
        self.x = torch.randn(60_000, 784)
        self.y = torch.randint(10, (60_000,))
        data = list(zip(self.x, self.y)) if self.zipped else TensorDataset(self.x, self.y)
        self.dl = DataLoader(data, batch_size=64, shuffle=True)

    def run(self, count):
        for _ in range(count):
            for _ in self.dl:
                pass

    def check(self):
        torch.manual_seed(1)
        xb, yb = next(iter(self.dl))
        return [*digest(xb), *yb.double().tolist()]


class LoaderZip(Loader):
    zipped = True


class IndexSelect(Loader):
    def run(self, count):
        for _ in range(count):
            for rows in torch.randperm(60_000).split(64):
                for data in (self.x, self.y):
                    data.index_select(0, rows)

    def check(self):
        return digest(self.x)


class Png:
    """As the book does it: a tensor of each picture, and all of them stacked."""

    def __init__(self):
        folder = pathlib.Path(os.environ["LIBTORCH_NODE_BENCH_PICTURES"])
        self.files = [file for digit in "37" for file in sorted((folder / digit).iterdir())]
        self.run(1)

    def run(self, count):
        import numpy
        from PIL import Image

        for _ in range(count):
            tensors = [torch.tensor(numpy.array(Image.open(file))) for file in self.files]
            self.last = torch.stack(tensors)

    def check(self):
        return digest(self.last)


class Archive:
    """Each picture decoded out of the archive, and all of a part put together at once."""

    def __init__(self):
        self.file = os.path.join(os.environ["LIBTORCH_NODE_ARCHIVES"], "mnist_png.tgz")

    def run(self, count):
        import tarfile

        import numpy
        from PIL import Image

        for _ in range(count):
            parts = {"training": [], "testing": []}
            with tarfile.open(self.file) as tar:
                for member in tar:
                    if member.isfile():
                        picture = Image.open(tar.extractfile(member))
                        parts[member.name.split("/")[1]].append(numpy.asarray(picture))
            self.last = [torch.from_numpy(numpy.stack(arrays)) for arrays in parts.values()]

    def check(self):
        return [size for part in self.last for size in part.shape] + digest(*self.last)


class Nested:
    def __init__(self):
        self.rows = [[float((i * j) % 255) for j in range(784)] for i in range(1000)]
        self.last = torch.tensor(self.rows)

    def run(self, count):
        for _ in range(count):
            self.last = torch.tensor(self.rows)

    def check(self):
        return digest(self.last)


class Save:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = os.path.join(self.folder.name, "state")
        torch.manual_seed(0)
        self.state = {f"layer{i}": torch.randn(2_500_000) for i in range(10)}
        self.back = self.state

    def run(self, count):
        for _ in range(count):
            torch.save(self.state, self.file)
            self.back = torch.load(self.file)

    def check(self):
        return digest(self.back["layer0"], self.back["layer9"])


WORKS = {
    "loader": Loader,
    "loader-zip": LoaderZip,
    "index_select": IndexSelect,
    "png": Png,
    "archive": Archive,
    "nested": Nested,
    "save-pt": Save,
    "save-safetensors": Save,
}
