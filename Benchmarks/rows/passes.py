"""Many pictures: one iteration reads all pixels, so memory is the limit."""

import functools
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from harness.bench import Bench, cache
from harness.measuring import Run, Series, alternately, measure, progress
from harness.processes import Worker
from harness.results import Amount, Check, Line, Outcome, Row

COUNT, WIDTH, HEIGHT = 10_000, 128, 96
PIXEL_BYTES = COUNT * WIDTH * HEIGHT
ITERATIONS = 10
# The libraries, as the peers' worker calls them, their names, and how many times faster ours has to be.
PEERS = {"numpy32": ("NumPy float32", 3.5), "numpy": ("NumPy float64", 7), "torch": ("PyTorch float32", 5)}


def pixels(bench: Bench) -> Path:
    return bench.pictures.idx(COUNT, WIDTH, HEIGHT)


def pass_10000(bench: Bench) -> Outcome:
    series = _passes(bench)
    ours = series["ours"]
    costs = ours.answer["costs"]
    return Outcome.of(
        series.values(),
        [Line.times(ours, name, series[library], required) for library, (name, required) in PEERS.items()],
        [Check.costs(name, costs, series[library].answer["costs"], 1e-4) for library, (name, _) in PEERS.items()],
    )


@functools.cache
def _passes(bench: Bench) -> dict[str, Series]:
    """Ours and each of theirs in processes of their own, so that everyone's memory is their own."""
    work = {"work": "train", "data": str(pixels(bench)), "learningRate": 0.001, "iterations": ITERATIONS}
    with ExitStack() as stack:
        ours = stack.enter_context(bench.ours())
        contenders = {"ours": lambda: per_iteration(ours.ask(**work, form="primal"))}
        for library in PEERS:
            theirs = stack.enter_context(bench.theirs())
            contenders[library] = functools.partial(_ask, theirs, work, library)
        return alternately(contenders, bench.big)


def _ask(worker: Worker, work: dict, library: str) -> Run:
    return per_iteration(worker.ask(**work, library=library))


def per_iteration(run: Run) -> Run:
    """A training's timing as that of one iteration, so that what comes before does not count."""
    return replace(run, seconds=run.answer["secondsPerIteration"])


def bandwidth(bench: Bench) -> Outcome:
    progress("  reading memory")
    with bench.ours() as worker:
        rates = {
            threads: 2**30 / worker.ask(work="bandwidth", bytes=2**30, threads=threads, repetitions=9).seconds
            for threads in (1, 2)
        }
    series = _passes(bench)["ours"]
    notes = [f"This machine reads memory at {rate / 1e9:.1f} GB/s with {n} thread(s)." for n, rate in rates.items()]
    ours = Amount(PIXEL_BYTES / series.seconds, "B/s")
    return Outcome([Line(ours, "read bandwidth, 2 threads", Amount(rates[2], "B/s"), 0.5)], notes=notes)


def memory_10000(bench: Bench) -> Outcome:
    folder = bench.folder()
    command = [
        bench.percept, "train", pixels(bench), "--test-fraction", "0", "--form", "primal", "--iterations",
        str(ITERATIONS), "--quiet", "-o", folder / "model.safetensors", "--force",
    ]  # fmt: skip
    series = Series()
    for _ in range(2):
        measure(lambda: bench.launcher.run(command, cache(folder)), series)
    peak = series.peak_memory or 0
    allowed = 0.1 * PIXEL_BYTES + 200e6
    line = Line(Amount(peak - PIXEL_BYTES, "B"), "10 % of the pixels + 200 MB", Amount(allowed, "B"), 1, peak)
    return Outcome([line], notes=[f"Pixels take {PIXEL_BYTES / 1e6:.0f} MB; the program's peak was {peak / 1e6:.0f} MB."])


ROWS = [
    Row("pass-10000", "10,000 pictures of 12,288 features, one iteration", pass_10000),
    Row("bandwidth", "pixels read per second in pass-10000", bandwidth),
    Row("memory-10000", "peak memory of `percept train` on them, less the pixels", memory_10000),
]
