#!/usr/bin/env python3
"""Runs one model in one oracle and writes its outputs: TFLM, or LiteRT's reference kernels.

    oracle.py tflm|litert MODEL OUT.npz --inputs N --seed S

The inputs are those of `assay run --inputs N --seed S` (src/ops/run.h describes them). OUT.npz has the arrays
output_0, output_1 ..., the inferences stacked along a new first axis. A model can crash an oracle, so
conformance_test.py starts a process for each. What the oracle refuses is the last line of stderr, exit code 1.
"""

import argparse
import sys

import numpy as np


def made_up(details, seed):
    """One array for each (shape, dtype); one generator runs through all of them."""
    x = (seed ^ (seed >> 32)) & 0xFFFFFFFF
    arrays = []
    for shape, dtype in details:
        states = np.empty(int(np.prod(shape)), np.uint32)
        for i in range(states.size):
            x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
            states[i] = x
        arrays.append(elements(states, np.dtype(dtype)).reshape(shape))
    return arrays


def elements(states, dtype):
    top = (states >> 24).astype(np.uint8)
    if dtype == np.float32: return (states.view(np.int32) >> 8).astype(np.float32) / np.float32(2**23)
    if dtype == np.bool_: return (states >> 31).astype(np.bool_)
    if dtype.itemsize == 2 and dtype.kind in "iu": return (states >> 16).astype(np.uint16).view(dtype)
    if dtype.kind == "u": return top.astype(dtype)
    if dtype.kind == "i": return top.view(np.int8).astype(dtype)
    raise SystemExit(f"no made-up inputs of {dtype}")


def litert_interpreter(model):
    from ai_edge_litert import interpreter as litert

    kind = litert.OpResolverType.BUILTIN_REF
    return litert.Interpreter(model, experimental_op_resolver_type=kind)


def run_litert(model, seeds):
    interpreter = litert_interpreter(model)
    interpreter.allocate_tensors()
    inputs = interpreter.get_input_details()
    for seed in seeds:
        for detail, array in zip(inputs, made_up([(d["shape"], d["dtype"]) for d in inputs], seed)):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        yield [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def run_tflm(model, seeds):
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_file(model, arena_size=16 << 20)
    inputs, outputs = [], 0
    while (detail := ask(interpreter.get_input_details, len(inputs))) is not None: inputs.append(detail)
    while ask(interpreter.get_output_details, outputs) is not None: outputs += 1
    for seed in seeds:
        for i, array in enumerate(made_up([(d["shape"], d["dtype"]) for d in inputs], seed)):
            interpreter.set_input(array, i)
        interpreter.invoke()
        yield [np.array(interpreter.get_output(i)) for i in range(outputs)]


def ask(details, index):
    """The details of an input or output, or None beyond the last."""
    try:
        return details(index)
    except (IndexError, ValueError):
        return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle", choices=["tflm", "litert"])
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--inputs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=12345)
    args = parser.parse_args()
    run = run_tflm if args.oracle == "tflm" else run_litert
    try:
        runs = list(run(args.model, range(args.seed, args.seed + args.inputs)))
    except (RuntimeError, ValueError) as error:
        print(str(error).strip().splitlines()[-1][:200], file=sys.stderr)
        sys.exit(1)
    np.savez(args.out, **{f"output_{k}": np.stack(arrays) for k, arrays in enumerate(zip(*runs))})


if __name__ == "__main__":
    main()
