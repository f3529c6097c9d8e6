"""Moving elements and shapes about."""

import numpy as np
from graph import Graph, drawn

QUANTISED = {"int8": (0.05, -3), "uint8": (0.05, 100), "int16": (0.001, 0)}
ALL = ["int8", "float32", "int32", "int64", "uint8", "int16", "bool"]


def moved(name, op, dtype, shapes, out, options=None, before=(), after=(), version=1, **fields):
    """One output from inputs of `shapes`, between constant inputs."""
    g = Graph(f"{op.lower()}_{name}_{dtype}")
    quant = QUANTISED.get(dtype, ())
    first = [g.const(value, np.int32) for value in before]
    inputs = [g.input(dtype, shape, *quant) for shape in shapes]
    last = [g.const(value, np.int32) for value in after]
    outputs = [g.output(dtype, shape, *quant) for shape in (out if isinstance(out[0], list) else [out])]
    g.op(op, first + inputs + last, outputs, options, version, **fields)
    return g.case()


def transposes():
    for dtype in ["int8", "float32", "int16"]:
        for k, order in enumerate([[1, 0], [0, 2, 1], [2, 1, 0], [0, 3, 1, 2], [3, 2, 1, 0], [4, 0, 3, 1, 2]]):
            shape = [2, 3, 4, 5, 2][: len(order)]
            yield moved(str(k), "TRANSPOSE", dtype, [shape], [shape[i] for i in order], "TransposeOptions", after=[order])


def concatenations():
    for dtype in ["int8", "float32", "int32", "int64", "int16", "bool"]:
        for axis in (0, 1, 2, -1):
            shapes = [[2, 3, 4], [2, 3, 4]]
            shapes[1][axis] += 2
            out = [2, 3, 4]
            out[axis] += shapes[1][axis]
            yield moved(f"axis{axis}", "CONCATENATION", dtype, shapes, out, "ConcatenationOptions", axis=axis)


def cases():
    yield from transposes()
    yield from concatenations()
