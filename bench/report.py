"""A report of 20 records: bytes, time to write it, time until Chromium has drawn it.

    python3 bench/report.py [--assay build/assay] [-n 5]

The page says itself when its charts stand (performance.now() at the end of its script: parsing and drawing, without Chromium's own
start). Wants Debian's chromium.
"""
import argparse
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def spread(values, unit):
    return f"{statistics.median(values):.3g} {unit} ({min(values):.3g} .. {max(values):.3g}, n = {len(values)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(ROOT / "build/assay"))
    parser.add_argument("-n", type=int, default=5)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([arguments.assay, "measure", ROOT / "examples/kws.tflite", "--on", "nucleo-l4r5zi", "--json", folder / "one.json"],
                       stdout=subprocess.DEVNULL, check=True)
        record = json.loads((folder / "one.json").read_text())
        (folder / "twenty.json").write_text(json.dumps([record] * 20))
        written, drawn = [], []
        for _ in range(arguments.n):
            begin = time.perf_counter()
            subprocess.run([arguments.assay, "report", folder / "twenty.json", "-o", folder / "twenty.html"], check=True)
            written.append(1000 * (time.perf_counter() - begin))
            if not chromium:
                continue
            page = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'user'}", "--dump-dom",
                                   (folder / "twenty.html").as_uri()], capture_output=True, text=True, check=True).stdout
            drawn.append(int(re.search(r'data-ready-ms="(\d+)"', page)[1]))
        print(f"20 records of kws: {(folder / 'twenty.html').stat().st_size} B (limit 3 000 000)")
        print(f"written in {spread(written, 'ms')}")
        print(f"drawn in {spread(drawn, 'ms')} (limit 1000)" if drawn else "skipped: no chromium")


if __name__ == "__main__":
    main()
