"""Makes hog_*.bin: features of computed images by scikit-image and NumPy. Run it with both installed: python3 make.py

The images are in HOGTests.swift too. Gray: scikit-image's `hog`. Color: `hog` with a channel axis, then the histogram below.
"""
import numpy as np
from skimage.feature import hog


def image(width, height, channels):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    waves = 127.5 + 127.5 * np.sin(x * (0.11 + 0.05 * c) + y * 0.07) * np.cos(y * (0.13 + 0.03 * c) - x * 0.02)
    return np.rint(waves).astype(np.uint8)


def histogram(pixels):
    height, width, _ = pixels.shape
    bins = (pixels >> 6).astype(int) @ [16, 4, 1]
    quadrants = [half for rows in (bins[: height // 2], bins[height // 2 :])
                 for half in (rows[:, : width // 2], rows[:, width // 2 :])]
    return np.concatenate([np.sqrt(np.bincount(q.ravel(), minlength=64) / q.size) for q in quadrants])


def features(pixels):
    color = pixels.shape[2] == 3
    edges = hog(pixels if color else pixels[..., 0], orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2),
                block_norm="L2-Hys", transform_sqrt=True, channel_axis=2 if color else None)
    return np.rint(255 * (np.concatenate([edges, histogram(pixels)]) if color else edges)).astype(np.uint8)


if __name__ == "__main__":
    for width, height, channels in [(64, 64, 1), (64, 64, 3), (50, 35, 3), (16, 16, 1)]:
        features(image(width, height, channels)).tofile(f"hog_{width}x{height}x{channels}.bin")
