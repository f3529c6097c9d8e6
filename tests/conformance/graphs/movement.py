"""Moving elements and shapes about."""

import numpy as np
from graph import Graph, drawn

QUANTISED = {"int8": (0.05, -3), "uint8": (0.05, 100), "int16": (0.001, 0)}
ALL = ["int8", "float32", "int32", "int64", "uint8", "int16", "bool"]


def moved(name, op, dtype, shapes, out, options=None, before=(), after=(), version=1, oracle="any", **fields):
    """One output from inputs of `shapes`, between constant inputs."""
    g = Graph(f"{op.lower()}_{name}_{dtype}")
    quant = QUANTISED.get(dtype, ())
    first = [g.const(value, np.int32) for value in before]
    inputs = [g.input(dtype, shape, *quant) for shape in shapes]
    last = [g.const(value, np.int32) for value in after]
    outputs = [g.output(dtype, shape, *quant) for shape in (out if isinstance(out[0], list) else [out])]
    g.op(op, first + inputs + last, outputs, options, version, **fields)
    return g.case(oracle=oracle)


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


def packs():
    for dtype in ALL:
        for axis in (0, 1, 2, -1):
            out = [2, 3]
            out.insert(axis if axis >= 0 else 2, 3)
            if dtype != "bool":  # as below: no runtime has it
                yield moved(f"axis{axis}", "PACK", dtype, [[2, 3]] * 3, out, "PackOptions", valuesCount=3, axis=axis)
            whole = [3, 3, 3]
            if dtype != "int64": yield moved(f"axis{axis}", "UNPACK", dtype, [whole], [[3, 3]] * 3, "UnpackOptions", num=3, axis=axis)


def repeats():
    for dtype in ALL:
        for k, (shape, times) in enumerate([([3], [4]), ([2, 3], [1, 3]), ([2, 3], [2, 2]), ([1, 2, 3], [3, 1, 2])]):
            yield moved(str(k), "TILE", dtype, [shape], [n * m for n, m in zip(shape, times)], "TileOptions", after=[times])
        for k, (shape, out) in enumerate([([3], [2, 3]), ([2, 1], [2, 5]), ([1], [2, 2, 2]), ([2, 1, 3], [4, 2, 2, 3])]):
            yield moved(str(k), "BROADCAST_TO", dtype, [shape], out, "BroadcastToOptions", version=2, after=[out])
        if dtype in ("float32", "int8", "int32", "int64"): yield moved("2d", "ZEROS_LIKE", dtype, [[2, 3]], [2, 3], "ZerosLikeOptions")
        g = Graph(f"fill_{dtype}")
        quant = QUANTISED.get(dtype, ())
        g.op("FILL", [g.const([2, 3], np.int32), g.input(dtype, [], *quant)], [g.output(dtype, [2, 3], *quant)], "FillOptions")
        yield g.case()


def reverses():
    for dtype in ALL:
        for k, axes in enumerate([[0], [1], [-1], [0, 1], [0, 1, 2]]):
            yield moved(str(k), "REVERSE_V2", dtype, [[2, 3, 4]], [2, 3, 4], "ReverseV2Options", after=[axes])


def blocks():
    for dtype in ALL:
        for k, (shape, block) in enumerate([([1, 4, 4, 3], 2), ([2, 6, 3, 1], 3), ([1, 2, 4, 5], 1)]):
            if dtype in ("int16", "bool"): break  # no runtime has it
            b, h, w, c = shape
            deep = [b, h // block, w // block, c * block * block]
            yield moved(str(k), "SPACE_TO_DEPTH", dtype, [shape], deep, "SpaceToDepthOptions", blockSize=block)
            yield moved(str(k), "DEPTH_TO_SPACE", dtype, [deep], shape, "DepthToSpaceOptions", blockSize=block)
        rows = [([1, 4, 4, 2], [2, 2], [[0, 0], [0, 0]]), ([2, 5, 3, 1], [2, 2], [[1, 0], [0, 1]]), ([1, 6, 5, 2], [3, 2], [[1, 2], [2, 1]]),
                ([1, 5, 2], [3], [[1, 0]])]
        for k, (space, block, margin) in enumerate(rows):
            batched = [space[0] * int(np.prod(block))]
            batched += [(n + sum(m)) // s for n, m, s in zip(space[1:], margin, block)] + space[1 + len(block):]
            if dtype == "int16": continue  # no runtime has it
            # TFLM never sets what it pads with (kernels/space_to_batch_nd.cc): chance decides.
            padded = "litert" if dtype == "int8" and np.any(margin) else "any"
            yield moved(str(k), "SPACE_TO_BATCH_ND", dtype, [space], batched, "SpaceToBatchNDOptions", after=[block, margin], oracle=padded)
            yield moved(str(k), "BATCH_TO_SPACE_ND", dtype, [batched], space, "BatchToSpaceNDOptions", after=[block, margin])


def indexed(name, op, dtype, shape, indices, extents, out, options=None, first=False, kind="int32", after=(), version=1, **fields):
    """Computed indices, within `extents` of the last axis's elements."""
    g = Graph(f"{op.lower()}_{name}_{dtype}_{kind}")
    quant = QUANTISED.get(dtype, ())
    if first: where = g.input(kind, indices)
    data = g.input(dtype, shape, *quant)
    if not first: where = g.input(kind, indices)
    last = [g.const(value, kind) for value in after]
    g.op(op, ([where, data] if first else [data, where]) + last, [g.output(dtype, out, *quant)], options, version, **fields)
    inferences = []
    for _ in range(2):
        picks = (g.rng.random(indices) * np.array(extents)).astype(kind)
        value = drawn(g.rng, dtype, shape)
        inferences.append([picks, value] if first else [value, picks])
    return g.case(inferences)


def gathers():
    for dtype in ALL:
        for kind in ("int32", "int64"):
            yield indexed("0", "GATHER", dtype, [5, 3], [4], 5, [4, 3], "GatherOptions", kind=kind, axis=0)
            yield indexed("1", "GATHER", dtype, [2, 5, 3], [2, 2], 5, [2, 2, 2, 3], "GatherOptions", kind=kind, axis=1)
            yield indexed("last", "GATHER", dtype, [2, 5], [3], 5, [2, 3], "GatherOptions", kind=kind, axis=-1)
            yield indexed("batch", "GATHER", dtype, [2, 5, 3], [2, 4], 5, [2, 4, 3], "GatherOptions", kind=kind, axis=1, batchDims=1)
            yield indexed("rows", "GATHER_ND", dtype, [4, 3], [5, 1], 4, [5, 3], "GatherNdOptions", kind=kind)
            yield indexed("points", "GATHER_ND", dtype, [4, 3], [2, 2, 2], [4, 3], [2, 2], "GatherNdOptions", kind=kind)
        if dtype in ("float32", "int8", "uint8", "int32"):
            yield indexed("rows", "EMBEDDING_LOOKUP", dtype, [6, 4], [3], 6, [3, 4], first=True)
            yield indexed("deep", "EMBEDDING_LOOKUP", dtype, [6, 2, 3], [5], 6, [5, 2, 3], first=True)
    for k, shape in enumerate(([6, 4], [6, 2, 3], [3, 1])):
        g = Graph(f"embedding_lookup_hybrid_{k}")
        rows, table = g.input("int32", [4], None, 0, 0, shape[0] - 1), g.const(drawn(g.rng, "int8", shape), None, 0.03)
        g.op("EMBEDDING_LOOKUP", [rows, table], [g.output("float32", [4, *shape[1:]])])
        yield g.case()
    for dtype in ("float32", "int32", "int8", "uint8", "int64"):
        yield indexed("rows", "SCATTER_ND", dtype, [3, 2], [3, 1], 5, [5, 2], "ScatterNdOptions", first=True, after=[[5, 2]])
        yield indexed("points", "SCATTER_ND", dtype, [4], [4, 2], [3, 2], [3, 2], "ScatterNdOptions", first=True, after=[[3, 2]])


def shapes():
    for dtype in ALL:
        for to in ("int32", "int64"):
            g = Graph(f"shape_{dtype}_{to}")
            kind = {"int32": 2, "int64": 4}[to]
            g.op("SHAPE", [g.input(dtype, [2, 3, 5], *QUANTISED.get(dtype, ()))], [g.output(to, [3])], "ShapeOptions", outType=kind)
            yield g.case()
        g = Graph(f"rank_{dtype}")
        g.op("RANK", [g.input(dtype, [2, 3, 5], *QUANTISED.get(dtype, ()))], [g.output("int32", [])], "RankOptions")
        yield g.case()


def pieces():
    for dtype in ALL:
        for axis in (0, 1, 2):
            out = [4, 4, 4]
            out[axis] = 2
            if dtype != "bool": yield moved(f"axis{axis}", "SPLIT", dtype, [[4, 4, 4]], [out] * 2, "SplitOptions", before=[axis], numSplits=2)
        yield moved("mid", "SLICE", dtype, [[3, 4, 5]], [2, 2, 5], "SliceOptions", after=[[1, 2, 0], [2, 2, -1]])
        yield moved("steps", "STRIDED_SLICE", dtype, [[6, 5]], [3, 2], "StridedSliceOptions", after=[[0, 1], [6, 5], [2, 2]])
        yield moved("back", "STRIDED_SLICE", dtype, [[6, 5]], [6, 3], "StridedSliceOptions", after=[[-1, 1], [-7, 4], [-1, 1]])
        if dtype not in ("bool", "int64"):
            yield moved("some", "PAD", dtype, [[2, 3]], [4, 6], "PadOptions", after=[[[1, 1], [0, 3]]])


def foldings():
    """What is constant before anything runs: float16 weights, and shapes."""
    for k, shape in enumerate([[4], [2, 3]]):
        g = Graph(f"fold_float16_{k}")
        x, half, weights = g.input("float32", shape), g.const(drawn(g.rng, "float16", shape)), g.tensor("float32", shape)
        g.op("DEQUANTIZE", [half], [weights], "DequantizeOptions")
        g.op("ADD", [x, weights], [g.output("float32", shape)], "AddOptions")
        yield g.case()
    for dtype in ("float32", "int8"):
        g = Graph(f"fold_shape_{dtype}")
        quant = QUANTISED.get(dtype, ())
        x, extents, batch, wanted = g.input(dtype, [2, 3, 5], *quant), g.tensor("int32", [3]), g.tensor("int32", []), g.tensor("int32", [2])
        g.op("SHAPE", [x], [extents], "ShapeOptions", outType=2)
        ends = [g.const(value, "int32") for value in ([0], [1], [1])]
        g.op("STRIDED_SLICE", [extents, *ends], [batch], "StridedSliceOptions", shrinkAxisMask=1)
        g.op("PACK", [batch, g.const(-1, "int32")], [wanted], "PackOptions", valuesCount=2)
        g.op("RESHAPE", [x, wanted], [g.output(dtype, [2, 15], *quant)], "ReshapeOptions")
        yield g.case(oracle="litert")


def cases():
    yield from foldings()
    yield from transposes()
    yield from concatenations()
    yield from packs()
    yield from repeats()
    yield from reverses()
    yield from blocks()
    yield from gathers()
    yield from shapes()
    yield from pieces()
