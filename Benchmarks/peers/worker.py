"""Theirs, measured inside a process that lives on: the twin of `Sources/Worker`, with the same requests and answers.

Reads one request per line, a JSON object whose `work` names a job, and answers with one line of JSON.
"""

import functools
import json
import multiprocessing
import os
import sys
import time
import zlib

import network
import neuron
import numpy as np
from PIL import Image


def idx(folder):
    """Pixels, examples x features bytes, and labels of a pair of IDX files."""
    pixels = np.fromfile(os.path.join(folder, "train-images-idx3-ubyte"), np.uint8, offset=16)
    labels = np.fromfile(os.path.join(folder, "train-labels-idx1-ubyte"), np.uint8, offset=8)
    return pixels.reshape(len(labels), -1), labels


@functools.cache
def dataset(data, classes, precision):
    if classes is None:
        return neuron.scaled(*idx(data), precision)
    return neuron.scaled(*neuron.load(os.path.join(data, "train"), classes.split(","), 64), precision)


def train(request):
    """A training with the library that the request names, from zero or from the weights of a model."""
    trainings = {"numpy": numpy_training, "numpy32": numpy32_training, "torch": torch_training}
    training = trainings[request["library"]](request)
    start = time.perf_counter()
    costs = training(request["iterations"], request["learningRate"])
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "secondsPerIteration": seconds / request["iterations"], "costs": costs}


def numpy_training(request, precision=np.float64):
    X, Y = dataset(request["data"], request.get("classes"), precision)
    if "model" in request:
        layers = network.read(request["model"])
        return lambda iterations, rate: network.train(X, Y, layers, iterations, rate)[1]
    return lambda iterations, rate: neuron.train(X, Y, iterations, rate)[2]


def numpy32_training(request):
    return numpy_training(request, np.float32)


@functools.cache
def torch_gradients(data):
    """The ways PyTorch can take, the faster one first."""
    import torch_neuron

    X, Y = dataset(data, None, np.float32)
    tensors = torch_neuron.tensors(X, Y)

    def seconds(train):
        train(*tensors, 1, 1e-3)
        start = time.perf_counter()
        train(*tensors, 3, 1e-3)
        return time.perf_counter() - start

    return tensors, min((torch_neuron.train_by_hand, torch_neuron.train_by_autograd), key=seconds)


def torch_training(request):
    tensors, train = torch_gradients(request["data"])
    return lambda iterations, rate: train(*tensors, iterations, rate)


def picture(job):
    file, size, is_drafted = job
    image = Image.open(file)
    if is_drafted:
        image.draft("RGB", (3 * size, 3 * size))
    square = neuron.centre_square(image.convert("RGB"))
    return np.asarray(square.resize((size, size), Image.Resampling.BILINEAR))


@functools.cache
def pool():
    return multiprocessing.Pool(os.cpu_count())


def load(request):
    """A folder of pictures into features, one process per core; the processes are there before the clock starts."""
    folder, workers = request["data"], pool()
    start = time.perf_counter()
    jobs = [
        (os.path.join(folder, name, file), request["imageSize"], request["draft"])
        for name in sorted(os.listdir(folder))
        for file in sorted(os.listdir(os.path.join(folder, name)))
    ]
    pixels = np.stack(workers.map(picture, jobs, chunksize=max(1, len(jobs) // 64)))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "count": len(jobs), "checksum": zlib.crc32(pixels)}


def peak_memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main():
    jobs = {"train": train, "load": load}
    for line in sys.stdin:
        request = json.loads(line)
        answer = jobs[request["work"]](request)
        print(json.dumps(answer | {"peakMemory": peak_memory()}), flush=True)


if __name__ == "__main__":
    main()
