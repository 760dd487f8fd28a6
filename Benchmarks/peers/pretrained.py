"""What the programs that compute features with EfficientNet-Lite0 share: the photos, and what follows the features."""

import argparse
import os

import neuron
import numpy as np
import saved_features
from PIL import Image

# As in the metadata of the ONNX file. Features times SCALE are rounded to bytes, like ours. Otherwise, standardization
# would enlarge features that are almost 0 in all photos.
SIZE, MEAN, DEVIATION, SCALE = 224, 127, 128, 42.5


def listed(folder):
    """The photos of a split, in the order of their paths, and their labels."""
    return [
        (os.path.join(folder, name, file), label)
        for label, name in enumerate(sorted(os.listdir(folder)))
        for file in sorted(os.listdir(os.path.join(folder, name)))
    ]


def image(file):
    """A photo as input of the network: rows x columns x channels."""
    square = neuron.centre_square(Image.open(file).convert("RGB"))
    pixels = np.asarray(square.resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    return (pixels - np.float32(MEAN)) / DEVIATION


def main(extract):
    """Runs a program. `extract` takes an ONNX file and files of photos; it returns photos x features."""
    parser = argparse.ArgumentParser()
    for name in ("backbone", "train", "test", "features"):
        parser.add_argument(name)
    options = parser.parse_args()
    train = listed(options.train)
    files, labels = zip(*train, *listed(options.test), strict=True)
    levels = np.rint(extract(options.backbone, files) * SCALE).clip(0, 255).astype(np.uint8)
    results = {"features": levels, "labels": np.array(labels), "train_count": len(train)}
    np.savez(options.features, **results)
    saved_features.classify(**results)
