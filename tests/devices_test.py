#!/usr/bin/env python3
"""data/costs and docs/devices.md are what `assay bench` gives now: checked on one target, for all would take minutes.

    tests/devices_test.py --assay build/assay [--on TARGET]

If they are not, a core, a target or a kernel has changed since: tools/devices.sh writes them anew.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def differences(fresh, shipped, rows, document):
    """Yields a sentence for each thing that has drifted."""
    if fresh != shipped:
        changed = [line for line in fresh.splitlines() if line not in set(shipped.splitlines())]
        yield f"the costs differ in {len(changed)} lines; the first now: {changed[0][:90] if changed else '(one less)'}"
    missing = [row for row in rows if row not in document]
    if missing: yield f"docs/devices.md lacks {len(missing)} of {len(rows)} rows: {missing[0]}"


def self_test():
    assert not list(differences("a\nb", "a\nb", ["| x |"], "| x |\n"))
    assert len(list(differences("a\nc", "a\nb", ["| x |", "| y |"], "| x |\n"))) == 2


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    options.add_argument("--on", default="nucleo-l4r5zi")
    args = options.parse_args()
    self_test()
    if not shutil.which("arm-none-eabi-gcc"):
        print("skipped: devices (needs arm-none-eabi-gcc)")
        return
    with tempfile.TemporaryDirectory(prefix="assay-devices-") as name:
        done = subprocess.run([args.assay.resolve(), "bench", "--on", args.on, "--write", name, "--devices", "-"],
                              capture_output=True, text=True, timeout=300,
                              env={**os.environ, "XDG_CACHE_HOME": str(pathlib.Path(name) / "cache")})
        if done.returncode: sys.exit(f"devices: assay bench exits with {done.returncode}: {done.stderr}")
        fresh = (pathlib.Path(name) / f"{args.on}.toml").read_text()
    rows = [line for line in done.stdout.splitlines() if line.startswith(f"| {args.on} |")]
    shipped = ROOT / "data" / "costs" / f"{args.on}.toml"
    if not shipped.exists(): sys.exit(f"devices: there is no {shipped.relative_to(ROOT)}; tools/devices.sh writes it")
    drift = list(differences(fresh, shipped.read_text(), rows, (ROOT / "docs" / "devices.md").read_text()))
    for sentence in drift: print(f"{args.on}: {sentence}")
    if drift: sys.exit("devices: stale; tools/devices.sh writes them anew")
    print(f"devices: {args.on} as published, {len(rows)} rows")


if __name__ == "__main__":
    main()
