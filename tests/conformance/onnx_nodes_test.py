#!/usr/bin/env python3
"""ONNX's own backend node tests (they come with the `onnx` package) against the host reference, and whole models.

    onnx_nodes_test.py --assay build/assay [--rebase] [--only WORDS]     in a Python with onnx: build/venv

Every case is written as a model and its inputs (kept under build/conformance/onnx_nodes, made once), run with
`assay run`, and compared with the outputs that the package gives: integers equal, floats within 1e-5 of the largest
magnitude (integers that were quantised: within 1, as ONNX Runtime's rounding may be). What decides shapes or weights is an initializer in models that
exporters write, and only in these tests an input: such inputs are made initializers (CONSTANT below).
The models are those of onnx_models.py ("made_..."), compared with ONNX Runtime. tests/conformance/onnx_nodes.txt lists every case: "pass", or why it is not run. A case that is listed as passing and does not pass
fails the test; so does one that gives a wrong result. --rebase writes the list anew.
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import warnings

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = pathlib.Path(__file__).with_name("onnx_nodes.txt")
WORK = ROOT / "build" / "conformance" / "onnx_nodes"
TOLERANCE = 1e-5
FLOOR = 890  # cases that pass

# Inputs that are constants in the models that exporters write.
CONSTANT = {
    "Reshape": [1], "Slice": [1, 2, 3, 4], "Pad": [1, 2, 3], "Squeeze": [1], "Unsqueeze": [1], "Expand": [1],
    "Tile": [1], "Split": [1], "Resize": [1, 2, 3], "ConstantOfShape": [0], "Range": [0, 1, 2], "TopK": [1],
    "OneHot": [1, 2], "CumSum": [1], "Clip": [1, 2], "BatchNormalization": [1, 2, 3, 4], "Gemm": [1, 2],
    "Conv": [1, 2], "ConvTranspose": [1, 2], "MatMul": [1], "PRelu": [1], "Dropout": [1, 2], "Upsample": [1],
    "QuantizeLinear": [1, 2], "DequantizeLinear": [1, 2], "QLinearConv": [1, 2, 3, 4, 5, 6, 7, 8],
    "QLinearMatMul": [1, 2, 3, 4, 5, 6, 7], "ConvInteger": [1, 2, 3], "MatMulInteger": [1, 2, 3],
    "LayerNormalization": [1, 2], "InstanceNormalization": [1, 2], "GroupNormalization": [1, 2],
    "LSTM": [1, 2, 3, 4, 5, 6, 7], "GRU": [1, 2, 3, 4, 5], "RNN": [1, 2, 3, 4, 5], "Gather": [1], "Trilu": [1],
}
for op in ("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"):
    CONSTANT[f"Reduce{op}"] = [1]


def with_constants(model, arrays):
    """The model with the inputs of CONSTANT as initializers, and the arrays that are left."""
    from onnx import numpy_helper
    graph = model.graph
    names = {node.input[i] for node in graph.node for i in CONSTANT.get(node.op_type, [])
             if i < len(node.input) and node.input[i]}
    given = {info.name: array for info, array in zip(graph.input, arrays)}
    moved = [name for name in given if name in names and isinstance(given[name], np.ndarray | np.generic)]
    if len(moved) == len(given): moved = moved[1:]  # a model without inputs computes nothing
    for name in moved: graph.initializer.append(numpy_helper.from_array(np.asarray(given.pop(name)), name))
    kept = [info for info in graph.input if info.name in given]
    del graph.input[:]
    graph.input.extend(kept)
    return model, given


def write_cases():
    """Every case in a folder of its own: model.onnx, in.npz, out.npz. Slow: done once for a version of onnx."""
    import onnx
    from onnx.backend.test.case.node import collect_testcases
    stamp = WORK / f"onnx-{onnx.__version__}"
    if stamp.exists(): return
    WORK.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases(None)
    for case in cases:
        if case.model is None or not case.data_sets: continue
        inputs, outputs = case.data_sets[0]
        folder = WORK / case.name
        folder.mkdir(exist_ok=True)
        model, given = with_constants(case.model, inputs)
        (folder / "model.onnx").write_bytes(model.SerializeToString())
        save(folder / "in.npz", given)
        save(folder / "out.npz", {f"{i}": array for i, array in enumerate(outputs)})
    stamp.touch()


def write_models():
    """The models of onnx_models.py likewise; again when that file changed."""
    import onnx_models
    import onnxruntime
    source = pathlib.Path(onnx_models.__file__).read_bytes()
    stamp = WORK / f"models-{onnxruntime.__version__}-{hashlib.sha256(source).hexdigest()[:12]}"
    if stamp.exists(): return
    for case in onnx_models.cases():
        folder = WORK / f"made_{case.name}"
        folder.mkdir(exist_ok=True)
        (folder / "model.onnx").write_bytes(case.model.SerializeToString())
        (folder / "steps").write_text(f"{case.steps}\n")
        save(folder / "in.npz", case.inputs)
        save(folder / "out.npz", {f"{i}": array for i, array in enumerate(onnx_models.expected(case))})
    stamp.touch()


def save(path, arrays):
    """Nothing is written for what is no array of numbers: the case then cannot be compared."""
    arrays = {name: np.asarray(a) for name, a in arrays.items() if isinstance(a, np.ndarray | np.generic)}
    if any(a.dtype.kind not in "fiub" or a.dtype.char == "E" for a in arrays.values()): return
    np.savez(path, **{re.sub(r"[/\\]", "_", name): a for name, a in arrays.items()})


def difference(got, expected, steps=0):
    """What is wrong with `got`, or "". `steps`: parts of 255 of 1, or of the largest, that it may be off where it was quantised."""
    if got.shape != expected.shape: return f"shape {got.shape}, not {expected.shape}"
    if got.dtype != expected.dtype: return f"{got.dtype}, not {expected.dtype}"
    if expected.size == 0: return ""
    if expected.dtype.kind in "iub":
        worst = np.max(np.abs(got.astype(np.int64) - expected.astype(np.int64)))
        allowed = 1 if expected.dtype.itemsize == 1 and expected.dtype.kind != "b" else 0
        return "" if worst <= allowed else f"{worst} away"
    largest = np.finfo(np.float32).max
    if np.isinf(expected).any():  # sums are at most the largest float, as TFLite's
        expected = np.where(np.isinf(expected) & (np.abs(got) == largest), got, expected)
    with np.errstate(all="ignore"):
        same = (got == expected) | (np.isnan(got) & np.isnan(expected))
        error = np.where(same, 0, np.abs(got.astype(np.float64) - expected))
        scale = np.max(np.abs(expected[np.isfinite(expected)]), initial=0)
        allowed = max(TOLERANCE * max(scale, 1e-30), steps / 255 * max(1, scale))
        return "" if np.max(error) <= allowed else f"error {np.max(error):.2g} of {scale:.3g}"


def check(args, folder):
    """"pass", a reason, or "WRONG: ..."."""
    if not (folder / "out.npz").exists() or not (folder / "in.npz").exists(): return "not numbers of a type that NumPy has"
    made = folder / "got.npz"
    made.unlink(missing_ok=True)
    done = subprocess.run([args.assay, "run", folder / "model.onnx", "--input", folder / "in.npz", "-o", made],
                          capture_output=True, text=True, timeout=60, check=False)
    lines = [" ".join(line.split()) for line in done.stderr.splitlines() if line.strip()]
    if done.returncode < 0 or done.returncode == 70: return f"WRONG: {lines[-1] if lines else done.returncode}"
    lines = [line.replace(f"{folder}/", "") for line in lines]
    if done.returncode: return re.sub(r"^.*?model(\.onnx)?: ", "", lines[0]) if lines else f"exit code {done.returncode}"
    with np.load(made) as got, np.load(folder / "out.npz") as expected:
        got, expected = [got[name] for name in got.files], [expected[name] for name in expected.files]
    if len(got) != len(expected): return f"WRONG: {len(got)} outputs, not {len(expected)}"
    steps = float((folder / "steps").read_text()) if (folder / "steps").exists() else 0
    for i, (ours, theirs) in enumerate(zip(got, expected)):
        if wrong := difference(ours, theirs, steps): return f"WRONG: output {i}: {wrong}"
    return "pass"


def listed():
    lines = LIST.read_text().splitlines() if LIST.exists() else []
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assay", default=ROOT / "build" / "assay")
    parser.add_argument("--rebase", action="store_true")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    try:
        write_cases()
        write_models()
    except ModuleNotFoundError as missing:
        print(f"skipped: no {missing.name} in this Python (tools/setup.sh check)")
        return
    folders = sorted(path for path in WORK.iterdir() if path.is_dir() and args.only in path.name)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = dict(zip((f.name for f in folders), pool.map(lambda f: check(args, f), folders)))
    passed = [name for name, said in results.items() if said == "pass"]
    wrong = {name: said for name, said in results.items() if said.startswith("WRONG")}
    lost = [name for name, said in listed().items() if said == "pass" and results.get(name, "pass") != "pass"]
    for name, said in wrong.items(): print(f"{name}: {said}")
    for name in lost: print(f"{name}: passed once; now {results[name]}")
    print(f"onnx nodes: {len(results)} cases, {len(passed)} pass, {len(wrong)} wrong, "
          f"{len(results) - len(passed) - len(wrong)} not run (listed with reasons)")
    if args.rebase:
        head = "# Made by tests/conformance/onnx_nodes_test.py --rebase: ONNX's node tests, and why those that do not pass are not run.\n"
        LIST.write_text(head + "".join(f"{name}: {said}\n" for name, said in results.items()))
        return
    enough = len(passed) >= FLOOR or args.only
    if not enough: print(f"FEWER than {FLOOR} pass")
    sys.exit(1 if wrong or lost or not enough else 0)


if __name__ == "__main__":
    main()
