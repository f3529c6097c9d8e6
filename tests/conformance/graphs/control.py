"""if and while: graphs that a node runs, by what comes in."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from graph import Graph, drawn

QUANT = {"int8": (0.05, -3), "float32": (), "int32": (), "bool": ()}


def body(g, kinds, build):
    """The number of a new subgraph with inputs of such types and shapes; `build` takes their tensors and gives the outputs'."""
    main = g.subgraph
    g.subgraph = schema.SubGraphT()
    g.subgraph.tensors, g.subgraph.operators, g.subgraph.inputs = [], [], []
    g.subgraph.inputs = [g.tensor(dtype, shape, *QUANT[dtype]) for dtype, shape in kinds]
    g.subgraph.outputs = build(*g.subgraph.inputs)
    g.model.subgraphs.append(g.subgraph)
    g.subgraph = main
    return len(g.model.subgraphs) - 1


def done(g, op, inputs, dtype, shape, options=None, quant=None, **fields):
    y = g.tensor(dtype, shape, *(QUANT[dtype] if quant is None else quant))
    g.op(op, inputs, [y], options, **fields)
    return y


def add(g, a, b, dtype, shape): return done(g, "ADD", [a, b], dtype, shape, "AddOptions")


def mul(g, a, b, dtype, shape): return done(g, "MUL", [a, b], dtype, shape, "MulOptions")


def constant(g, value, dtype, shape=(1,)): return g.const(np.broadcast_to(np.asarray(value), shape), dtype, *QUANT[dtype])


def branch(g, condition, arguments, outputs, then, other):
    g.op("IF", [condition, *arguments], outputs, "IfOptions", thenSubgraphIndex=then, elseSubgraphIndex=other)


def loop(g, arguments, outputs, condition, repeated):
    g.op("WHILE", arguments, outputs, "WhileOptions", condSubgraphIndex=condition, bodySubgraphIndex=repeated)


def both(g):
    """Inferences that go each way; the first input decides."""
    return g.case([[np.array([way]) if k == 0 else drawn(g.rng, *of) for k, of in enumerate(g.ranges)] for way in (True, False, True)])


def branches(dtype, shape):
    g = Graph(f"if_{dtype}_{len(shape)}")
    c, x = g.input("bool", [1]), g.input(dtype, shape, *QUANT[dtype])
    y, z = g.output(dtype, shape, *QUANT[dtype]), g.output(dtype, shape, *QUANT[dtype])
    kind = [(dtype, shape)]
    then = body(g, kind, lambda a: [add(g, a, constant(g, 3, dtype), dtype, shape), a])
    other = body(g, kind, lambda a: [mul(g, a, a, dtype, shape), constant(g, drawn(g.rng, dtype, shape), dtype, shape)])
    branch(g, c, [x], [y, z], then, other)
    return both(g)


def layered(dtype):
    """A layer with weights on either side, between layers of the main graph."""
    g = Graph(f"if_layers_{dtype}")
    c, x = g.input("bool", [1]), g.input(dtype, [2, 6], *QUANT[dtype])
    before = mul(g, x, constant(g, 2, dtype), dtype, [2, 6])
    after = g.tensor(dtype, [2, 4], *QUANT[dtype])

    def dense(units):
        def build(a):
            weights = g.const(drawn(g.rng, dtype, [units, 6]), None, *((0.01,) if dtype == "int8" else ()))
            b = done(g, "FULLY_CONNECTED", [a, weights], dtype, [2, units], "FullyConnectedOptions")
            if units == 4: return [b]
            more = g.const(drawn(g.rng, dtype, [4, units]), None, *((0.02,) if dtype == "int8" else ()))
            return [done(g, "FULLY_CONNECTED", [b, more], dtype, [2, 4], "FullyConnectedOptions")]
        return build

    branch(g, c, [before], [after], body(g, [(dtype, [2, 6])], dense(4)), body(g, [(dtype, [2, 6])], dense(5)))
    g.op("ADD", [after, after], [g.output(dtype, [2, 4], *QUANT[dtype])], "AddOptions")
    return both(g)


def decided():
    """The condition is computed, and a branch chooses again."""
    g = Graph("if_if")
    x, most = g.input("float32", [4]), g.input("float32", [1])
    kind = [("float32", [4]), ("float32", [1])]
    doubled = body(g, kind, lambda a, b: [add(g, a, a, "float32", [4])])
    scaled = body(g, kind, lambda a, b: [mul(g, a, b, "float32", [4])])
    kept = body(g, kind, lambda a, b: [a])

    def inner(a, b):
        y = g.tensor("float32", [4])
        branch(g, done(g, "LESS", [b, constant(g, -0.5, "float32")], "bool", [1], "LessOptions"), [a, b], [y], scaled, kept)
        return [y]

    branch(g, done(g, "GREATER", [most, constant(g, 0.2, "float32")], "bool", [1], "GreaterOptions"), [x, most], [g.output("float32", [4])],
           doubled, body(g, kind, inner))
    return g.case([[drawn(g.rng, "float32", [4]), np.array([v], np.float32)] for v in (0.5, -0.1, -0.9)])


def counted(g, kinds):
    """The condition of a loop: input 0 is below input 1."""
    return body(g, kinds, lambda i, n, *rest: [done(g, "LESS", [i, n], "bool", [1], "LessOptions")])


def next_turn(g, i): return add(g, i, constant(g, 1, "int32"), "int32", [1])


def turns(dtype, shape, times):
    """x = f(x), as often as an input says: not at all, once, a few times."""
    g = Graph(f"while_{dtype}_{len(shape)}")
    n, x = g.input("int32", [1]), g.input(dtype, shape, *QUANT[dtype])
    kinds = [("int32", [1]), ("int32", [1]), (dtype, shape)]
    repeated = body(g, kinds, lambda i, most, a: [next_turn(g, i), most, add(g, mul(g, a, constant(g, 2, dtype), dtype, shape), constant(g, 1, dtype), dtype, shape)])
    outs = [g.tensor("int32", [1]), g.tensor("int32", [1]), g.output(dtype, shape, *QUANT[dtype])]
    g.subgraph.outputs.insert(0, outs[0])
    loop(g, [constant(g, 0, "int32"), n, x], outs, counted(g, kinds), repeated)
    return g.case([[np.array([k], np.int32), drawn(g.rng, dtype, shape, *(() if dtype != "int32" else (-3, 3)))] for k in times])


def swapped():
    """What a turn gives is the other's: no copy may overtake another."""
    g = Graph("while_swap")
    n, x, y = g.input("int32", [1]), g.input("float32", [3]), g.input("float32", [3])
    kinds = [("int32", [1]), ("int32", [1]), ("float32", [3]), ("float32", [3])]
    repeated = body(g, kinds, lambda i, most, a, b: [next_turn(g, i), most, b, a])
    outs = [g.tensor("int32", [1]), g.tensor("int32", [1]), g.output("float32", [3]), g.output("float32", [3])]
    loop(g, [constant(g, 0, "int32"), n, x, y], outs, counted(g, kinds), repeated)
    return g.case([[np.array([k], np.int32), drawn(g.rng, "float32", [3]), drawn(g.rng, "float32", [3])] for k in (0, 1, 2, 5)])


def recurrent(dtype):
    """A recurrent cell with weights, turn by turn; branches within."""
    g = Graph(f"while_cell_{dtype}")
    n, h = g.input("int32", [1]), g.input(dtype, [1, 6], *QUANT[dtype])
    kinds = [("int32", [1]), ("int32", [1]), (dtype, [1, 6])]
    plain = body(g, [(dtype, [1, 6])], lambda a: [a])
    twice = body(g, [(dtype, [1, 6])], lambda a: [add(g, a, a, dtype, [1, 6])])

    def turn(i, most, a):
        weights = g.const(drawn(g.rng, dtype, [6, 6]), None, *((0.008,) if dtype == "int8" else ()))
        b = done(g, "FULLY_CONNECTED", [a, weights], dtype, [1, 6], "FullyConnectedOptions", fusedActivationFunction=1)
        c = g.tensor(dtype, [1, 6], *QUANT[dtype])
        branch(g, done(g, "EQUAL", [i, constant(g, 1, "int32")], "bool", [1], "EqualOptions"), [b], [c], twice, plain)
        return [next_turn(g, i), most, c]

    repeated = body(g, kinds, turn)
    outs = [g.tensor("int32", [1]), g.tensor("int32", [1]), g.output(dtype, [1, 6], *QUANT[dtype])]
    loop(g, [constant(g, 0, "int32"), n, h], outs, counted(g, kinds), repeated)
    return g.case([[np.array([k], np.int32), drawn(g.rng, dtype, [1, 6])] for k in (0, 1, 3, 6)])


def nested():
    """A loop in a loop: x grows n * 3 times."""
    g = Graph("while_while")
    n, x = g.input("int32", [1]), g.input("int32", [2], None, 0, -3, 3)
    kinds = [("int32", [1]), ("int32", [1]), ("int32", [2])]
    inner = body(g, kinds, lambda i, most, a: [next_turn(g, i), most, add(g, a, constant(g, 5, "int32"), "int32", [2])])
    condition = counted(g, kinds)

    def outer(i, most, a):
        outs = [g.tensor("int32", [1]), g.tensor("int32", [1]), g.tensor("int32", [2])]
        loop(g, [constant(g, 0, "int32"), constant(g, 3, "int32"), a], outs, condition, inner)
        return [next_turn(g, i), most, outs[2]]

    outs = [g.tensor("int32", [1]), g.tensor("int32", [1]), g.output("int32", [2])]
    loop(g, [constant(g, 0, "int32"), n, x], outs, condition, body(g, kinds, outer))
    return g.case([[np.array([k], np.int32), drawn(g.rng, "int32", [2], -3, 3)] for k in (0, 1, 4)])


def cases():
    for dtype in ("float32", "int8", "int32"):
        for shape in ([5], [2, 3, 4]):
            yield branches(dtype, shape)
            yield turns(dtype, shape, (0, 1, 4))
    for dtype in ("float32", "int8"):
        yield layered(dtype)
        yield recurrent(dtype)
    yield decided()
    yield swapped()
    yield nested()
