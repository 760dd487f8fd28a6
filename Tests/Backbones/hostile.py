"""Small ONNX files that would do harm in ONNX Runtime, written by a protobuf encoder of a few lines."""
import random
import struct


def varint(value):
    value &= (1 << 64) - 1
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def message(*fields):
    """Encodes pairs of a field's number and its value: an integer, text, or bytes, which can be a message."""
    encoded = b""
    for number, value in fields:
        if isinstance(value, int):
            encoded += varint(number << 3) + varint(value)
        else:
            value = value.encode() if isinstance(value, str) else value
            encoded += varint(number << 3 | 2) + varint(len(value)) + value
    return encoded


def tensor(name, dimensions, data=None, kind=1, more=()):
    """A tensor of float32 (kind 1) or int64 (kind 7)."""
    data = () if data is None else [(9, data)]
    return message(*((1, dimension) for dimension in dimensions), (2, kind), (8, name), *data, *more)


def integers(name, *values):
    return tensor(name, [len(values)], struct.pack(f"<{len(values)}q", *values), kind=7)


def external(name, dimensions):
    place = [(13, message((1, "location"), (2, "secret"))), (14, 1)]
    return tensor(name, dimensions, more=place)


def node(operator, inputs, outputs, *attributes, domain=""):
    """A node named as its operator and its first output."""
    return message(*((1, name) for name in inputs), *((2, name) for name in outputs), (3, f"{operator} {outputs[0]}"),
                   (4, operator), *((5, attribute) for attribute in attributes), (7, domain))


def numbers(name, *values):
    return message((1, name), *((8, value) for value in values), (20, 7))


def value(name, *dimensions):
    shape = message(*((1, message((1, dimension))) for dimension in dimensions))
    return (1, name), (2, message((1, message((1, 1), (2, shape)))))


def subgraph(name, operator="Relu"):
    body = message((1, node(operator, ["c"], ["inner"])), (2, "body"), (12, message(*value("inner", 1, 4, 28, 28))))
    return message((1, name), (6, body), (20, 5))


DICE = random.Random(1)
WEIGHTS = struct.pack("<768f", *(DICE.uniform(-0.1, 0.1) for _ in range(4 * 3 * 8 * 8)))


def backbone(*middle, tensors=(), weights=None, strides=(8, 8), more=()):
    """A network with a convolution `c` of 4 channels, other nodes, and `y`, which is ReLU of `m` if a node computes it."""
    convolution = node("Conv", ["x", "w"], ["c"], numbers("strides", *strides))
    nodes = [convolution, *middle, node("Relu", ["m" if middle else "c"], ["y"])]
    tensors = [weights or tensor("w", [4, 3, 8, 8], WEIGHTS), *tensors]
    graph = message(*((1, one) for one in nodes), (2, "graph"), *((5, one) for one in tensors),
                    (11, message(*value("x", 1, 3, 224, 224))), (12, message((1, "y"))))
    return message((1, 8), (8, message((1, ""), (2, 13))), (7, graph), *more)


HARMLESS = backbone(node("Relu", ["c"], ["m"]))

# For each file, a part of the error.
KINDS = {
    "external data": (backbone(weights=external("w", [4, 3, 8, 8])), 'tensor "w" is stored in another file'),
    "external data of an attribute": (
        backbone(node("Constant", [], ["k"], message((1, "value"), (5, external("k", [1])), (20, 4))),
                 node("Add", ["c", "k"], ["m"])), "is stored in another file"),
    "Loop": (backbone(node("Loop", ["n", "", "c"], ["m"], subgraph("body")), tensors=[integers("n", 10**12)]),
             "operator Loop of node"),
    "If": (backbone(node("If", ["n"], ["m"], subgraph("then_branch"), subgraph("else_branch")),
                    tensors=[integers("n", 1)]), "operator If of node"),
    "hidden graph": (backbone(node("Relu", ["c"], ["m"], subgraph("body", "Loop"))), '"Relu m"'),
    "function": (backbone(node("f", ["c"], ["m"], domain="local"), more=[
        (25, message((1, "f"), (4, "c"), (5, "m"), (7, node("f", ["c"], ["m"], domain="local")), (10, "local")))]),
        "defines functions"),
    "custom domain": (backbone(node("Relu", ["c"], ["m"], domain="com.microsoft")), "com.microsoft.Relu"),
    "stride 0": (backbone(strides=(0, 0)), '"Conv c"'),
    "constant of 4 TB": (
        backbone(node("ConstantOfShape", ["n"], ["k"]), node("Add", ["c", "k"], ["m"]),
                 tensors=[integers("n", 10**6, 10**6)]), '"ConstantOfShape k"'),
    "constant of 170 MB": (  # and 2.7 · 10¹¹ products
        backbone(node("ConstantOfShape", ["n"], ["k"]), node("MatMul", ["k", "k"], ["m"]), tensors=[integers("n", 6500, 6500)]),
        "more than 200 billion operations"),
    "cycle": (backbone(node("Add", ["c", "n"], ["m"]), node("Relu", ["m"], ["n"])), '"n"'),
    "6,000 nodes": (backbone(*(node("Relu", ["c"], [f"r{index}"]) for index in range(6000)), node("Relu", ["c"], ["m"])),
                    "more than 5000 nodes"),
    "huge tensor": (backbone(weights=tensor("w", [1 << 40, 3, 1 << 40, 8], WEIGHTS)), 'tensor "w"'),
    "truncated": (HARMLESS[:-100], "not an ONNX model, or it is damaged"),
    "random bytes": (DICE.randbytes(100_000), "model"),
    "empty": (b"", "not an ONNX model, or it is damaged"),
}
