"""docs/operators.md: which operators in which types the graphs of this folder have shown equal, and against whom."""

import collections

from ai_edge_litert import schema_py_generated as schema

# tensorflow/lite/micro/micro_mutable_op_resolver.h (August 2026): what TFLM can be told to link.
RESOLVER = """
ABS ADD ADD_N ARG_MAX ARG_MIN ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL BATCH_TO_SPACE_ND BROADCAST_ARGS BROADCAST_TO CALL_ONCE
CAST CEIL CIRCULAR_BUFFER CONCATENATION CONV_2D COS CUMSUM TFLM_DECODE SignalDelay DEPTH_TO_SPACE DEPTHWISE_CONV_2D DEQUANTIZE
TFLite_Detection_PostProcess DIV DYNAMIC_UPDATE_SLICE EMBEDDING_LOOKUP SignalEnergy ELU EQUAL ethos-u EXP EXPAND_DIMS
SignalFftAutoScale FILL SignalFilterBank SignalFilterBankLog SignalFilterBankSquareRoot SignalFilterBankSpectralSubtraction FLOOR
FLOOR_DIV FLOOR_MOD SignalFramer FULLY_CONNECTED GATHER GATHER_ND GREATER GREATER_EQUAL HARD_SWISH IF SignalIrfft L2_NORMALIZATION
L2_POOL_2D LEAKY_RELU LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR LOGISTIC LOG_SOFTMAX MAXIMUM MAX_POOL_2D MIRROR_PAD MEAN
MINIMUM MUL NEG NOT_EQUAL SignalOverlapAdd PACK PAD PADV2 SignalPCAN PRELU QUANTIZE READ_VARIABLE REDUCE_ALL REDUCE_MAX REDUCE_MIN RELU
RELU6 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2 SignalRfft ROUND RSQRT SELECT_V2 SHAPE SIN SLICE SOFTMAX
SPACE_TO_BATCH_ND SPACE_TO_DEPTH SPLIT SPLIT_V SQUEEZE SQRT SQUARE SQUARED_DIFFERENCE STRIDED_SLICE SignalStacker SUB SUM SVDF TANH
TRANSPOSE_CONV TRANSPOSE UNPACK UNIDIRECTIONAL_SEQUENCE_LSTM VAR_HANDLE WHILE SignalWindow ZEROS_LIKE
""".split()

NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
SHORT = {"FLOAT32": "f32", "FLOAT16": "f16", "INT8": "s8", "INT16": "s16", "INT32": "s32", "INT64": "s64", "UINT8": "u8", "UINT16": "u16",
         "UINT32": "u32", "UINT64": "u64", "BOOL": "bool", "INT4": "s4", "RESOURCE": "resource", "FLOAT64": "f64"}
TYPES = {code: SHORT.get(name, name.lower()) for name, code in vars(schema.TensorType).items() if not name.startswith("_")}

DATA = {"SPLIT": (1,), "FILL": (1,), "EMBEDDING_LOOKUP": (1,), "TRANSPOSE_CONV": (2, 1)}  # which inputs are data and weights, where not the first two
GIVES = ("SOFTMAX", "QUANTIZE", "EMBEDDING_LOOKUP", "ARG_MAX", "ARG_MIN", "SHAPE")  # operators whose output may be of another type than the input

HEAD = """# Operators, and the graphs that show them

Made by `tests/conformance/graphs_test.py --rebase`, checked by the same in CI. Each graph of one operator (or a few) runs in the runtime, in
our reference and, as generated C, on a Cortex-M4 in the emulator; integers are equal to the byte, floats within 1e-5. `s8*s4` is input times weights,
`s8>s16` input and output. A count is of graphs that were equal: against TFLM, or against LiteRT's reference kernels where TFLM refuses (in brackets). The first table is what TFLM's
`MicroMutableOpResolver` offers, the second what LiteRT has beyond it. Models of ONNX become the same operators (`tests/conformance/onnx_nodes.txt`).
"""
NOT_OURS = """Not ours, and why: `TFLM_DECODE` unpacks weights that its own compression tool packed (look-up, Huffman, pruned, custom), for which no
converter writes files; `ethos-u` is a command stream for an NPU, whose time no CPU's model can tell. A model that has either is listed as one
that cannot be run, with the node. Types were read out of TFLM's kernels, switch by switch (August 2026). GREATER of s16 is there too, but
compares by factors that TFLM never sets: the graphs here hold it against LiteRT. `if` and `while` run subgraphs without state of their own."""


def uses(model):
    """{(operator's name, types)} of a file."""
    root = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model))
    found = set()
    for graph in root.subgraphs:
        for operator in graph.operators:
            code = root.operatorCodes[operator.opcodeIndex]
            name = code.customCode.decode() if code.customCode else NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]
            order = DATA.get(name, (0, 1))
            kinds = [TYPES[graph.tensors[operator.inputs[k]].type] for k in order if k < len(operator.inputs) and operator.inputs[k] >= 0]
            if not kinds: kinds = [TYPES[graph.tensors[i].type] for i in list(operator.outputs)[:1]]
            mixed = len(kinds) == 2 and kinds[1] != kinds[0] and kinds[1] not in ("s32", "s64", "bool") and kinds[0] not in ("s32", "resource")
            kind = "*".join(kinds) if mixed else kinds[0] if kinds else ""
            to = TYPES[graph.tensors[operator.outputs[0]].type] if len(operator.outputs) else kind
            found.add((name, f"{kind}>{to}" if name in GIVES and to != kind else kind))
    return found


def rows(names, counts):
    for name in names:
        each = counts.get(name, {})
        shown = ", ".join(f"{types} {tflm}" + (f" ({litert})" if litert else "") if tflm else f"{types} ({litert})"
                          for types, (tflm, litert) in sorted(each.items()))
        yield f"| {name} | {shown or 'no graph'} |"


def page(equal):
    """`equal`: [(model's bytes, oracle)]."""
    counts = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    for model, oracle in equal:
        for name, types in uses(model): counts[name][types][oracle == "litert"] += 1
    head = "| operator | types, graphs equal |\n|---|---|\n"
    missing = [name for name in RESOLVER if name not in counts]
    beyond = sorted(name for name in counts if name not in RESOLVER)
    return "\n".join([HEAD, head + "\n".join(rows(RESOLVER, counts)), "",
                      f"{len(RESOLVER) - len(missing)} of {len(RESOLVER)}; without a graph: {', '.join(missing) or 'none'}.", "", NOT_OURS, "",
                      head + "\n".join(rows(beyond, counts)), ""])
