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


def explained(assay, model, part):
    words = [word for change in CHANGES for word in ("--what-if", change)]
    done = subprocess.run([assay, "explain", model, "--on", part, "--verify", "--json", "-", *words], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise SystemExit(f"{model.name} on {part}: {done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(ROOT / "build/assay"))
    assay = parser.parse_args().assay
    errors, wrong = [], 0
    for name in MODELS:
        for part in PARTS:
            record = explained(assay, ROOT / f"examples/{name}.tflite", part)
            now = record["cycles"]["value"]
            for row in record["advice"]:
                predicted, got = row["cycles"]["value"], row["verified_cycles"]["value"]
                if predicted is None or got is None:
                    continue
                errors.append(predicted / got - 1)
                moved = got / now - 1
                wrong += abs(moved) > 0.02 and (predicted / now - 1) * moved < 0
                print(f"{name:8} {part:18} {row['change']:22} {predicted:12.0f} {got:12.0f} {100 * errors[-1]:+6.2f} %   gain {100 * moved:+6.1f} %")
    mean = sum(map(abs, errors)) / len(errors)
    print(f"{len(errors)} cases: mean error {100 * mean:.2f} %, worst {100 * max(map(abs, errors)):.2f} %, sign wrong {wrong} times")


if __name__ == "__main__":
    main()
