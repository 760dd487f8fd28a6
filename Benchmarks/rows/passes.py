"""Many pictures: one iteration reads all pixels, so memory is the limit."""

import functools
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from harness.bench import Bench
from harness.measuring import Run, Series, alternately, measure
from harness.processes import Worker
from harness.results import Amount, Check, Line, Outcome, Row

COUNT, QUICK_COUNT, WIDTH, HEIGHT = 10_000, 500, 128, 96
ITERATIONS = 10
# How much is read, and by how many threads, to learn how fast memory is.
BLOCK, QUICK_BLOCK, THREADS = 2**30, 2**24, (1, 2)
# The libraries, as the peers' worker calls them, their names, and how many times faster ours has to be.
PEERS = {"numpy32": ("NumPy float32", 6.5), "numpy": ("NumPy float64", 7), "torch": ("PyTorch float32", 6)}


def pixels(bench: Bench) -> Path:
    return bench.pictures.idx(_count(bench), WIDTH, HEIGHT)


def _count(bench: Bench) -> int:
    return bench.sized(COUNT, QUICK_COUNT)


def _pixel_bytes(bench: Bench) -> int:
    return _count(bench) * WIDTH * HEIGHT


def _block(bench: Bench) -> int:
    return bench.sized(BLOCK, QUICK_BLOCK)


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
    """Ours, each of theirs and plain reading, in processes of their own, so that everyone's memory is their own."""
    work = {"work": "train", "data": str(pixels(bench)), "learningRate": 0.001, "iterations": ITERATIONS}
    with ExitStack() as stack:
        ours = stack.enter_context(bench.ours())
        memory = stack.enter_context(bench.ours())
        contenders = {"ours": lambda: per_iteration(ours.ask(**work, form="primal"))}
        for threads in THREADS:
            contenders[f"reading, {threads}"] = functools.partial(_read, memory, _block(bench), threads)
        for library in PEERS:
            theirs = stack.enter_context(bench.theirs())
            contenders[library] = functools.partial(_ask, theirs, work, library)
        return alternately(contenders, bench.big)


def _read(worker: Worker, size: int, threads: int) -> Run:
    return worker.ask(work="bandwidth", bytes=size, threads=threads, repetitions=5)


def _ask(worker: Worker, work: dict, library: str) -> Run:
    return per_iteration(worker.ask(**work, library=library))


def per_iteration(run: Run) -> Run:
    """A training's timing as that of one iteration, so that what comes before does not count."""
    return replace(run, seconds=run.answer["secondsPerIteration"])


def bandwidth(bench: Bench) -> Outcome:
    series = _passes(bench)
    rates = {threads: _block(bench) / series[f"reading, {threads}"].spread[0] for threads in THREADS}
    notes = [f"This machine reads memory at {rate / 1e9:.1f} GB/s, threads: {n}." for n, rate in rates.items()]
    ours = Amount(_pixel_bytes(bench) / series["ours"].seconds, "B/s")
    return Outcome([Line(ours, "best read rate, 2 threads", Amount(rates[2], "B/s"), 0.65)], notes=notes)


def memory_10000(bench: Bench) -> Outcome:
    options = f"--test-fraction 0 --form primal --iterations {ITERATIONS} --quiet".split()
    model = bench.folder() / "model.safetensors"
    series = Series()
    for _ in range(bench.sized(2, 1)):
        measure(lambda: bench.train(pixels(bench), options, bench.folder(), model), series)
    peak, pixel_bytes = series.peak_memory or 0, _pixel_bytes(bench)
    allowed = 0.1 * pixel_bytes + 200e6
    line = Line(Amount(peak - pixel_bytes, "B"), "10 % of the pixels + 200 MB", Amount(allowed, "B"), 1, peak)
    return Outcome.of([series], [line], notes=[f"The pixels take {pixel_bytes / 1e6:.0f} MB."])


ROWS = [
    Row("pass-10000", "10,000 pictures of 12,288 features, one iteration", pass_10000),
    Row("bandwidth", "pixels read per second in pass-10000", bandwidth),
    Row("memory-10000", "peak memory of `percept train` on them, less the pixels", memory_10000),
]
