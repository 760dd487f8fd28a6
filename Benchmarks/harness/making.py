"""How made pictures come about, from seeds, so that they are the same every time."""

import multiprocessing
import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("female", "male")
Pixels = np.ndarray


def blobs(count: int, width: int, height: int, seed: int) -> Pixels:
    """Pictures that are to an optimiser what photos are, count x height x width: smooth blobs that differ from one to
    the next, a faint tint that differs between classes (every other one), and noise."""
    generator = np.random.default_rng(seed)
    coarse = generator.normal(128, 55, (count, 6, 6)).astype(np.float32)
    smooth = np.einsum("yi,cij,xj->cyx", _enlarging(height), coarse, _enlarging(width), optimize=True)
    tint = np.linspace(-8, 8, width, dtype=np.float32) * np.where(np.arange(count) % 2, 1, -1)[:, None, None]
    noise = generator.standard_normal(smooth.shape, np.float32) * 6
    return np.clip(smooth + tint + noise, 0, 255).astype(np.uint8)


def _enlarging(side: int) -> Pixels:
    """The matrix, side x 6, that interpolates linearly between six points."""
    distances = np.abs(np.linspace(0, 5, side)[:, None] - np.arange(6))
    return np.clip(1 - distances, 0, 1).astype(np.float32)


def write_idx(folder: Path, count: int, width: int, height: int) -> None:
    header = np.array([0x803, count, height, width], ">u4").tobytes()
    with open(folder / "train-images-idx3-ubyte", "wb") as file:
        file.write(header)
        for start in range(0, count, 500):
            file.write(blobs(min(500, count - start), width, height, seed=start).tobytes())
    labels = (np.arange(count) % 2).astype(np.uint8).tobytes()
    (folder / "train-labels-idx1-ubyte").write_bytes(np.array([0x801, count], ">u4").tobytes() + labels)


def write_faces(folder: Path) -> None:
    channels = [blobs(100, 89, 109, seed) for seed in range(3)]
    for index, picture in enumerate(np.stack(channels, axis=-1)):
        path = folder / ("train" if index < 80 else "test") / CLASSES[index % 2] / f"{index:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path, quality=90)


def write_folders(folder: Path, count: int) -> None:
    """Pictures of 48 x 48 that all differ, of ten classes in turn, at most 100 in a folder `{c0…c9}/{g0…}`."""
    jobs = [(folder, start, min(500, count - start)) for start in range(0, count, 500)]
    with multiprocessing.Pool(os.cpu_count()) as pool:
        pool.starmap(_write_part, jobs, chunksize=1)


def _write_part(folder: Path, start: int, count: int) -> None:
    channels = [blobs(count, 48, 48, start * 3 + channel) for channel in range(3)]
    for index, picture in enumerate(np.stack(channels, axis=-1), start):
        path = folder / f"c{index % 10}" / f"g{index // 1000}" / f"{index:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path, quality=90)


def copy(folder: Path, faces: Path, count: int) -> None:
    files = sorted(faces.glob("*/*/*.jpg"))
    for index in range(count):
        file = files[index % len(files)]
        target = folder / file.parent.name / f"{index:06}.jpg"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, target)


def write_large(folder: Path, portraits: list[Path], count: int) -> None:
    for name in CLASSES:
        (folder / name).mkdir()
    jobs = []
    for index in range(count):
        portrait = portraits[index % len(portraits)] if portraits else None
        jobs.append((portrait, folder / CLASSES[index % 2] / f"{index:03}.jpg", index))
    with multiprocessing.Pool(os.cpu_count()) as pool:
        pool.starmap(_write_photo, jobs)


def _write_photo(portrait: Path | None, target: Path, seed: int) -> None:
    if portrait:
        picture = Image.open(portrait).convert("RGB")
    else:
        picture = Image.fromarray(np.stack([blobs(1, 400, 400, seed + 1000 * c)[0] for c in range(3)], axis=-1))
    square = np.asarray(picture.resize((4032, 4032), Image.Resampling.BICUBIC))[504:3528].astype(np.float32)
    noise = np.random.default_rng(seed).standard_normal(square.shape, np.float32)
    Image.fromarray(np.clip(square + 10 * noise, 0, 255).astype(np.uint8)).save(target, quality=90)
