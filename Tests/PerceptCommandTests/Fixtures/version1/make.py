"""Makes the images, model files and the checkpoint of this folder with a program that writes version 1 of the model file:

    python3 make.py /path/to/percept-0.1.0

Needs NumPy and Pillow. The images are noise, brighter on the left in class a and on the right in class b.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
SIZE = 6
# As Version1Tests names them.
TRAININGS = {
    "momentum": "--learning-rate 0.05 --iterations 60 --optimizer momentum --momentum 0.8 --schedule step --warm-up 0.1 "
    "--l2 0.01 --class-weights 1,2 --label-smoothing 0.1 --form primal",
    "automatic": "--iterations 50 --optimizer nesterov",
    "lbfgs": "--iterations 20 --optimizer lbfgs --scale standardize --l2 0.1",
    "hidden": "--hidden 3 --epochs 6 --batch-size 4 --augment mirror,rotate:5 --patience 3 --schedule cosine",
    "l1": "--learning-rate 0.05 --iterations 30 --l1 0.01",
}


def command(program: str, name: str, options: str) -> list[str]:
    common = ["--image-size", str(SIZE), "--seed", "3", "--test-fraction", "0.25", "--no-cache", "--force", "--quiet"]
    return [program, "train", "images", *options.split(), *common, "-o", f"{name}.safetensors"]


def main(program: str) -> None:
    generator = np.random.default_rng(1)
    for name, side in (("a", 0), ("b", SIZE // 2)):
        folder = HERE / "images" / name
        folder.mkdir(parents=True, exist_ok=True)
        for index in range(8):
            pixels = generator.integers(0, 160, (SIZE, SIZE, 3))
            pixels[:, side : side + SIZE // 2] += 60
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{index}.png", optimize=True)
    for name, options in TRAININGS.items():
        subprocess.run(command(program, name, options), cwd=HERE, check=True)
    # A kill leaves the checkpoint of the last complete iteration.
    checkpoint = HERE / "interrupted.safetensors.checkpoint"
    while not checkpoint.exists():
        run = subprocess.Popen(
            [*command(program, "interrupted", TRAININGS["momentum"]), "--checkpoint-every", "1"], cwd=HERE
        )
        time.sleep(0.08)
        run.send_signal(signal.SIGKILL)
        run.wait()
        (HERE / "interrupted.safetensors").unlink(missing_ok=True)
    os.rename(checkpoint, HERE / "momentum.safetensors.checkpoint")


main(os.path.abspath(sys.argv[1]))
