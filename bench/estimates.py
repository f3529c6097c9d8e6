#!/usr/bin/env python3
"""Estimates held against measurements: data/estimates.csv, and the table of docs/accuracy.md.

    bench/estimates.py [--assay build/assay] [--on all] [--models DIR...] [--write]
    bench/estimates.py --table                    only prints the table of the rows that there are

Every model of examples/ that is a network, and every .tflite file under the further folders that can be run, is
estimated and measured on every target that it fits. No cost was fitted to any of them. Counts are exact, cycles of
the measurement modelled: what is held against each other is the estimator and the emulated firmware.
"""

import argparse
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "data" / "estimates.csv"
FIGURES = ["flash", "ram", "cycles"]
COLUMNS = ["target", "core", "model", "kind"] + [f"{f}_{how}" for f in FIGURES for how in ("estimated", "measured")]


def records(assay, command, model, on, more=()):
    """By target; nothing for a model that cannot be run."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        done = subprocess.run([assay, command, model, "--on", on, "--json", file.name, *more], capture_output=True,
                              text=True, env={**os.environ, "NO_COLOR": "1"})
        text = pathlib.Path(file.name).read_text()
    if not text: print(f"skipped: {pathlib.Path(model).name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    made = json.loads(text) if text else []
    return {record["target"]: record for record in (made if isinstance(made, list) else [made])}


def value(record, figure): return record[f"{figure}_bytes" if figure != "cycles" else figure]["value"]


def rows_of(assay, model, on):
    estimated = records(assay, "estimate", model, on)
    if not estimated: return
    measured = records(assay, "measure", model, on, ["--inputs", "1"])
    for target, record in measured.items():
        if target not in estimated or value(record, "cycles") is None or value(estimated[target], "cycles") is None:
            continue
        if "NOT benchmarked" in estimated[target]["cycles_basis"]:
            print(f"left out: {record['model']} on {target}: an order of magnitude, by work alone", file=sys.stderr)
            continue
        floats = any(layer["dtype"] == "f32" and (layer["macs"]["value"] or 0) > 0 for layer in record["layers"])
        row = {"target": target, "core": record["core"], "model": record["model"],
               "kind": "float32" if floats else "int8"}
        for figure in FIGURES:
            row[f"{figure}_estimated"] = round(value(estimated[target], figure))
            row[f"{figure}_measured"] = round(value(record, figure))
        if estimated[target]["arena_bytes"]["value"] != record["arena_bytes"]["value"]:
            sys.exit(f"{record['model']} on {target}: the arena differs, {estimated[target]['arena_bytes']['value']}"
                     f" and {record['arena_bytes']['value']}")
        yield row


def models_of(folders):
    found = {path.stem: path for path in sorted((ROOT / "examples").glob("*.tflite"))}
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.tflite")): found.setdefault(path.stem, path)
    return found.values()


def error(row): return float(row["cycles_estimated"]) / float(row["cycles_measured"]) - 1


def off(row, figure): return int(row[f"{figure}_estimated"]) - int(row[f"{figure}_measured"])


def summary(rows):
    """Cells: n, cycles' mean and worst error, flash's and RAM's."""
    worst = max(rows, key=lambda row: abs(error(row)))
    cells = [str(len(rows)), f"{100 * statistics.mean(abs(error(row)) for row in rows):.1f} %",
             f"{100 * error(worst):+.1f} % ({worst['model']})"]
    for figure in ("flash", "ram"):
        bytes_off = max(rows, key=lambda row: abs(off(row, figure)))
        percent = max(abs(off(row, figure)) / int(row[f"{figure}_measured"]) for row in rows)
        cells.append(f"{off(bytes_off, figure):+d} B, {100 * percent:.1f} %")
    return cells


def table(rows):
    lines = ["| core | kind | targets | n | cycles, mean | cycles, worst | flash, worst | RAM, worst |",
             "|---|---|--:|--:|--:|---|---|---|"]
    for core, kind in sorted({(row["core"], row["kind"]) for row in rows}, key=lambda pair: (pair[1], pair[0]),
                             reverse=False):
        mine = [row for row in rows if (row["core"], row["kind"]) == (core, kind)]
        lines.append(f"| {core} | {kind} | {len({row['target'] for row in mine})} | " + " | ".join(summary(mine)) + " |")
    for kind in ("int8", "float32"):
        mine = [row for row in rows if row["kind"] == kind]
        if mine: lines.append(f"| **all** | {kind} | {len({row['target'] for row in mine})} | " +
                              " | ".join(summary(mine)) + " |")
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    options.add_argument("--on", default="all")
    options.add_argument("--models", nargs="*", default=[], help="further folders of models")
    options.add_argument("--write", action="store_true", help="to data/estimates.csv; rows of other targets are kept")
    options.add_argument("--table", action="store_true")
    args = options.parse_args()
    if args.table:
        rows = list(csv.DictReader(TABLE.open()))
    else:
        rows = [row for model in models_of(args.models) for row in rows_of(args.assay, model, args.on)]
        rows.sort(key=lambda row: (row["target"], row["model"]))
    if args.write:
        fresh = {row["target"] for row in rows}
        rows += [row for row in csv.DictReader(TABLE.open()) if row["target"] not in fresh]
        rows.sort(key=lambda row: (row["target"], row["model"]))
        with TABLE.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    print(table(rows) if rows else "no model fits")


if __name__ == "__main__":
    main()
