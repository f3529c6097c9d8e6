"""An oracle that lives: reads "tflm MODEL" or "litert MODEL" a line, writes MODEL.tflm.npz or MODEL.litert.npz.

The inputs stand in MODEL.npz (arrays i<inference>_<input>), the outputs are arrays o<inference>_<output>. Answers "ok", or
"no: reason" where the oracle refuses. A model can crash it; who asks starts another.
"""

import sys

import numpy as np


def inferences_of(path):
    with np.load(path) as file:
        count = int(file["inferences"])
        arrays = {name: file[name] for name in file.files}
    return [[arrays[f"i{n}_{k}"] for k in range(sum(name.startswith(f"i{n}_") for name in arrays))] for n in range(count)]


def run_litert(model, inferences):
    from ai_edge_litert import interpreter as litert

    kind = litert.OpResolverType.BUILTIN_REF
    interpreter = litert.Interpreter(model, experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    for arrays in inferences:
        for detail, array in zip(interpreter.get_input_details(), arrays): interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        yield [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def run_tflm(model, inferences):
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_file(model, arena_size=1 << 20)
    outputs = 0
    while answers(interpreter.get_output_details, outputs): outputs += 1
    for arrays in inferences:
        for i, array in enumerate(arrays): interpreter.set_input(array, i)
        interpreter.invoke()
        yield [np.array(interpreter.get_output(i)) for i in range(outputs)]


def answers(details, index):
    try:
        return details(index) is not None
    except (IndexError, ValueError):
        return False


def main():
    for line in sys.stdin:
        oracle, model = line.split()
        stem = model.rsplit(".", 1)[0]
        try:
            run = run_tflm if oracle == "tflm" else run_litert
            outputs = list(run(model, inferences_of(stem + ".npz")))
            np.savez(f"{stem}.{oracle}.npz", **{f"o{n}_{k}": a for n, arrays in enumerate(outputs) for k, a in enumerate(arrays)})
            print("ok", flush=True)
        except Exception as error:  # whatever an oracle raises is its refusal
            print("no: " + (str(error).strip().splitlines() or [type(error).__name__])[-1][:150], flush=True)


if __name__ == "__main__":
    main()
