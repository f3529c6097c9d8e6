"""Builds a TFLite file of one operator or a few, and says how it is judged.

A family of operators is a file of this folder with a function `cases()` that yields Case. Everything is drawn from the
case's own name, so that a case is the same bytes whatever stands beside it. The schema is the one that ships with LiteRT.
"""

import dataclasses
import zlib

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": "FLOAT32", "float16": "FLOAT16", "int32": "INT32", "uint8": "UINT8", "int64": "INT64", "bool": "BOOL",
         "int16": "INT16", "int8": "INT8", "uint32": "UINT32", "uint64": "UINT64"}
INFERENCES = 2


@dataclasses.dataclass
class Case:
    name: str
    model: bytes
    inputs: list  # one inference each: the model's inputs as arrays
    oracle: str = "any"  # "any": TFLM, or LiteRT's reference kernels where TFLM refuses; "litert"; "none": file has `expected`
    suffix: str = ".tflite"
    tolerance: float = 1e-5
    expected: list = None  # oracle "none": the outputs of each inference


def random_of(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def drawn(rng, dtype, shape, low=None, high=None):
    """Random elements of a type: floats in [-1, 1), integers over the whole of 8 and 16 bits, small ones beyond."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.uniform(-1 if low is None else low, 1 if high is None else high, shape).astype(dtype)
    if dtype.kind == "b": return rng.integers(0, 2, shape).astype(dtype)
    small = {1: np.iinfo(dtype), 2: np.iinfo(dtype)}.get(dtype.itemsize)
    least, most = (small.min, small.max) if small else (-100, 100)
    return rng.integers(least if low is None else low, (most if high is None else high) + 1, shape).astype(dtype)


class Graph:
    """Tensors are numbers. g.input("int8", [2, 3], 0.1, -3); g.op("ADD", [a, b], [y], "AddOptions", fused...=1)."""

    def __init__(self, name):
        self.name = name.replace(".", "p").replace("-", "m")  # it becomes the stem of files
        self.rng = random_of(name)
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes = []
        self.model.buffers = [schema.BufferT()]
        self.subgraph = schema.SubGraphT()
        self.subgraph.tensors, self.subgraph.operators = [], []
        self.subgraph.inputs, self.subgraph.outputs = [], []
        self.model.subgraphs = [self.subgraph]
        self.ranges = []

    def tensor(self, dtype, shape, scale=None, zero=0, data=None):
        tensor = schema.TensorT()
        tensor.name = f"t{len(self.subgraph.tensors)}"
        tensor.type = getattr(schema.TensorType, TYPES[str(np.dtype(dtype))])
        tensor.shape = list(shape)
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.atleast_1d(np.float32(scale))
            tensor.quantization.zeroPoint = np.atleast_1d(np.int64(zero))
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, dtype).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.subgraph.tensors.append(tensor)
        return len(self.subgraph.tensors) - 1

    def input(self, dtype, shape, scale=None, zero=0, low=None, high=None):
        index = self.tensor(dtype, shape, scale, zero)
        self.subgraph.inputs.append(index)
        self.ranges.append((np.dtype(dtype), list(shape), low, high))
        return index

    def const(self, data, dtype=None, scale=None, zero=0):
        array = np.asarray(data, dtype)
        return self.tensor(array.dtype, array.shape, scale, zero, array)

    def output(self, dtype, shape, scale=None, zero=0):
        index = self.tensor(dtype, shape, scale, zero)
        self.subgraph.outputs.append(index)
        return index

    def op(self, name, inputs, outputs, options=None, version=1, **fields):
        code = getattr(schema.BuiltinOperator, name)
        entry = schema.OperatorCodeT()
        entry.builtinCode, entry.deprecatedBuiltinCode, entry.version = code, min(code, 127), version
        self.model.operatorCodes.append(entry)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        if options:
            table = getattr(schema, options + "T")()
            for key, value in fields.items():
                if not hasattr(table, key): raise AttributeError(f"{options} has no {key}")
                setattr(table, key, value)
            second = getattr(schema.BuiltinOptions2, options, None)
            if second is None:
                operator.builtinOptionsType = getattr(schema.BuiltinOptions, options)
                operator.builtinOptions = table
            else:
                operator.builtinOptions2Type, operator.builtinOptions2 = second, table
        self.subgraph.operators.append(operator)

    def case(self, inputs=None, **judged):
        """`inputs`: one list of arrays an inference; else drawn."""
        if inputs is None:
            inputs = [[drawn(self.rng, *of) for of in self.ranges] for _ in range(INFERENCES)]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return Case(self.name, bytes(builder.Output()), inputs, **judged)
