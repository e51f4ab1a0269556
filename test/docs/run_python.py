"""Runs the Python column of docs/coming-from-python.md: sections as JSON in, what each row prints (or null) as JSON out.

A row that names something of fastai's cannot be run with PyTorch alone; its result is null.
"""
import ast
import builtins
import contextlib
import io
import json
import sys
import warnings

import torch
from torch import nn
import torch.nn.functional as F

FASTAI = {'L', 'Path', 'first', 'noop', 'parent_label', 'to_np'}


def run(source, names):
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        exec(compile(tree, 'row', 'exec'), names)
        value = eval(compile(ast.Expression(last.value), 'row', 'eval'), names) if last else None
    text = out.getvalue()
    # A notebook shows no None, and a cell that ends with a call for its effect has no value here either.
    shown = value is not None or (last is not None and isinstance(last.value, ast.Constant))
    return text + (repr(value) if shown else '')


def row(source, names):
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    if used & FASTAI and not used & FASTAI <= names.keys():
        return None
    return run(source, names)


results = []
for section in json.load(sys.stdin):
    names = {'torch': torch, 'nn': nn, 'F': F, 'tensor': torch.tensor, '__builtins__': builtins}
    run(section['setup']['python'], names)
    results.append([row(each['python'], names) for each in section['rows']])
json.dump(results, sys.stdout)
