#!/usr/bin/env python3
"""Golden tests: one file of tests/golden/ is one test of what a user sees.

    # What this shows.
    # needs: arm-none-eabi-gcc                   skipped, loudly, without that program
    # filter: \\d+ ms => N ms                     applied to both outputs before they are compared
    $ head -c 1000 kws.tflite > cut.tflite       set-up: must exit with 0, output not compared
    $ assay inspect cut.tflite                   the last command is the one that is tested
    exit 3
    --- stdout
    --- stderr
    assay: model cut.tflite: ...

Each test runs in its own copy of examples/ (with tests/models as bad/ and data/ as data/), with a cache that only
this run sees, in a fixed environment.
A file that starts with fail_ must have an exit code other than 0, every other one 0.

    tests/golden.py --assay build/assay [--rebase] [NAME...]

--rebase rewrites the expectations; review the difference like code.
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "golden"
TIMEOUT_SECONDS = 120


class Case:
    def __init__(self, path):
        self.path, self.name = path, path.stem
        text = path.read_text()
        self.head, self.commands, self.filters, self.needs = [], [], [], []
        lines = text.splitlines()
        while lines and (lines[0].startswith("#") or lines[0].startswith("$ ") or not lines[0]):
            line = lines.pop(0)
            self.head.append(line)
            if line.startswith("$ "): self.commands.append(line[2:])
            if line.startswith("# needs: "): self.needs += line[len("# needs: "):].split()
            if line.startswith("# filter: "):
                pattern, _, replacement = line[len("# filter: "):].partition(" => ")
                self.filters.append((re.compile(pattern), replacement))
        if not self.commands: raise ValueError(f"{path.name}: no line starts with '$ '")
        self.expected = "\n".join(lines)

    def filtered(self, text, folder):
        text = text.replace(str(folder), "TMP")
        for pattern, replacement in self.filters: text = pattern.sub(replacement, text)
        return text

    def missing(self, path):
        return [program for program in self.needs if not shutil.which(program, path=path)]


def page(exit_code, stdout, stderr):
    """The part of the file below the commands."""
    parts = [f"exit {exit_code}"]
    for name, text in (("stdout", stdout), ("stderr", stderr)):
        parts.append(f"--- {name}")
        if text: parts.append(text.rstrip("\n"))
    return "\n".join(parts)


def run(case, environment, models):
    """(exit code, page), or raises RuntimeError when a set-up command fails."""
    with tempfile.TemporaryDirectory(prefix="assay-golden-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(models, folder / "work")
        environment = {**environment, "HOME": name, "TMPDIR": name}
        for index, command in enumerate(case.commands):
            done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder / "work", env=environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS)
            stdout, stderr = (case.filtered(b.decode(errors="backslashreplace"), folder)
                              for b in (done.stdout, done.stderr))
            if index + 1 < len(case.commands) and done.returncode:
                raise RuntimeError(f"set-up `{command}` exits with {done.returncode}: {stderr}")
        return done.returncode, page(done.returncode, stdout, stderr)


def judge(case, environment, models, rebase):
    """('passed' | 'FAILED' | 'skipped' | 'rebased', why)"""
    missing = case.missing(environment["PATH"])
    if missing: return "skipped", f"needs {', '.join(missing)}"
    try:
        code, actual = run(case, environment, models)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        return "FAILED", str(error)
    if case.name.startswith("fail_") != (code != 0):
        return "FAILED", f"exit code {code} does not suit the name of the file\n{actual}"
    if code < 0 or code >= 128: return "FAILED", f"died of signal {abs(code) % 128}\n{actual}"
    if actual == case.expected.rstrip("\n"): return "passed", ""
    if rebase:
        case.path.write_text("\n".join(case.head + [actual]) + "\n")
        return "rebased", ""
    lines = difflib.unified_diff(case.expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="")
    return "FAILED", "\n".join(lines)


def fixed_environment(assay, cache):
    path = f"{assay.parent}:{os.environ.get('PATH', '/usr/bin:/bin')}"
    kept = {k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}
    return {**kept, "PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "100", "XDG_CACHE_HOME": str(cache)}


def self_test():
    """The runner notices a wrong word, a wrong exit code, a crash; and passes what is right."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "models").mkdir()
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        right = "$ echo 3 ms\nexit 0\n--- stdout\n3 ms\n--- stderr\n"
        cases = [
            ("good", right, "passed"),
            ("filtered", "# filter: \\d+ ms => N ms\n" + right.replace("\n3 ms", "\nN ms"), "passed"),
            ("wrong", right.replace("\n3 ms", "\n4 ms"), "FAILED"),
            ("fail_zero", right, "FAILED"),
            ("nonzero", "$ false\nexit 1\n--- stdout\n--- stderr\n", "FAILED"),
            ("fail_crash", "$ kill -SEGV $$\nexit -11\n--- stdout\n--- stderr\n", "FAILED"),
            ("setup", "$ false\n" + right, "FAILED"),
            ("absent", "# needs: no-such-program\n" + right, "skipped"),
        ]
        for stem, text, verdict in cases:
            path = folder / f"{stem}.test"
            path.write_text(text)
            got = judge(Case(path), environment, folder / "models", rebase=False)
            assert got[0] == verdict, (stem, got)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    options.add_argument("--rebase", action="store_true")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("names", nargs="*")
    args = options.parse_args()
    self_test()
    assay = args.assay.resolve()
    if not assay.is_file(): sys.exit(f"golden: no program {args.assay}")
    cases = [Case(path) for path in sorted(FOLDER.glob("*.test")) if not args.names or path.stem in args.names]
    counts = dict.fromkeys(("passed", "rebased", "skipped", "FAILED"), 0)
    with tempfile.TemporaryDirectory(prefix="assay-golden-cache-") as cache:
        environment = fixed_environment(assay, cache)
        models = pathlib.Path(cache) / "models"
        shutil.copytree(ROOT / "examples", models, ignore=shutil.ignore_patterns("*.py", "library", "__pycache__"))
        shutil.copytree(ROOT / "tests" / "models", models / "bad", ignore=shutil.ignore_patterns("*.py"))
        shutil.copytree(ROOT / "data", models / "data")
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            verdicts = pool.map(lambda case: judge(case, environment, models, args.rebase), cases)
            for case, (verdict, why) in zip(cases, verdicts):
                counts[verdict] += 1
                if verdict == "skipped": print(f"skipped: golden {case.name}: {why}")
                elif verdict != "passed": print(f"{verdict}: golden {case.name}\n{why}")
    print("golden: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count))
    sys.exit(1 if counts["FAILED"] or not cases else 0)


if __name__ == "__main__":
    main()
