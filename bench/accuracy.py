"""Reproduces data/accuracy.csv from local images: modelled against published cycles.

    bench/accuracy.py --images DIR [--assay build/assay] [--script infer.uart] [--write]

`image` in the table is a path under DIR; rows without one, or whose image is not there, are printed as skipped.
The images are not part of the project: mlcommons/tiny_results_v1.1 to v1.3 publish them. Run it in the root of the
repository: `target` may be a file of bench/.
"""

import argparse
import csv
import pathlib
import re
import subprocess
import sys

TABLE = pathlib.Path(__file__).parent.parent / "data" / "accuracy.csv"


def modelled_cycles(assay: str, image: pathlib.Path, target: str, script: str, hold: str) -> int | None:
    """Cycles of one inference, or None where the run says none."""
    command = [assay, "profile", str(image), "--on", target, "--uart-script", script]
    command += ["--hold", hold] if hold else []
    run = subprocess.run(command, capture_output=True, text=True, errors="replace")
    found = re.search(r"^  inference +1 +\d[\d ]*?  +(\d[\d ]*?)  ", run.stdout, re.MULTILINE)
    return int(found[1].replace(" ", "")) if found else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", type=pathlib.Path, required=True, help="directory with the images")
    parser.add_argument("--assay", default="build/assay")
    parser.add_argument("--script", default="tests/fuzz/corpus/script/infer.uart")
    parser.add_argument("--write", action="store_true", help="put what is modelled now into the table")
    options = parser.parse_args()
    errors: dict[str, list[float]] = {}
    rows = list(csv.DictReader(TABLE.open()))
    for row in rows:
        name = f"{row['core']:11} {row['part']:10} {row['workload']:14}"
        image = options.images / row["image"]
        if not row["image"] or not image.is_file():
            print(f"{name} skipped: {'no image' if row['image'] else 'not there: ' + row['image']}")
            continue
        cycles = modelled_cycles(options.assay, image, row["target"], options.script, row["hold"])
        if cycles is None:
            print(f"{name} skipped: the run gave no inference")
            continue
        row["modelled_cycles"] = str(cycles)
        error = cycles / int(row["published_cycles"]) - 1
        errors.setdefault(row["core"] + (", fitted" if row["fitted"] == "yes" else ", held out"), []).append(error)
        print(f"{name} modelled {cycles} published {row['published_cycles']} {100 * error:+.1f} %", flush=True)
    if options.write:
        with TABLE.open("w", newline="") as file:
            table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
    for core, found in errors.items():
        mean = sum(map(abs, found)) / len(found)
        low, high = 1 / (1 + max(found)), 1 / (1 + min(found))
        print(f"{core}: {len(found)} rows, mean {100 * mean:.1f} %, published / modelled {low:.2f} to {high:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
