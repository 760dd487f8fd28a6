"""Several processes under Open MPI, each with one thread, against one process with as many threads."""

import functools
import json
import shutil
from pathlib import Path

from harness.bench import Bench, cache
from harness.measuring import Run, alternately
from harness.results import Check, Line, Outcome, Row
from rows import passes

RANKS = 2
MPIRUN: list[str | Path] = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "core", "-n", str(RANKS)]
REQUIRED = 0.92


def cluster_pass(bench: Bench) -> Outcome:
    iterations = bench.sized(200, 20)
    options = ["--form", "primal", "--learning-rate", "0.001", "--iterations", str(iterations)]
    return _outcome(bench, passes.pixels(bench), [*options, "--cost-every", str(iterations - 1)], _per_iteration)


def cluster_load(bench: Bench) -> Outcome:
    return _outcome(bench, bench.pictures.large(bench.sized(100, 2)), ["--iterations", "1"], _without_start)


def cluster_backbone(bench: Bench) -> Outcome:
    features = str(bench.backbone("efficientnet-lite0"))
    return _outcome(bench, bench.pictures.ants_bees(), ["--features", features, "--iterations", "1"], _without_start)


def _outcome(bench: Bench, data: Path, options: list[str], timed) -> Outcome:
    models = {name: bench.folder() / "model.safetensors" for name in ("ranks", "alone")}
    series = alternately(
        {
            "ranks": lambda: timed(bench, MPIRUN, data, options, models["ranks"]),
            "alone": lambda: timed(bench, [], data, options, models["alone"]),
        },
        bench.big,
    )
    is_same = models["ranks"].read_bytes() == models["alone"].read_bytes()
    line = Line.times(series["ranks"], "one process, 2 threads", series["alone"], REQUIRED)
    return Outcome.of(series.values(), [line], [Check("the model files are equal", is_same)])


def _train(bench: Bench, launcher: list[str | Path], data: Path, options: list[str], model: Path) -> Run:
    log = model.with_name("log.jsonl")
    command = [*launcher, bench.percept, "train", data, *options, "--quiet", "--force", "--no-cache", "--log", log, "-o", model]
    run = bench.launcher.run(command, cache(bench.folder()))
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return Run(run.seconds, run.peak_memory, {"log": lines})


def _per_iteration(bench: Bench, launcher: list[str | Path], data: Path, options: list[str], model: Path) -> Run:
    run = _train(bench, launcher, data, options, model)
    first, last = run.answer["log"][0], run.answer["log"][-1]
    return Run((last["seconds"] - first["seconds"]) / (last["iteration"] - first["iteration"]))


def _without_start(bench: Bench, launcher: list[str | Path], data: Path, options: list[str], model: Path) -> Run:
    """The time for data, without that for four images of it: starting the processes takes the same for any data."""
    run = _train(bench, launcher, data, options, model)
    start = _train(bench, launcher, _few(bench, data), options, model.with_name("few.safetensors"))
    return Run(run.seconds - start.seconds)


@functools.cache
def _few(bench: Bench, data: Path) -> Path:
    folder = bench.folder()
    for name in sorted({path.parent.name for path in data.rglob("*.jpg")}):
        (folder / name).mkdir()
        for path in sorted(data.rglob(f"{name}/*.jpg"))[:2]:
            shutil.copy(path, folder / name)
    return folder


ROWS = [
    Row("cluster-pass", "10,000 pictures of 12,288 features, an iteration in two processes", cluster_pass),
    Row("cluster-load", "100 photos of 12 megapixels to 64 x 64 in two processes", cluster_load),
    Row("cluster-backbone", "244 photos through EfficientNet-Lite0 in two processes", cluster_backbone),
]
