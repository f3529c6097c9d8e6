#!/usr/bin/env python3
"""mcufit (PyPI) beside `assay estimate`: does the model fit, and how long it takes to say so.

    bench/mcufit.py [--assay build/assay] [--models DIR] [--repeats 3]

Every .tflite file of the examples and of DIR that both accept, on every board that both know. mcufit, pinned in
bench/mcufit.txt, is installed into build/mcufit from PyPI; it runs TFLM as wasm under node. It answers for TFLM, assay
for its own generated C: where they disagree, the bytes that decide are printed beside each other. Times are whole
processes, one model on one board, alternating; nothing is said about which verdict is right.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import speed

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / "build" / "mcufit"

# mcufit's boards and the targets with the same part (or its die with as much memory).
BOARDS = {
    "nano33ble": "arduino-nano-33-ble", "nano33iot": "arduino-zero", "bluepill": "bluepill",
    "stm32f407-disco": "stm32f407-discovery", "stm32f411": "nucleo-f411re", "stm32f746": "disco-f746ng",
    "stm32h743": "nucleo-h743zi", "rp2040": "pico", "rp2350": "pico2", "esp32-c3": "esp32-c3-devkit",
    "nrf52832": "nrf52832-dk", "teensy41": "teensy41",
}

# Runs in mcufit's own Python: its checker for every model and board, as its command line wires it.
CHECK_ALL = """
import json, pathlib, sys
from mcufit import cli
from mcufit.boards.yaml_repo import YamlBoardRepository
boards = {name: YamlBoardRepository().get(name) for name in sys.argv[1].split(",")}
for file in map(pathlib.Path, sys.argv[2:]):
    try:
        model, checker = cli._parse_model(file), cli._checker(False, file)
        reports = {name: checker.check(model, board) for name, board in boards.items()}
    except BaseException as error:
        print(json.dumps({"model": str(file), "error": f"{type(error).__name__} {error}"}))
        continue
    for name, report in reports.items():
        print(json.dumps({"model": str(file), "board": name, "fits": report.fits,
                          "arena": report.estimate.total_arena_bytes, "flash": report.flash_needed_bytes,
                          "method": report.estimate.method, "ram": boards[name].usable_sram_bytes,
                          "room": boards[name].flash_bytes}))
"""


def installed():
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin" / "pip", "install", "-q", "-r", ROOT / "bench" / "mcufit.txt"], check=True)
    return python


def theirs(python, files):
    done = subprocess.run([python, "-c", CHECK_ALL, ",".join(BOARDS), *map(str, files)], capture_output=True, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode: sys.exit(f"mcufit: {done.stderr.strip().splitlines()[-1]}")
    return ({(row["model"], row["board"]): row for row in rows if "error" not in row},
            {row["model"]: row["error"] for row in rows if "error" in row})


def ours(assay, file):
    """By target; a string if assay cannot run the model."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        done = subprocess.run([assay, "estimate", file, "--on", ",".join(BOARDS.values()), "--json", out.name],
                              capture_output=True, text=True)
        text = pathlib.Path(out.name).read_text()
    if not text: return done.stderr.strip().splitlines()[-1]
    return {record["target"]: record for record in json.loads(text)}


def compare(assay, python, files):
    them, refused = theirs(python, files)
    agree, differ, boards = 0, [], set()
    for file in files:
        mine = ours(assay, file)
        if isinstance(mine, str) or str(file) in refused:
            print(f"  {file.name}: " + (f"assay: {mine}" if isinstance(mine, str) else f"mcufit: {refused[str(file)]}"))
            continue
        for board, target in BOARDS.items():
            row, record = them[str(file), board], mine[target]
            boards.add(board)
            if record["fits"].startswith("not known"): differ.append((file, board, row, record))
            elif row["fits"] == (record["fits"] == "yes"): agree += 1
            else: differ.append((file, board, row, record))
    return agree, differ, boards


def print_times(assay, model, repeats):
    commands = {"mcufit check, one board": [VENV / "bin" / "mcufit", "check", model, "--board", "rp2040", "--json"],
                "assay estimate, one target": [assay, "estimate", model, "--on", "pico"],
                "assay estimate, all targets": [assay, "estimate", model, "--on", "all"]}
    times = {what: [] for what in commands}
    with tempfile.TemporaryDirectory() as cache:
        for _ in range(repeats):
            for what, command in commands.items(): times[what].append(speed.timed(command, cache))
    print(f"\n  {'seconds, ' + model.name + f', n = {repeats}':<40}{'wall: median, least..most':<28}CPU")
    for what, runs in times.items():
        print(f"  {what:<40}{speed.spread([w for w, _ in runs]):<28}{speed.spread([c for _, c in runs])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT.parent / "shared" / "models")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    python, assay = installed(), options.assay.resolve()
    files = {path.stem: path for folder in (ROOT / "examples", options.models)
             for path in sorted(folder.rglob("*.tflite")) if "ops" not in path.parts}
    files = list(files.values())
    print(f"{len(files)} models; what either refuses:")
    agree, differ, boards = compare(assay, python, files)
    print(f"\n{agree} verdicts agree on {len(boards)} boards, {len(differ)} do not:")
    for file, board, row, record in differ:
        print(f"  {file.stem:<36}{board:<17}mcufit {'fits' if row['fits'] else 'no':<5}arena {row['arena']:>8} of "
              f"{row['ram']:>8}, flash {row['flash']:>8} of {row['room']:>8}   assay: {record['fits']}; "
              f"ram {record['ram_bytes']['value']:.0f}, flash {record['flash_bytes']['value']:.0f}")
    print_times(assay, next(file for file in files if "kws" in file.stem), options.repeats)


if __name__ == "__main__":
    main()
