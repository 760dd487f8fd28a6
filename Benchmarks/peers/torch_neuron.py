"""The article's neuron in PyTorch, float32, full batch, with the gradient by hand and by autograd."""

import os

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

torch.set_num_threads(os.cpu_count())


def tensors(X, Y):
    """Examples x features and labels, sharing NumPy's memory."""
    return torch.from_numpy(X.T), torch.from_numpy(Y[0])


@torch.no_grad()
def train_by_hand(x, y, iterations, learning_rate):
    w, b, costs = torch.zeros(x.shape[1]), torch.zeros(()), []
    for _ in range(iterations):
        z = x @ w + b
        costs.append(binary_cross_entropy_with_logits(z, y).item())
        errors = (torch.sigmoid(z) - y) / len(y)
        w -= learning_rate * (errors @ x)
        b -= learning_rate * errors.sum()
    return costs


def train_by_autograd(x, y, iterations, learning_rate):
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros((), requires_grad=True)
    optimizer, costs = torch.optim.SGD([w, b], lr=learning_rate), []
    for _ in range(iterations):
        optimizer.zero_grad()
        cost = binary_cross_entropy_with_logits(x @ w + b, y)
        cost.backward()
        optimizer.step()
        costs.append(cost.item())
    return costs
