"""Whole trainings: inside a process, from the call of `fit` to its return, against NumPy in Float64; and to the end, whole
commands, against scikit-learn."""

import json
from pathlib import Path

from harness.bench import HERE, Bench, cache
from harness.measuring import alternately
from harness.processes import python
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
    return against_numpy(bench, bench.pictures.faces(), "male,female", 0.005, bench.sized(1000, 100), required=80)


def train_209(bench: Bench) -> Outcome:
    return against_numpy(bench, bench.pictures.idx(209, 128, 96), None, 0.001, bench.sized(2000, 50), required=70)


def converge(bench: Bench) -> Outcome:
    """Until nothing moves any more, so that both have to come to the same probabilities."""
    data = bench.pictures.two_classes()
    pictures = sorted(data.glob("*/*"))
    lines, checks, notes, measured = [], [], ["Timed: whole commands, loading included."], []
    for l2 in ("0.1",) if bench.is_quick else ("0.001", "0.01", "0.1"):
        model = bench.folder() / "model.safetensors"
        options = ["--optimizer", "lbfgs", "--l2", l2, "--iterations", "100000", "--test-fraction", "0", "--quiet"]
        command = [*python(HERE / "peers" / "converge.py"), data, "--l2", l2]
        series = alternately(
            {
                "ours": lambda: bench.train(data, options, bench.folder(), model),
                "scikit-learn": lambda: bench.launcher.run(command, cache(bench.folder())),
            },
            bench.sized(bench.long + 1, 1),
        )
        theirs = json.loads(series["scikit-learn"].answer["output"])
        answers = [json.loads(line) for line in bench.predict(model, pictures).answer["output"].splitlines()]
        ours = [answer["probabilities"][max(answer["probabilities"])] for answer in answers]
        off = max(abs(a - b) for a, b in zip(ours, theirs["probabilities"], strict=True))
        lines.append(Line.times(series["ours"], f"scikit-learn, L2 {l2}", series["scikit-learn"], 1))
        checks.append(Check(f"L2 {l2}: probabilities are off by {off:.1e} at most, 1e-04 allowed", off <= 1e-4))
        notes.append(f"scikit-learn's fit alone with L2 {l2} took {theirs['seconds']:.3g} s.")
        measured += series.values()
    return Outcome.of(measured, lines, checks, notes)


ROWS = [
    Row("train-80", "80 photos of 12,288 features, 1,000 iterations", train_80),
    Row("converge", "photos of two classes, L-BFGS until nothing moves", converge),
    Row("train-209", "209 pictures of 12,288 features, 2,000 iterations", train_209),
]
