"""Element-wise arithmetic, comparisons, reductions."""

from graph import Graph, drawn

SHAPES = [([3], [3]), ([2, 3, 4, 5], [2, 3, 4, 5]), ([2, 3, 4], [4]), ([4], [2, 3, 4]), ([2, 1, 4], [1, 3, 1]), ([1, 5, 5, 8], [1, 1, 1, 8]),
          ([2, 3, 2], [1])]
SCALES = {"int8": [(0.05, -3, 0.02, 7, 0.1, 5), (0.004, 127, 0.01, -128, 0.02, 0)],
          "int16": [(0.0003, 0, 0.0002, 0, 0.0005, 0), (0.001, 0, 0.00001, 0, 0.002, 0)], "uint8": [(0.05, 128, 0.02, 100, 0.1, 5)]}
ACTIVATIONS = {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}


def broadcast(a, b):
    from numpy import broadcast_shapes

    return list(broadcast_shapes(tuple(a), tuple(b)))


def pairs(op, dtypes, options=None, activations=("none",), shapes=SHAPES, out=None, constant=True, version=1, low=None, high=None,
          low_b=None, **fields):
    """Two inputs with broadcasting: each shape, scale, activation; once with a constant second input."""
    for dtype in dtypes:
        for k, (a, b) in enumerate(shapes):
            for s, scales in enumerate(SCALES.get(dtype, [(None, 0) * 3])):
                for activation in activations:
                    for fixed in (False, True) if k == 0 and constant else (False,):
                        words = [op.lower(), dtype, str(k), str(s)] + [activation] * (activation != "none") + ["constant"] * fixed
                        g = Graph("_".join(words))
                        sa, za, sb, zb, so, zo = scales
                        x = g.input(dtype, a, sa, za, low, high)
                        low_of_b = low if low_b is None else low_b
                        if fixed:
                            from graph import drawn

                            y = g.const(drawn(g.rng, dtype, b, low_of_b, high), dtype, sb, zb)
                        else:
                            y = g.input(dtype, b, sb, zb, low_of_b, high)
                        to = out or dtype
                        z = g.output(to, broadcast(a, b), *((so, zo) if to == dtype else ()))
                        more = dict(fields)
                        if len(activations) > 1: more["fusedActivationFunction"] = ACTIVATIONS[activation]
                        g.op(op, [x, y], [z], options, version, **more)
                        yield g.case()


def singles(op, dtypes, options=None, shapes=([7], [2, 3, 4, 5]), scales=None, out=None, low=None, high=None, version=1, **fields):
    for dtype in dtypes:
        for k, shape in enumerate(shapes):
            for s, (sa, za, so, zo) in enumerate((scales or {}).get(dtype, [(None, 0, None, 0)])):
                g = Graph("_".join([op.lower(), dtype, str(k), str(s)] + [f"{v}" for v in fields.values()]))
                x = g.input(dtype, shape, sa, za, low, high)
                y = g.output(out or dtype, shape, so, zo)
                g.op(op, [x], [y], options, version, **fields)
                yield g.case()


RESCALES = {"int8": [(0.05, -3, 0.05, -3), (0.05, -3, 0.021, 4), (0.01, 127, 0.02, -128)]}


FEW = SHAPES[1:4] + SHAPES[5:]


def without_scales(op, dtypes, *args, **fields):
    """As pairs, of integers that are not quantised."""
    saved = {dtype: SCALES.pop(dtype) for dtype in dtypes if dtype in SCALES}
    yield from pairs(op, dtypes, *args, **fields)
    SCALES.update(saved)


def same_scales(op, dtypes, *args, **fields):
    """As pairs, of one scale for all three."""
    saved = dict(SCALES)
    SCALES.update({dtype: [(0.05, 0, 0.05, 0, 0.05, 0)] for dtype in saved})
    yield from pairs(op, dtypes, *args, **fields)
    SCALES.update(saved)


def sums_and_products():
    fused = ("none", "relu", "relu6", "relu_n1_to_1")
    for op, options in (("ADD", "AddOptions"), ("SUB", "SubOptions"), ("MUL", "MulOptions")):
        yield from pairs(op, ["int8", "int16", "float32"], options, fused)
        yield from pairs(op, ["int32", "int64"], options, shapes=FEW)
    yield from pairs("DIV", ["float32"], "DivOptions", fused, low_b=0.3)
    yield from pairs("DIV", ["int8"], "DivOptions", ("none", "relu"), low=8, high=100)
    yield from pairs("DIV", ["int32"], "DivOptions", shapes=FEW, low_b=3)
    yield from pairs("FLOOR_DIV", ["float32"], "FloorDivOptions", shapes=FEW, low_b=0.3)
    yield from pairs("FLOOR_DIV", ["int32"], "FloorDivOptions", shapes=FEW, low_b=3)
    yield from without_scales("FLOOR_DIV", ["int8", "int16"], "FloorDivOptions", shapes=FEW, low_b=3)
    yield from pairs("FLOOR_MOD", ["float32"], "FloorModOptions", shapes=FEW, low_b=0.3)
    yield from pairs("FLOOR_MOD", ["int32", "int64"], "FloorModOptions", shapes=FEW, low_b=3)
    yield from without_scales("FLOOR_MOD", ["int8", "int16"], "FloorModOptions", shapes=FEW, low_b=3)
    yield from pairs("SQUARED_DIFFERENCE", ["int8", "int16", "float32", "int32"], "SquaredDifferenceOptions")
    for op in ("MINIMUM", "MAXIMUM"):
        yield from same_scales(op, ["int8", "int16", "uint8", "int32", "int64", "float32"], "MaximumMinimumOptions")
    yield from pairs("POW", ["float32"], "PowOptions", shapes=FEW, low=0.1)
    yield from pairs("POW", ["int32"], "PowOptions", shapes=FEW, low=-5, low_b=0, high=6)


def comparisons():
    for op in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
        options = "".join(word.capitalize() for word in op.split("_")) + "Options"
        yield from pairs(op, ["int8", "int32", "int64", "float32"], options, out="bool", low=-1, high=1)
        yield from same_scales(op, ["uint8"], options, shapes=FEW, out="bool", low=0, high=9)
        if op in ("EQUAL", "NOT_EQUAL"): yield from pairs(op, ["bool"], options, shapes=FEW, out="bool")
    for i, (a, b) in enumerate(FEW[:2]):  # TFLM compares int16 by factors that it never sets
        g = Graph(f"greater_int16_{i}")
        g.op("GREATER", [g.input("int16", a), g.input("int16", b)], [g.output("bool", broadcast(a, b))], "GreaterOptions")
        yield g.case(oracle="litert")
    for op in ("LOGICAL_AND", "LOGICAL_OR"):
        options = "".join(word.capitalize() for word in op.split("_")) + "Options"
        yield from pairs(op, ["bool"], options, shapes=FEW)


WIDE = {"int8": [(0.05, -3, 0.05, -3), (0.05, -3, 0.021, 4), (0.01, 127, 0.02, -128)],
        "int16": [(0.0003, 0, 0.0003, 0), (0.0003, 0, 0.0007, 0)]}


def functions():
    yield from singles("ABS", ["int8", "int16", "float32"], "AbsOptions", scales=WIDE)
    yield from singles("ABS", ["int32"], "AbsOptions")
    yield from singles("NEG", ["float32", "int32", "int64"], "NegOptions")
    yield from singles("SQUARE", ["float32"], "SquareOptions")
    for op in ("FLOOR", "CEIL", "ROUND"): yield from singles(op, ["float32"], low=-9, high=9)
    yield from singles("SIGN", ["float32", "int32"], "SignOptions")
    yield from singles("LOGICAL_NOT", ["bool"], "LogicalNotOptions")
    yield from singles("SIN", ["float32"], low=-9, high=9)
    yield from singles("COS", ["float32"], "CosOptions", low=-9, high=9)
    yield from singles("EXP", ["float32", "int8"], "ExpOptions", scales={"int8": [(0.02, 3, 0.05, -128)]})
    yield from singles("LOG", ["float32"], low=0.1, high=9)
    yield from singles("SQRT", ["float32"], low=0, high=9)
    yield from singles("RSQRT", ["float32"], low=0.1, high=9)
    yield from singles("RSQRT", ["int8"], scales={"int8": [(0.02, -128, 0.05, -128), (0.1, -128, 0.02, 5)]})
    yield from singles("RSQRT", ["int16"], scales={"int16": [(0.0003, 0, 0.001, 0), (0.01, 0, 0.00005, 0), (0.0003, 0, 0.9, 0)]}, low=0, high=32767)
    yield from singles("ELU", ["float32"], low=-3, high=3)
    yield from singles("ELU", ["int8"], scales=WIDE)
    for approximate in (False, True):
        yield from singles("GELU", ["float32"], "GeluOptions", low=-3, high=3, approximate=approximate)
        yield from singles("GELU", ["int8"], "GeluOptions", scales=WIDE, approximate=approximate)
    for op in ("RELU_N1_TO_1", "RELU_0_TO_1"):
        yield from singles(op, ["float32"], low=-3, high=3)
        yield from singles(op, ["int8"], scales=WIDE)
    yield from pairs("PRELU", ["int8"])
    yield from pairs("PRELU", ["float32"])
    for i, (a, b) in enumerate((([2, 3, 4, 5], [1, 1, 5]), ([2, 3, 4, 5], [3, 4, 5]), ([4, 7], [7]))):
        for scale in (0.0003, 0.0007):
            g = Graph(f"prelu_int16_{i}_{scale}")
            slopes = g.const(drawn(g.rng, "int8", b), None, 0.008, 3)
            g.op("PRELU", [g.input("int16", a, 0.0003), slopes], [g.output("int16", a, scale)])
            yield g.case()


def casts():
    types = ["int8", "int16", "int32", "int64", "uint8", "uint32", "bool", "float32"]
    for source in types:
        for to in types:
            if source == to: continue
            signed = not (source == "float32" and to in ("uint8", "uint32", "bool"))
            g = Graph(f"cast_{source}_{to}")
            x = g.input(source, [2, 7], None, 0, *((-99, 99) if source == "float32" and signed else (0, 99) if source == "float32" else ()))
            g.op("CAST", [x], [g.output(to, [2, 7])], "CastOptions")
            yield g.case()


def scales():
    quant = {"int8": (0.05, -3), "uint8": (0.03, 100), "int16": (0.0007, 0), "int32": (0.0001, 0)}
    pairs_of = [("int8", "int8"), ("int8", "uint8"), ("uint8", "int8"), ("int8", "int16"), ("int8", "int32"), ("int16", "int8"), ("int16", "int16"),
                ("int16", "int32"), ("int32", "int8"), ("int32", "int16")]
    for shape in ([9], [2, 3, 4]):
        for source, to in pairs_of:
            g = Graph(f"quantize_{source}_{to}_{len(shape)}")
            scale, zero = quant[to]
            bounds = (-100000, 100000) if source == "int32" else ()
            g.op("QUANTIZE", [g.input(source, shape, *quant[source], *bounds)], [g.output(to, shape, scale * 1.7, zero)], "QuantizeOptions")
            yield g.case()
        for to in ("int8", "uint8", "int16"):
            g = Graph(f"quantize_float32_{to}_{len(shape)}")
            g.op("QUANTIZE", [g.input("float32", shape, None, 0, -8, 8)], [g.output(to, shape, *quant[to])], "QuantizeOptions")
            yield g.case()
            g = Graph(f"dequantize_{to}_{len(shape)}")
            g.op("DEQUANTIZE", [g.input(to, shape, *quant[to])], [g.output("float32", shape)], "DequantizeOptions")
            yield g.case()


def reductions():
    axes = [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2, 3], [-1], [3, 1]]
    shape = [2, 3, 4, 5]
    rows = [("SUM", ["float32", "int8", "int16", "int32", "int64"]), ("MEAN", ["float32", "int8", "int16"]), ("REDUCE_MAX", ["float32", "int8", "int16", "int32", "uint8", "int64"]),
            ("REDUCE_MIN", ["float32", "int8", "int16", "int32", "uint8", "int64"]), ("REDUCE_PROD", ["float32", "int32", "int64"]),
            ("REDUCE_ANY", ["bool"]), ("REDUCE_ALL", ["bool"])]
    for op, dtypes in rows:
        for dtype in dtypes:
            for k, over in enumerate(axes):
                for keep in (False, True):
                    g = Graph(f"{op.lower()}_{dtype}_{k}" + "_keep" * keep)
                    scale = {"int8": (0.05, -3), "int16": (0.001, 0), "uint8": (0.05, 100)}.get(dtype, ())
                    other = {"int8": (0.2, 7), "int16": (0.01, 0)}.get(dtype, scale) if op in ("SUM", "MEAN") else scale
                    x = g.input(dtype, shape, *(scale or (None, 0)), *((-3, 3) if op == "REDUCE_PROD" and dtype != "float32" else ()))
                    reduced = {axis % 4 for axis in over}
                    out = [1 if i in reduced else n for i, n in enumerate(shape) if keep or i not in reduced]
                    y = g.output(dtype, out, *(other or ()))
                    g.op(op, [x, g.const(over, "int32")], [y], "ReducerOptions", 2 if op in ("SUM", "MEAN") else 1, keepDims=keep)
                    yield g.case()
    for op in ("ARG_MAX", "ARG_MIN"):
        for dtype in ("int8", "float32"):
            for axis in (0, 2, -1):
                for to in ("int32", "int64"):
                    g = Graph(f"{op.lower()}_{dtype}_{axis}_{to}")
                    x = g.input(dtype, [2, 3, 4], *({"int8": (0.05, -3)}.get(dtype, ())))
                    y = g.output(to, [n for i, n in enumerate([2, 3, 4]) if i != axis % 3])
                    kind = {"int32": 2, "int64": 4}[to]
                    g.op(op, [x, g.const(axis, "int32")], [y], "ArgMaxOptions" if op == "ARG_MAX" else "ArgMinOptions", 2, outputType=kind)
                    yield g.case()


def selections():
    shapes = [([2, 3], [2, 3], [2, 3]), ([2, 1], [2, 3], [1, 3]), ([3], [2, 3], [2, 3]), ([2, 3, 1, 2], [1, 4, 1], [2, 3, 4, 2]), ([1], [5], [5])]
    for dtype in ("int8", "float32", "int16", "int32", "int64", "bool"):
        for k, (c, a, b) in enumerate(shapes):
            scale = {"int8": (0.05, -3), "int16": (0.001, 0)}.get(dtype, ())
            g = Graph(f"select_v2_{dtype}_{k}")
            inputs = [g.input("bool", c), g.input(dtype, a, *scale), g.input(dtype, b, *scale)]
            g.op("SELECT_V2", inputs, [g.output(dtype, broadcast(broadcast(a, b), c), *scale)], "SelectV2Options")
            yield g.case()
        g = Graph(f"select_{dtype}_rows")
        inputs = [g.input("bool", [4]), g.input(dtype, [4, 3], *scale), g.input(dtype, [4, 3], *scale)]
        g.op("SELECT", inputs, [g.output(dtype, [4, 3], *scale)], "SelectOptions")
        yield g.case()


def cases():
    yield from sums_and_products()
    yield from comparisons()
    yield from functions()
    yield from casts()
    yield from scales()
    yield from reductions()
    yield from selections()
    yield from singles("RELU", ["int8", "int16", "float32"], scales=WIDE)
    yield from singles("RELU6", ["int8", "float32"], scales={"int8": [(0.05, -3, 0.05, -3)]})
    yield from singles("LEAKY_RELU", ["int8", "int16", "float32"], "LeakyReluOptions", scales=WIDE, alpha=0.1)
    yield from singles("HARD_SWISH", ["int8", "float32"], scales=RESCALES)
    yield from singles("LOGISTIC", ["int8", "float32"], scales={"int8": [(0.05, -3, 1 / 256, -128), (0.2, 10, 1 / 256, -128)]})
    yield from singles("TANH", ["int8", "float32"], scales={"int8": [(0.05, -3, 1 / 128, 0), (0.01, 10, 1 / 128, 0)]})
