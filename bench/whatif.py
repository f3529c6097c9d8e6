"""What-ifs against what the build gives: `assay explain --verify` over models and parts.

    python3 bench/whatif.py [--assay build/assay]

Prints every case that runs "as if" (no other image), predicted and got, the mean and the worst error, and how often the sign
of a gain above 2 % was wrong.
"""
import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = ["digits", "kws", "resnet"]
PARTS = ["nucleo-l4r5zi", "nucleo-g0b1re", "nucleo-u575zi-q", "disco-f746ng", "nucleo-h7a3zi-q", "nucleo-f446re"]
CHANGES = ["weights=ram", "code=ram", "code=ram weights=ram", "weights=tcm", "code=tcm"]


def explained(assay, model, part, change):
    """The record with that change; nothing where the part or the image cannot have it."""
    done = subprocess.run([assay, "explain", model, "--on", part, "--verify", "--inputs", "1", "--json", "-", "--what-if", change],
                          capture_output=True, text=True, check=False)
    if done.returncode in (2, 4):
        return None
    if done.returncode != 0:
        raise SystemExit(f"{model.name} on {part}: {done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(ROOT / "build/assay"))
    assay = parser.parse_args().assay
    errors, wrong, inside = [], 0, 0
    for name in MODELS:
        for part in PARTS:
            for change in CHANGES:
                record = explained(assay, ROOT / f"examples/{name}.tflite", part, change)
                row = record["advice"][0] if record else None
                if row is None or row["verified_cycles"]["value"] is None:
                    continue
                now, predicted, got = (r["value"] for r in (record["cycles"], row["cycles"], row["verified_cycles"]))
                errors.append(predicted / got - 1)
                moved = got / now - 1
                wrong += abs(moved) > 0.02 and (predicted / now - 1) * moved < 0
                inside += row["cycles_change_percent"]["low"] <= 100 * moved <= row["cycles_change_percent"]["high"]
                print(f"{name:8} {part:18} {change:22} {predicted:12.0f} {got:12.0f} {100 * errors[-1]:+6.2f} %   gain {100 * moved:+6.1f} %",
                      flush=True)
    mean = sum(map(abs, errors)) / len(errors)
    print(f"{len(errors)} cases: mean error {100 * mean:.2f} %, worst {100 * max(map(abs, errors)):.2f} %, sign wrong {wrong} times; "
          f"{inside} of {len(errors)} gains got inside the interval predicted")


if __name__ == "__main__":
    main()
