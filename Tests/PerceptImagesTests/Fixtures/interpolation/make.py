"""Creates the fixtures of InterpolationTests.swift: three computed images, and matplotlib's imshow drawings of them.

usage: python3 make.py        (requires matplotlib, numpy and pillow; created with matplotlib 3.11.2)

SOURCE-WxH.png contains the drawings of SOURCE.png at W x H with all 18 methods, one below another, in the order of
METHODS. For drawings higher than 100 rows, only 12 rows are stored, from the first to the last: row i is
floor(i (H - 1) / 11).
"""
import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

METHODS = [None, "none", "nearest", "bilinear", "bicubic", "spline16", "spline36", "hanning", "hamming", "hermite",
           "kaiser", "quadric", "catrom", "gaussian", "bessel", "mitchell", "sinc", "lanczos"]
SIZES = {"gray": [(200, 200), (256, 256), (300, 300)], "small": [(32, 32), (41, 41), (48, 48), (64, 27), (16, 40)],
         "color": [(20, 33), (16, 20)]}
HERE = os.path.dirname(os.path.abspath(__file__))


def image(width, height, channels, seed):
    """Waves with noise, and a rectangle with hard edges, where kernels overshoot."""
    noise = np.random.default_rng(seed).integers(-30, 31, (height, width, channels))
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    levels = 128 + 60 * np.sin((x + 2 * c) / 5) + 50 * np.cos((y - 3 * c) / 4 + x / 9) + noise
    levels[height // 3: height // 2, width // 4: width // 2] = 255
    levels[height // 2: 2 * height // 3, width // 4: width // 2] = 0
    return np.clip(levels, 0, 255).astype(np.uint8).squeeze()


def draw(pixels, method, width, height):
    figure = plt.figure(figsize=(width / 100, height / 100), dpi=100)
    axes = figure.add_axes([0, 0, 1, 1])
    axes.set_axis_off()
    axes.imshow(pixels, interpolation=method, aspect="auto")
    figure.canvas.draw()
    drawn = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    assert drawn.shape == (height, width, 3)
    return drawn


def save(pixels, name):
    Image.fromarray(pixels).save(os.path.join(HERE, name + ".png"), optimize=True)


for name, pixels in [("gray", image(64, 64, 1, 1)), ("small", image(16, 16, 1, 2)), ("color", image(8, 10, 3, 3))]:
    save(pixels, name)
    rgb = pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=2)
    for width, height in SIZES[name]:
        rows = np.arange(height) if height <= 100 else np.arange(12) * (height - 1) // 11
        drawn = np.concatenate([draw(rgb, method, width, height)[rows] for method in METHODS])
        save(drawn if pixels.ndim == 3 else drawn[..., 0], f"{name}-{width}x{height}")
