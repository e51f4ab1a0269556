"""Records what PyTorch computes for the cases of cases/*.py into fixtures/*.jsonl.

    python test/parity/record_operators.py            record all
    python test/parity/record_operators.py binary     record some files
    python test/parity/record_operators.py --check    compare with what is recorded, byte for byte, write nothing

Needs PyTorch 2.13.0 (CPU). See README.md beside this file for the format.
"""

import argparse
import importlib
import json
import sys
import warnings
from pathlib import Path

import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from recorder.encode import Pool  # noqa: E402
from recorder.run import record  # noqa: E402

TORCH = '2.13.0'


def lines_of(module: str) -> list[str]:
    """The lines of one fixture file: each tensor before its first use, one line per case."""
    pool, lines, unexpected = Pool(), [], []
    for c in importlib.import_module(f'cases.{module}').cases():
        try:
            entry = record(c, pool)
        except Exception as error:  # all of them at once, then stop
            unexpected.append(f'{c.op} {c.kwargs}: {type(error).__name__}: {error}')
            continue
        if c.name:
            entry = {'name': c.name, **entry}
        lines += pool.take()
        lines.append(json.dumps(entry, separators=(',', ':')))
    if unexpected:
        sys.exit('\n'.join([f'{module}:', *unexpected]))
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('modules', nargs='*')
    parser.add_argument('--check', action='store_true')
    options = parser.parse_args()
    if torch.__version__.split('+')[0] != TORCH:
        parser.error(f'needs torch {TORCH}, found {torch.__version__}')
    warnings.simplefilter('ignore')
    torch.set_num_threads(1)
    names = options.modules or sorted(p.stem for p in (HERE / 'cases').glob('*.py') if p.stem != '__init__')
    differing = []
    for name in names:
        text = '\n'.join(lines_of(name)) + '\n'
        path = HERE / 'fixtures' / f'{name}.jsonl'
        if options.check:
            if not path.exists() or path.read_text() != text:
                differing.append(name)
            continue
        path.write_text(text)
        print(f'{name}: {text.count(chr(10)) - text.count(chr(34) + "tensor" + chr(34))} cases, {len(text)} bytes')
    for name in differing:
        print(f'{name}: differs from what is recorded', file=sys.stderr)
    return 1 if differing else 0


if __name__ == '__main__':
    sys.exit(main())
