"""Operators of one input that the other families leave out: softmax, log_softmax, padv2, split_v, squeeze, expand_dims."""

import numpy as np
from graph import Graph

QUANT = {"float32": (None, 0), "int8": (0.04, -7), "int16": (0.001, 0), "uint8": (0.04, 121), "int32": (None, 0), "int64": (None, 0)}


def softmaxes():
    for dtype, out, scale, zero in (("float32", "float32", None, 0), ("int8", "int8", 1 / 256, -128), ("int8", "int16", 1 / 65536, -32768), ("int16", "int16", 1 / 32768, 0)):
        for i, shape in enumerate(([1, 10], [3, 7], [2, 3, 4, 5])):
            for beta in (1.0, 0.5):
                g = Graph(f"softmax_{dtype}_{out}_{i}_{beta}")
                x, y = g.input(dtype, shape, *QUANT[dtype]), g.output(out, shape, scale, zero)
                g.op("SOFTMAX", [x], [y], "SoftmaxOptions", 2, beta=beta)
                yield g.case()


def log_softmaxes():
    kinds = {"float32": ("float32", (None, 0), (None, 0)), "int8": ("int8", QUANT["int8"], (1 / 16, 127)), "int8_wide": ("int8", (0.3, 5), (1 / 16, 127)),
             "int8_fine": ("int8", (0.002, 5), (1 / 16, 127))}
    for kind, (dtype, quant, to) in kinds.items():
        for i, shape in enumerate(([1, 10], [3, 7], [2, 3, 4]) + (([5, 300], [4, 1]) if dtype == "int8" else ())):
            g = Graph(f"log_softmax_{kind}_{i}")
            x, y = g.input(dtype, shape, *quant), g.output(dtype, shape, *to)
            g.op("LOG_SOFTMAX", [x], [y], "LogSoftmaxOptions", 2)
            yield g.case()


def views():
    for dtype in ("float32", "int8", "int16", "uint8", "int32"):
        quant = QUANT[dtype]
        for i, (shape, axis) in enumerate((([3, 4], 0), ([3, 4], -1), ([2, 3, 4], 1))):
            g = Graph(f"expand_dims_{dtype}_{i}")
            x = g.input(dtype, shape, *quant)
            out = list(shape)
            out.insert(axis if axis >= 0 else len(shape) + 1 + axis, 1)
            g.op("EXPAND_DIMS", [x, g.const([axis], "int32")], [g.output(dtype, out, *quant)], "ExpandDimsOptions")
            yield g.case()
        for i, (shape, dims) in enumerate((([1, 3, 1, 4], []), ([1, 3, 1, 4], [0]), ([1, 3, 1, 4], [0, 2]))):
            g = Graph(f"squeeze_{dtype}_{i}")
            x = g.input(dtype, shape, *quant)
            out = [n for k, n in enumerate(shape) if not (k in dims or not dims and n == 1)]
            g.op("SQUEEZE", [x], [g.output(dtype, out, *quant)], "SqueezeOptions", 2 if dtype == "int8" else 1, squeezeDims=dims)
            yield g.case()


def moves():
    for dtype in ("float32", "int8", "int16", "int32"):
        scale, zero = QUANT[dtype]
        for i, (shape, pads) in enumerate((([3, 4], [[1, 2], [0, 3]]), ([1, 3, 4, 2], [[0, 0], [1, 1], [2, 0], [0, 0]]))):
            g = Graph(f"padv2_{dtype}_{i}")
            x = g.input(dtype, shape, scale, zero)
            value = g.const(np.asarray([3]), dtype, scale, zero)
            out = [n + sum(pad) for n, pad in zip(shape, pads)]
            g.op("PADV2", [x, g.const(pads, "int32"), value], [g.output(dtype, out, scale, zero)], "PadV2Options", 2)
            yield g.case()
        for i, (shape, axis, sizes) in enumerate((([6, 4], 0, [1, 2, 3]), ([2, 5, 3], 1, [4, 1]), ([2, 3, 8], -1, [3, 5]))):
            g = Graph(f"split_v_{dtype}_{i}")
            x = g.input(dtype, shape, scale, zero)
            outs = [g.output(dtype, [n if k != axis % len(shape) else size for k, n in enumerate(shape)], scale, zero) for size in sizes]
            g.op("SPLIT_V", [x, g.const(sizes, "int32"), g.const(axis, "int32")], outs, "SplitVOptions", 2, numSplits=len(sizes))
            yield g.case()


def cases():
    for family in (softmaxes, log_softmaxes, views, moves): yield from family()
