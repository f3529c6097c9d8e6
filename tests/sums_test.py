#!/usr/bin/env python3
"""Every counter of a record's functions, layers, memories, caches, classes and causes sums to its total.

    tests/sums_test.py --assay build/assay

Measures examples/digits.tflite on a part of each kind of memory, and profiles the image that was built.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGETS = ["nucleo-l4r5zi", "disco-f746ng", "pico", "stm32f0-discovery"]
COUNTERS = ["instructions", "cycles", "loads", "stores", "branches_taken", "branches_not_taken", "macs_executed", "calls",
            "mispredicted", "unaligned"]
BY_REGION = {"region_loads": "loads", "region_load_bytes": "load_bytes", "region_stores": "stores",
             "region_store_bytes": "store_bytes", "region_fetches": "fetches"}


def value(figure):
    return figure["value"] or 0


def parts(row, field):
    return {name: value(figure) for name, figure in row[field].items()}


def summed(rows, field):
    sums = {}
    for row in rows:
        for name, count in parts(row, field).items(): sums[name] = sums.get(name, 0) + count
    return sums


def without_zeros(counts):
    return {name: count for name, count in counts.items() if count}


def wrong_rows(rows):
    """Yields what does not add up within a function or layer."""
    for row in rows:
        if not row["instructions"]["value"] and not row["cycles"]["value"]: continue
        for total, field in [("instructions", "classes"), ("cycles", "causes"), ("load_bytes", "region_load_bytes"),
                             ("store_bytes", "region_store_bytes")]:
            got = sum(parts(row, field).values())
            if got != value(row[total]): yield f"{row['name']}: {field} sum to {got}, not to {value(row[total])} {total}"
        for total, field in [("loads", "region_loads"), ("stores", "region_stores")]:
            if sum(parts(row, field).values()) > value(row[total]): yield f"{row['name']}: more {field} than {total}"


def wrong(record):
    """Yields what does not add up in a record."""
    functions, layers = record["functions"], record["layers"]
    yield from wrong_rows(functions + layers)
    for field in COUNTERS:
        got = sum(value(row[field]) for row in functions)
        if got != value(record[field]): yield f"functions have {got} {field}, the whole {value(record[field])}"
        got = sum(value(row[field]) for row in layers)
        if got > value(record[field]): yield f"layers have {got} {field}, the whole {value(record[field])}"
    for part, field in BY_REGION.items():
        whole = without_zeros({row["name"]: value(row[field]) for row in record["regions"]})
        if summed(functions, part) != whole: yield f"functions' {part}: {summed(functions, part)}, the whole {whole}"
    for part, field in [("cache_hits", "hits"), ("cache_misses", "misses")]:
        whole = without_zeros({row["name"]: value(row[field]) for row in record["caches"]})
        if summed(functions, part) != whole: yield f"functions' {part}: {summed(functions, part)}, the whole {whole}"
    whole = {row["name"]: value(row["instructions"]) for row in record["classes"]}
    if summed(functions, "classes") != whole: yield f"functions' classes: {summed(functions, 'classes')}, the whole {whole}"
    if summed(functions, "causes") != parts(record, "causes"): yield "functions' causes are not the whole's"
    for row in functions:
        if value(row["frame_bytes"]) > value(row["stack_bytes"]): yield f"{row['name']}: a frame deeper than the stack"


def self_test():
    figure = lambda number: {"value": number}
    row = {"name": "f", "instructions": figure(3), "cycles": figure(4), "load_bytes": figure(0), "store_bytes": figure(0),
           "loads": figure(1), "stores": figure(0), "classes": {"alu": figure(3)}, "causes": {"alu": figure(4)}}
    row |= {part: {} for part in BY_REGION}
    assert not list(wrong_rows([row]))
    assert len(list(wrong_rows([row | {"causes": {"alu": figure(3.5)}}]))) == 1
    assert len(list(wrong_rows([row | {"region_loads": {"RAM": figure(2)}}]))) == 1


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0: sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def check(assay, target, folder):
    measured = json.loads(run(assay, "measure", ROOT / "examples/digits.tflite", "--on", target, "--keep", folder, "--json", "-"))
    invoke = "digits_invoke,0x20001000"
    profiled = json.loads(run(assay, "profile", folder / "image.elf", "--on", target, "--call", invoke, "--json", "-"))
    failures = [f"measure: {text}" for text in wrong(measured)] + [f"profile: {text}" for text in wrong(profiled)]
    known = {row["index"]: row for row in measured["layers"]}
    if not profiled["layers"]: failures.append("profile: no layers")
    for row in profiled["layers"]:  # the input is another: what depends on it is not compared
        for field in ["stack_bytes"] if row["op"] == "softmax" else ["macs_executed", "stack_bytes"]:
            if row[field]["value"] != known[row["index"]][field]["value"]:
                failures.append(f"layer {row['index']}: {field} {row[field]['value']}, measured {known[row['index']][field]['value']}")
    if value(profiled["stack_bytes"]) <= 0: failures.append("profile: no stack")
    if measured["heap_bytes"]["value"] != 0: failures.append("measure: a heap")
    return failures


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    assay = options.parse_args().assay.resolve()
    self_test()
    if not shutil.which("arm-none-eabi-gcc"):
        print("sums: skipped: arm-none-eabi-gcc not installed")
        return
    failures = []
    for target in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            failures += [f"{target}: {text}" for text in check(assay, target, pathlib.Path(folder))]
    for text in failures: print(text)
    print(f"sums: {len(TARGETS)} targets, {len(failures)} wrong")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
