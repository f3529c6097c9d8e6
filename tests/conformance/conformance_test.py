#!/usr/bin/env python3
"""The host reference against the runtimes themselves, on the shipped models and on ../shared/models.

    conformance_test.py --assay build/assay [--python build/venv/bin/python] [--inputs 20] [MODEL...]

Every model runs in `assay run`, in TFLM (semantics tflm) and in LiteRT's reference kernels (semantics litert), on the
same made-up inputs. Integers must be equal to the byte; floats may differ by 1e-5 of the output's range, infinities
and NaN not at all. Prints a line for each model. Fails if any differs, if we refuse a shipped model, if one cannot be
compared with TFLM, or if fewer pairs of a model and an oracle than FLOOR were compared: a wheel that refuses
everything must not look like a pass. What is not compared says why.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOLERANCE = 1e-5
FLOOR = {"shipped": 0.95, "shared": 0.4}  # of the pairs
UNSUPPORTED = 4  # exit code of assay


class Skipped(Exception):
    pass


def run(command, seconds=300):
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    said = lines[-1] if lines else f"exit code {done.returncode}"
    # The obstacles come before the error that counts them.
    if done.returncode == UNSUPPORTED and lines: said = " ".join(lines[0].split())
    return done.returncode, said


def arrays(path):
    with np.load(path) as file: return [file[name] for name in file.files]


def is_shipped(model):
    return (ROOT / "examples") in model.resolve().parents


def outputs_of_assay(args, model, semantics, folder):
    out = folder / f"assay_{semantics}.npz"
    command = [args.assay, "run", model, "--inputs", args.inputs, "--seed", args.seed]
    code, said = run([*map(str, command), "--semantics", semantics, "-o", str(out)])
    if code == UNSUPPORTED and not is_shipped(model): raise Skipped(f"assay: {said}")
    if code != 0: raise AssertionError(f"assay: {said}")
    return arrays(out)


def outputs_of_oracle(args, model, oracle, folder):
    out = folder / f"{oracle}.npz"
    script = pathlib.Path(__file__).with_name("oracle.py")
    command = [args.python, script, oracle, model, out, "--inputs", args.inputs, "--seed", args.seed]
    code, said = run([str(word) for word in command])
    if code < 0: raise Skipped(f"{oracle} crashes (signal {-code})")
    if code != 0: raise Skipped(f"{oracle}: {said}")
    return arrays(out)


def difference(got, expected):
    """What is wrong with `got`, or ""."""
    if got.size != expected.size or got.dtype != expected.dtype:
        return f"{got.dtype} x {got.size}, not {expected.dtype} x {expected.size}"
    got, expected = got.ravel(), expected.ravel()
    if expected.dtype.kind != "f":
        wrong = np.count_nonzero(got != expected)
        return f"{wrong} of {got.size} elements differ" if wrong else ""
    finite = np.isfinite(expected)
    if not np.array_equal(got[~finite], expected[~finite], equal_nan=True): return "another infinity or NaN"
    got, expected = got[finite], expected[finite]
    if np.array_equal(got, expected): return ""
    if not np.isfinite(got).all(): return "an infinity or NaN of our own"
    error = np.max(np.abs(got.astype(np.float64) - expected))
    spread = float(np.max(expected)) - float(np.min(expected))
    return "" if error <= TOLERANCE * spread else f"error {error:.2g} of a range of {spread:.3g}"


def compare(args, model, oracle, folder):
    """"equal", or raises."""
    got = outputs_of_assay(args, model, oracle, folder)
    expected = outputs_of_oracle(args, model, oracle, folder)
    if len(got) != len(expected): raise AssertionError(f"{len(got)} outputs, not {len(expected)}")
    for k, (ours, theirs) in enumerate(zip(got, expected)):
        if wrong := difference(ours, theirs): raise AssertionError(f"output {k}: {wrong}")
    exact = all(np.array_equal(a.ravel(), b.ravel(), equal_nan=a.dtype.kind == "f") for a, b in zip(got, expected))
    return "equal" if exact else "near"


def check(args, model, oracle):
    with tempfile.TemporaryDirectory() as folder:
        try:
            return compare(args, model, oracle, pathlib.Path(folder))
        except Skipped as reason:
            return f"skipped: {reason}"
        except (AssertionError, subprocess.TimeoutExpired) as error:
            return f"DIFFERS: {error}"


def models_of(args):
    """(shipped, shared)"""
    if args.models: return [pathlib.Path(m) for m in args.models], []
    shared = ROOT.parent / "shared" / "models"
    if not shared.is_dir(): print("skipped: no ../shared/models")
    return sorted((ROOT / "examples").rglob("*.tflite")), sorted(shared.rglob("*.tflite"))


def self_test():
    f32 = np.array([0, 1], np.float32)
    assert difference(np.int8([1, 2]), np.int8([1, 2])) == ""
    assert difference(np.int8([1, 2]), np.int8([1, 3])) == "1 of 2 elements differ"
    assert difference(f32 + np.float32(5e-6), f32) == ""
    assert difference(f32 + np.float32(5e-5), f32).startswith("error 5e-05")
    assert difference(np.int8([1]), np.int16([1])) == "int8 x 1, not int16 x 1"
    inf, nan = np.float32(np.inf), np.float32(np.nan)
    for odd in (inf, -inf, nan):
        theirs = np.append(f32, odd)
        assert difference(theirs, theirs) == ""
        assert difference(theirs + np.float32(5e-5), theirs).startswith("error 5e-05")
        assert difference(np.append(f32, np.float32(0)), theirs) == "another infinity or NaN"
        assert difference(theirs, np.append(f32, np.float32(0))) == "an infinity or NaN of our own"
    assert difference(np.append(f32, inf), np.append(f32, -inf)) == "another infinity or NaN"
    assert difference(np.array([], np.float32), np.array([], np.float32)) == ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    parser.add_argument("--assay", default=ROOT / "build" / "assay")
    parser.add_argument("--python", default=sys.executable, help="a Python with the oracles")
    parser.add_argument("--inputs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=12345)
    args = parser.parse_args()
    self_test()
    shipped, shared = models_of(args)
    if not shipped: sys.exit("conformance: no models in examples/")
    jobs = [(model, oracle) for model in shipped + shared for oracle in ("tflm", "litert")]
    counts = {"equal": 0, "near": 0, "skipped": 0, "DIFFERS": 0}
    compared = dict.fromkeys(FLOOR, 0)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (model, oracle), said in zip(jobs, pool.map(lambda job: check(args, *job), jobs)):
            print(f"{model.name:44} {oracle:7} {said}", flush=True)
            verdict = said.split(":")[0]
            counts[verdict] += 1
            compared["shipped" if model in shipped else "shared"] += verdict != "skipped"
            failed |= verdict == "DIFFERS"
            failed |= verdict == "skipped" and model in shipped and oracle == "tflm"
    print(f"conformance: {args.inputs} inputs each: " + ", ".join(f"{n} {word}" for word, n in counts.items()))
    for group, pairs in (("shipped", 2 * len(shipped)), ("shared", 2 * len(shared))):
        if args.models or not pairs: continue
        enough = compared[group] >= FLOOR[group] * pairs
        failed |= not enough
        print(f"{group}: {compared[group]} of {pairs} compared" + ("" if enough else f": FEWER than {FLOOR[group]:.0%}"))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
