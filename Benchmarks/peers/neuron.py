"""The article's neuron in plain NumPy: what training is measured against.

usage: python neuron.py TRAIN_FOLDER TEST_FOLDER --classes male,female [--learning-rate 0.005] [--iterations 1000]
A folder holds one folder of pictures per class.
"""

import argparse
import os

import numpy as np
from PIL import Image


def centre_square(image):
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def load(folder, classes, size):
    """Pixels, examples x features bytes, and labels, 0 for the first class."""
    pixels, labels = [], []
    for label, name in enumerate(classes):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            image = Image.open(os.path.join(folder, name, file)).convert("RGB")
            if image.size != (size, size):
                image = centre_square(image).resize((size, size), Image.Resampling.BILINEAR)
            pixels.append(np.asarray(image).reshape(-1))
            labels.append(label)
    return np.array(pixels), np.array(labels)


def scaled(pixels, labels, precision=np.float64):
    """X: features x examples in [0, 1], which lies example by example in memory; Y: 1 x examples."""
    return pixels.T / precision(255), labels.reshape(1, -1).astype(precision)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def train(X, Y, iterations, learning_rate):
    """Full-batch gradient descent from zero. X: features x examples in [0, 1]; Y: 1 x examples in {0, 1}."""
    m = X.shape[1]
    w, b, costs = np.zeros((1, X.shape[0]), X.dtype), 0.0, []
    for _ in range(iterations):
        A = sigmoid(w @ X + b)
        costs.append((-(Y @ np.log(A.T) + (1 - Y) @ np.log(1 - A.T)) / m).item())
        dZ = A - Y
        w, b = w - learning_rate * (dZ @ X.T) / m, b - learning_rate * dZ.mean()
    return w, b, costs


def stable_limit(X):
    """2/L, where L bounds the curvature of the mean cost over (w, b): below it the cost cannot rise."""
    with_bias = np.vstack([X, np.ones((1, X.shape[1]))])
    return 2 / (0.25 * np.linalg.svd(with_bias, compute_uv=False)[0] ** 2 / X.shape[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--classes", required=True)
    parser.add_argument("--learning-rate", type=float, default=0.005)
    parser.add_argument("--iterations", type=int, default=1000)
    options = parser.parse_args()
    parts = {
        name: scaled(*load(folder, options.classes.split(","), 64))
        for name, folder in (("train", options.train), ("test", options.test))
    }
    w, b, costs = train(*parts["train"], options.iterations, options.learning_rate)
    for i in range(0, options.iterations, 100):
        print(f"Cost after iteration {i}: {costs[i]:.6f}")
    for name, (X, Y) in parts.items():
        print(f"{name} accuracy: {100 * ((sigmoid(w @ X + b) > 0.5) == Y).mean():.1f} %")
    print(f"largest stable learning rate: {stable_limit(parts['train'][0]):.6f}")


if __name__ == "__main__":
    main()
