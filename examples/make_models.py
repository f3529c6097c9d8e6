#!/usr/bin/env python3
"""Makes the models of this folder. Not needed to build, test or use Assay: the results are committed.

    python3 -m venv build/models && build/models/bin/pip install -r examples/requirements.txt
    build/models/bin/python examples/make_models.py [NAME...]

Three kinds:
  digits*      a small CNN really trained, on the 8x8 digits that scikit-learn ships
  kws resnet vww ad   the shapes of the four MLPerf Tiny reference models, weights drawn from a fixed
               seed: right for cost, meaningless as classifiers
  ops/*        one or a few operators each, int8 and float32, for the conformance tests

Every model has a static batch of 1. Seeds are fixed and TensorFlow is asked for determinism, so that the
same TensorFlow on the same kind of CPU writes the same bytes.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

HERE = pathlib.Path(__file__).resolve().parent
SEED = 20261121


# ---- conversion ------------------------------------------------------------------------------


def convert(function, shapes, out, *, int8, samples=None, keep_float_io=False, dense_per_channel=False):
    """Writes one .tflite. `function` takes one float tensor per shape; `samples` yields inputs."""
    specs = [tf.TensorSpec(shape, tf.float32, name=f"input_{i}") for i, shape in enumerate(shapes)]
    concrete = tf.function(function).get_concrete_function(*specs)
    frozen = convert_variables_to_constants_v2(concrete)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if int8:
        rng = np.random.default_rng(SEED)

        def drawn():
            for _ in range(32):
                yield [rng.uniform(-1, 1, shape).astype(np.float32) for shape in shapes]

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples or drawn
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        # pylint: disable=protected-access
        converter._experimental_disable_per_channel_quantization_for_dense_layers = not dense_per_channel
        if not keep_float_io:
            converter.inference_input_type = tf.int8
            converter.inference_output_type = tf.int8
    out.parent.mkdir(exist_ok=True)
    out.write_bytes(converter.convert())
    print(f"{out.name}: {out.stat().st_size} bytes: {' '.join(operators(out))}")


def interpreter(file):
    resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF
    made = tf.lite.Interpreter(str(file), experimental_op_resolver_type=resolver, num_threads=1)
    made.allocate_tensors()
    return made


def operators(file):
    # pylint: disable=protected-access
    return [op["op_name"] for op in interpreter(file)._get_ops_details() if op["op_name"] != "DELEGATE"]


# ---- the digits classifier -------------------------------------------------------------------


def make_digits():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    images = (images.astype(np.float32) / 16).reshape(-1, 8, 8, 1)
    train, test, train_labels, test_labels = train_test_split(
        images, labels, test_size=0.25, random_state=SEED, stratify=labels)
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, train_labels, epochs=30, batch_size=32, verbose=0)

    def samples():
        for image in train[:200]:
            yield [image[None]]

    for name, int8 in (("digits", True), ("digits_float32", False)):
        out = HERE / f"{name}.tflite"
        convert(lambda x: model(x, training=False), [(1, 8, 8, 1)], out,
                int8=int8, samples=samples)
        print(f"{name}: accuracy {accuracy(out, test, test_labels):.4f} on {len(test)} test images")


def accuracy(file, images, labels):
    run = interpreter(file)
    source, result = run.get_input_details()[0], run.get_output_details()[0]
    right = 0
    for image, label in zip(images, labels):
        if source["dtype"] == np.int8:
            scale, zero = source["quantization"]
            image = np.clip(np.round(image / scale) + zero, -128, 127).astype(np.int8)
        run.set_tensor(source["index"], image[None])
        run.invoke()
        right += int(np.argmax(run.get_tensor(result["index"])) == label)
    return right / len(labels)


# ---- MLPerf Tiny's shapes, synthetic weights -------------------------------------------------


def he(fan_in):
    return keras.initializers.RandomNormal(0, (2 / fan_in) ** 0.5)


def conv(x, channels, size, stride=1, relu=True):
    kernel = size if isinstance(size, tuple) else (size, size)
    return keras.layers.Conv2D(
        channels, kernel, stride, padding="same", activation="relu" if relu else None,
        kernel_initializer=he(kernel[0] * kernel[1] * x.shape[-1]),
        bias_initializer=keras.initializers.RandomNormal(0, 0.1))(x)


def depthwise(x, stride=1):
    return keras.layers.DepthwiseConv2D(
        3, stride, padding="same", activation="relu", depthwise_initializer=he(9),
        bias_initializer=keras.initializers.RandomNormal(0, 0.1))(x)


def dense(x, units, activation=None):
    return keras.layers.Dense(
        units, activation=activation, kernel_initializer=he(x.shape[-1]),
        bias_initializer=keras.initializers.RandomNormal(0, 0.1))(x)


def classifier(x, classes):
    x = keras.layers.AveragePooling2D((x.shape[1], x.shape[2]))(x)
    return dense(keras.layers.Flatten()(x), classes, "softmax")


def kws():
    """DS-CNN for keyword spotting: 49x10 MFCCs, 12 words."""
    source = keras.Input((49, 10, 1))
    x = conv(source, 64, (10, 4), 2)
    for _ in range(4):
        x = conv(depthwise(x), 64, 1)
    return keras.Model(source, classifier(x, 12))


def resnet():
    """ResNet-8 for 32x32 colour images, 10 classes."""
    source = keras.Input((32, 32, 3))
    x = conv(source, 16, 3)
    for channels, stride in ((16, 1), (32, 2), (64, 2)):
        y = conv(conv(x, channels, 3, stride), channels, 3, relu=False)
        if stride != 1:
            x = conv(x, channels, 1, stride, relu=False)
        x = keras.layers.ReLU()(keras.layers.Add()([x, y]))
    return keras.Model(source, classifier(x, 10))


def vww():
    """MobileNet v1, width 0.25, 96x96: is there a person in the picture?"""
    source = keras.Input((96, 96, 3))
    x = conv(source, 8, 3, 2)
    plan = [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2)] + [(128, 1)] * 5 + [(256, 2), (256, 1)]
    for channels, stride in plan:
        x = conv(depthwise(x, stride), channels, 1)
    return keras.Model(source, classifier(x, 2))


def ad():
    """Fully connected autoencoder for anomaly detection, 640 features."""
    source = keras.Input((640,))
    x = source
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = dense(x, units, "relu")
    return keras.Model(source, dense(x, 640))


def make_shaped(build, *, float32):
    keras.utils.set_random_seed(SEED)
    model = build()
    shape = (1, *model.inputs[0].shape[1:])
    for int8 in (True, False) if float32 else (True,):
        out = HERE / f"{build.__name__}{'' if int8 else '_float32'}.tflite"
        convert(lambda x: model(x, training=False), [shape], out, int8=int8)


# ---- one operator at a time ------------------------------------------------------------------


def constant(*shape, seed=0, spread=0.5):
    return tf.constant(np.random.default_rng(SEED + seed).uniform(-spread, spread, shape), tf.float32)


def conv_chain(x):
    x = tf.nn.relu6(tf.nn.conv2d(x, constant(3, 3, 3, 8, seed=1), 1, "SAME") + constant(8, seed=2))
    x = tf.nn.relu(tf.nn.conv2d(x, constant(3, 2, 8, 6, seed=3), [1, 2, 1, 1], "VALID") + constant(6, seed=4))
    return tf.nn.conv2d(x, constant(1, 1, 6, 5, seed=5), 1, "VALID")


def depthwise_conv(x, multiplier, stride=1, dilation=1, padding="SAME"):
    channels = x.shape[-1]
    x = tf.nn.depthwise_conv2d(x, constant(3, 3, channels, multiplier, seed=6), [1, stride, stride, 1],
                               padding, dilations=[dilation, dilation])
    return x + constant(channels * multiplier, seed=7)


def relu6(x):
    x = x * 8
    return tf.nn.relu6(x), tf.identity(x)  # a second use of x keeps the converter from fusing it


def hard_swish(x):
    x = x * 4
    return x * tf.nn.relu6(x + 3) * (1 / 6)


def branches(x):
    """Three branches of unequal width: the order in which they run decides the peak of memory."""
    wide = tf.nn.relu(tf.nn.conv2d(x, constant(1, 1, 4, 24, seed=1), 1, "SAME"))
    wide = tf.nn.conv2d(wide, constant(3, 3, 24, 2, seed=2), 2, "SAME")
    deep = tf.nn.relu(tf.nn.conv2d(x, constant(3, 3, 4, 12, seed=3), 2, "SAME"))
    deep = tf.nn.conv2d(deep, constant(1, 1, 12, 3, seed=4), 1, "SAME")
    pool = tf.nn.avg_pool2d(x, 2, 2, "SAME")
    return tf.nn.softmax(tf.reduce_mean(tf.concat([deep, pool, wide], 3), [1, 2]))


IMAGE = (1, 9, 7, 3)
EVEN = (1, 8, 6, 4)

# name: (function, input shapes)
OPERATORS = {
    "conv_2d": (conv_chain, [IMAGE]),
    "conv_2d_dilated": (lambda x: tf.nn.conv2d(x, constant(3, 3, 3, 4), 1, "SAME", dilations=2), [IMAGE]),
    "conv_2d_grouped": (lambda x: tf.nn.conv2d(x, constant(3, 3, 2, 6), 1, "SAME"), [EVEN]),
    "conv_2d_wide": (lambda x: tf.nn.relu(tf.nn.conv2d(x, constant(1, 1, 33, 17), 1, "VALID")), [(1, 5, 3, 33)]),
    "depthwise_conv_2d": (lambda x: tf.nn.relu6(depthwise_conv(x, 1, stride=2)), [EVEN]),
    "depthwise_conv_2d_multiplier": (lambda x: depthwise_conv(x, 3), [IMAGE]),
    "depthwise_conv_2d_from_one": (lambda x: depthwise_conv(x, 8, padding="VALID"), [(1, 9, 7, 1)]),
    "depthwise_conv_2d_dilated": (lambda x: depthwise_conv(x, 1, dilation=2), [IMAGE]),
    "fully_connected": (lambda x: tf.nn.relu(x @ constant(37, 19) + constant(19, seed=1)), [(1, 37)]),
    "fully_connected_no_bias": (lambda x: x @ constant(16, 9), [(1, 16)]),
    "fully_connected_rows": (lambda x: x @ constant(10, 7) + constant(7, seed=1), [(5, 10)]),
    "average_pool_2d": (lambda x: tf.nn.avg_pool2d(tf.nn.avg_pool2d(x, 3, 2, "SAME"), [2, 3], 1, "VALID"), [IMAGE]),
    "max_pool_2d": (lambda x: tf.nn.max_pool2d(tf.nn.max_pool2d(x, 3, 2, "SAME"), [2, 3], 1, "VALID"), [IMAGE]),
    "mean": (lambda x: tf.reduce_mean(x, [1, 2]), [IMAGE]),
    "mean_keep": (lambda x: tf.reduce_mean(x, [1], keepdims=True), [IMAGE]),
    "mean_channels": (lambda x: tf.reduce_mean(x, [3]), [IMAGE]),
    "add": (lambda x, y: tf.nn.relu(x + y), [IMAGE, IMAGE]),
    "add_broadcast": (lambda x, y: x + y + constant(3), [IMAGE, (1, 1, 7, 1)]),
    "sub": (lambda x, y: x - y, [IMAGE, IMAGE]),
    "sub_broadcast": (lambda x, y: constant(1, 9, 1, 3) - (x - y), [IMAGE, (1, 1, 1, 3)]),
    "mul": (lambda x, y: tf.nn.relu6(x * y), [IMAGE, IMAGE]),
    "mul_broadcast": (lambda x, y: x * y * constant(9, 1, 1), [IMAGE, (1, 1, 1, 3)]),
    "pad": (lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]]), [IMAGE]),
    "concatenation": (lambda x, y: tf.concat([x, y * 0.5, x], 3), [IMAGE, (1, 9, 7, 2)]),
    "concatenation_rows": (lambda x, y: tf.concat([x, y], 1), [IMAGE, (1, 2, 7, 3)]),
    "reshape": (lambda x: tf.nn.relu(tf.reshape(x, (1, 21, 9))), [IMAGE]),
    "squeeze": (lambda x: tf.squeeze(tf.nn.relu(x), [0, 2]), [(1, 9, 1, 3)]),
    "expand_dims": (lambda x: tf.expand_dims(tf.nn.relu(x), 2), [(1, 9, 3)]),
    "softmax": (lambda x: tf.nn.softmax(x * 4), [(1, 10)]),
    "softmax_rows": (lambda x: tf.nn.softmax(x), [(1, 4, 11)]),
    "logistic": (lambda x: tf.nn.sigmoid(x * 5), [IMAGE]),
    "tanh": (lambda x: tf.nn.tanh(x * 3), [IMAGE]),
    "relu": (tf.nn.relu, [IMAGE]),
    "relu6": (relu6, [IMAGE]),
    "leaky_relu": (lambda x: tf.nn.leaky_relu(x, 0.125), [IMAGE]),
    "hard_swish": (hard_swish, [IMAGE]),
    "split": (lambda x: tf.split(x, 2, 3), [EVEN]),
    "split_rows": (lambda x: tf.split(x, 4, 1), [EVEN]),
    "slice": (lambda x: tf.slice(x, [0, 2, 1, 0], [1, 4, 3, 2]), [IMAGE]),
    "strided_slice": (lambda x: x[:, 1:8:2, ::-1, 2], [IMAGE]),
    "transpose": (lambda x: tf.transpose(x, (0, 3, 1, 2)), [IMAGE]),
    "transpose_matrix": (lambda x: tf.transpose(x), [(5, 11)]),
    "branches": (branches, [(1, 16, 12, 4)]),
    "arg_max": (lambda x: tf.argmax(x, 1, tf.int32), [(1, 13)]),
    "arg_max_channels": (lambda x: tf.argmax(x, 3, tf.int32), [IMAGE]),
}


def rewrite_reshape(file, opcode, options, axes):
    """The converter writes every squeeze and expand_dims as RESHAPE; this puts them back."""
    model = flatbuffer_utils.read_model(file)
    graph = model.subgraphs[0]
    reshape = next(i for i, code in enumerate(model.operatorCodes)
                   if code.builtinCode == schema.BuiltinOperator.RESHAPE)
    code = model.operatorCodes[reshape]
    code.builtinCode = code.deprecatedBuiltinCode = opcode
    operator = next(op for op in graph.operators if op.opcodeIndex == reshape)
    operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
    operator.builtinOptions = options
    if opcode == schema.BuiltinOperator.SQUEEZE:
        options.squeezeDims = axes
        operator.inputs = operator.inputs[:1]
    else:
        axis = graph.tensors[operator.inputs[1]]
        axis.shape = [len(axes)]
        model.buffers[axis.buffer].data = np.array(axes, "<i4").view(np.uint8)
    flatbuffer_utils.write_model(model, file)


def make_operators(wanted):
    for name, (function, shapes) in OPERATORS.items():
        if wanted and name not in wanted: continue
        for dtype in ("int8", "float32"):
            convert(function, shapes, HERE / "ops" / f"{name}_{dtype}.tflite", int8=dtype == "int8")
            if name == "squeeze":
                rewrite_reshape(HERE / "ops" / f"squeeze_{dtype}.tflite", schema.BuiltinOperator.SQUEEZE,
                                schema.SqueezeOptionsT(), [0, 2])
            if name == "expand_dims":
                rewrite_reshape(HERE / "ops" / f"expand_dims_{dtype}.tflite", schema.BuiltinOperator.EXPAND_DIMS,
                                schema.ExpandDimsOptionsT(), [2])
    if not wanted or "fully_connected_per_channel" in wanted:
        convert(*OPERATORS["fully_connected"], HERE / "ops" / "fully_connected_per_channel_int8.tflite",
                int8=True, dense_per_channel=True)
    if not wanted or "quantize_dequantize" in wanted:
        convert(lambda x: tf.nn.relu(x @ constant(12, 6)), [(1, 12)],
                HERE / "ops" / "quantize_dequantize.tflite", int8=True, keep_float_io=True)


def main(wanted):
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    if not wanted or "digits" in wanted: make_digits()
    for build in (kws, resnet, vww, ad):
        if not wanted or build.__name__ in wanted: make_shaped(build, float32=build is kws)
    shaped = {"digits", "kws", "resnet", "vww", "ad"}
    if not wanted or set(wanted) - shaped: make_operators(set(wanted) - shaped)


if __name__ == "__main__":
    main(sys.argv[1:])
