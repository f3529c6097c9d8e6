#!/usr/bin/env python3
"""How well energy follows from time, by published runs: MLPerf Tiny's energy results.

    bench/energy_fit.py LATENCY.csv [RESULTS_FOLDER...]

LATENCY.csv holds published rows (columns source, task, mcu, clock_mhz, latency_ms, energy_uJ, notes); rows with an
energy count. A RESULTS_FOLDER is a check-out of mlcommons/tiny_results_vX: its energy/results.txt files are later
rounds that no fit sees.

Two models of a part's energy, each fitted to all submissions but one and tried on that one:

  power      E = P * t, P the middle of the submissions' powers: what data/targets holds and `assay measure` uses
  by cause   E = a * cycles + c * MACs, a and c >= 0, least squares of relative errors

Published latency is used for t, so that this is the error of the power alone. Accesses by region are not
published, so that no coefficient for them can be fitted. No library but the standard one.
"""

import collections
import csv
import pathlib
import re
import statistics
import sys

MACS = {"ad": 264_192, "ic": 12_501_632, "kws": 2_656_768, "vww": 7_489_664}  # assay inspect on the int8 models
PARTS = ("STM32L4R5", "STM32H7A3", "STM32U575", "EFR32MG24", "R7FA6M4", "RX65N")


def published(path):
    """{part: {submission: [(task, seconds, joules, hertz)]}} and the supply of each submission."""
    runs = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in csv.DictReader(open(path)):
        part = next((p for p in PARTS if row["mcu"].startswith(p)), None)
        if not row["energy_uJ"] or part is None: continue
        volts = re.search(r"at ([\d.]+) ?V", row["notes"])
        volts = float(volts.group(1)) if volts else None
        submission, _, task = row["source"].rpartition("/")
        # The mean power of the run itself: two energy runs had another throughput than the timed one.
        watts = re.search(r"mean power in energy run ([\d.]+) mW", row["notes"])
        joules = float(row["energy_uJ"]) * 1e-6
        seconds = joules / (float(watts.group(1)) * 1e-3) if watts else float(row["latency_ms"]) * 1e-3
        runs[(part, volts)][submission.split(":")[-1] + " " + submission.split(":")[0][-4:]].append(
            (task, seconds, joules, float(row["clock_mhz"]) * 1e6))
    return runs


def later(folder):
    """(round, board, task, seconds, joules) of each energy/results.txt below."""
    for file in sorted(pathlib.Path(folder).glob("**/energy/results.txt")):
        task, board = file.parent.parent.name, file.parent.parent.parent.name
        text = file.read_text(errors="replace")
        energy = re.search(r"Median energy cost is +([\d.]+)", text)
        rate = re.search(r"Median throughput is +([\d.]+)", text)
        if energy and rate and task in MACS:
            yield folder.rstrip("/")[-4:], board, task, 1 / float(rate.group(1)), float(energy.group(1)) * 1e-6


def power_of(submissions):
    """The middle of the submissions' powers, each the middle of its tasks'."""
    return statistics.median(statistics.median(j / s for _, s, j, _ in rows) for rows in submissions)


def by_cause(submissions):
    """a, c: of E = a * cycles + c * MACs, relative errors, both >= 0."""
    rows = [(s * hz / j, MACS[task] / j) for runs in submissions for task, s, j, hz in runs]
    xx = sum(x * x for x, _ in rows); xy = sum(x * y for x, y in rows); yy = sum(y * y for _, y in rows)
    x1 = sum(x for x, _ in rows); y1 = sum(y for _, y in rows)
    determinant = xx * yy - xy * xy
    if determinant > 1e-9 * xx * yy:
        a, c = (x1 * yy - y1 * xy) / determinant, (y1 * xx - x1 * xy) / determinant
        if a >= 0 and c >= 0: return a, c
    return (x1 / xx, 0.0)


def r_squared(pairs):
    mean = statistics.mean(y for _, y in pairs)
    return 1 - sum((y - x) ** 2 for x, y in pairs) / sum((y - mean) ** 2 for _, y in pairs)


def report(name, errors):
    print(f"    {name:<9} n {len(errors):3}   mean abs {100 * statistics.mean(map(abs, errors)):5.1f} %   "
          f"worst {100 * max(errors, key=abs):+6.1f} %")


def main():
    if len(sys.argv) < 2: sys.exit(__doc__)
    runs = published(sys.argv[1])
    everything = collections.defaultdict(list)
    tasks, builds = [], []
    for (part, volts), submissions in sorted(runs.items(), key=str):
        supply = f"{volts:g} V" if volts else "supply not given"
        print(f"{part}, {supply}: {len(submissions)} submissions")
        for name, rows in sorted(submissions.items()):
            middle = statistics.median(j / s for _, s, j, _ in rows)
            tasks += [j / s / middle for _, s, j, _ in rows]
            print(f"    {1e3 * middle:7.2f} mW   {name}   " +
                  "  ".join(f"{task} {1e3 * j / s:.1f}" for task, s, j, _ in sorted(rows)))
        if len(submissions) < 2: continue
        errors = {"power": [], "by cause": []}
        for out in submissions:
            rest = [rows for name, rows in submissions.items() if name != out]
            watts, (a, c) = power_of(rest), by_cause(rest)
            builds.append(statistics.median(j / s for _, s, j, _ in submissions[out]) / watts)
            for task, s, j, hz in submissions[out]:
                errors["power"].append(watts * s / j - 1)
                errors["by cause"].append((a * s * hz + c * MACS[task]) / j - 1)
        for model, values in errors.items():
            report(model, values)
            everything[model] += values
        a, c = by_cause(submissions.values())
        pairs = [(a * s * hz + c * MACS[task], j) for rows in submissions.values() for task, s, j, hz in rows]
        print(f"    in sample: a {1e12 * a:.1f} pJ a cycle, c {1e12 * c:.1f} pJ a MAC, R2 {r_squared(pairs):.4f}")
    print("all parts with two submissions or more, each submission held out")
    for model, values in everything.items(): report(model, values)
    print(f"a task's power / the middle of its submission: {min(tasks):.3f} .. {max(tasks):.3f} (n {len(tasks)})")
    print(f"a submission's power / the middle of the others: {min(builds):.3f} .. {max(builds):.3f} (n {len(builds)})")
    for folder in sys.argv[2:]:
        by_part = collections.defaultdict(list)
        for _, board, task, s, j in later(folder):
            key = next(((p, v) for p, v in runs if p[5:9] in board and v in (1.8, 3.0)
                        and (p, v) in (("STM32L4R5", 1.8), ("STM32H7A3", 3.0), ("STM32U575", 1.8))), None)
            if key and "-P" not in board: by_part[key[0]].append(power_of(runs[key].values()) * s / j - 1)
        print(f"{folder.rstrip('/').split('/')[-1]}: not in any fit (power)")
        for part, errors in sorted(by_part.items()): report(part, errors)


if __name__ == "__main__":
    main()
