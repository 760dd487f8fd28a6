"""What `percept train --optimizer lbfgs` does, in scikit-learn: logistic regression until nothing moves any more.

usage: python converge.py DATA --l2 0.01
DATA is a folder with one folder of pictures per class. The cost is the mean loss plus L2/2 times the squared weights.
Prints the probability of the last class for each picture, in the order of their paths, and how long the fit took, as JSON.
"""

import argparse
import json
import os
import time

import neuron
from sklearn.linear_model import LogisticRegression


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--l2", type=float, required=True)
    options = parser.parse_args()
    pixels, labels = neuron.load(options.data, sorted(os.listdir(options.data)), 64)
    X = pixels / 255
    start = time.perf_counter()
    classifier = LogisticRegression(C=1 / (options.l2 * len(labels)), tol=1e-10, max_iter=100_000).fit(X, labels)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "probabilities": classifier.predict_proba(X)[:, 1].tolist()}))


if __name__ == "__main__":
    main()
