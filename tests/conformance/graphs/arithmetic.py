"""Element-wise arithmetic, comparisons, reductions."""

from graph import Graph

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


def cases():
    fused = ("none", "relu", "relu6", "relu_n1_to_1")
    yield from pairs("ADD", ["int8", "float32"], "AddOptions", fused)
    yield from pairs("SUB", ["int8", "float32"], "SubOptions", fused)
    yield from pairs("MUL", ["int8", "float32"], "MulOptions", fused)
    yield from singles("RELU", ["int8", "float32"], scales=RESCALES)
    yield from singles("RELU6", ["int8", "float32"], scales={"int8": [(0.05, -3, 0.05, -3)]})
    yield from singles("LEAKY_RELU", ["int8", "float32"], "LeakyReluOptions", scales=RESCALES, alpha=0.1)
    yield from singles("HARD_SWISH", ["int8", "float32"], scales=RESCALES)
    yield from singles("LOGISTIC", ["int8", "float32"], scales={"int8": [(0.05, -3, 1 / 256, -128), (0.2, 10, 1 / 256, -128)]})
    yield from singles("TANH", ["int8", "float32"], scales={"int8": [(0.05, -3, 1 / 128, 0), (0.01, 10, 1 / 128, 0)]})
