"""State that lives from one inference to the next: variables, svdf, LSTMs, circular buffers."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from flatbuffers import flexbuffers
from graph import Graph, drawn

INFERENCES = 4
QUANT = {"int8": (0.05, -3), "int16": (0.001, 0), "float32": (), "int32": ()}


def sequence(g, count=INFERENCES):
    return g.case([[drawn(g.rng, *of) for of in g.ranges] for _ in range(count)])


def resource(g):
    index = g.tensor("int32", [])
    g.subgraph.tensors[index].type = schema.TensorType.RESOURCE
    return index


def handle(g, name):
    index = resource(g)
    g.op("VAR_HANDLE", [], [index], "VarHandleOptions", container="", sharedName=name)
    return index


def variable(g, dtype, shape, *quant):
    index = g.tensor(dtype, shape, *quant)
    g.subgraph.tensors[index].isVariable = True
    return index


def custom(g, code, inputs, outputs, **options):
    """An operator of TFLM's own; its options are a FlexBuffers map."""
    entry = schema.OperatorCodeT()
    entry.builtinCode = entry.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    entry.customCode, entry.version = code, 1
    g.model.operatorCodes.append(entry)
    operator = schema.OperatorT()
    operator.opcodeIndex = len(g.model.operatorCodes) - 1
    operator.inputs, operator.outputs = list(inputs), list(outputs)
    if options: operator.customOptions = np.frombuffer(bytes(flexbuffers.Dumps(options)), np.uint8)
    g.subgraph.operators.append(operator)


def first_values(g, values):
    """A subgraph that gives variables their first values, and the call of it."""
    main = g.subgraph
    g.subgraph = schema.SubGraphT()
    g.subgraph.name = "NoOp"
    g.subgraph.tensors, g.subgraph.operators, g.subgraph.inputs, g.subgraph.outputs = [], [], [], []
    for name, (array, quant) in values.items():
        g.op("ASSIGN_VARIABLE", [handle(g, name), g.const(array, None, *quant)], [], "AssignVariableOptions")
    g.model.subgraphs.append(g.subgraph)
    g.subgraph = main
    main.operators.insert(0, call_of(g))


def call_of(g):
    g.op("CALL_ONCE", [], [], "CallOnceOptions", initSubgraphIndex=len(g.model.subgraphs) - 1)
    return g.subgraph.operators.pop()


def delays(dtype, first):
    """y = what came in an inference before."""
    g = Graph(f"variable_delay_{dtype}_{first}")
    quant, shape = QUANT[dtype], [2, 5]
    x = g.input(dtype, shape, *quant)
    y = g.output(dtype, shape, *quant)
    at = handle(g, "kept")
    g.op("READ_VARIABLE", [at], [y], "ReadVariableOptions")
    g.op("ASSIGN_VARIABLE", [at, x], [], "AssignVariableOptions")
    if first != "none":
        array = drawn(g.rng, dtype, shape) if first == "drawn" else np.full(shape, 7, dtype)
        first_values(g, {"kept": (array, quant)})
    return sequence(g)


def queues(dtype, slots, step):
    """The last `slots` rows in a variable, as streaming models of Keras keep them."""
    g = Graph(f"variable_queue_{dtype}_{slots}_{step}")
    quant, depth = QUANT[dtype], 3
    x = g.input(dtype, [1, step, depth], *quant)
    old, y = g.tensor(dtype, [1, slots, depth], *quant), g.output(dtype, [1, slots + step, depth], *quant)
    kept = g.tensor(dtype, [1, slots, depth], *quant)
    at = handle(g, "queue")
    g.op("READ_VARIABLE", [at], [old], "ReadVariableOptions")
    g.op("CONCATENATION", [old, x], [y], "ConcatenationOptions", axis=1)
    bounds = [g.const([0, step, 0], np.int32), g.const([1, slots + step, depth], np.int32), g.const([1, 1, 1], np.int32)]
    g.op("STRIDED_SLICE", [y, *bounds], [kept], "StridedSliceOptions")
    g.op("ASSIGN_VARIABLE", [at, kept], [], "AssignVariableOptions")
    return sequence(g)


def two_writes():
    """A variable that is read, written, read and written again."""
    g = Graph("variable_two_writes")
    quant, shape = QUANT["int8"], [6]
    a, b = g.input("int8", shape, *quant), g.input("int8", shape, *quant)
    before, between = g.output("int8", shape, *quant), g.output("int8", shape, *quant)
    at = handle(g, "kept")
    g.op("READ_VARIABLE", [at], [before], "ReadVariableOptions")
    g.op("ASSIGN_VARIABLE", [at, a], [], "AssignVariableOptions")
    g.op("READ_VARIABLE", [at], [between], "ReadVariableOptions")
    g.op("ASSIGN_VARIABLE", [at, b], [], "AssignVariableOptions")
    return sequence(g)


def svdfs(state, batches, inputs, units, rank, memory, activation):
    dtype = "float32" if state == "float32" else "int8"
    g = Graph(f"svdf_{state}_{batches}_{inputs}_{units}_{rank}_{memory}_{activation}")
    filters = units * rank
    scale = (lambda s: (s,)) if dtype == "int8" else lambda s: ()
    weight = "float32" if dtype == "float32" else "int8"
    x = g.input(dtype, [batches, inputs], *((0.05, -3) if dtype == "int8" else ()))
    features = g.const(drawn(g.rng, weight, [filters, inputs]), None, *scale(0.01))
    time_scale = {"int8": 0.02, "int16": 0.0001, "float32": 0}[state]
    state_scale = {"int8": 0.08, "int16": 0.0005, "float32": 0}[state]
    times = g.const(drawn(g.rng, state, [filters, memory]), None, *scale(time_scale))
    bias_type = "int32" if dtype == "int8" else "float32"
    bias = g.const(drawn(g.rng, bias_type, [units]), None, *scale(state_scale * time_scale))
    kept = variable(g, state, [batches, filters * memory], *scale(state_scale))
    y = g.output(dtype, [batches, units], *((0.1, 4) if dtype == "int8" else ()))
    g.op("SVDF", [x, features, times, bias, kept], [y], "SVDFOptions", rank=rank, fusedActivationFunction=activation)
    return sequence(g, 6)


def lstms(dtype, batches, steps, inputs, units, time_major=False, clip=10.0):
    g = Graph(f"lstm_{dtype}_{batches}_{steps}_{inputs}_{units}_{int(time_major)}_{clip:g}")
    quantised = dtype != "float32"
    order = [steps, batches] if time_major else [batches, steps]
    x_quant, h_quant = {"int8": ((0.02, -5), (0.0078, 3)), "int16": ((0.0001, 0), (3.0517578e-05, 0)), "float32": ((), ())}[dtype]
    x = g.input(dtype, [*order, inputs], *x_quant)
    weight = "int8" if quantised else "float32"
    bias = {"int8": "int32", "int16": "int64", "float32": "float32"}[dtype]
    fed = [0.004 + 0.001 * k for k in range(4)]
    w = [g.const(drawn(g.rng, weight, [units, inputs]), None, *((s,) if quantised else ())) for s in fed]
    r = [g.const(drawn(g.rng, weight, [units, units]), None, *((s,) if quantised else ())) for s in fed]
    b = [g.const(drawn(g.rng, bias, [units], *((-2000, 2000) if quantised else ())), None, *((s * x_quant[0],) if quantised else ())) for s in fed]
    hidden = variable(g, dtype, [batches, units], *h_quant)
    cell = variable(g, "int16" if quantised else "float32", [batches, units], *((2.0**-12,) if quantised else ()))
    y = g.output(dtype, [*order, units], *h_quant)
    none = [-1]
    tensors = [x, *w, *r, *none * 3, *b, *none * 2, hidden, cell, *none * 4]
    g.op("UNIDIRECTIONAL_SEQUENCE_LSTM", tensors, [y], "UnidirectionalSequenceLSTMOptions", fusedActivationFunction=4,
         cellClip=clip, projClip=0.0, timeMajor=time_major)
    return sequence(g, 3)


def circular_buffers(slots, width, depth, **options):
    g = Graph(f"circular_buffer_{slots}_{width}_{depth}_{len(options)}")
    x = g.input("int8", [1, 1, width, depth], 0.05, -3)
    y = variable(g, "int8", [1, slots, width, depth], 0.05, -3)
    z = g.output("int8", [1, slots * width * depth], 0.05, -3)
    custom(g, "CIRCULAR_BUFFER", [x], [y], **options)
    g.op("RESHAPE", [y, g.const([1, slots * width * depth], np.int32)], [z], "ReshapeOptions", newShape=[1, slots * width * depth])
    return sequence(g, 7)


def cases():
    for dtype in ("int8", "int16", "float32", "int32"):
        for first in ("none", "same", "drawn"): yield delays(dtype, first)
    for dtype in ("int8", "float32"):
        for slots, step in ((1, 1), (4, 1), (2, 3), (7, 2)): yield queues(dtype, slots, step)
    yield two_writes()
    for state in ("int8", "int16", "float32"):
        for sizes in ((1, 4, 3, 1, 2), (2, 5, 4, 2, 3), (1, 10, 8, 1, 10), (3, 1, 1, 3, 1), (1, 16, 16, 2, 7)):
            for activation in (0, 1): yield svdfs(state, *sizes, activation)
    for dtype in ("int8", "int16", "float32"):
        for sizes in ((1, 1, 3, 4), (1, 5, 3, 4), (2, 4, 5, 3), (1, 28, 8, 20), (3, 2, 1, 1)):
            yield lstms(dtype, *sizes)
            if sizes[0] > 1: yield lstms(dtype, *sizes, time_major=True)
        yield lstms(dtype, 1, 6, 4, 5, clip=0.0)
        yield lstms(dtype, 1, 6, 4, 5, clip=0.25)
    for sizes in ((5, 1, 4), (13, 2, 3), (25, 1, 8)): yield circular_buffers(*sizes)
    for sizes in ((2, 3, 4), (1, 1, 7), (8, 1, 16)): yield circular_buffers(*sizes, cycles_max=1)
