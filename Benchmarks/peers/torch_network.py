"""What `percept train` does with ten classes, batches, Adam and a cosine schedule, in PyTorch, float32.

usage: python torch_network.py DATA [--hidden 256,128] [--learning-rate 0.001] [--epochs 15] [--batch-size 128]
DATA is a folder of IDX files, compressed. Prints accuracies, and how long the training took, as JSON.
"""

import argparse
import gzip
import json
import os
import time

import numpy as np
import torch
from torch import nn


def load(folder, part):
    """Features, examples x pixels in [0, 1], and labels."""
    with gzip.open(os.path.join(folder, f"{part}-labels-idx1-ubyte.gz")) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    with gzip.open(os.path.join(folder, f"{part}-images-idx3-ubyte.gz")) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(len(labels), -1)
    return torch.from_numpy(pixels / np.float32(255)), torch.from_numpy(labels.astype(np.int64))


def made(sides):
    """Linear layers with He's initialisation and ReLU between them; the cost applies the softmax."""
    layers = []
    for inputs, units in zip(sides, sides[1:], strict=False):
        linear = nn.Linear(inputs, units)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def train(model, x, y, epochs, batch_size, learning_rate):
    batches = -(-len(x) // batch_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * batches)
    cost = nn.CrossEntropyLoss()
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(batch_size):
            optimizer.zero_grad()
            cost(model(x[batch]), y[batch]).backward()
            optimizer.step()
            schedule.step()


@torch.no_grad()
def accuracy(model, x, y):
    return (model(x).argmax(1) == y).double().mean().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--hidden", default="")
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch-size", type=int, default=128)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(0)
    parts = {"train": load(options.data, "train"), "test": load(options.data, "t10k")}
    x, y = parts["train"]
    hidden = [int(units) for units in options.hidden.split(",") if units]
    model = made([x.shape[1], *hidden, int(y.max()) + 1])
    start = time.perf_counter()
    train(model, x, y, options.epochs, options.batch_size, options.learning_rate)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds} | {name: accuracy(model, *part) for name, part in parts.items()}))


if __name__ == "__main__":
    main()
