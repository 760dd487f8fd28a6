"""Networks: hidden layers against NumPy, inside a process; ten classes in batches against PyTorch, whole commands."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from harness.bench import HERE, Bench, cache
from harness.measuring import Run, alternately
from harness.processes import Failure, python
from harness.results import Amount, Check, Line, Outcome, Row

FASHION = Path("/usr/share/datasets/fashion-mnist")
DEEP_RATE, DEEP_ITERATIONS = 0.0075, 2500
EPOCHS, BATCH = 15, 128


def deep_209(bench: Bench) -> Outcome:
    """From the same weights, which both read before the clock starts, to the last update."""
    data = bench.pictures.idx(209, 128, 96)
    work = {"work": "train", "data": str(data), "learningRate": DEEP_RATE, "model": str(_start(bench, data))}
    with bench.ours() as ours, bench.theirs() as theirs:

        def contenders(iterations: int) -> dict[str, Callable[[], Run]]:
            return {
                "ours": partial(ours.ask, **work, iterations=iterations, form="auto"),
                "NumPy": partial(theirs.ask, **work, iterations=iterations, library="numpy"),
            }

        # NumPy takes a minute, so a few iterations have to do for both to be warm.
        for ask in contenders(10).values():
            ask()
        series = alternately(contenders(bench.sized(DEEP_ITERATIONS, 50)), bench.long, warms_up=False)
    check = Check.costs("NumPy", series["ours"].answer["costs"], series["NumPy"].answer["costs"], 1e-6)
    line = Line.times(series["ours"], "NumPy float64", series["NumPy"], required=60)
    notes = ["Timed: `fit` and NumPy's loop, inside processes that live on."]
    return Outcome.of(series.values(), [line], [check], notes)


def _start(bench: Bench, data: Path) -> Path:
    """A model file with the weights that both sides start from."""
    model = bench.folder() / "start.safetensors"
    network = "--hidden 20,7,5 --init lecun --seed 1 --test-fraction 0 --iterations 0 --quiet"
    options = [*network.split(), "--optimizer", "gradient-descent", "--learning-rate", str(DEEP_RATE)]
    bench.train(data, options, bench.folder(), model)
    return model


def fashion_softmax(bench: Bench) -> Outcome:
    return _fashion(bench, "", 0.002, accuracy=0.84, quick_accuracy=0.8, required=6)


def fashion_128(bench: Bench) -> Outcome:
    return _fashion(bench, "128", 0.002, accuracy=0.885, quick_accuracy=0.84, required=4)


def fashion_256_128(bench: Bench) -> Outcome:
    return _fashion(bench, "256,128", 0.001, accuracy=0.89, quick_accuracy=0.84, required=2.5)


def _fashion(
    bench: Bench, hidden: str, learning_rate: float, accuracy: float, quick_accuracy: float, required: float
) -> Outcome:
    """Whole commands that read the data, train, and count what is right; ours writes its model, too."""
    if not FASHION.is_dir():
        raise Failure(f"{FASHION} is missing: install the package dataset-fashion-mnist")
    accuracy = quick_accuracy if bench.is_quick else accuracy  # after two epochs
    shape = ["--hidden", hidden] if hidden else []
    options = [*shape, "--learning-rate", str(learning_rate), "--batch-size", str(BATCH), "--epochs"]
    rule = ["--scale", "unit", "--optimizer", "adam", "--schedule", "cosine", "--seed", "0", "--quiet", "--json"]
    model = bench.folder() / "model.safetensors"
    script = HERE / "peers" / "torch_network.py"
    epochs = bench.sized(EPOCHS, 2)

    def train(epochs: int) -> Run:
        return bench.train(FASHION, [*rule, *options, str(epochs)], bench.folder(), model)

    series = alternately(
        {
            "ours": lambda: train(epochs),
            "PyTorch": lambda: bench.launcher.run([*python(script), FASHION, *options, str(epochs)], cache(bench.folder())),
            "ours, one epoch": lambda: train(1),
        },
        bench.long,
        warms_up=False,
    )
    ours, theirs = (json.loads(series[name].answer["output"]) for name in ("ours", "PyTorch"))
    epoch = (series["ours"].seconds - series["ours, one epoch"].seconds) / (epochs - 1)
    reached = ours["test"]["accuracy"]
    check = Check(f"our test accuracy is {reached:.2%}, at least {accuracy:.2%} wanted", reached >= accuracy)
    notes = [
        "Timed: whole commands, reading and counting what is right included; an epoch is what each after the first adds.",
        f"The test accuracy of PyTorch is {theirs['test']:.2%}.",
    ]
    lines = [
        Line.times(series["ours"], "PyTorch", series["PyTorch"], required),
        Line(Amount(epoch, "s"), "PyTorch, an epoch of training alone", Amount(theirs["seconds"] / epochs, "s"), required),
    ]
    return Outcome.of(series.values(), lines, [check], notes)


ROWS = [
    Row("deep-209", "hidden layers of 20, 7 and 5 on the same pictures, 2,500 iterations", deep_209),
    Row("fashion-softmax", "60,000 pictures of ten classes, 15 epochs of batches", fashion_softmax),
    Row("fashion-128", "the same with a hidden layer of 128", fashion_128),
    Row("fashion-256-128", "the same with hidden layers of 256 and 128", fashion_256_128),
]
