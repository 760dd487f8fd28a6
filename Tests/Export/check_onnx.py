"""Compares exported ONNX files, run by onnxruntime in Python, with percept predict.

usage: python3 check_onnx.py PERCEPT XDG_DATA_HOME
Prints one line per check, then "N passed, N failed, N skipped". Exits with 1 if any check failed. Requires onnx,
onnxruntime and Pillow from PyPI. PYTHONPATH must contain Tests/Backbones.
"""
import ast
import json
import re
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from PIL import Image, ImageOps

from program import PHOTOS, ROOT, Skipped, main

TOLERANCES = {(): 1e-6, ("--double",): 1e-12}
FIXTURES = ROOT / "Tests/PerceptFeaturesTests/Fixtures"


def files(percept, count, folders=("ants_bees/val/ants", "ants_bees/val/bees")):
    """Returns PNG files of photos. Large JPEG files would be decoded at a fraction of their size."""
    if not PHOTOS.is_dir():
        raise Skipped(f"{PHOTOS} is missing")
    target = percept.new_folder()
    sources = [file for folder in folders for file in sorted((PHOTOS / folder).iterdir())[:count // len(folders)]]
    for index, source in enumerate(sources):
        ImageOps.exif_transpose(Image.open(source)).convert("RGB").save(target / f"{index:03}.png", compress_level=1)
    return sorted(target.iterdir())


def prepared(file, preprocessing):
    """Returns the samples of an image, prepared with Pillow as the metadata of the graph says."""
    size = (preprocessing["width"], preprocessing["height"])
    image = Image.open(file).convert("RGB" if preprocessing["color"] == "rgb" else "L")
    if preprocessing["fit"] == "crop":
        side = min(image.size[0] / size[0], image.size[1] / size[1])
        kept = [min(whole, int(side * target + 0.5)) for whole, target in zip(image.size, size)]
        left, top = [(whole - part) // 2 for whole, part in zip(image.size, kept)]
        image = image.crop((left, top, left + kept[0], top + kept[1])).resize(size, Image.Resampling.BILINEAR)
    elif preprocessing["fit"] == "pad":
        image = ImageOps.pad(image, size, Image.Resampling.BILINEAR)
    else:
        image = image.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(image, np.uint8).reshape(size[1], size[0], -1)


def session(path):
    """Opens a graph that onnx's checker accepts."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def compare(percept, model, photos, inputs=None, at_once=True):
    """Compares the probabilities of photos, one by one and, if the graph can do that, all at once."""
    lines = [json.loads(line) for line in percept.run("predict", model, "--json", *photos).output.splitlines()]
    worst = {}
    for options, tolerance in TOLERANCES.items():
        path = percept.new_folder() / "model.onnx"
        percept.run("export", model, "-o", path, *options)
        graph = session(path)
        metadata = graph.get_modelmeta().custom_metadata_map
        names = json.loads(metadata["percept.class_names"])
        expected = np.array([[line["probabilities"][name] for name in names] for line in lines])
        if inputs is None:
            preprocessing = json.loads(metadata["percept.preprocessing"])
            inputs = np.stack([prepared(file, preprocessing) for file in photos])
        (name,) = [item.name for item in graph.get_inputs()]
        found = np.concatenate([graph.run(["probabilities"], {name: image[None]})[0] for image in inputs])
        assert found.dtype == (np.float64 if options else np.float32), found.dtype
        difference = np.abs(found - expected).max()
        assert difference <= tolerance, f"{' '.join(options)} differs by {difference:.1e}"
        assert (found.argmax(1) == [names.index(line["class"]) for line in lines]).all()
        worst[options] = difference
        if at_once and isinstance(graph.get_inputs()[0].shape[0], str):
            together = graph.run(["probabilities"], {name: inputs})[0]
            assert np.abs(together - expected).max() <= tolerance, \
                f"together they differ by {np.abs(together - expected).max():.1e}"
    percept.figures += "; " + ", ".join(f"{difference:.1e}" for difference in worst.values())


def neuron(percept):
    """a neuron on pixels, 100 photos"""
    compare(percept, percept.train(PHOTOS / "ants_bees"), files(percept, 100))


def calibrated(percept):
    """a calibrated neuron on gray pixels, stretched and padded, 100 photos"""
    photos = files(percept, 100)
    for fit in ("stretch", "pad"):
        model = percept.train(PHOTOS / "celeb100", "--image-size", "48x32", "--fit", fit, "--color", "gray",
                              "--calibrate", "--patience", "20")
        compare(percept, model, photos)


def scaled(percept):
    """neurons trained on unscaled and on standardized pixels, 100 photos"""
    for scale in ("unit", "standardized"):
        compare(percept, percept.train(PHOTOS / "ants_bees", "--scale", scale), files(percept, 100))


def hidden(percept):
    """hidden layers of every activation and ten classes, 100 photos"""
    photos = files(percept, 100)
    for activation in ("relu", "tanh", "sigmoid", "leaky-relu"):
        model = percept.train(PHOTOS / "cifar10_sample", "--hidden", "16,8", "--activation", activation,
                              "--image-size", "32x24")
        compare(percept, model, photos)


def features(percept):
    """HOG features as the input, 40 photos"""
    data = percept.forty()
    features = percept.features(data, "--features", "hog")
    model = percept.train(data, "--features", "hog")
    photos = sorted(features)
    inputs = np.stack([np.frombuffer(features[photo], np.uint8) for photo in photos])
    compare(percept, model, [data / photo for photo in photos], inputs)


def backbone(percept):
    """a neuron on efficientnet-lite0, 100 photos"""
    if "efficientnet-lite0" not in percept.run("backbones").output:
        raise Skipped("efficientnet-lite0 is not installed; run scripts/get-backbone")
    model = percept.train(PHOTOS / "ants_bees", "--features", "efficientnet-lite0", limit=300)
    compare(percept, model, files(percept, 100), at_once=False)


def other_backbones(percept):
    """neurons on networks of both exporters of PyTorch, with and without positions, 10 photos"""
    if "efficientnet-lite0" not in percept.run("backbones").output:
        raise Skipped("ONNX Runtime is not installed; run scripts/get-backbone")
    photos = files(percept, 10)
    for file in sorted(FIXTURES.glob("*.onnx")):
        compare(percept, percept.train(percept.forty(), "--features", file), photos, at_once=False)


def guide(percept):
    """the Python program in Guides/Exporting.md"""
    text = (ROOT / "Guides/Exporting.md").read_text()
    (program,) = re.findall("```python\n(.*?)```", text, re.DOTALL)
    (photo,) = files(percept, 1, ["ants_bees/val/ants"])
    model, folder = percept.train(percept.forty()), percept.new_folder()
    percept.run("export", model, "-o", folder / "faces.onnx")
    (folder / "a.jpg").write_bytes(photo.read_bytes())
    output = subprocess.run([sys.executable, "-c", program.replace(")))", ".tolist())))")], cwd=folder, check=True,
                            capture_output=True, text=True).stdout
    expected = json.loads(percept.run("predict", model, "--json", photo).output)["probabilities"]
    found = ast.literal_eval(output)
    assert found.keys() == expected.keys() and all(abs(found[name] - expected[name]) <= 1e-6 for name in found), output


if __name__ == "__main__":
    sys.exit(main([neuron, calibrated, scaled, hidden, features, backbone, other_backbones, guide]))
