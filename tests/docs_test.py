#!/usr/bin/env python3
"""What the documents say is true: every `$ assay ...` line in a fenced block runs, and prints what stands below it.

    ```console
    $ build/assay inspect examples/digits.tflite
    first line of the output
    ...                                            stands for any number of lines
    $ build/assay measure cut.tflite --on pico     # exit 3
    ```

A line with nothing below it must only end with 0 (or with the code that its comment names). Commands of one
document run in order in one copy of examples/ and data/. Relative links in the documents must lead somewhere.

    tests/docs_test.py --assay build/assay [--rebase]     --rebase writes the new output where there is no `...`
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ ((?:build/)?assay(?: .*?)?)(?:\s+# exit (\d+))?$")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
NEEDS_COMPILER = re.compile(r"\bassay (measure|bench|profile|check|compare|init-budget|explain)\b")


def commands(text):
    """[(command, exit code, expected lines)] of one document."""
    found = []
    for block in FENCE.findall(text):
        taking = False
        for line in block.splitlines():
            if line.startswith("$ "):
                match = COMMAND.match(line)
                taking = bool(match)
                if match: found.append((match[1], int(match[2] or 0), []))
            elif taking:
                found[-1][2].append(line)
    return found


def matches(expected, actual):
    """Whether the lines agree; `...` stands for any number of lines."""
    if not expected: return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and expected[0].rstrip() == actual[0].rstrip() and matches(expected[1:], actual[1:])


def trimmed(lines):
    lines = list(lines)
    while lines and not lines[0].strip(): lines.pop(0)
    while lines and not lines[-1].strip(): lines.pop()
    return lines


def rewritten(text, command, expected, actual):
    """The document with the lines below the command replaced."""
    old = "\n".join([f"$ {command}", *expected])
    return text.replace(old, "\n".join([f"$ {command}", *trimmed(actual)]))


def check_document(path, assay, folder, rebase):
    """Yields a sentence for each thing that is not so."""
    text = path.read_text()
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target): continue
        if not (path.parent / target).exists(): yield f"link to {target}, which does not exist"
    environment = {**os.environ, "PATH": f"{assay.parent}:{os.environ['PATH']}", "COLUMNS": "100", "LC_ALL": "C.UTF-8",
                   "XDG_CACHE_HOME": str(folder.parent / "cache")}
    for command, code, expected in commands(text):
        if NEEDS_COMPILER.search(command) and not shutil.which("arm-none-eabi-gcc"):
            print(f"skipped: {path.name}: `{command}` needs arm-none-eabi-gcc")
            continue
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command.replace("build/assay", "assay")], cwd=folder,
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120)
        if done.returncode != code:
            yield f"`{command}` exits with {done.returncode}, not {code}:\n{done.stdout}"
        elif expected and not matches(trimmed(expected), trimmed(done.stdout.splitlines())):
            if rebase and "..." not in expected:
                path.write_text(rewritten(path.read_text(), command, expected, done.stdout.splitlines()))
                continue
            yield f"`{command}` prints something else:\n{done.stdout}"


def self_test():
    text = "```console\n$ assay x # exit 3\na\n...\nd\n$ make y\nz\n$ build/assay\n```\n$ assay not-fenced\n"
    assert commands(text) == [("assay x", 3, ["a", "...", "d"]), ("build/assay", 0, [])], commands(text)
    assert matches(["a", "...", "d"], ["a", "b", "c", "d"]) and matches(["..."], [])
    assert rewritten(text, "assay x # exit 3", ["a", "...", "d"], ["e"]).startswith("```console\n$ assay x # exit 3\ne\n$ make")
    assert not matches(["a"], ["b"]) and not matches(["a", "..."], []) and not matches(["a"], ["a", "b"])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    options.add_argument("--rebase", action="store_true")
    args = options.parse_args()
    assay = args.assay.resolve()
    self_test()
    if not assay.is_file(): sys.exit(f"docs: no program {assay}")
    documents = [p for pattern in ("*.md", "docs/**/*.md", "examples/*.md", "data/*.md", "bench/*.md", "firmware/*.md")
                 for p in sorted(ROOT.glob(pattern))]
    wrong = run = 0
    for path in documents:
        with tempfile.TemporaryDirectory(prefix="assay-docs-") as name:
            folder = pathlib.Path(name) / "work"
            folder.mkdir()
            for tree in ("examples", "data"):
                if (ROOT / tree).is_dir(): shutil.copytree(ROOT / tree, folder / tree)
            run += len(commands(path.read_text()))
            for sentence in check_document(path, assay, folder, args.rebase):
                print(f"{path.relative_to(ROOT)}: {sentence}")
                wrong += 1
    print(f"docs: {len(documents)} documents, {run} commands, {wrong} wrong")
    sys.exit(1 if wrong or not documents else 0)


if __name__ == "__main__":
    main()
