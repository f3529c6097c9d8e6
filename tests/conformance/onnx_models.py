"""Models as people bring them: what PyTorch's and TensorFlow's exporters write, onnxruntime's quantised forms, old opsets.

Everything is made here with onnx.helper and onnxruntime.quantization; weights are drawn from the model's own name. What they
should compute, ONNX Runtime says, with its optimisations off. onnx_nodes_test.py runs them beside ONNX's own node tests.
"""

import contextlib
import dataclasses
import io
import logging
import pathlib
import tempfile
import zlib

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper


@dataclasses.dataclass
class Case:
    name: str
    model: onnx.ModelProto
    inputs: dict
    steps: float = 0  # how far a float output may be off where it was quantised: onnx_nodes_test.py


class Maker:
    """m = Maker("name"); x = m.input("x", [1, 3]); y = m("Relu", x); m.model([y])."""

    def __init__(self, name, opset=17):
        self.name, self.opset = name, opset
        self.rng = np.random.default_rng(zlib.crc32(name.encode()))
        self.nodes, self.weights, self.given, self.arrays, self.count = [], [], [], {}, 0

    def fresh(self, stem):
        self.count += 1
        return f"/{stem}/{stem}_{self.count}_output_0"

    def input(self, name, shape, said=None, dtype=np.float32, array=None):
        if array is None: array = self.rng.normal(size=shape)
        self.arrays[name] = np.asarray(array).astype(dtype)
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self.given.append(helper.make_tensor_value_info(name, kind, said or shape))
        return name

    def weight(self, shape, scale=None, name=None):
        shape = list(shape)
        fan = max(1, int(np.prod(shape[1:])))
        return self.const((self.rng.normal(size=shape) * (scale or fan ** -0.5)).astype(np.float32), name)

    def const(self, array, name=None):
        name = name or f"onnx::w_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node_const(self, array):
        """A constant as PyTorch writes it: a node."""
        return self("Constant", value=numpy_helper.from_array(np.asarray(array)))

    def ints(self, *values):
        return self.const(np.array(values, np.int64))

    def __call__(self, op, *inputs, outputs=1, **attrs):
        domain = attrs.pop("domain", "")
        names = [self.fresh(op) for _ in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, domain=domain, **attrs))
        return names[0] if outputs == 1 else names

    def model(self, outputs, dtypes=None):
        infos = [helper.make_empty_tensor_value_info(name) for name in outputs]
        for info, dtype in zip(infos, dtypes or [TensorProto.FLOAT] * len(infos)): info.type.tensor_type.elem_type = dtype
        ir = min(3 + max(0, self.opset - 7), 10)
        given = list(self.given)  # in files of version 3, initializers are inputs too
        if ir == 3: given += [helper.make_tensor_value_info(w.name, w.data_type, w.dims) for w in self.weights]
        graph = helper.make_graph(self.nodes, self.name, given, infos, self.weights)
        sets = [helper.make_opsetid("", self.opset)]
        if any(node.domain == "com.microsoft" for node in self.nodes): sets.append(helper.make_opsetid("com.microsoft", 1))
        return helper.make_model(graph, opset_imports=sets, ir_version=ir)

    def case(self, *outputs, dtypes=None, steps=0):
        return Case(self.name, self.model(list(outputs), dtypes), self.arrays, steps)


# What people train -------------------------------------------------------------------------------------------------------


def mlp(name):
    m = Maker(name)
    x = m.input("input", [1, 20], ["batch", 20])
    for units in (24, 16): x = m("Relu", m("Gemm", x, m.weight([units, 20 if units == 24 else 24]), m.weight([units]), transB=1))
    x = m("Add", m("MatMul", x, m.weight([16, 5])), m.weight([5]))
    return m, m("Softmax", x, axis=-1)


def cnn(name):
    m = Maker(name)
    x = m.input("input", [1, 3, 16, 16], ["batch", 3, 16, 16])
    x = m("Relu", m("Conv", x, m.weight([8, 3, 3, 3]), m.weight([8]), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))
    x = m("Clip", m("Conv", x, m.weight([8, 1, 3, 3]), m.weight([8]), kernel_shape=[3, 3], group=8, pads=[1, 1, 1, 1]),
          m.const(np.float32(0)), m.const(np.float32(6)))
    skip = x
    x = m("Conv", x, m.weight([8, 8, 1, 1]), m.weight([8]), kernel_shape=[1, 1])
    x = m("Relu", m("Add", x, skip))
    x = m("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = m("Flatten", m("GlobalAveragePool", x), axis=1)
    return m, m("Gemm", x, m.weight([4, 8]), m.weight([4]), transB=1)


def mixed(name):
    """Every operator that onnxruntime's static quantiser has a QLinear form of, and some that it passes through."""
    m = Maker(name, 13)
    x = m.input("input", [1, 4, 8, 8])
    a = m("LeakyRelu", m("Conv", x, m.weight([6, 4, 3, 3]), m.weight([6]), pads=[1, 1, 1, 1]), alpha=0.1)
    b = m("Sigmoid", m("Conv", x, m.weight([6, 4, 1, 1]), m.weight([6])))
    x = m("Concat", m("Mul", a, b), a, axis=1)
    x = m("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = m("Pad", x, m.ints(0, 0, 1, 1, 0, 0, 1, 1))
    x = m("Resize", x, "", m.const(np.array([1, 1, 2, 2], np.float32)), mode="nearest", coordinate_transformation_mode="asymmetric",
          nearest_mode="floor")
    x = m("Transpose", x, perm=[0, 2, 3, 1])
    x = m("Reshape", x, m.ints(1, 144, 12))
    left, right = m("Split", x, m.ints(6, 6), outputs=2, axis=2)
    x = m("MatMul", m("Add", left, right), m.weight([6, 6]))
    x = m("Squeeze", m("Slice", x, m.ints(0), m.ints(1), m.ints(1)), m.ints(1))
    return m, m("Softmax", x, axis=1)


def normalised(name):
    """Normalisations between quantised operators."""
    m = Maker(name, 17)
    x = m("Conv", m.input("input", [1, 3, 6, 6]), m.weight([6, 3, 3, 3]), m.weight([6]), pads=[1, 1, 1, 1])
    x = m("Relu", m("InstanceNormalization", x, m.weight([6], 1), m.weight([6], 1)))
    x = m("Conv", x, m.weight([6, 6, 1, 1]), m.weight([6]))
    x = m("Reshape", m("GlobalAveragePool", m("Relu", x)), m.ints(1, 6))
    x = m("LayerNormalization", x, m.weight([6], 1), m.weight([6], 1))
    return m, m("Gemm", x, m.weight([3, 6]), m.weight([3]), transB=1)


def segments(name):
    """A small decoder: grouped transposed convolutions, a linear resize."""
    m = Maker(name, 13)
    x = m("Relu", m("Conv", m.input("input", [1, 3, 8, 8]), m.weight([8, 3, 3, 3]), m.weight([8]), strides=[2, 2], pads=[1, 1, 1, 1]))
    x = m("ConvTranspose", x, m.weight([8, 1, 4, 4]), m.weight([8]), strides=[2, 2], pads=[1, 1, 1, 1], group=8)
    x = m("ConvTranspose", x, m.weight([8, 2, 2, 2]), m.weight([4]), strides=[2, 2], group=2)
    x = m("Resize", x, "", m.const(np.array([1, 1, 2, 2], np.float32)), mode="linear", coordinate_transformation_mode="half_pixel")
    return m, m("Sigmoid", m("Conv", x, m.weight([1, 4, 1, 1]), m.weight([1])))


def choices(name):
    """Attention by Einsum; the best of a row, one-hot, running sums."""
    m = Maker(name, 17)
    q, k = m.input("q", [1, 5, 2, 4]), m.input("k", [1, 7, 2, 4])
    scores = m("Softmax", m("Einsum", q, k, equation="bihd,bjhd->bhij"), axis=-1)
    seen = m("Einsum", scores, k, equation="bhij,bjhd->bihd")
    rows = m("Reshape", m("Einsum", seen, m.weight([4, 3]), equation="bihd,dk->bihk"), m.ints(5, 6))
    best, places = m("TopK", rows, m.ints(2), outputs=2, axis=1)
    least, _ = m("TopK", rows, m.ints(3), outputs=2, axis=0, largest=0)
    hot = m("OneHot", places, m.ints(6), m.const(np.array([0, 1], np.float32)), axis=-1)
    total = m("CumSum", rows, m.const(np.int64(1)), reverse=1)
    y = m("Add", m("ReduceSum", m("Mul", hot, m("Unsqueeze", total, m.ints(1))), m.ints(2), keepdims=0), best)
    return m, m("Concat", m("Reshape", y, m.ints(1, 10)), m("Reshape", least, m.ints(1, 18)), axis=1)


# As onnxruntime quantises them -------------------------------------------------------------------------------------------


class Reader:
    """Calibration data: some draws of the model's inputs."""

    def __init__(self, m, count=8):
        rng = np.random.default_rng(1)
        self.rows = iter([{k: rng.normal(size=a.shape).astype(a.dtype) for k, a in m.arrays.items()} for _ in range(count)])

    def get_next(self):
        return next(self.rows, None)


def quantised(build, name, quantise, steps):
    m, y = build(name)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        source, made = pathlib.Path(folder) / "float.onnx", pathlib.Path(folder) / "made.onnx"
        model = onnx.shape_inference.infer_shapes(m.model([y]))
        onnx.save(model, source)
        quantise(m, source, made)
        return Case(name, onnx.load(made), m.arrays, steps)


def dynamic_cases():
    from onnxruntime.quantization import QuantType, quantize_dynamic
    u8, s8 = QuantType.QUInt8, QuantType.QInt8

    def by(**how):
        return lambda m, source, made: quantize_dynamic(source, made, **how)

    for build, word, how, steps in ((mlp, "s8", {"weight_type": s8}, 1), (mlp, "u8", {"weight_type": u8}, 1),
                                    (mlp, "by_channel", {"weight_type": s8, "per_channel": True}, 1),
                                    (mlp, "7_bits", {"weight_type": s8, "reduce_range": True}, 1),
                                    (cnn, "u8", {"weight_type": u8}, 2), (mixed, "u8", {"weight_type": u8}, 2),
                                    (transformer, "s8", {"weight_type": s8}, 4),
                                    (embedding, "u8", {"weight_type": u8}, 1)):
        yield quantised(build, f"ort_dynamic_{build.__name__}_{word}", by(**how), steps)


def static_cases():
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    u8, s8 = QuantType.QUInt8, QuantType.QInt8

    def by(**how):
        return lambda m, source, made: quantize_static(source, made, Reader(m), **how)

    for build in (mlp, cnn, mixed, normalised, segments):
        for form, word in ((QuantFormat.QDQ, "qdq"), (QuantFormat.QOperator, "qoperator")):
            for x, w, types in ((u8, u8, "u8u8"), (u8, s8, "u8s8"), (s8, s8, "s8s8")):
                for channels in (False, True):
                    if channels and (w == u8 or build is segments): continue  # onnxruntime cannot, of grouped ConvTranspose
                    name = f"ort_{word}_{build.__name__}_{types}{'_by_channel' if channels else ''}"
                    yield quantised(build, name, by(quant_format=form, activation_type=x, weight_type=w, per_channel=channels), 4)


# As PyTorch exports them -------------------------------------------------------------------------------------------------


def flat_by_shape(m, x):
    """x.view(x.size(0), -1)."""
    batch = m("Gather", m("Shape", x), m.node_const(np.int64(0)), axis=0)
    rows = m("Unsqueeze", batch, m.const(np.array([0], np.int64))) if m.opset >= 13 else m("Unsqueeze", batch, axes=[0])
    rest = m.node_const(np.array([-1], np.int64))
    return m("Reshape", x, m("Concat", rows, rest, axis=0))


def torch_cnn(name, opset):
    m = Maker(name, opset)
    x = m.input("input.1", [1, 3, 12, 12], ["batch_size", 3, 12, 12])
    x = m("Conv", x, m.weight([8, 3, 3, 3]), kernel_shape=[3, 3], dilations=[1, 1], group=1, pads=[1, 1, 1, 1], strides=[1, 1])
    x = m("BatchNormalization", x, m.weight([8]), m.weight([8]), m.weight([8]), m.const(m.rng.uniform(0.5, 2, 8).astype(np.float32)),
          epsilon=1e-5, momentum=0.9)
    x = m("Identity", m("Relu", x))
    x = m("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = m("Dropout", x, ratio=0.5) if opset < 12 else m("Dropout", x, m.const(np.float32(0.5)))
    x = m("ConvTranspose", x, m.weight([8, 4, 2, 2]), m.weight([4]), kernel_shape=[2, 2], strides=[2, 2])
    if opset < 10: x = m("Upsample", x, m.const(np.array([1, 1, 2, 2], np.float32)), mode="nearest") if opset == 9 else \
        m("Upsample", x, mode="nearest", scales=[1.0, 1.0, 2.0, 2.0])
    elif opset >= 13: x = m("Resize", x, "", "", m.ints(1, 4, 24, 24), mode="nearest", coordinate_transformation_mode="asymmetric",
                            nearest_mode="floor")
    else: x = m("Resize", x, m.const(np.array([1, 1, 2, 2], np.float32)), mode="nearest") if opset == 10 else \
        m("Resize", x, m.const(np.array([], np.float32)), m.const(np.array([1, 1, 2, 2], np.float32)), mode="nearest",
          coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    x = m("Pad", x, mode="constant", pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.5) if opset < 11 else \
        m("Pad", x, m.node_const(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64)), m.const(np.float32(0.5)))
    x = m("Slice", x, axes=[2, 3], starts=[1, 1], ends=[2147483647, -1]) if opset < 10 else \
        m("Slice", x, m.ints(1, 1), m.ints(9223372036854775807, -1), m.ints(2, 3), m.ints(1, 2))
    x = m("Clip", x, min=0.0, max=6.0) if opset < 11 else m("Clip", x, m.const(np.float32(0)), m.const(np.float32(6)))
    x = m("ReduceMean", x, axes=[3], keepdims=0) if opset < 18 else m("ReduceMean", x, m.ints(3), keepdims=0)
    x = m("Unsqueeze", x, axes=[1]) if opset < 13 else m("Unsqueeze", x, m.ints(1))
    x = m("Squeeze", x, axes=[1]) if opset < 13 else m("Squeeze", x, m.ints(1))
    x = m("ReduceSum", x, axes=[2], keepdims=0) if opset < 13 else m("ReduceSum", x, m.ints(2), keepdims=0)
    first, second = m("Split", x, outputs=2, axis=1, split=[1, 3]) if opset < 13 else m("Split", x, m.ints(1, 3), outputs=2, axis=1)
    x = m("Concat", second, first, axis=-1)
    x = flat_by_shape(m, x)
    x = m("Gemm", x, m.weight([6, 4]), m.weight([6]), alpha=1.0, beta=1.0, transB=1)
    return m, m("Softmax", x, axis=1)


def layer_norm(m, x, width):
    mean = m("ReduceMean", x, axes=[-1])
    centred = m("Sub", x, mean)
    power = m("Pow", centred, m.node_const(np.float32(2)))
    spread = m("Sqrt", m("Add", m("ReduceMean", power, axes=[-1]), m.node_const(np.float32(1e-5))))
    return m("Add", m("Mul", m("Div", centred, spread), m.weight([width], 1)), m.weight([width], 1))


def transformer(name):
    """One encoder layer of eight tokens, as nn.TransformerEncoderLayer's pieces are written before opset 17."""
    m = Maker(name, 14)
    width, heads = 16, 2
    x = m.input("tokens", [1, 8, width], ["batch", 8, width])

    def linear(x, rows, units):
        return m("Add", m("MatMul", x, m.weight([rows, units], rows ** -0.5)), m.weight([units]))

    def split(x):
        batch = m("Unsqueeze", m("Gather", m("Shape", x), m.node_const(np.int64(0)), axis=0), m.ints(0))
        shape = m("Concat", batch, *(m.node_const(np.array([n], np.int64)) for n in (-1, heads, width // heads)), axis=0)
        return m("Transpose", m("Reshape", x, shape), perm=[0, 2, 1, 3])

    q, k, v = (split(linear(x, width, width)) for _ in range(3))
    scores = m("Div", m("MatMul", q, m("Transpose", k, perm=[0, 1, 3, 2])), m.node_const(np.float32((width // heads) ** 0.5)))
    seen = m("MatMul", m("Softmax", scores, axis=-1), v)
    seen = m("Reshape", m("Transpose", seen, perm=[0, 2, 1, 3]), m.node_const(np.array([0, -1, width], np.int64)))
    x = layer_norm(m, m("Add", x, linear(seen, width, width)), width)
    h = linear(x, width, 32)
    half = m("Mul", h, m("Add", m("Erf", m("Div", h, m.node_const(np.float32(2 ** 0.5)))), m.node_const(np.float32(1))))
    h = m("Mul", half, m.node_const(np.float32(0.5)))
    x = layer_norm(m, m("Add", x, linear(h, 32, width)), width)
    return m, linear(m("ReduceMean", x, axes=[1], keepdims=0), width, 3)


def embedding(name):
    m = Maker(name, 14)
    x = m.input("ids", [1, 6], dtype=np.int64, array=[[3, 1, 4, 1, 5, 9]])
    rows = m("Gather", m.weight([12, 8], 1), x)
    return m, m("MatMul", m("ReduceMean", rows, axes=[1], keepdims=0), m.weight([8, 3]))


def torch_cases():
    for opset in range(7, 23):
        m, y = torch_cnn(f"torch_cnn_opset_{opset}", opset)
        yield m.case(y)
    for build in (mlp, cnn, mixed, transformer, embedding, normalised, segments, choices):
        m, y = build(f"torch_{build.__name__}")
        yield m.case(y)


# As tf2onnx writes them --------------------------------------------------------------------------------------------------


def tf_cases():
    m = Maker("tf2onnx_cnn", 13)
    x = m.input("input_1", [1, 10, 10, 3], ["unk__1", 10, 10, 3])
    x = m("Transpose", x, perm=[0, 3, 1, 2])
    x = m("Conv", x, m.weight([6, 3, 3, 3]), m.weight([6]), auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3])
    x = m("Transpose", m("Relu", x), perm=[0, 2, 3, 1])
    x = m("Transpose", x, perm=[0, 3, 1, 2])
    x = m("AveragePool", x, auto_pad="VALID", kernel_shape=[5, 5])
    x = m("Squeeze", m("Transpose", x, perm=[0, 2, 3, 1]), m.ints(1, 2))
    x = m("Reshape", x, m.ints(-1, 6))
    x = m("Add", m("MatMul", x, m.weight([6, 4])), m.weight([4], name="const_fold_opt__42"))
    yield m.case(m("Softmax", x, axis=1))


def cases():
    logging.getLogger().setLevel(logging.ERROR)
    for family in (torch_cases, tf_cases, dynamic_cases, static_cases): yield from family()


def expected(case):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(case.model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, case.inputs)
