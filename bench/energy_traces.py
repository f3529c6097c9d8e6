#!/usr/bin/env python3
"""Runs `assay energy` on every energy-runner trace below the folders given and compares it, window by window, with
the results.txt that EEMBC's runner wrote beside it.

    bench/energy_traces.py [--assay build/assay] FOLDER...

Any file X-energy.bin with X-timestamps.json and results.txt in its folder counts.
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assay", default="build/assay")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    worst, errors, traces, auto_found, skipped = 0.0, [], 0, [], []
    for trace in sorted(t for folder in args.folders for t in folder.glob("**/*-energy.bin")):
        results = trace.parent / "results.txt"
        beside = trace.parent / trace.name.replace("-energy.bin", "-timestamps.json")
        if not results.exists() or not beside.exists():
            skipped.append(f"{trace}: no results.txt or timestamps"); continue
        text = results.read_text(errors="replace")
        energies = [float(x) for x in re.findall(r"Energy/Inf\. +: +([\d.]+) +uJ", text)]
        counts = {int(x) for x in re.findall(r"# Inferences +: +(\d+)", text)}
        if not energies or len(counts) != 1:
            skipped.append(f"{trace}: results.txt holds no energies or several counts"); continue
        begin = time.monotonic()
        run = subprocess.run([args.assay, "energy", str(trace), "--inferences", str(counts.pop()), "--json", "-"],
                             capture_output=True, text=True)
        seconds = time.monotonic() - begin
        if run.returncode:
            skipped.append(f"{trace}: exit {run.returncode}: {run.stderr.strip()}"); continue
        got = json.loads(run.stdout)
        n = got["inferences_per_window"]
        ours = [w["energy_uj"] / n for w in got["window_rows"]]
        if len(ours) != len(energies):
            skipped.append(f"{trace}: {len(ours)} windows, results.txt has {len(energies)}"); continue
        mine = [a / b - 1 for a, b in zip(ours, energies)]
        errors += mine; traces += 1
        if max(map(abs, mine)) > 1e-3: print(f"{trace}: {100 * max(mine, key=abs):+.4f} %  ({seconds:.2f} s)")
    for line in skipped: print("skipped:", line)
    if errors:
        print(f"{traces} traces, {len(errors)} windows: energy per inference mean abs {100 * statistics.mean(map(abs, errors)):.5f} %, "
              f"worst {100 * max(errors, key=abs):+.5f} %, equal to the last printed digit (0.001 uJ) or 1e-6: "
              f"{sum(abs(e) < 5e-6 for e in errors)}")


if __name__ == "__main__":
    main()
