"""Operators that stand in few models: sums of many, running sums, mirror images, boxes at computed places."""

import numpy as np
from graph import Graph, drawn
from movement import ALL, QUANTISED, moved
from state import custom


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


def largest():
    for dtype in ("float32", "int8", "uint8", "int16", "int32"):
        for k, (shape, most) in enumerate([([7], 3), ([2, 9], 9), ([2, 3, 5], 1), ([1, 300], 10)]):
            g = Graph(f"topk_v2_{dtype}_{k}")
            quant = QUANTISED.get(dtype, ())
            x, out = g.input(dtype, shape, *quant), [*shape[:-1], most]
            g.op("TOPK_V2", [x, g.const(np.array(most, np.int32))], [g.output(dtype, out, *quant), g.output("int32", out)], "TopKV2Options")
            yield g.case()


def hot():
    for dtype in ("float32", "int8", "int32", "int64", "bool"):
        for kind in ("int32", "int64"):
            for k, (shape, axis) in enumerate([([5], -1), ([5], 0), ([2, 3], 1), ([2, 2, 3], -1)]):
                g = Graph(f"one_hot_{dtype}_{kind}_{k}")
                out = list(shape)
                out.insert(len(shape) if axis < 0 else axis, 4)
                x, depth = g.input(kind, shape, low=-1, high=4), g.const(np.array(4, np.int32))
                on, off = g.const(np.array(1, dtype)), g.const(np.array(0, dtype))
                g.op("ONE_HOT", [x, depth, on, off], [g.output(dtype, out)], "OneHotOptions", axis=axis)
                yield g.case()


def known():
    """Constant after a look at the constants: ranges, and places of a constant condition."""
    for dtype, rows in {"int32": [(0, 5, 1), (7, -3, -2), (2, 3, 4)], "int64": [(0, 9, 2)], "float32": [(0, 1, 0.125), (3, 1, -0.5)]}.items():
        for k, bounds in enumerate(rows):
            g = Graph(f"range_{dtype}_{k}")
            count = int(np.ceil((bounds[1] - bounds[0]) / bounds[2]))
            x, values = g.input(dtype, [count]), g.tensor(dtype, [count])
            g.op("RANGE", [g.const(np.array(bound, dtype)) for bound in bounds], [values], "RangeOptions")
            g.op("ADD", [x, values], [g.output(dtype, [count])], "AddOptions")
            yield g.case()
    for k, condition in enumerate([[1, 0, 1, 1], [[0, 1], [1, 1]], [[[0, 1, 0], [1, 0, 0]]]]):
        holds = np.array(condition, bool)
        count = int(holds.sum())
        g = Graph(f"where_{k}")
        x, places = g.input("int64", [count, holds.ndim]), g.tensor("int64", [count, holds.ndim])
        g.op("WHERE", [g.const(holds)], [places], "WhereOptions")
        g.op("ADD", [x, places], [g.output("int64", [count, holds.ndim])], "AddOptions")
        yield g.case()


def reversed_sequences():
    for dtype in ("float32", "uint8", "int16", "int32", "int64"):
        for kind in ("int32", "int64"):
            for k, (shape, sequence, batch) in enumerate([([3, 5], 1, 0), ([5, 3], 0, 1), ([2, 3, 4], 2, 1), ([2, 4, 2, 3], 1, 3)]):
                g = Graph(f"reverse_sequence_{dtype}_{kind}_{k}")
                quant = QUANTISED.get(dtype, ())
                x, lengths = g.input(dtype, shape, *quant), g.input(kind, [shape[batch]], low=1, high=shape[sequence])
                fields = {"seqDim": sequence, "batchDim": batch}
                g.op("REVERSE_SEQUENCE", [x, lengths], [g.output(dtype, shape, *quant)], "ReverseSequenceOptions", **fields)
                yield g.case()


def responses():
    for k, (shape, radius, bias, alpha, beta) in enumerate([([1, 2, 2, 9], 2, 1, 0.5, 0.5), ([2, 1, 3, 5], 7, 2, 1, 0.75), ([1, 1, 1, 6], 1, 1, 2, 1)]):
        g = Graph(f"local_response_norm_{k}")
        fields = {"radius": radius, "bias": bias, "alpha": alpha, "beta": beta}
        x, y = g.input("float32", shape), g.output("float32", shape)
        g.op("LOCAL_RESPONSE_NORMALIZATION", [x], [y], "LocalResponseNormalizationOptions", **fields)
        yield g.case()


def volumes():
    rows = [([1, 4, 5, 6, 2], [2, 3, 3], 3, (1, 1, 1), (1, 1, 1)), ([2, 3, 4, 4, 1], [3, 2, 2], 2, (1, 2, 2), (1, 1, 1)),
            ([1, 5, 6, 5, 2], [2, 2, 2], 1, (1, 1, 1), (2, 1, 2)), ([1, 2, 2, 2, 4], [1, 1, 1], 5, (2, 1, 1), (1, 1, 1))]
    for k, (shape, filters, channels, stride, dilation) in enumerate(rows):
        for padding in (0, 1):
            for bias in (False, True):
                taps = [(n - 1) * d + 1 for n, d in zip(filters, dilation)]
                out = [-(-(n if padding == 0 else n - t + 1) // s) for n, t, s in zip(shape[1:4], taps, stride)]
                g = Graph(f"conv_3d_{k}_{('same', 'valid')[padding]}_{int(bias)}")
                x = g.input("float32", shape)
                constants = [g.const(drawn(g.rng, "float32", [*filters, shape[4], channels]))]
                if bias: constants.append(g.const(drawn(g.rng, "float32", [channels])))
                fields = {f"stride{axis}": s for axis, s in zip("DHW", stride)} | {f"dilation{axis}Factor": d for axis, d in zip("DHW", dilation)}
                fields["fusedActivationFunction"] = k % 2
                y = g.output("float32", [shape[0], *out, channels])
                g.op("CONV_3D", [x, *constants], [y], "Conv3DOptions", padding=padding, **fields)
                yield g.case()


def detections():
    scales = {"y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0}
    for k, (boxes, classes, background, most, regular, least) in enumerate([
            (20, 1, 0, 3, False, 0.0), (50, 4, 1, 5, False, 0.1), (30, 3, 0, 8, True, 0.5), (40, 5, 1, 10, True, 0.0), (12, 2, 1, 10, True, 0.8)]):
        g = Graph(f"detection_postprocess_{k}")
        inputs = [g.input("float32", [1, boxes, 4]), g.input("float32", [1, boxes, classes + background], low=0, high=1)]
        centres = drawn(g.rng, "float32", [boxes, 2], 0, 1)
        inputs.append(g.const(np.concatenate([centres, drawn(g.rng, "float32", [boxes, 2], 0.1, 0.4)], 1).astype(np.float32)))
        outputs = [g.output("float32", shape) for shape in ([1, most, 4], [1, most], [1, most], [1])]
        options = {"max_detections": most, "max_classes_per_detection": 1, "detections_per_class": 4, "use_regular_nms": regular,
                   "nms_score_threshold": least, "nms_iou_threshold": 0.5, "num_classes": classes, **scales}
        custom(g, "TFLite_Detection_PostProcess", inputs, outputs, **options)
        yield g.case()


def sigmoids():
    """int16, of input scales that are a power of two and others."""
    for op in ("LOGISTIC", "TANH"):
        for k, scale in enumerate([2.0**-12, 2.0**-11, 2.0**-10, 0.0005, 0.0001, 0.00003, 2.0**-14]):
            g = Graph(f"{op.lower()}_int16_{k}")
            g.op(op, [g.input("int16", [3, 50], scale)], [g.output("int16", [3, 50], 2.0**-15)])
            yield g.case()
    for k, scale in enumerate([0.001, 0.0005]):
        g = Graph(f"relu6_int16_{k}")
        g.op("RELU6", [g.input("int16", [3, 50], scale)], [g.output("int16", [3, 50], scale)])
        yield g.case()


def cases():
    yield from sums()
    yield from running()
    yield from normalised()
    yield from mirrored()
    yield from updates()
    yield from extents()
    yield from largest()
    yield from hot()
    yield from known()
    yield from reversed_sequences()
    yield from responses()
    yield from volumes()
    yield from detections()
    yield from sigmoids()
