"""A network with hidden layers in plain NumPy, as the courses write it: forward and backward, features x examples."""

import numpy as np
from neuron import sigmoid
from predict import read as read_model


def read(model):
    """The layers of a model file, inputs first: W, units x inputs, and b, units x 1."""
    tensors, _ = read_model(model)
    count = len(tensors) // 2
    return [(tensors[f"layers.{i}.weight"], tensors[f"layers.{i}.bias"].reshape(-1, 1)) for i in range(count)]


def forward(X, layers):
    """What goes into each layer, and comes out of the last: ReLU in hidden layers, then the sigmoid."""
    activations = [X]
    for W, b in layers[:-1]:
        activations.append(np.maximum(W @ activations[-1] + b, 0))
    W, b = layers[-1]
    return [*activations, sigmoid(W @ activations[-1] + b)]


def backward(activations, Y, layers):
    """The gradient of the mean cost, dW and db of each layer."""
    m = Y.shape[1]
    dZ, gradient = activations[-1] - Y, []
    for i in reversed(range(len(layers))):
        A = activations[i]
        gradient.insert(0, (dZ @ A.T / m, dZ.mean(axis=1, keepdims=True)))
        if i > 0:
            dZ = (layers[i][0].T @ dZ) * (A > 0)
    return gradient


def train(X, Y, layers, iterations, learning_rate):
    """Full-batch gradient descent. X: features x examples in [0, 1]; Y: 1 x examples in {0, 1}."""
    m, costs = X.shape[1], []
    for _ in range(iterations):
        activations = forward(X, layers)
        A = activations[-1]
        costs.append((-(Y @ np.log(A.T) + (1 - Y) @ np.log(1 - A.T)) / m).item())
        gradient = backward(activations, Y, layers)
        layers = [
            (W - learning_rate * dW, b - learning_rate * db)
            for (W, b), (dW, db) in zip(layers, gradient, strict=True)
        ]
    return layers, costs
