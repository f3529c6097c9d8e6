#!/usr/bin/env python3
"""The spectrum of 512 real int16 by our kernels, in the emulator.

    bench/fft.py [--assay build/assay] [--on nucleo-l4r5zi] [--length 512]

Each transform is called alone on cold caches (`assay profile --call`), on noise, its input in RAM, at -O2 and -O3.
bench/README.md has the figures of others beside them.
"""

import argparse
import json
import math
import pathlib
import random
import subprocess
import tempfile

import trees

ROOT = pathlib.Path(__file__).resolve().parent.parent
KERNELS = ROOT / "kernels"


def c_array(name, c_type, values):
    return f"static const {c_type} {name}[] = {{" + ",".join(map(str, values)) + "};\n"


def turn(phase): return [math.floor(0.5 + 32767 * math.cos(phase)), math.floor(0.5 + 32767 * math.sin(phase))]


def order(half):
    def place(i):
        at, weight, m = 0, 1, half
        while m > 1:
            radix = 4 if m % 4 == 0 else 2
            m //= radix
            at += i // m * weight
            i %= m
            weight *= radix
        return at
    return [place(i) for i in range(half)]


def image(length, declare, call):
    """A transform of noise, and what runs it: `run` is called alone, after main has run once."""
    rng = random.Random(1)
    noise = c_array("noise", "int16_t", [rng.randrange(-20000, 20000) for _ in range(length)])
    return ("#include <stdint.h>\n#include <string.h>\n" + noise + declare +
            f"static int16_t in[{length}], out[{2 * length + 4}];\n"
            f"__attribute__((noinline)) void transform(void) {{ {call} }}\n"
            "__attribute__((noinline)) void done(void) { __asm__ volatile(\"\"); }\n"
            "void run(int i) { (void)i; memcpy(in, noise, sizeof in); setup(); transform(); done(); }\n" + trees.START)


def ours(length, kernel):
    half = length // 2
    tables = c_array("twiddles", "int16_t", [v for k in range(half) for v in turn(-2 * math.pi * k / half)])
    tables += c_array("split", "int16_t", [v for k in range(half // 2) for v in turn(-math.pi * ((k + 1) / half + 0.5))])
    members = f"1, {length}, {length}, twiddles, split"
    if kernel.endswith("_dsp"):
        tables += c_array("order", "uint16_t", order(half))
        members += ", order"
    declare = (f'#include "{kernel}.c"\n' + tables + f"static const struct assay_{kernel} p = {{{members}}};\n"
               f"static uint32_t scratch[{half}];\nstatic void setup(void) {{}}\n")
    return image(length, declare, f"assay_{kernel}(&p, in, out, scratch);")


def cycles(args, folder, text):
    """Of `transform`, by level, and the bytes of the image."""
    (folder / "run.c").write_text(text)
    (folder / "link.ld").write_text(trees.LINKER_SCRIPT)
    taken = {}
    for level in ("-O2", "-O3"):
        elf, record = folder / "image.elf", folder / "record.json"
        subprocess.run(["arm-none-eabi-gcc", *trees.FLAGS, level, "-w", "-I", KERNELS, folder / "run.c", "-o", elf,
                        "-T", folder / "link.ld", "-lm", "-Wl,--defsym=end=0x20020000"], check=True)
        subprocess.run([args.assay, "profile", elf, "--on", args.on, "--from", "transform", "--to", "done", "--json", record],
                       check=True, stdout=subprocess.DEVNULL)
        made = json.loads(record.read_text())
        taken[level] = (made[0] if isinstance(made, list) else made)["cycles"]["value"]
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=pathlib.Path, default=ROOT / "build" / "assay")
    parser.add_argument("--on", default="nucleo-l4r5zi", help="a target with a Cortex-M4F")
    parser.add_argument("--length", type=int, default=512)
    args = parser.parse_args()
    rows = [(kernel, ours(args.length, kernel)) for kernel in ("signal_rfft_s16", "signal_rfft_s16_dsp")]
    with tempfile.TemporaryDirectory(prefix="assay-fft-") as temporary:
        for name, text in rows:
            taken = cycles(args, pathlib.Path(temporary), text)
            print(f"{name:26} " + "  ".join(f"{level} {count:8} cycles" for level, count in taken.items()), flush=True)


if __name__ == "__main__":
    main()
