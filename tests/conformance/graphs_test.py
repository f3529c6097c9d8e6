#!/usr/bin/env python3
"""Single-operator graphs in many shapes, attributes and types against the runtimes, and as generated C in the emulator.

    graphs_test.py [--assay build/assay] [--family arithmetic] [--only PATTERN] [--on mps2-an386] [--host]

tests/conformance/graphs/*.py make the graphs into build/conformance/. Each runs in TFLM, or in LiteRT's reference kernels where
TFLM refuses it, and in our host reference, on the same inputs. Integers must be equal to the byte; floats may differ by 1e-5
of their size or of the output's range. What is equal is then generated C on a Cortex-M4, many graphs in an image, and a
fixed sample of it on a part of each other core. Fewer equal graphs than FLOOR is a failure.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRAPHS = pathlib.Path(__file__).resolve().parent / "graphs"
VENV = ROOT / "build" / "venv" / "bin" / "python"
TABLE = ROOT / "docs" / "operators.md"
FLOOR = 2900  # graphs equal to an oracle
SAMPLE = 12  # every so manieth graph is generated C on the other cores too
CORES = ["pico", "bluepill", "nucleo-u575zi-q", "mps2-an500", "mps3-an547", "hifive1b", "arduino-mega2560"]
BATCH = 60
WORKERS = os.cpu_count() or 2


class Oracle:
    """A worker process; started again when a model crashes it."""

    def __init__(self):
        self.process, self.restarts = None, 0

    def ask(self, oracle, model):
        if self.process is None:
            command = [sys.executable, GRAPHS / "worker.py"]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                            stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write(f"{oracle} {model}\n")
            self.process.stdin.flush()
        except BrokenPipeError: pass
        while line := self.process.stdout.readline():
            if line.startswith(("ok", "no: ")): return line.strip()
        self.process.wait()
        code, self.process = self.process.returncode, None
        self.restarts += 1
        return f"no: {oracle} crashes (exit {code})"

    def close(self):
        if self.process: self.process.communicate()


def save(case, folder):
    import numpy as np

    stem = folder / case.name
    stem.with_suffix(case.suffix).write_bytes(case.model)
    arrays = {f"i{n}_{k}": array for n, arrays in enumerate(case.inputs) for k, array in enumerate(arrays)}
    np.savez(f"{stem}.npz", inferences=len(case.inputs), **arrays)
    pathlib.Path(f"{stem}.in").write_bytes(b"".join(a.tobytes() for arrays in case.inputs for a in arrays))
    return stem.with_suffix(case.suffix)


def arrays_of(path):
    import numpy as np

    with np.load(path) as file: return [[file[f"o{n}_{k}"] for k in range(99) if f"o{n}_{k}" in file.files]
                                        for n in range(99) if f"o{n}_0" in file.files]


def expectation(case, model, oracle):
    """(oracle's name or "", outputs or the reason)"""
    if case.oracle == "none": return "file", case.expected
    reasons = []
    for name in ["tflm", "litert"] if case.oracle == "any" else [case.oracle]:
        said = oracle.ask(name, model)
        if said == "ok": return name, arrays_of(f"{str(model)[: -len(case.suffix)]}.{name}.npz")
        reasons.append(f"{name} {said[4:]}")
    return "", "; ".join(reasons)


def difference(case, model, expected):
    """What is wrong with the reference's outputs, or ""."""
    import numpy as np

    raw, at = model.with_suffix(".out").read_bytes(), 0
    for arrays in expected:
        for k, theirs in enumerate(arrays):
            ours = np.frombuffer(raw[at : at + theirs.nbytes], theirs.dtype)
            at += theirs.nbytes
            theirs = theirs.ravel()
            if ours.size != theirs.size: return f"output {k} has {ours.size} elements, not {theirs.size}"
            if theirs.dtype.kind != "f":
                if wrong := np.flatnonzero(ours != theirs).tolist():
                    return f"output {k}: {len(wrong)} of {theirs.size} differ, the first {ours[wrong[0]]}, not {theirs[wrong[0]]}"
                continue
            finite = np.isfinite(theirs)
            if not np.array_equal(ours[~finite], theirs[~finite], equal_nan=True): return f"output {k}: another infinity or NaN"
            if not finite.any(): continue
            a, b = ours[finite].astype(np.float64), theirs[finite].astype(np.float64)
            if not np.isfinite(a).all(): return f"output {k}: an infinity or NaN of our own"
            off = np.abs(a - b) - case.tolerance * np.maximum(np.abs(b), b.max() - b.min())
            if off.max() > 0: return f"output {k}: {a[off.argmax()]:.8g}, not {b[off.argmax()]:.8g}"
    return "" if at == len(raw) else f"{len(raw)} bytes of output, not {at}"


def runner(args, *words):
    command = [args.assay.resolve().parent / "tests" / "graph_runner", *words]
    plugin = next(args.assay.resolve().parent.rglob("assay_qemu.so"), "")  # QEMU's, for the cores that only it has
    env = {**os.environ, "ASSAY_QEMU_PLUGIN": str(plugin)}
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, env=env)
    verdicts = {}
    for line in done.stdout.splitlines():
        verdict, _, rest = line.partition(" ")
        model, _, why = rest.partition(": ")
        verdicts[model] = (verdict, why)
    return verdicts, done


def in_parts(args, models, work):
    """{model: (verdict, why)} from `work(list file)` on a part of the models for each CPU. Who does not answer crashed it."""
    def part(lines):
        with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
            file.write("\n".join(lines))
            file.flush()
            verdicts, done = work(file.name)
        for line in lines:
            verdicts.setdefault(line.split()[0], ("error", f"no answer, exit {done.returncode}: {done.stderr.strip()[-200:]}"))
        return verdicts

    parts = [models[i::WORKERS] for i in range(WORKERS) if models[i::WORKERS]]
    merged = {}
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for verdicts in pool.map(part, parts): merged.update(verdicts)
    return merged


def made(args):
    """[(family, case, its file)]"""
    sys.path.insert(0, str(GRAPHS))
    sys.dont_write_bytecode = True
    out, found = args.assay.resolve().parent / "conformance", []
    for file in sorted(GRAPHS.glob("*.py")):
        if file.stem in ("graph", "table", "worker") or (args.family and file.stem != args.family): continue
        folder = out / file.stem
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        names = set()
        for case in importlib.import_module(file.stem).cases():
            if case.name in names: sys.exit(f"{file.name}: two cases are called {case.name}")
            names.add(case.name)
            if args.only and not fnmatch.fnmatch(case.name, args.only): continue
            found.append((file.stem, case, save(case, folder)))
    return found


def ask_oracles(found):
    oracles = [Oracle() for _ in range(WORKERS)]

    def ask(i):
        return [expectation(case, model, oracles[i]) for _, case, model in found[i::WORKERS]]

    answers = [None] * len(found)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for i, part in enumerate(pool.map(ask, range(WORKERS))): answers[i::WORKERS] = part
    for oracle in oracles: oracle.close()
    return answers, sum(oracle.restarts for oracle in oracles)


def on_host(args, found):
    """Models that are equal, and how many are not."""
    answers, restarts = ask_oracles(found)
    semantics = [oracle if oracle == "litert" else "tflm" for oracle, _ in answers]
    lines = [f"{model} {how}" for (_, _, model), how in zip(found, semantics)]
    verdicts = in_parts(args, lines, lambda file: runner(args, "reference", file))
    counts, equal, failed = collections.defaultdict(collections.Counter), [], 0
    for (family, case, model), (oracle, expected) in zip(found, answers):
        verdict, why = verdicts[str(model)]
        if not oracle: verdict, why = "no oracle", expected
        elif verdict == "ok" and (why := difference(case, model, expected)): verdict = "differs"
        if verdict == "ok": equal.append((family, f"{model} {oracle}"))
        counts[family][oracle if verdict == "ok" else verdict] += 1
        failed += verdict in ("differs", "error") or verdict == "unsupported" and not args.lax
        if verdict != "ok": print(f"{family}/{case.name}: {verdict}: {why}")
    for family, each in counts.items():
        print(f"{family}: {sum(each.values())} graphs: " + ", ".join(f"{n} {word}" for word, n in sorted(each.items())))
    if restarts: print(f"{restarts} models crashed their oracle, which was started again")
    return equal, failed


def on_target(args, target, models):
    why = runner(args, "emulate", target, BATCH, os.devnull)[1].stderr.strip()
    if why: print(f"skipped: {target}: {why}")
    if why: return 0
    verdicts = in_parts(args, models, lambda file: runner(args, "emulate", target, BATCH, file))
    counts = collections.Counter(verdict for verdict, _ in verdicts.values())
    for model, (verdict, why) in verdicts.items():
        if verdict in ("differs", "error"): print(f"{target}: {pathlib.Path(model).stem}: {verdict}: {why}")
    print(f"{target}: {len(models)} as generated C: " + ", ".join(f"{n} {word}" for word, n in sorted(counts.items())), flush=True)
    return counts["differs"] + counts["error"] + (counts["ok"] == 0)


def wrong_table(args, found, equal):
    """Whether docs/operators.md says something else than what was just seen."""
    page = importlib.import_module("table").page
    oracles = dict(line.rsplit(" ", 1) for _, line in equal)
    made = page([(case.model, oracles[str(model)]) for _, case, model in found if case.suffix == ".tflite" and str(model) in oracles])
    if args.rebase: TABLE.write_text(made)
    if TABLE.exists() and TABLE.read_text() == made: return 0
    print("docs/operators.md is not what these graphs show; --rebase writes it")
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    parser.add_argument("--family", help="only this file of graphs/")
    parser.add_argument("--only", help="only cases of such names, with * and ?")
    parser.add_argument("--on", default="mps2-an386", help="the target of generated C")
    parser.add_argument("--host", action="store_true", help="no generated C at all")
    parser.add_argument("--rebase", action="store_true", help="write docs/operators.md anew")
    parser.add_argument("--lax", action="store_true", help="what we do not support is no failure")
    args = parser.parse_args()
    if VENV.exists() and pathlib.Path(sys.prefix) != VENV.parents[1]: os.execv(VENV, [str(VENV), *sys.argv])
    found = made(args)
    equal, failed = on_host(args, found)
    whole = not (args.family or args.only)
    if whole and len(equal) < FLOOR: failed += 1
    print(f"{len(equal)} of {len(found)} graphs are equal to their oracle" + (f", at least {FLOOR} must be" if whole else ""))
    if whole: failed += wrong_table(args, found, equal)
    if not args.host:
        # A graph whose truth is LiteRT's is generated as it is; where both differ, TFLM's is ours.
        models = [model for _, model in equal]
        failed += bool(models) and on_target(args, args.on, models)
        for core in CORES if whole else []: failed += on_target(args, core, models[::SAMPLE])
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
