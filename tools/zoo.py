#!/usr/bin/env python3
"""Measures the models of examples/zoo.toml on its targets and writes the table of them all.

    tools/zoo.py [--assay build/assay] [--write docs/zoo.md] [--models ../shared/models]
    tools/zoo.py --check docs/zoo.md        measures what every clone has and compares its rows

Each cell is real firmware, run and verified in the emulator (`assay measure`). Without --write the table goes to
standard output. A model that is not on this machine is said and left out; --write then refuses, for a table with
holes would take the place of a whole one.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
INPUTS = 3
HEAD = """# The zoo: models that people know

Made by `make zoo` from [examples/zoo.toml](../examples/zoo.toml); do not edit. Each cell is firmware that was built, linked and run in the
emulator at `--optimize balanced`, on {inputs} made-up inputs, its outputs compared with the reference. Latency is **modelled**, with the interval that
[accuracy.md](accuracy.md) gives for the core; flash and RAM are exact (beside the part's name: what the part has). `no`: it does not fit, and by how much.
Models of `shared` are other people's and are not in this repository.
"""


def file_of(path, models):
    """Where an entry's file stands; None if it is not on this machine."""
    found = models / path.removeprefix("shared/") if path.startswith("shared/") else ROOT / path
    return found if found.exists() else None


def measure(assay, model, targets, shape=None):
    """(records by target, ""), or ({}, why none). A target that gives no record is tried once more alone."""
    records, trouble = measure_once(assay, model, targets, shape)
    for target in targets if records else []:
        if target not in records: records |= measure_once(assay, model, [target], shape)[0]
    return records, trouble


def measure_once(assay, model, targets, shape):
    with tempfile.TemporaryDirectory(prefix="assay-zoo-") as folder:
        out = pathlib.Path(folder) / "records.json"
        command = [assay, "measure", model, "--on", ",".join(targets), "--inputs", str(INPUTS),
                   "--seconds", "1500", "--json", out]
        if shape: command += ["--shape", shape]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=1800, check=False)
        if out.exists():
            made = json.loads(out.read_text())
            return {record["target"]: record for record in (made if isinstance(made, list) else [made])}, ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return {}, " ".join(lines[0].split()) if lines else f"exit code {done.returncode}"


def si(value):
    for unit, factor in (("M", 1e6), ("k", 1e3)):
        if value >= factor: return f"{value / factor:.3g} {unit}"
    return f"{value:.3g}"


def time_text(microseconds):
    for unit, factor in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= factor: return f"{microseconds / factor:.3g} {unit}"
    return f"{microseconds:.3g} us"


def kib(value):
    return f"{value / 1024:.1f}"


def value(record, field):
    return record[field]["value"]


def why_not(record):
    """A short reason why the record has no figures: "no: RAM +47.0 KiB"."""
    said = record["fits"]
    if not said.startswith("no"): return "-"
    parts = [f"{region} +{kib(int(count.replace(' ', '')))} KiB"
             for region, count in re.findall(r"(\w+) overflows by (\d+(?: \d{3})*) B", said)]
    return "no: " + ", ".join(parts or [said.split(":", 1)[1].strip()])


def cell(record):
    if record is None: return "not measured"
    if value(record, "latency_us") is None: return why_not(record)
    if not record["verified"].startswith("equal"): return "**differs**"
    return f"{time_text(value(record, 'latency_us'))} ({kib(value(record, 'flash_bytes'))} / {kib(value(record, 'ram_bytes'))})"


def row(entry, records, trouble, targets):
    name = pathlib.Path(entry["file"]).name
    if not records: return f"| {name} | {entry['task']} | {entry['maker']} | cannot run: {trouble} |" + " |" * (len(targets) + 1)
    first = next(iter(records.values()))
    cells = [cell(records.get(target)) for target in targets]
    return f"| {name} | {entry['task']} | {entry['maker']} | {si(value(first, 'parameters'))} | {si(value(first, 'macs'))} | " + " | ".join(cells) + " |"


def table_head(targets):
    return ("| model | task | maker | parameters | MACs | " + " | ".join(targets) + " |\n|---|---|---|--:|--:|" + "---|" * len(targets))


def group_line(entry, measured):
    ran = [records for records, _ in measured if records]
    good = [records for records in ran if all(record["verified"].startswith("equal") for record in records.values())]
    reasons = sorted({trouble for _, trouble in measured if trouble})
    line = f"* `{entry['files']}`, {entry['task']} ({entry['maker']}): {len(measured)} models, {len(good)} run on {records_target(ran)} with outputs equal to the reference"
    return line + (f", {len(measured) - len(ran)} refused: " + "; ".join(reasons[:5]) if reasons else "") + "."


def records_target(ran):
    return next(iter(ran[0])) if ran else "no target"


def document(rows, groups, targets):
    lines = [HEAD.format(inputs=INPUTS), "latency (flash KiB / RAM KiB):\n", table_head(targets), *rows]
    if groups: lines += ["", "Many small files of one kind:", "", *groups]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT.parent / "shared" / "models", help="where the files of shared/ stand")
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    args = parser.parse_args()
    zoo = tomllib.loads((ROOT / "examples" / "zoo.toml").read_text())
    targets = zoo["targets"]
    entries = [(entry, file_of(entry["file"], args.models)) for entry in zoo["model"]]
    if args.check: entries = [pair for pair in entries if not pair[0]["file"].startswith("shared/")]
    missing = [entry["file"] for entry, file in entries if file is None]
    for name in missing: print(f"skipped: {name} is not on this machine", file=sys.stderr)
    groups = [] if args.check else [(group, sorted(args.models.glob(group["files"].removeprefix("shared/")))) for group in zoo["group"]]
    if args.write and (missing or not all(files for _, files in groups)):
        sys.exit(f"zoo: {len(missing)} models are not on this machine: {args.write} stays as it is")

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        present = [(entry, file) for entry, file in entries if file]
        done = list(pool.map(lambda pair: measure(args.assay, pair[1], targets, pair[0].get("shape")), present))
        rows = [row(entry, *measured, targets) for (entry, _), measured in zip(present, done)]
        lines = [group_line(group, list(pool.map(lambda file: measure(args.assay, file, targets[2:3]), files)))
                 for group, files in groups if files]
    if args.check:
        published = args.check.read_text().splitlines()
        stale = [line for line in rows if line not in published]
        for line in stale: print(f"zoo: {args.check.name} lacks: {line}")
        if stale or not rows: sys.exit("zoo: stale; `make zoo` writes it anew")
        print(f"zoo: {len(rows)} rows as published")
        return
    text = document(rows, lines, targets)
    if args.write: args.write.write_text(text)
    else: print(text, end="")
    if any("differs" in line for line in rows): sys.exit("zoo: outputs differ from the reference")
    if any("not measured" in line for line in rows): sys.exit("zoo: some were not measured; is the machine too busy?")


if __name__ == "__main__":
    main()
