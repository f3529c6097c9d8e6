#!/usr/bin/env python3
"""Makes the models that Assay must refuse, each with its own words. Run like examples/make_models.py."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "examples"))

import make_models as make  # noqa: E402
import tensorflow as tf  # noqa: E402
from make_models import flatbuffer_utils, schema  # noqa: E402


def changed(name, source, change):
    model = flatbuffer_utils.read_model(ROOT / "examples" / "ops" / source)
    change(model, model.subgraphs[0])
    flatbuffer_utils.write_model(model, HERE / f"{name}.tflite")


def huge_shape(_, graph):
    graph.tensors[graph.inputs[0]].shape = [1, 65536, 65536, 1]


def cycle(_, graph):
    first, last = graph.operators[0], graph.operators[-1]
    first.inputs[0] = last.outputs[0]


def missing_inputs(_, graph):
    graph.operators[0].inputs = graph.operators[0].inputs[:1]


def zero_scale(_, graph):
    graph.tensors[graph.inputs[0]].quantization.scale = [0.0]


def negative_stride(_, graph):
    graph.operators[0].builtinOptions.strideH = -1


def unknown_opcode(model, _):
    model.operatorCodes[0].builtinCode = 4242
    model.operatorCodes[0].deprecatedBuiltinCode = 127


def tensor_out_of_range(_, graph):
    graph.operators[0].inputs[0] = 999


def short_constant(model, graph):
    model.buffers[graph.tensors[graph.operators[0].inputs[1]].buffer].data = b"\1\2\3"


if __name__ == "__main__":
    changed("huge_shape", "relu_int8.tflite", huge_shape)
    changed("cycle", "conv_2d_int8.tflite", cycle)
    changed("missing_inputs", "conv_2d_dilated_int8.tflite", missing_inputs)
    changed("zero_scale", "relu_int8.tflite", zero_scale)
    changed("negative_stride", "conv_2d_dilated_int8.tflite", negative_stride)
    changed("unknown_opcode", "relu_int8.tflite", unknown_opcode)
    changed("tensor_out_of_range", "relu_int8.tflite", tensor_out_of_range)
    changed("short_constant", "conv_2d_dilated_int8.tflite", short_constant)
    make.convert(lambda x: tf.atan2(tf.cos(tf.nn.relu(x)), 1.0), [(1, 12)], HERE / "unsupported.tflite", int8=False)
