"""Records which operators Python's torch offers, and where, into surface.json beside this file.

libtorch knows every operator's schema but not its place in Python. PyTorch's own binding generator does, and
ships in the wheel (torchgen): its skip rules and its order of overloads are used here, not copied. What it says
is then compared with the running torch.

    pip install torch==2.13.0 pyyaml
    python scripts/generate/record_surface.py
"""

import inspect
import json
import re
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as nn_functional
import torchgen
import torchgen.api.python  # noqa: F401  (the generator below expects it to be loaded)
from torchgen.gen import parse_native_yaml
from torchgen.model import Variant
from torchgen.packaged.autograd import gen_python_functions as bindings

PACKAGED = Path(torchgen.__file__).parent / "packaged"
OUTPUT = Path(__file__).with_name("surface.json")

# torch/csrc/utils/python_arg_parser.cpp, should_allow_numbers_as_tensors: these take a number for a Tensor.
NUMBERS_AS_TENSORS = {
    base + suffix
    for base in "add div divide mul multiply sub subtract true_divide floor_divide".split()
    for suffix in ("", "_")
} | {"copy_"}

# Methods of C++'s Tensor which Python spells x[...], x.T and x.H.
CPP_METHODS = {"index", "slice", "numpy_T", "matrix_H"}

# nn.functional names which differ from the operator's.
RENAMED_FUNCTIONAL = {"log_sigmoid": "logsigmoid"}

# nn.functional functions whose parameters agree with the operator's, but whose behaviour does not.
DIFFERENT_FUNCTIONAL = {
    "kl_div": "reduction 'batchmean'",
    "nll_loss": "more than two dimensions",
    "adaptive_max_pool1d": "returns indices only when asked",
    "adaptive_max_pool2d": "returns indices only when asked",
    "adaptive_max_pool3d": "returns indices only when asked",
    "fractional_max_pool2d": "draws its random samples",
    "fractional_max_pool3d": "draws its random samples",
}

# Parameters of nn.functional that only Python has; a call that leaves them alone means the same.
PYTHON_ONLY = {"size_average", "reduce", "_stacklevel"}

MODULES = {"linalg": torch.linalg, "fft": torch.fft, "special": torch.special}


def overload(function):
    return function.func.name.overload_name or "default"


def grouped(functions, predicate, method):
    """Operator name -> (overloads, overloads of its `out` form), in the order in which Python tries them."""
    signatures = bindings.load_signatures(
        functions, str(PACKAGED / "autograd/deprecated.yaml"), method=method, skip_deprecated=True
    )
    result = {}
    for name, pairs in bindings.group_filter_overloads(signatures, predicate).items():
        order = bindings.group_overloads(pairs)
        outs = [overload(g.outplace) for g in order if g.outplace is not None]
        result[str(name)] = ([overload(g.base) for g in order], outs)
    return result


def in_file_order(functions, predicate):
    """The same for functions that Python's C++ binds by hand, in the order of native_functions.yaml."""
    result = defaultdict(lambda: ([], []))
    for function in filter(predicate, functions):
        result[str(function.func.name.name)][function.func.is_out_fn()].append(overload(function))
    return result


def is_public(name):
    return not name.startswith("_")


def same_default(python, native):
    if python is inspect.Parameter.empty or native is None:
        # A None that the operator wants spelled out, as softmax's dim, is a deprecated guess in Python.
        return native is not None or python in (inspect.Parameter.empty, None)
    native = {"None": None, "True": True, "False": False, "Mean": "mean", "[]": None}.get(native, native)
    if isinstance(native, str) and re.fullmatch(r"-?[\d.e-]+", native):
        native = float(native)
    return python == native or str(python) == str(native).strip('"')


def functional_gaps(python_function, function):
    """None when an nn.functional function cannot be called as its operator, else the parameters that are missing."""
    python = [p for p in inspect.signature(python_function).parameters.values() if p.name not in PYTHON_ONLY]
    native = [a for a in function.func.arguments.flat_all]
    for ours, theirs in zip(python, native):
        names = {theirs.name, "input"} if theirs.name == "self" else {theirs.name}
        if ours.name not in names and not (ours.name == "inplace" and ours is python[-1]):
            return None
        if ours.name != "inplace" and not same_default(ours.default, theirs.default):
            return None
    if any(a.default is None for a in native[len(python) :]):
        return None
    extra = [p for i, p in enumerate(python) if i >= len(native) or p.name != native[i].name and p.name == "inplace"]
    return None if any(p.default is inspect.Parameter.empty for p in extra) else [p.name for p in extra]


def record_functional(operators, by_name, functions, nn_functions):
    for name, overloads in by_name.items():
        public = RENAMED_FUNCTIONAL.get(name, name)
        python = getattr(nn_functional, public, None)
        entry = nn_functions.get(name) or functions.get(name)
        if not is_public(name) or not callable(python) or entry is None:
            continue
        record = operators[name]
        gaps = []
        if name in DIFFERENT_FUNCTIONAL:
            record["nn_differs"] = DIFFERENT_FUNCTIONAL[name]
            continue
        if inspect.isfunction(python):
            if "args" in inspect.signature(python).parameters:  # picks a function by return_indices
                gaps = ["return_indices"]
            else:
                found = [functional_gaps(python, f) for f in overloads if overload(f) in entry[0]]
                gaps = next((g for g in found if g is not None), None)
            if gaps is None:
                record["nn_differs"] = "other parameters"
                continue
        record["nn_functional"] = entry[0]
        if public != name:
            record["nn_name"] = public
        if entry[1]:
            record["out"] = entry[1]
        if gaps:
            record["nn_missing"] = gaps


def reason(function):
    """Why Python does not offer this overload, for those that it does not."""
    name = str(function.func.name.name)
    if name.startswith("__"):
        return "dunder"
    if "backward" in name:
        return "backward"
    if name.startswith("_"):
        return "private"
    if "generated" in function.tags and "view_copy" not in function.tags:
        return "generated"
    if str(function.func) in bindings.SKIP_PYTHON_BINDINGS_SIGNATURES:
        return "number"
    if function.python_module in ("sparse", "nested"):
        return function.python_module
    attribute = getattr(torch.Tensor, name, None)
    if attribute is not None and not callable(attribute):
        return "attribute"
    return "internal"


def main():
    if torch.__version__.split("+")[0] != "2.13.0":
        raise SystemExit(f"record_surface: needs torch 2.13.0, not {torch.__version__}")
    native = parse_native_yaml(
        str(PACKAGED / "ATen/native/native_functions.yaml"), str(PACKAGED / "ATen/native/tags.yaml")
    ).native_functions
    by_name = defaultdict(list)
    for function in native:
        by_name[str(function.func.name.name)].append(function)

    bound = [f for f in native if bindings.should_generate_py_binding(f)]
    # Bound by hand in Python's C++ (contiguous, copy_, range, ...): no rule lists them, the running torch does.
    bound_names = {str(f.func.name) for f in bound}
    by_hand = [
        f
        for f in native
        if str(f.func.name) not in bound_names
        and "generated" not in f.tags
        and str(f.func) not in bindings.SKIP_PYTHON_BINDINGS_SIGNATURES
        and not re.search("backward|_forward|_jvp", str(f.func.name.name))
    ]

    def is_method(f):
        name = str(f.func.name.name)
        known = callable(getattr(torch.Tensor, name, None)) or name in CPP_METHODS
        return f.python_module is None and Variant.method in f.variants and known

    def is_function(f):
        return f.python_module is None and hasattr(torch, str(f.func.name.name)) and Variant.function in f.variants

    methods = grouped(bound, is_method, True) | in_file_order(by_hand, is_method)
    functions = grouped(bound, is_function, False) | in_file_order(by_hand, is_function)
    nn_functions = grouped(bound, bindings.is_py_nn_function, False)

    operators = defaultdict(dict)
    for place, groups in (("methods", methods), ("functions", functions)):
        for name, (overloads, outs) in groups.items():
            if is_public(name):
                operators[name][place] = overloads
                if outs and place == "functions":
                    operators[name]["out"] = outs
                owner = torch.Tensor if place == "methods" else torch
                if name not in CPP_METHODS and inspect.isfunction(getattr(owner, name)):
                    operators[name].setdefault("wrapper", []).append(place)
    for module, where in MODULES.items():
        groups = grouped(bound, lambda f: f.python_module == module, False)
        for name, (overloads, outs) in groups.items():
            if is_public(name) and hasattr(where, name.removeprefix(module + "_")):
                operators[name][module] = overloads
                if outs:
                    operators[name]["out"] = outs
    record_functional(operators, by_name, functions, nn_functions)
    for name in NUMBERS_AS_TENSORS & operators.keys():
        operators[name]["numbers"] = True

    registered = {n.removeprefix("aten::") for n in torch._C._dispatch_get_all_op_names() if n.startswith("aten::")}
    places = ("methods", "functions", "linalg", "fft", "special", "nn_functional", "out")
    for function in native:
        name, kind = str(function.func.name.name), overload(function)
        registered.discard(str(function.func.name))
        if not any(kind in operators[name].get(place, ()) for place in places):
            operators[name].setdefault("not", {}).setdefault(reason(function), []).append(kind)
    for full in sorted(registered):  # registered for TorchScript, not a native function
        name, _, kind = full.partition(".")
        operators[name].setdefault("not", {}).setdefault("script", []).append(kind or "default")

    compact = json.JSONEncoder(separators=(",", ":")).encode
    lines = [f"{compact(name)}:{compact(operators[name])}" for name in sorted(operators) if operators[name]]
    OUTPUT.write_text('{\n"torch": "2.13.0",\n"operators": {\n' + ",\n".join(lines) + "\n}\n}\n")
    print(f"{OUTPUT.name}: {len(lines)} operators")


if __name__ == "__main__":
    main()
