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


def integer(name, value):
    return message((1, name), (3, value), (20, 2))


def nested(depth):
    """The type of sequences of sequences."""
    kind = message((1, message((1, 1))))
    for _ in range(depth):
        kind = message((4, message((1, kind))))
    return kind


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


def backbone(*middle, tensors=(), weights=None, strides=(8, 8), batch=1, sides=(224, 224), outputs=("y",), inside=(), more=()):
    """A network with a convolution `c` of 4 channels, other nodes, and `y`, which is ReLU of `m` if a node computes it.
    `inside` are further fields of the graph, `more` those of the model.
    """
    convolution = node("Conv", ["x", "w"], ["c"], numbers("strides", *strides))
    nodes = [convolution, *middle, node("Relu", ["m" if middle else "c"], ["y"])]
    tensors = [weights or tensor("w", [4, 3, 8, 8], WEIGHTS), *tensors]
    graph = message(*((1, one) for one in nodes), (2, "graph"), *((5, one) for one in tensors),
                    (11, message(*value("x", batch, 3, *sides))), *((12, message((1, name))) for name in outputs), *inside)
    return message((1, 8), (8, message((1, ""), (2, 13))), (7, graph), *more)


HARMLESS = backbone(node("Relu", ["c"], ["m"]))


def entry(key, text):
    return [(14, message((1, key), (2, text)))]


def empty_list(*nodes):
    """A network with other nodes that use an empty list `e`."""
    tensors = [tensor("e", [0], b""), integers("zero", 0), integers("one", 1), integers("minus", -1)]
    return backbone(*nodes, node("Relu", ["c"], ["m"]), tensors=tensors)


SIDES = "the sides of images must be from 1 to 4096"
NO_OUTPUT = "it has no output of the shape"


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
    "constant of 170 MB": (  # ONNX Runtime copies it three times
        backbone(node("ConstantOfShape", ["n"], ["k"]), node("Exp", ["k"], ["m"]), tensors=[integers("n", 6500, 6500)]),
        "more than 512 MiB of memory"),
    "norm of an empty list": (empty_list(node("LpNormalization", ["e"], ["n"], integer("axis", 0))), "has no elements"),
    "norm of a list that becomes empty": (
        empty_list(node("Reshape", ["c", "minus"], ["f"]), node("Slice", ["f", "zero", "zero"], ["s"]),
                   node("LpNormalization", ["s"], ["n"], integer("axis", 0))),
        "has no elements"),
    "parts of an empty list": (empty_list(node("Split", ["e", "one"], ["n"], integer("axis", 0))), "has no elements"),
    "scalar output": (
        backbone(node("ReduceMean", ["c"], ["loss"], integer("keepdims", 0)), node("Relu", ["c"], ["m"]),
                 outputs=["loss"]),
        NO_OUTPUT),
    "images without pixels": (backbone(sides=(0, 0)), SIDES),
    "images without columns": (backbone(sides=(224, 0)), SIDES),
    "images of 5,000 rows": (backbone(sides=(5000, 224)), SIDES),
    "images of 16,777,216 rows": (backbone(sides=(1 << 24, 1)), SIDES),
    "batches of 100": (backbone(batch=100), "export the network for batches of one image"),
    "name in another encoding": (
        backbone(node("Relu", ["c"], ["\u00e9"]), node("Relu", ["e\u0301"], ["m"])), "no node before"),
    "name used twice": (backbone(node("Relu", ["c"], ["c"]), node("Relu", ["c"], ["m"])), "two values have the name"),
    "division by zero": (
        backbone(node("Div", ["n", "zero"], ["q"]), node("Relu", ["c"], ["m"]),
                 tensors=[integers("n", 1), integers("zero", 0)]),
        "divides by zero"),
    "size from the pixels": (
        backbone(node("ReduceMax", ["c"], ["a"], integer("keepdims", 0)), node("Cast", ["a"], ["b"], integer("to", 7)),
                 node("ConstantOfShape", ["b"], ["n"]), node("Relu", ["c"], ["m"])), "computed from the image"),
    "sparse tensor": (backbone(inside=[(15, message((3, 4)))]), "is sparse"),
    "quantization": (backbone(inside=[(14, message((1, "w")))]), "is quantized"),
    "training": (backbone(more=[(20, message())]), "contains training information"),
    "options of the runtime": (backbone(more=entry("ort_config", "{}")), "contains options of ONNX Runtime"),
    "format of the runtime": (b"\x08\0\0\0ORTM" + HARMLESS, "in the format of ONNX Runtime"),
    "a million bytes of name": (backbone(more=entry("percept.name", "n" * 1_000_000)), "metadata is malformed"),
    "name of other features": (backbone(more=entry("percept.name", "hog")), "is the name of other features"),
    "type nested 1,000 times": (backbone(inside=[(13, message((1, "c"), (2, nested(1000))))]), "sequence, map"),
    "text": (b"a,b\n1,2\n" * 1000, "not an ONNX model"),
    "cycle": (backbone(node("Add", ["c", "n"], ["m"]), node("Relu", ["m"], ["n"])), '"n"'),
    "6,000 nodes": (backbone(*(node("Relu", ["c"], [f"r{index}"]) for index in range(6000)), node("Relu", ["c"], ["m"])),
                    "more than 5000 nodes"),
    "huge tensor": (backbone(weights=tensor("w", [1 << 40, 3, 1 << 40, 8], WEIGHTS)), 'tensor "w"'),
    "truncated": (HARMLESS[:-100], "not an ONNX model, or it is damaged"),
    "random bytes": (DICE.randbytes(100_000), "not an ONNX model"),
    "empty": (b"", "not an ONNX model, or it is damaged"),
}
