"""Whole commands, from process start to exit."""

import functools
import json
from pathlib import Path

from harness.bench import HERE, Bench, cache
from harness.measuring import Run, Series, alternately
from harness.processes import python
from harness.results import Check, Line, Outcome, Row


def command_cold(bench: Bench) -> Outcome:
    return _command(bench, "cold", required=17)


def command_warm(bench: Bench) -> Outcome:
    return _command(bench, "warm", required=28)


def _command(bench: Bench, name: str, required: float) -> Outcome:
    series = _trainings(bench)
    ours, theirs = series[name], series["NumPy"]
    costs = [_printed_costs(one) for one in (ours, theirs)]
    check = Check(f"the {len(costs[0])} printed costs are equal", costs[0] == costs[1] and len(costs[0]) == 10)
    return Outcome.of([ours, theirs], [Line.times(ours, "neuron.py", theirs, required)], [check])


@functools.cache
def _trainings(bench: Bench) -> dict[str, Series]:
    faces, kept = bench.pictures.faces(), bench.folder()
    reference = bench.shared / "reference" / "neuron.py"
    script = reference if reference.is_file() else HERE / "peers" / "neuron.py"
    options = ["--classes", "male,female", "--learning-rate", "0.005", "--iterations", "1000"]

    def ours(home: Path) -> Run:
        return bench.train(faces, options, home, kept / "model.safetensors")

    return alternately(
        {
            "cold": lambda: ours(bench.folder()),
            "warm": lambda: ours(kept),
            "NumPy": lambda: bench.launcher.run([*python(script), faces / "train", faces / "test", *options], {}),
        },
        bench.small,
    )


def _printed_costs(series: Series) -> list[str]:
    lines = (series.answer["messages"] + series.answer["output"]).splitlines()
    return [line for line in lines if line.startswith("Cost after iteration")]


def predict(bench: Bench) -> Outcome:
    faces, kept = bench.pictures.faces(), bench.folder()
    model, photo = kept / "model.safetensors", next(iter(sorted(faces.glob("test/male/*.jpg"))))
    bench.train(faces, ["--classes", "male,female", "--learning-rate", "0.005"], kept, model)
    series = alternately(
        {
            "ours": lambda: bench.launcher.run([bench.percept, "predict", model, photo, "--json"], cache(kept)),
            "NumPy": lambda: bench.launcher.run([*python(HERE / "peers" / "predict.py"), model, photo], {}),
        },
        bench.small,
    )
    ours, theirs = (json.loads(one.answer["output"]) for one in series.values())
    off = abs(ours["probability"] - theirs["probability"])
    check = Check(
        f"same class, probabilities {off:.1e} apart, 1e-09 allowed", ours["class"] == theirs["class"] and off <= 1e-9
    )
    return Outcome.of(series.values(), [Line.times(series["ours"], "NumPy + Pillow", series["NumPy"], 12)], [check])


ROWS = [
    Row("command-cold", "`percept train` on 100 photos, 1,000 iterations, no cache", command_cold),
    Row("command-warm", "the same again, with what the first run has left in its cache", command_warm),
    Row("predict", "`percept predict` of one photo", predict),
]
