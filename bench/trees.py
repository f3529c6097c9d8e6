#!/usr/bin/env python3
"""emlearn's generated C (PyPI) beside ours: the same forests, compiler, flags, start of the image and emulator.

    bench/trees.py [--assay build/assay] [--on nucleo-l4r5zi] [--rows 8]

Forests of scikit-learn: 100 trees, depth 6, 16 features, a regressor and a classifier of two classes, on made-up data of
whole numbers within int16, so that emlearn's int16 features lose nothing but a threshold's fraction. Each form is a
function of a row that is called alone, on cold caches (`assay profile --call`); cycles are the mean of the rows, least
and most beside it. emlearn's classifier counts votes of trees, ours adds their probabilities. emlearn and scikit-learn,
pinned in bench/trees.txt, are installed into build/trees from PyPI.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / "build" / "trees"
FEATURES = 16
FLAGS = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-ffunction-sections", "-fdata-sections",
         "-nostartfiles", "--specs=nosys.specs", "-Wl,--gc-sections"]
LINKER_SCRIPT = """ENTRY(start)
MEMORY {
  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 1M
  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 192K
}
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text .text.*) *(.rodata .rodata.*) } > FLASH
  .data : { *(.data .data.*) } > RAM AT> FLASH
  .bss : { *(.bss .bss.*) *(COMMON) } > RAM
  /DISCARD/ : { *(.ARM.exidx*) }
}
"""
START = """
int main(void) { run(0); return 0; }
void start(void) { main(); for (;;) {} }
__attribute__((section(".vectors"), used)) const void *vectors[] = {(void *)0x20030000, (void *)start};
"""

# Runs in the Python of build/trees: DIR, rows -> the same forests as emlearn's C and as LightGBM text, and rows.
MAKE = '''
import json, pathlib, sys
import emlearn, numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

def lightgbm_text(model, value):
    """The forest in a format that assay reads: the mean of its leaves. x <= threshold goes left in both."""
    join = lambda values: " ".join(map(str, values))
    lines = ["tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
             f"max_feature_idx={model.n_features_in_ - 1}", "objective=regression", "average_output", ""]
    for number, estimator in enumerate(model.estimators_):
        tree = estimator.tree_
        inner = [i for i in range(tree.node_count) if tree.children_left[i] >= 0]
        leaves = [i for i in range(tree.node_count) if tree.children_left[i] < 0]
        code = {node: at for at, node in enumerate(inner)} | {node: ~at for at, node in enumerate(leaves)}
        lines += [f"Tree={number}", f"num_leaves={len(leaves)}", "num_cat=0",
                  "split_feature=" + join(tree.feature[i] for i in inner),
                  "threshold=" + join(repr(float(tree.threshold[i])) for i in inner),
                  "decision_type=" + join(0 for _ in inner),
                  "left_child=" + join(code[tree.children_left[i]] for i in inner),
                  "right_child=" + join(code[tree.children_right[i]] for i in inner),
                  "leaf_value=" + join(repr(float(value(tree.value[i][0]))) for i in leaves), "shrinkage=1", ""]
    return "\\n".join([*lines, "end of trees", ""])

folder, rows = pathlib.Path(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(1)
x = np.clip(np.round(rng.normal(size=(4000, 16)) * 1000), -32000, 32000)
score = x[:, 0] / 1000 + np.sin(x[:, 1] / 500) + x[:, 2] * x[:, 3] / 1e6 + rng.normal(size=4000) * 0.3
regressor = RandomForestRegressor(100, max_depth=6, random_state=1, max_features=0.5).fit(x, score)
classifier = RandomForestClassifier(100, max_depth=6, random_state=1).fit(x, (score > np.median(score)).astype(int))
for name, model, value in (("regressor", regressor, lambda v: v[0]), ("classifier", classifier, lambda v: v[1])):
    (folder / f"{name}.txt").write_text(lightgbm_text(model, value))
    for form, method, dtype in (("inline_int16", "inline", "int16_t"), ("inline_float", "inline", "float"),
                                ("loadable_int16", "loadable", "int16_t")):
        emlearn.convert(model, method=method, dtype=dtype).save(file=str(folder / f"{name}_{form}.h"), name="forest")
    print(name, sum(e.tree_.n_leaves for e in model.estimators_), "leaves", flush=True)
unseen = np.clip(np.round(rng.normal(size=(rows, 16)) * 1000), -32000, 32000)
(folder / "rows.json").write_text(json.dumps(unseen.tolist()))
print(pathlib.Path(emlearn.__file__).parent)
'''


def installed():
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin" / "pip", "install", "-q", "-r", ROOT / "bench" / "trees.txt"], check=True)
    return python


def rows_text(rows, c_type):
    return f"static const {c_type} rows[][{FEATURES}] = {{" + ",".join("{" + ",".join(f"{v:.0f}" for v in row) + "}" for row in rows) + "};\n"


def emlearn_source(header, rows, c_type, result):
    return (f'#include "{header}"\n' + rows_text(rows, c_type) + f"volatile {result} answer;\n"
            "__attribute__((noinline)) void run(int i) { answer = forest_predict(rows[i], 16); }\n" + START)


def our_source(name, rows):
    return (f'#include <string.h>\n#include "{name}.h"\n' + rows_text(rows, "float") +
            f"static uint8_t arena[{name.upper()}_ARENA_BYTES] __attribute__((aligned(16)));\n"
            "__attribute__((noinline)) void run(int i) {\n"
            f"  memcpy({name}_input(arena, 0), rows[i], sizeof rows[i]);\n  {name}_invoke(arena);\n}}\n" + START)


def cycles(args, folder, sources, include, level, rows):
    """Of each row, and the bytes of code and constants of the image."""
    (folder / "link.ld").write_text(LINKER_SCRIPT)
    elf = folder / "image.elf"
    subprocess.run(["arm-none-eabi-gcc", *FLAGS, level, "-I", include, *sources, "-o", elf, "-T", folder / "link.ld", "-lm"], check=True)
    taken = []
    for row in range(rows):
        record = folder / "record.json"
        command = [args.assay, "profile", elf, "--on", args.on, "--call", f"run,{row}", "--json", record]
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
        made = json.loads(record.read_text())
        taken.append((made[0] if isinstance(made, list) else made)["cycles"]["value"])
    size = subprocess.run(["arm-none-eabi-size", elf], check=True, capture_output=True, text=True).stdout
    return taken, int(size.splitlines()[1].split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    parser.add_argument("--on", default="nucleo-l4r5zi", help="a target with a Cortex-M4F")
    parser.add_argument("--rows", type=int, default=8)
    args = parser.parse_args()
    python = installed()
    with tempfile.TemporaryDirectory(prefix="assay-trees-") as temporary:
        folder = pathlib.Path(temporary)
        made = subprocess.run([python, "-c", MAKE, folder, str(args.rows)], check=True, capture_output=True, text=True).stdout.split("\n")
        emlearn = made[-2]
        rows = json.loads((folder / "rows.json").read_text())
        print(f"# {args.on}, n = {args.rows} rows; " + "; ".join(made[:-2]))
        for forest, result in (("regressor", "float"), ("classifier", "int")):
            peers = {}
            for form in ("inline_int16", "inline_float", "loadable_int16"):
                source = folder / f"{forest}_{form}.c"
                source.write_text(emlearn_source(f"{forest}_{form}.h", rows, "float" if form.endswith("float") else "int16_t", result))
                for level in ("-O2", "-O3"):
                    taken, size = cycles(args, folder, [source], emlearn, level, args.rows)
                    best = peers.get(form)
                    if best is None or statistics.mean(taken) < statistics.mean(best): peers[form] = taken
                    print(f"{forest:10} emlearn {form:15} {level}  {statistics.mean(taken):8.0f} cycles ({min(taken)} .. {max(taken)})  {size:7} B")
            for optimize, level in (("size", "-Os"), ("balanced", "-O2"), ("speed", "-O3")):
                out = folder / f"{forest}_{optimize}"
                subprocess.run([str(word) for word in (args.assay, "emit", folder / f"{forest}.txt", "--on", args.on, "-o", out, "--optimize", optimize)],
                               check=True, stdout=subprocess.DEVNULL)
                generated = next(path.parent for path in out.rglob(f"{forest}.c"))
                source = generated / "run.c"
                source.write_text(our_source(forest, rows))
                names = {path for path in generated.glob("*.c") if path.stem != "example"}
                taken, size = cycles(args, folder, sorted(names), generated, level, args.rows)
                mean = statistics.mean(taken)
                ratios = ", ".join(f"{mean / statistics.mean(peer):.2f} of {form}" for form, peer in peers.items())
                print(f"{forest:10} assay   {optimize:15} {level}  {mean:8.0f} cycles ({min(taken)} .. {max(taken)})  {size:7} B   {ratios}")


if __name__ == "__main__":
    main()
