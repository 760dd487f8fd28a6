"""Compares features of photos with those of scikit-image and of ONNX Runtime's Python package, from the same pixels.

usage: python3 check_features.py PERCEPT XDG_DATA_HOME
needs: scikit-image and onnxruntime from PyPI; the installed backbone.
Prints one line per check, then "N passed, N failed, N skipped". Exits with 1 if any check failed.
"""
import pathlib
import sys

import numpy as np
import onnxruntime

from program import ROOT, main

FIXTURES = ROOT / "Tests/PerceptFeaturesTests/Fixtures"
sys.path.insert(0, str(FIXTURES))
import make  # noqa: E402, the same oracle as in the unit tests

NAME = "efficientnet-lite0"


def images(percept, data, size, *options):
    """Returns the pixels of all images, rows x columns x channels, by their paths."""
    pixels = percept.features(data, "--features", "pixels", "--image-size", str(size), *options)
    return {file: np.frombuffer(row, np.uint8).reshape(size, size, -1) for file, row in pixels.items()}


def share(found, expected, images, is_compared=lambda pixels: slice(None)):
    """Compares features of images with an oracle. Returns the fraction that is equal; the others may differ by 1."""
    assert found.keys() == images.keys() and len(found) > 0, "other images"
    rows = {file: np.frombuffer(row, np.uint8).astype(int) for file, row in found.items()}
    equal = []
    for file, row in rows.items():
        reference = expected(images[file])
        assert row.shape == reference.shape, f"{row.size} features instead of {reference.size}"
        difference = np.abs(row - reference)[is_compared(images[file])]
        assert difference.max() <= 1, f"{file}: a feature differs by {difference.max()}"
        equal += [difference == 0]
    assert len(np.unique(np.stack([*rows.values()]), axis=0)) == len(rows), "images have equal features"
    return np.mean(np.concatenate(equal))


def is_decided(pixels):
    """Returns which HOG features of 64 x 64 pixels do not depend on rounding: in no pixel of their block, two channels have
    equally large gradients, or a gradient is on the boundary of two orientations, such as (√4, √12), whose angle is 60°."""
    roots = np.sqrt(pixels.astype(float))
    gradients = np.zeros(roots.shape, complex)
    gradients[:, 1:-1] += roots[:, 2:] - roots[:, :-2]
    gradients[1:-1] += 1j * (roots[2:] - roots[:-2])
    sizes = np.abs(gradients)
    largest = np.take_along_axis(gradients, sizes.argmax(2)[..., np.newaxis], 2)
    angles = (np.angle(gradients, deg=True) + 10) % 20 - 10  # from the nearest boundary
    doubts = (np.abs(gradients - largest) > 1e-9) | (np.abs(angles) < 1e-6) & (gradients.imag != 0)
    cells = (doubts & (sizes > np.abs(largest) - 1e-9)).any(2).reshape(8, 8, 8, 8).any((1, 3))
    blocks = cells[1:, 1:] | cells[1:, :-1] | cells[:-1, 1:] | cells[:-1, :-1]
    return np.concatenate([np.repeat(~blocks.ravel(), 36), np.full(256 if pixels.shape[2] == 3 else 0, True)])


def hog(percept):
    """HOG equals scikit-image and NumPy within 1 level"""
    data = percept.photos(("ants", "ants_bees/train/ants", range(50)), ("faces", "london_neutral/female", range(25)),
                          ("faces", "london_smiling/male", range(25)))
    for color in ("gray", "rgb"):
        pixels = images(percept, data, 64, "--color", color)
        found = percept.features(data, "--features", "hog", "--color", color)
        # In gray, features are rounded as in scikit-image. In color, NumPy can choose another of two equally large gradients.
        compared = is_decided if color == "rgb" else lambda one: slice(None)
        equal = share(found, make.features, pixels, compared)
        percept.figures += f"; {color}: {len(found)} photos, {equal:.3%} equal"
        assert equal > 0.99, "too few are equal"
        if color == "rgb":
            decided = np.mean([is_decided(one) for one in pixels.values()])
            percept.figures += f" (without {1 - decided:.1%} that rounding decides)"
            assert decided > 0.9, "too few were compared"


def oracle(file):
    """Returns a function that computes the features of pixels with ONNX Runtime from an ONNX file and its metadata."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map

    def channels(key, default):
        return np.array([float(number) for number in metadata.get(key, default).split(",")])
    mean, deviation = channels("percept.mean", "123.675,116.28,103.53"), channels("percept.std", "58.395,57.12,57.375")
    scale = metadata.get("percept.feature_scale")

    def features(pixels):
        values = ((pixels - mean) / deviation).astype(np.float32).transpose(2, 0, 1)[np.newaxis]
        results = session.run(None, {session.get_inputs()[0].name: values})
        means = next((one[0].mean((1, 2), dtype=float) for one in results if one.ndim == 4), results[0][0].astype(float))
        if scale:
            return np.clip(np.floor(means * float(scale) + 0.5), 0, 255)
        normalized = means / np.sqrt(np.mean(means**2))
        root = np.sqrt(np.minimum(np.abs(normalized), 16) / 16)
        return np.clip(np.floor(128 + 127 * np.sign(normalized) * root + 0.5), 0, 255)
    return features, session


def backbone(percept):
    """the features of the backbone equal those of ONNX Runtime's Python package"""
    data = percept.forty()
    reference, _ = oracle(pathlib.Path(percept.environment["XDG_DATA_HOME"]) / f"percept/backbones/{NAME}.onnx")
    for size in (224, 128):
        found = percept.features(data, "--features", NAME, "--image-size", str(size))
        equal = share(found, reference, images(percept, data, size))
        percept.figures += f"; {size} pixels: {equal:.4%} equal"
        assert equal >= 0.999, "too few are equal"


def exports(percept):
    """networks that PyTorch exported train a classifier, with the features of ONNX Runtime, and the same answers twice"""
    data, files = percept.forty(), sorted(FIXTURES.glob("*.onnx"))
    assert files, f"no ONNX files in {FIXTURES}"
    photos = sorted(data.rglob("*.jpg"))
    pixels, smallest = {}, 1
    for file in files:
        percept.figures = f"; {file.name}"
        reference, session = oracle(file)
        size = session.get_inputs()[0].shape[2]
        size = size if isinstance(size, int) else 64
        pixels[size] = pixels.get(size) or images(percept, data, size)
        options = ["--features", file, "--image-size", str(size)]
        equal = share(percept.features(data, *options), reference, pixels[size])
        assert equal >= 0.99, f"only {equal:.2%} are equal"
        smallest = min(smallest, equal)
        model = percept.train(data, *options)
        first, second = (percept.run("predict", model, "--json", *photos).output for _ in range(2))
        assert first == second and len(set(first.splitlines())) == len(photos), "two predictions of an image differ"
    percept.figures = f"; {len(files)} networks, at least {smallest:.3%} equal"


if __name__ == "__main__":
    sys.exit(main([hog, backbone, exports]))
