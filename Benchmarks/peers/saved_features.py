"""What `percept train` does with cached features, in NumPy and scikit-learn: a neuron on standardized features.

usage: python saved_features.py FEATURES.npz
Prints how many test photos are classified correctly, and the probability of the last class for each, as JSON.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

L2 = 0.1  # percept's default for a backbone


def classify(features, labels, train_count):
    """Trains on the first photos, tests on the others. The cost is the mean loss plus L2/2 times the squared weights."""
    (train, test), (y, test_y) = np.split(features, [train_count]), np.split(labels, [train_count])
    scaler = StandardScaler().fit(train)
    classifier = LogisticRegression(C=1 / (L2 * len(y)), max_iter=1000).fit(scaler.transform(train), y)
    probabilities = classifier.predict_proba(scaler.transform(test))[:, 1]
    correct = int(((probabilities > 0.5) == test_y).sum())
    print(json.dumps({"correct": correct, "probabilities": probabilities.tolist()}))


if __name__ == "__main__":
    classify(**np.load(sys.argv[1]))
