"""What `percept train --features efficientnet-lite0` does, in ONNX Runtime's Python package and scikit-learn.

usage: python onnx_backbone.py BACKBONE.onnx TRAIN_FOLDER TEST_FOLDER FEATURES.npz
Writes the features to FEATURES.npz, and prints the same as saved_features.py.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import pretrained


def extract(backbone, files):
    """One photo per thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(backbone, options)

    def features(file):
        image = pretrained.image(file).transpose(2, 0, 1)[np.newaxis]
        (activations,) = session.run(None, {"image": image})
        return activations.mean((2, 3))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(features, files)))


if __name__ == "__main__":
    pretrained.main(extract)
