#!/usr/bin/env python3
"""Time and memory of reading a 100 MB ONNX file: convolutions, whose weights are reordered, and matrices in two orders.

    large_onnx.py [--assay build/assay] [--repeats 3]     in a Python with onnx: build/venv

Each row is `assay inspect` on such a file beside the same on a small one: CPU seconds and the peak of resident memory; the last
column is the peak less the small file's, in times the file. Exit code 1 if that is above 2, or the CPU time above 1 s.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
KINDS = {"Conv 512x512x3x3": ("Conv", 11, (512, 512, 3, 3), [1, 512, 4, 4], {"pads": [1, 1, 1, 1]}),
         "MatMul 1024x1024": ("MatMul", 25, (1024, 1024), [1, 1024], {}),
         "Gemm, transposed": ("Gemm", 25, (1024, 1024), [1, 1024], {"transB": 1}),
         "small": ("Gemm", 1, (4, 4), [1, 4], {"transB": 1})}


def write(file, op, count, shape, image, attrs):
    import numpy as np
    from onnx import helper, numpy_helper
    rng = np.random.default_rng(0)
    weights = [numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), f"w{i}") for i in range(count)]
    nodes = [helper.make_node(op, [f"x{i}", f"w{i}"], [f"x{i + 1}"], **attrs) for i in range(count)]
    values = [helper.make_tensor_value_info(name, 1, image) for name in ("x0", f"x{count}")]
    graph = helper.make_graph(nodes, op, values[:1], values[1:], weights)
    file.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString())


def read(assay, file):
    """CPU seconds and peak bytes of one run. A child begins with its parent's peak, so this process stays small."""
    process = subprocess.Popen([assay, "inspect", file], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode: sys.exit(f"{file}: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--assay", default=ROOT / "build" / "assay")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--write", nargs=2, metavar=("KIND", "FILE"), help="only write that model")
    args = parser.parse_args()
    if args.write: return write(pathlib.Path(args.write[1]), *KINDS[args.write[0]])
    missed = False
    print(f"{'model':16} {'bytes':>11}  {'cpu s':>12}  {'peak bytes':>11}  less small's, times the file")
    with tempfile.TemporaryDirectory() as folder:
        least = 0
        for name in reversed(KINDS):
            file = pathlib.Path(folder) / "model.onnx"
            subprocess.run([sys.executable, __file__, "--write", name, file], check=True)
            runs, size = [read(args.assay, file) for _ in range(args.repeats)], file.stat().st_size
            seconds, peak = [run[0] for run in runs], int(statistics.median(run[1] for run in runs))
            least = least or peak
            times = (peak - least) / size
            missed |= times > 2 or statistics.median(seconds) > 1
            print(f"{name:16} {size:11}  {min(seconds):.2f} .. {max(seconds):.2f}  {peak:11}  {times:.2f}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
