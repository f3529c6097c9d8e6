"""Operators that stand in few models: sums of many, running sums, mirror images, boxes at computed places."""

import numpy as np
from graph import Graph, drawn
from movement import ALL, QUANTISED, moved


def sums():
    for dtype, quants in {"float32": [((), ())], "int8": [((0.05, -3), (0.11, 4)), ((0.02, 0), (0.02, 0)), ((0.3, 100), (0.4, -128))]}.items():
        for k, (quant, out) in enumerate(quants):
            for count in (2, 3, 5):
                g = Graph(f"add_n_{dtype}_{k}_{count}")
                inputs = [g.input(dtype, [2, 7], *quant) for _ in range(count)]
                g.op("ADD_N", inputs, [g.output(dtype, [2, 7], *out)], "AddNOptions")
                yield g.case()


def running():
    quants = {"int8": [((0.05, -3), (0.11, 4)), ((0.02, 5), (0.3, -100))]}
    for dtype in ("float32", "int8", "int32", "int64"):
        for k, (quant, out) in enumerate(quants.get(dtype, [((), ())])):
            for axis in (0, 1, -1):
                for exclusive in (False, True):
                    for reverse in (False, True):
                        g = Graph(f"cumsum_{dtype}_{k}_axis{axis}_{int(exclusive)}{int(reverse)}")
                        x, along = g.input(dtype, [3, 4, 5], *quant), g.const(np.array(axis, np.int32))
                        g.op("CUMSUM", [x, along], [g.output(dtype, [3, 4, 5], *out)], "CumsumOptions", exclusive=exclusive, reverse=reverse)
                        yield g.case()


def normalised():
    for shape in ([1, 5], [3, 16], [2, 3, 4, 7], [1, 1], [1, 300]):
        for dtype, quant, out in [("float32", (), ()), ("int8", (0.05, -3), (1 / 128, 0)), ("int8", (2.0, 127), (1 / 128, 0))]:
            g = Graph(f"l2_normalization_{dtype}_{quant[1] if quant else 0}_{'x'.join(map(str, shape))}")
            g.op("L2_NORMALIZATION", [g.input(dtype, shape, *quant)], [g.output(dtype, shape, *out)], "L2NormOptions")
            zeros = np.full(shape, quant[1] if quant else 0, dtype)
            yield g.case([[drawn(g.rng, dtype, shape)], [zeros]])


def mirrored():
    rows = [([4], [[2, 3]]), ([3, 4], [[1, 2], [0, 3]]), ([1, 4, 5, 2], [[0, 0], [2, 1], [1, 3], [0, 0]]), ([3, 2, 3], [[1, 1], [1, 0], [2, 2]])]
    for dtype in ALL:
        for k, (shape, margin) in enumerate(rows):
            for mode in (0, 1):
                out = [n + sum(m) for n, m in zip(shape, margin)]
                yield moved(f"{k}_mode{mode}", "MIRROR_PAD", dtype, [shape], out, "MirrorPadOptions", after=[margin], mode=mode)


def updates():
    for dtype in ALL:
        for kind in ("int32", "int64"):
            for k, (shape, box) in enumerate([([6], [2]), ([4, 5], [2, 3]), ([3, 4, 5], [1, 4, 5]), ([2, 3], [2, 3]), ([2, 5, 4], [1, 2, 4])]):
                g = Graph(f"dynamic_update_slice_{dtype}_{kind}_{k}")
                quant = QUANTISED.get(dtype, ())
                inputs = [g.input(dtype, shape, *quant), g.input(dtype, box, *quant), g.input(kind, [len(shape)], low=-3, high=6)]
                g.op("DYNAMIC_UPDATE_SLICE", inputs, [g.output(dtype, shape, *quant)], "DynamicUpdateSliceOptions")
                yield g.case()


def extents():
    for kind in ("int32", "int64"):
        for k, (a, b) in enumerate([([2, 3], [3]), ([1], [4, 1, 2]), ([5, 1, 2], [1, 3, 1]), ([3], [3])]):
            g = Graph(f"broadcast_args_{kind}_{k}")
            inputs = [g.input(kind, [len(a)]), g.input(kind, [len(b)])]
            g.op("BROADCAST_ARGS", inputs, [g.output(kind, [max(len(a), len(b))])])
            yield g.case([[np.array(a, kind), np.array(b, kind)]])


def cases():
    yield from sums()
    yield from running()
    yield from normalised()
    yield from mirrored()
    yield from updates()
    yield from extents()
