"""Convolutions, pools, matrices and resizing, in every type."""

import numpy as np
from graph import Graph, schema

# Input and output, weights, bias; whether the weights may have a scale for each channel.
TYPES = [("int8", "int8", "int32"), ("int8", "int8", None), ("int8", "int4", "int32"), ("int16", "int8", "int64"), ("int16", "int8", "int32"),
         ("int16", "int8", None), ("uint8", "uint8", "int32"), ("uint8", "uint8", None), ("float32", "int8", "float32"),
         ("float32", "float32", "float32"), ("float32", "float32", None)]
# No runtime takes the combinations that are left out below.
ACTIVATIONS = {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}
PADDINGS = {"same": 0, "valid": 1}


def activations(rng, dtype, low=0.005, high=0.05):
    """Scale and zero point of an input or output."""
    if dtype == "float32": return None, 0
    if dtype == "int16": return rng.uniform(low, high) / 300, 0
    return rng.uniform(low, high), int(rng.integers(-128, 128)) + (128 if dtype == "uint8" else 0)


def weights(g, dtype, shape, axis, per_channel):
    rng = g.rng
    if dtype == "float32": return g.const(rng.uniform(-1, 1, shape).astype(np.float32))
    scales = rng.uniform(0.001, 0.02, shape[axis] if per_channel else 1)
    if dtype == "uint8": return g.const(rng.integers(0, 256, shape), "uint8", scales, int(rng.integers(0, 256)))
    narrow = dtype == "int4"
    values = rng.integers(-7 if narrow else -127, 8 if narrow else 128, shape)
    index = g.const(values, "int8", scales, np.zeros(len(scales)))
    tensor = g.subgraph.tensors[index]
    tensor.quantization.quantizedDimension = axis
    if narrow:
        nibbles = np.append(values.ravel() & 15, np.zeros(values.size % 2, int))
        tensor.type = schema.TensorType.INT4
        g.model.buffers[tensor.buffer].data = (nibbles[::2] | nibbles[1::2] << 4).astype(np.uint8)
    return index


def bias(g, dtype, count, scale, filter_index):
    if dtype is None: return []
    if dtype == "float32": return [g.const(g.rng.uniform(-1, 1, count).astype(np.float32))]
    scales = np.float32(scale) * g.subgraph.tensors[filter_index].quantization.scale
    return [g.const(g.rng.integers(-2000, 2000, count), dtype, scales, np.zeros(len(scales)))]


def extent(size, taps, stride, dilation, padding):
    return -(-size // stride) if padding == "same" else (size - (taps - 1) * dilation - 1) // stride + 1


def variants(kind, count, kinds=None):
    """(graph, types, per channel) with names of their own."""
    for types in kinds or TYPES:
        for per_channel in (False, True) if types[1] in ("int8", "int4") else (False,):
            for i in range(count):
                words = [str(word) for word in types]
                yield Graph("_".join([kind, *words, "each" if per_channel else "all", str(i)])), types, per_channel


def convolutions(kind, count):
    for g, (x_type, w_type, b_type), per_channel in variants(kind, count):
        depthwise = kind == "depthwise"
        if depthwise and b_type == "int32" and x_type == "int16": continue
        if x_type == "float32" and w_type == "int8" and not per_channel: continue
        if not depthwise and x_type == "uint8" and b_type is None: continue
        rng = g.rng
        groups = 1 if depthwise else int(rng.choice([1, 1, 2]))
        depth, k_h, k_w = (int(n) for n in rng.integers([1, 1, 1], [6, 5, 5]))
        images, height, width = (int(n) for n in rng.integers([1, 5, 5], [3, 11, 11]))
        stride = int(rng.choice([1, 1, 2, 3, 5]))
        dilation = 2 if stride == 1 and rng.integers(3) == 0 and x_type != "float32" else 1
        padding = "same" if dilation * max(k_h, k_w) > 5 else str(rng.choice(list(PADDINGS)))
        multiplier = int(rng.integers(1, 4))
        channels = depth * multiplier if depthwise else groups * int(rng.integers(1, 6))
        scale, zero = activations(rng, x_type)
        x = g.input(x_type, [images, height, width, depth * groups], scale, zero)
        w = weights(g, w_type, [1, k_h, k_w, channels] if depthwise else [channels, k_h, k_w, depth], 3 if depthwise else 0, per_channel)
        more = bias(g, b_type, channels, scale, w)
        out = [images, extent(height, k_h, stride, dilation, padding), extent(width, k_w, stride, dilation, padding), channels]
        y = g.output(x_type, out, *activations(rng, x_type, 0.02, 0.3))
        fields = dict(padding=PADDINGS[padding], strideH=stride, strideW=stride, dilationHFactor=dilation, dilationWFactor=dilation,
                      fusedActivationFunction=ACTIVATIONS[str(rng.choice(list(ACTIVATIONS)))])
        if depthwise: fields["depthMultiplier"] = multiplier
        name = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
        g.op(name, [x, w, *more], [y], "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions", 5, **fields)
        yield g.case()


def matrices(count):
    for g, (x_type, w_type, b_type), per_channel in variants("fully_connected", count):
        rng = g.rng
        rows, depth, units = (int(n) for n in rng.integers([1, 1, 1], [4, 70, 12]))
        scale, zero = activations(rng, x_type)
        x = g.input(x_type, [rows, depth], scale, zero)
        w = weights(g, w_type, [units, depth], 0, per_channel)
        more = bias(g, b_type, units, scale, w)
        y = g.output(x_type, [rows, units], *activations(rng, x_type, 0.02, 0.3))
        fields = dict(fusedActivationFunction=ACTIVATIONS[str(rng.choice(list(ACTIVATIONS)))])
        if x_type == "float32" and w_type == "int8": fields["asymmetricQuantizeInputs"] = bool(rng.integers(2))
        g.op("FULLY_CONNECTED", [x, w, *more], [y], "FullyConnectedOptions", 9, **fields)
        yield g.case()


def transposed(count):
    narrow = [("int16", "int8", "int16")]
    for g, (x_type, w_type, b_type), per_channel in variants("transpose_conv", count, TYPES + narrow):
        if w_type == "int4" or x_type != w_type and b_type not in ("int64", "int16"): continue
        rng = g.rng
        depth, channels, k_h, k_w, stride = (int(n) for n in rng.integers([1, 1, 1, 1, 1], [5, 5, 5, 5, 4]))
        images, height, width = (int(n) for n in rng.integers([1, 1, 1], [3, 6, 6]))
        padding = str(rng.choice(list(PADDINGS)))
        same = padding == "same"
        out = [images, height * stride if same else (height - 1) * stride + k_h, width * stride if same else (width - 1) * stride + k_w, channels]
        scale, zero = activations(rng, x_type)
        size = g.const(out, "int32")
        w = weights(g, w_type, [channels, k_h, k_w, depth], 0, per_channel)
        x = g.input(x_type, [images, height, width, depth], scale, zero)
        more = bias(g, b_type, channels, scale, w)
        y = g.output(x_type, out, *activations(rng, x_type, 0.02, 0.3))
        g.op("TRANSPOSE_CONV", [size, w, x, *more], [y], "TransposeConvOptions", 3, padding=PADDINGS[padding], strideH=stride, strideW=stride)
        yield g.case()


def pools(count):
    for name, dtypes in (("AVERAGE_POOL_2D", ["int8", "int16", "uint8", "float32"]), ("MAX_POOL_2D", ["int8", "int16", "uint8", "float32"]),
                         ("L2_POOL_2D", ["float32"])):
        for dtype in dtypes:
            for i in range(count):
                g = Graph(f"{name.lower()}_{dtype}_{i}")
                rng = g.rng
                images, height, width, channels = (int(n) for n in rng.integers([1, 4, 4, 1], [3, 10, 10, 6]))
                k_h, k_w, stride = (int(n) for n in rng.integers([1, 1, 1], [5, 5, 4]))
                padding = str(rng.choice(list(PADDINGS)))
                scale, zero = activations(rng, dtype)
                x = g.input(dtype, [images, height, width, channels], scale, zero)
                out = [images, extent(height, k_h, stride, 1, padding), extent(width, k_w, stride, 1, padding), channels]
                y = g.output(dtype, out, scale, zero)
                g.op(name, [x], [y], "Pool2DOptions", 1 if dtype == "float32" else 2, padding=PADDINGS[padding], strideH=stride, strideW=stride, filterHeight=k_h,
                     filterWidth=k_w, fusedActivationFunction=ACTIVATIONS[str(rng.choice(list(ACTIVATIONS)))])
                yield g.case()


def batches():
    shapes = [([3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]), ([2, 3, 4], [4, 2]), ([2, 1, 3, 4], [3, 4, 2]), ([1, 7], [7, 1]), ([2, 3, 1, 4, 5], [3, 2, 5, 2])]
    for dtype in ("int8", "int16", "float32"):
        for i, (a, b) in enumerate(shapes):
            for turned in ((False, False), (True, False), (False, True), (True, True)):
                words = ["batch_matmul", dtype, str(i)] + [word for word, on in zip(("x", "y"), turned) if on]
                g = Graph("_".join(words))
                of_a, of_b = (shape[:-2] + shape[:-3:-1] if on else shape for shape, on in zip((a, b), turned))
                x = g.input(dtype, of_a, *activations(g.rng, dtype))
                w = g.input(dtype, of_b, *activations(g.rng, dtype))
                out = list(np.broadcast_shapes(tuple(a[:-2]), tuple(b[:-2]))) + [a[-2], b[-1]]
                y = g.output(dtype, out, *activations(g.rng, dtype, 0.02, 0.3))
                g.op("BATCH_MATMUL", [x, w], [y], "BatchMatMulOptions", 2, adjX=turned[0], adjY=turned[1])
                yield g.case()


def resizes():
    sizes = [((3, 4), (6, 8)), ((5, 7), (3, 2)), ((4, 4), (9, 5)), ((1, 3), (4, 1)), ((6, 5), (1, 11))]
    for name, dtypes in (("RESIZE_BILINEAR", ["int8", "int16", "float32"]), ("RESIZE_NEAREST_NEIGHBOR", ["int8", "uint8", "int16", "float32"])):
        for dtype in dtypes:
            for i, (start, end) in enumerate(sizes):
                for corners, centers in ((False, False), (True, False), (False, True)):
                    g = Graph("_".join([name.lower(), dtype, str(i)] + ["corners"] * corners + ["centers"] * centers))
                    scale, zero = activations(g.rng, dtype)
                    x = g.input(dtype, [2, *start, 3], scale, zero)
                    size = g.const(list(end), "int32")
                    y = g.output(dtype, [2, *end, 3], scale, zero)
                    options = "ResizeBilinearOptions" if "BILINEAR" in name else "ResizeNearestNeighborOptions"
                    g.op(name, [x, size], [y], options, 3, alignCorners=corners, halfPixelCenters=centers)
                    yield g.case()


def cases():
    yield from convolutions("conv", 3)
    yield from convolutions("depthwise", 3)
    yield from matrices(3)
    yield from transposed(3)
    yield from pools(3)
    yield from batches()
    yield from resizes()
