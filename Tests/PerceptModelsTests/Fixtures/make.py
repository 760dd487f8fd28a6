"""Writes metrics.json: random answers, ties among them, and what scikit-learn, statsmodels and SciPy say of them.

needs: scikit-learn 1.9, statsmodels, SciPy, NumPy
"""
import json
import pathlib

import numpy
from scipy.optimize import brentq
from scipy.special import log_softmax
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

random = numpy.random.default_rng(5)


def logits(count, classes):
    """Random logits; rounded in half of the cases, so that some are equal."""
    values = random.normal(size=(count, 1 if classes == 2 else classes)) * 2
    return numpy.round(values * 2) / 2 if random.random() < 0.5 else values


@numpy.errstate(over="ignore")
def probabilities(z):
    if z.shape[1] == 1:
        return numpy.concatenate([1 / (1 + numpy.exp(z)), 1 / (1 + numpy.exp(-z))], axis=1)
    powers = numpy.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def case(count, classes):
    z = logits(count, classes)
    p = probabilities(z)
    labels = numpy.concatenate([numpy.arange(classes), random.integers(classes, size=count - classes)])
    answers = (z[:, 0] > 0).astype(int) if classes == 2 else z.argmax(axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        labels, answers, labels=range(classes), zero_division=numpy.nan)
    one_hot = numpy.eye(classes)[labels]
    return {
        "classes": classes, "logits": z.tolist(), "labels": labels.tolist(),
        "accuracy": metrics.accuracy_score(labels, answers),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, answers),
        "logLoss": metrics.log_loss(labels, p, labels=range(classes)),
        "brier": float(numpy.mean((p[:, 1] - labels) ** 2) if classes == 2 else numpy.mean(((p - one_hot) ** 2).sum(axis=1))),
        "confusion": metrics.confusion_matrix(labels, answers, labels=range(classes)).tolist(),
        "precision": [None if numpy.isnan(v) else v for v in precision],
        "recall": [None if numpy.isnan(v) else v for v in recall],
        "f1": [None if numpy.isnan(v) else v for v in f1],
        "areas": [metrics.roc_auc_score(labels == k, p[:, k]) for k in range(classes)],
        "averagePrecisions": [metrics.average_precision_score(labels == k, p[:, k]) for k in range(classes)],
    }


def temperature_case(count, classes, scale):
    """Labels drawn from softmax(z), logits of scale·z: about the scale is the best temperature."""
    z = random.normal(size=(count, 1 if classes == 2 else classes)) * 1.5
    p = probabilities(z)
    labels = numpy.array([random.choice(classes, p=row) for row in p])
    z = z * scale

    def slope(beta):
        p = probabilities(beta * z)
        if classes == 2:
            return numpy.mean(z[:, 0] * (p[:, 1] - labels))
        return numpy.mean((p * z).sum(axis=1) - z[numpy.arange(count), labels])

    temperature = 1 / brentq(slope, 1e-9, 1e6, xtol=1e-300, rtol=1e-14, maxiter=1000)
    both = numpy.concatenate([0 * z, z], axis=1) if classes == 2 else z
    loss = [-log_softmax(both / t, axis=1)[numpy.arange(count), labels].mean() for t in (1, temperature)]
    return {
        "classes": classes, "logits": z.tolist(), "labels": labels.tolist(), "temperature": temperature, "logLosses": loss}


sizes = [(2, 2), (7, 2), (20, 2), (500, 2), (3, 3), (40, 3), (300, 5), (120, 10)]
cases = [case(*size) for size in sizes for _ in range(3)]
counts = [(0, 1), (1, 1), (0, 7), (13, 20), (16, 20), (199, 200), (5000, 10000)]
temperatures = [
    temperature_case(*size) for size in [(40, 2, 5), (200, 2, 1), (60, 2, 0.01), (100, 2, 300), (60, 3, 4), (100, 10, 0.3)]]
pairs = [(0, 0), (0, 1), (1, 5), (5, 5), (2, 11), (30, 12), (400, 350), (0, 60)]
json.dump({
    "cases": cases, "temperatures": temperatures,
    "wilson": [{"part": a, "count": n, "interval": list(proportion_confint(a, n, method="wilson"))} for a, n in counts],
    "mcnemar": [
        {"onlyFirst": b, "onlySecond": c, "p": float(mcnemar([[10, b], [c, 10]], exact=True).pvalue)} for b, c in pairs],
}, open(pathlib.Path(__file__).with_name("metrics.json"), "w"), separators=(",", ":"))
