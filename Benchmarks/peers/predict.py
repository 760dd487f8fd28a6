"""What `percept predict MODEL PICTURE --json` does, in NumPy and Pillow.

usage: python predict.py MODEL PICTURE
"""

import json
import math
import struct
import sys

import numpy as np
from PIL import Image


def read(path):
    """A safetensors file: its tensors by name, and what `percept` keeps beside them."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()

    def tensor(dtype, shape, data_offsets):
        begin, end = data_offsets
        return np.frombuffer(data[begin:end], {"F64": "<f8", "F32": "<f4"}[dtype]).reshape(shape)

    facts = json.loads(header.pop("__metadata__")["percept"])
    # Other tensors, such as the keys of the training images, are ignored.
    return {name: tensor(**entry) for name, entry in header.items() if name.startswith("layers.")}, facts


def features(path, width, height):
    image = Image.open(path).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((width, height), Image.Resampling.BILINEAR)).reshape(-1) / 255


def main():
    tensors, facts = read(sys.argv[1])
    weights, bias = tensors["layers.0.weight"][0], tensors["layers.0.bias"][0]
    preprocessing = facts["preprocessing"]
    x = features(sys.argv[2], preprocessing["width"], preprocessing["height"])
    probability = 1 / (1 + math.exp(-(weights @ x + bias)))
    label = int(probability > 0.5)
    print(json.dumps({"class": facts["classNames"][label], "probability": max(probability, 1 - probability)}))


if __name__ == "__main__":
    main()
