#!/usr/bin/env python3
"""What the four MLPerf Tiny int8 models cost on nucleo-l4r5zi, beside the peers and the project's limits.

    bench/figures.py [--assay build/assay] [--models DIR]

One table a figure: ours at each --optimize level, the peers (bench/peers.csv, each row with its source), the limit.
Exact counts: the same on every machine with the same compiler, so this is a test. Exit code 1 if a limit is missed.
The models are MLPerf Tiny's own, in ../shared/models beside the repository or in DIR; where they are missing, the
shipped ones of the same shapes with synthetic weights (examples/), and the output says so.
"""

import argparse
import concurrent.futures
import csv
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OWN_MODELS = ROOT.parent / "shared" / "models"
TARGET = "nucleo-l4r5zi"
LEVELS = ("size", "balanced", "speed")
MODELS = {  # name: (MLPerf Tiny's own, ours of the same shape)
    "kws": ("mlperf-kws/kws_ref_model.tflite", "kws.tflite"),
    "vww": ("mlperf-vww/vww_96_int8.tflite", "vww.tflite"),
    "resnet": ("mlperf-ic/pretrainedResnet_quant.tflite", "resnet.tflite"),
    "ad": ("mlperf-ad/ad01_int8.tflite", "ad.tflite"),
}
PEERS = ("TFLM + CMSIS-NN", "TFLM reference", "bakenn", "bakenn + CMSIS-NN")

# Issue 3's "must": by figure, level and model. KB there are 1000 bytes (its TFLM column shows it).
LIMITS = {
    "code_bytes": {
        "size": {"kws": 8_000, "vww": 8_000, "resnet": 8_000, "ad": 8_000},
        "balanced": {"kws": 14_000, "vww": 16_000, "resnet": 14_000, "ad": 5_000},
    },
    "arena_bytes": {
        level: {"kws": 16_500, "vww": 56_000, "resnet": 50_000, "ad": 800} for level in LEVELS
    },
    "instructions": {
        "speed": {"kws": 6_500_000, "vww": 20_000_000, "resnet": 24_000_000, "ad": 550_000},
    },
}

FIGURES = {  # field of the record: (title, what is not like for like)
    "code_bytes": (
        "Code with start-up, without constants (bytes)",
        "TFLM: flash without the model file, so with its interpreter, C++ run-time and start-up; per-channel tables are "
        "made in RAM at start-up.\nOurs: multipliers, shifts and look-up tables count as constants; bakenn's constants "
        "are weights and biases alone, so what it has of tables is in its code. Flash, below, has no such border."),
    "arena_bytes": (
        "Arena with inputs, outputs and scratch (bytes)",
        "TFLM: what its allocator used, the interpreter's own structures included. bakenn: WITHOUT inputs and outputs."),
    "instructions": (
        "Instructions of one inference",
        "All: one inference, start-up left out. Ours and TFLM's with the same input pattern."),
    "cycles": (
        "Modelled cycles of one inference, zero-wait memory",
        "The peers' by the prototype's model of the Cortex-M4, ours by the present one: near, but not the same rules."),
    "flash_bytes": (
        "Flash: code, constants, initialisers (bytes)",
        "TFLM keeps the whole .tflite file in flash. bakenn: code and constants added up."),
    "ram_bytes": (
        "RAM: arena, static data, deepest stack (bytes)",
        "TFLM: arena, .data, .bss and deepest stack, as ours. Not known for bakenn."),
}


def find_models(folder):
    """({name: file}, what they are)."""
    files = {name: (folder or OWN_MODELS) / own for name, (own, _) in MODELS.items()}
    missing = [str(file) for file in files.values() if not file.is_file()]
    if not missing: return files, "MLPerf Tiny's own models"
    if folder: sys.exit(f"figures: no {missing[0]}")
    files = {name: ROOT / "examples" / file for name, (_, file) in MODELS.items()}
    return files, ("the shipped models of MLPerf Tiny's shapes, synthetic weights (MLPerf Tiny's own are not here); "
                   "the peers' figures are of MLPerf Tiny's own")


def measure(assay, model, level):
    """The record of one model, verified on the first seeded input."""
    with tempfile.TemporaryDirectory(prefix="assay-figures-") as folder:
        record = pathlib.Path(folder) / "record.json"
        done = subprocess.run([assay, "measure", model, "--on", TARGET, "--optimize", level, "--inputs", "1",
                               "--json", record], capture_output=True, text=True, check=False)
        if done.returncode: sys.exit(f"figures: {model.name} ({level}): exit code {done.returncode}\n{done.stderr}")
        return json.loads(record.read_text())


def value(record, field):
    """A figure of a record; one that could not be given ends the run with its reason."""
    figure = record[field]
    if figure["value"] is None:
        sys.exit(f"figures: {record['model']} ({record['optimize']}): no {field}: {figure['reason']}")
    return figure["value"]


def read_peers():
    """{(peer, model): row}; a figure that is not known is empty."""
    with open(ROOT / "bench" / "peers.csv", newline="") as file:
        return {(row["peer"], row["model"]): row for row in csv.DictReader(file)}


def number(text):
    return f"{int(text):,}".replace(",", " ") if text not in ("", None) else "-"


def verdict(limits, figures):
    """("limit ... met", number missed) for one model; `figures` is by level."""
    words, missed = [], 0
    by_limit = {}
    for level, limit in limits.items(): by_limit.setdefault(limit, []).append(level)
    for limit, levels in by_limit.items():
        late = [level for level in levels if figures[level] > limit]
        which = "" if len(levels) == len(LEVELS) else " " + ", ".join(levels)
        words.append(f"<= {number(limit)}{which}: " + (f"MISSED ({', '.join(late)})" if late else "met"))
        missed += len(late)
    return "; ".join(words), missed


def print_rows(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) if i in (0, len(row) - 1) else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


def print_figure(field, records, peers):
    """One table; returns how many limits are missed."""
    title, note = FIGURES[field]
    rows, missed = [["model", *LEVELS, *PEERS, "limit" if field in LIMITS else ""]], 0
    for model in MODELS:
        ours = {level: value(records[model, level], field) for level in LEVELS}
        limits = {level: LIMITS[field][level][model] for level in LIMITS.get(field, {})}
        words, late = verdict(limits, ours)
        missed += late
        theirs = [number(peers.get((peer, model), {}).get(field)) for peer in PEERS]
        rows.append([model, *(number(ours[level]) for level in LEVELS), *theirs, words])
    print(title)
    print_rows(rows)
    print("  " + note.replace("\n", "\n  ") + "\n")
    return missed


def main():
    assert verdict({"size": 5}, {"size": 6}) == ("<= 5 size: MISSED (size)", 1)  # this can fail
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    parser.add_argument("--models", type=pathlib.Path, help="a folder laid out like ../shared/models")
    options = parser.parse_args()
    if not shutil.which("arm-none-eabi-gcc"):
        print("skipped: figures (needs gcc-arm-none-eabi)")
        return
    files, which = find_models(options.models)
    jobs = [(model, level) for model in files for level in LEVELS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        measured = pool.map(lambda job: measure(options.assay.resolve(), files[job[0]], job[1]), jobs)
        records = dict(zip(jobs, measured))
    any_record = records["kws", "balanced"]
    print(f"models: {which}\ntarget: {TARGET}, Cortex-M4F; compiler of ours: {any_record['compiler']}\n"
          "peers: bench/peers.csv has each row's source; '-' is not known\n")
    peers = read_peers()
    missed = sum(print_figure(field, records, peers) for field in FIGURES)
    if missed: sys.exit(f"figures: {missed} limits are missed")
    print("figures: every limit is met")


if __name__ == "__main__":
    main()
