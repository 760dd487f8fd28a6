"""Whole trainings inside a process: from the call of `fit` to its return, against NumPy in Float64."""

from pathlib import Path

from harness.bench import Bench
from harness.measuring import alternately
from harness.results import Check, Line, Outcome, Row


def against_numpy(
    bench: Bench, data: Path, classes: str | None, learning_rate: float, iterations: int, required: float
) -> Outcome:
    work = {
        "work": "train",
        "data": str(data),
        "classes": classes,
        "learningRate": learning_rate,
        "iterations": iterations,
    }
    with bench.ours() as ours, bench.theirs() as theirs:
        series = alternately(
            {
                "ours": lambda: ours.ask(**work, form="auto"),
                "NumPy": lambda: theirs.ask(**work, library="numpy"),
            },
            bench.small,
        )
    check = Check.costs("NumPy", series["ours"].answer["costs"], series["NumPy"].answer["costs"], 1e-9)
    line = Line.times(series["ours"], "NumPy float64", series["NumPy"], required)
    return Outcome.of(series.values(), [line], [check])


def train_80(bench: Bench) -> Outcome:
    return against_numpy(bench, bench.pictures.faces(), "male,female", 0.005, 1000, required=80)


def train_209(bench: Bench) -> Outcome:
    return against_numpy(bench, bench.pictures.idx(209, 128, 96), None, 0.001, 2000, required=70)


ROWS = [
    Row("train-80", "80 photos of 12,288 features, 1,000 iterations", train_80),
    Row("train-209", "209 pictures of 12,288 features, 2,000 iterations", train_209),
]
