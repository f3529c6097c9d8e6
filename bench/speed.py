#!/usr/bin/env python3
"""How long the whole tool takes, from process start to end, beside what is known of the peers.

    bench/speed.py [--assay build/assay] [--models DIR] [--repeats 7]

Wall and CPU time: median, least..most, n. CPU time counts all processes started (the compiler too) and is what to look
at on a busy machine. The kinds of runs alternate, so that a busy minute falls on all of them; ratios are of the medians
of one run of this script. A limit that is missed is said, but is no failure: times are not exact.
"""

import argparse
import os
import pathlib
import platform
import shutil
import statistics
import sys
import tempfile
import time

import figures

ALL_TARGETS = "nucleo-l4r5zi,disco-f746ng,pico,pico2"
LIMITS_SECONDS = {"measure kws, nothing cached": 3.0, "measure kws, all cached": 0.3,  # issue 3
                  "estimate kws": 0.020, "estimate kws on all targets": 0.060, "check kws, measured before": 0.15}  # 5

# What answers from tables or from what was measured before; nothing is built.
ANSWERS = {
    "version": ["--version"],
    "estimate kws": ["estimate", "{kws}", "--on", "{target}"],
    "estimate kws on all targets": ["estimate", "{kws}", "--on", "all"],
    "check kws, measured before": ["check", "{kws}", "--on", "{target}", "--budget", "{budget}"],
}

PEERS = """\
peers, not measured by this script:
  MLonMCU     minutes a measurement (issue 3's word); its set-up first compiles LLVM, TVM, ETISS and Spike
  EdgeMark    2 to 3 minutes a test on a board (its results page)
  IREE 3.13   35 s for a worked example from an empty folder; its compiler alone 1 to 5 s a model (2-core machine)
  mcufit      0.35 to 0.45 s a check; it builds no firmware: RAM by running TFLM as wasm, latency for one board
  QEMU 7.2    807 M instructions/s of Cortex-M4 code with a callback a block and no layers (2-core machine, 10-20 % noise)
  Renode      about 244 M instructions/s without tracing (0.5 G in 2.05 s), about 1 M/s when it writes a trace"""


def timed(command, cache):
    """(wall seconds, CPU seconds of the process and all that it waited for); ends the script if the command fails."""
    begin = time.monotonic()
    process = os.posix_spawn(command[0], [str(word) for word in command], {**os.environ, "XDG_CACHE_HOME": str(cache)},
                             file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(process, 0)
    wall = time.monotonic() - begin
    if status: sys.exit(f"speed: exit code {os.waitstatus_to_exitcode(status)}: {' '.join(map(str, command))}")
    return wall, usage.ru_utime + usage.ru_stime


def spread(values):
    return f"{statistics.median(values):7.3f}  {min(values):7.3f}..{max(values):.3f}"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"): return line.partition(":")[2].strip()
    return platform.machine()


def run_all(assay, files, repeats):
    """{what: [(wall, CPU)]}, the kinds of runs alternating."""
    one = [assay, "measure", files["kws"], "--on", figures.TARGET]
    four = [assay, "measure", files["kws"], "--on", ALL_TARGETS]
    times = {}
    with tempfile.TemporaryDirectory(prefix="assay-speed-") as name:
        budget = pathlib.Path(name) / "budget.toml"
        budget.write_text('[budget]\nfits = "yes"\nflash = "100 %"\n')
        words = {"kws": files["kws"], "budget": budget, "target": figures.TARGET}
        timed([assay, "measure", files["kws"], "--on", figures.TARGET], name)  # for check
        for i in range(repeats):
            for targets, command in (("kws", one), ("kws on 4 targets", four)):
                cache = pathlib.Path(name) / f"{i} {targets}"  # empty, then full
                for state in ("nothing cached", "all cached"):
                    times.setdefault(f"measure {targets}, {state}", []).append(timed(command, cache))
            for what, command in ANSWERS.items():
                times.setdefault(what, []).append(timed([assay, *(word.format(**words) for word in command)], name))
            for model, file in files.items():
                times.setdefault(f"inspect {model}", []).append(timed([assay, "inspect", file], name))
    return times


def print_ratio(times, words, above, below):
    wall, cpu = (statistics.median(run[i] for run in times[above]) / statistics.median(run[i] for run in times[below])
                 for i in (0, 1))
    print(f"  {words:<58}{wall:6.2f} of wall{cpu:8.2f} of CPU time")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assay", type=pathlib.Path, default=figures.ROOT / "build" / "assay")
    parser.add_argument("--models", type=pathlib.Path, help="a folder laid out like ../shared/models")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    if not shutil.which("arm-none-eabi-gcc"):
        print("skipped: speed (needs gcc-arm-none-eabi)")
        return
    files, which = figures.find_models(options.models)
    load = os.getloadavg()[0]
    times = run_all(options.assay.resolve(), files, options.repeats)
    print(f"models: {which.partition(';')[0]}\nmachine: {processor()}, {os.cpu_count()} CPUs, "
          f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after; n = {options.repeats}\n")
    print(f"  {'seconds':<40}{'wall: median, least..most':<28}{'CPU: median, least..most'}")
    for what, runs in times.items():
        walls = [wall for wall, _ in runs]
        row = f"  {what:<40}{spread(walls):<28}{spread([cpu for _, cpu in runs]):<26}"
        limit = LIMITS_SECONDS.get(what)
        if limit: row += f"  <= {limit} s: " + ("met" if statistics.median(walls) <= limit else "missed by the median")
        print(row.rstrip())
    print()
    print_ratio(times, "nothing cached / all cached", "measure kws, nothing cached", "measure kws, all cached")
    print_ratio(times, "four targets in parallel / one target, nothing cached",
                "measure kws on 4 targets, nothing cached", "measure kws, nothing cached")
    print("\n" + PEERS)


if __name__ == "__main__":
    main()
