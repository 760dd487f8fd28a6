"""How time and memory of whole commands grow with the number of images, and what many files cost before training."""

import math
import os
from collections.abc import Callable
from pathlib import Path

from harness.bench import Bench, cache
from harness.measuring import Run, Series, alternately
from harness.processes import Command
from harness.results import Amount, Line, Outcome, Row

SIZES, QUICK_SIZES = (1000, 10_000, 100_000), (200, 400)
LARGEST_EXPONENT = 1.15
TWO_CLASSES = ",".join(f"c{index}={('even', 'odd')[index % 2]}" for index in range(10))
SMALL = ["--image-size", "32", "--seed", "0", "--force"]


def growth(bench: Bench) -> Outcome:
    sizes = bench.sized(SIZES, QUICK_SIZES)
    measured = {size: _stages(bench, size) for size in sizes}
    factor, lines = sizes[-1] / sizes[-2], []
    notes = [f"{'':18}" + "".join(f"{size:>18,}" for size in sizes) + "   exponents of time and memory"]
    for stage in measured[sizes[0]]:
        series = [measured[size][stage] for size in sizes]
        before, last = series[-2:]
        exponents = [math.log(ratio) / math.log(factor) for ratio in (last.seconds / before.seconds, _memory(last) / _memory(before))]
        cells = "".join(f"{one.seconds:9.2f} s{_memory(one) / 1e6:5.0f} MB" for one in series)
        notes.append(f"{stage:18}{cells}   {exponents[0]:.2f} {exponents[1]:.2f}")
        limit = Amount(before.seconds * factor**LARGEST_EXPONENT, "s")
        lines.append(Line(Amount(last.seconds, "s"), f"{stage}: exponent {LARGEST_EXPONENT}", limit, 1, last.peak_memory))
    notes.append(f"Exponents are those from {sizes[-2]:,} to {sizes[-1]:,} images. Memory includes mapped pixels, 3 kB an image.")
    return Outcome.of([one for stages in measured.values() for one in stages.values()], lines, notes=notes)


def _memory(series: Series) -> int:
    return series.peak_memory or 1


def _stages(bench: Bench, count: int) -> dict[str, Series]:
    """Each command, once, in this order: the first of each image size decodes, the others find the images in the cache."""
    data, kept = bench.pictures.folders(count), bench.folder()
    neuron = ["train", data, "--classes", TWO_CLASSES, "--iterations", "100", *SMALL, "-o", kept / "neuron.safetensors"]
    softmax = kept / "softmax.safetensors"
    hidden = ["--hidden", "128", "--epochs", "2", *SMALL, "-o", kept / "hidden.safetensors"]
    commands: dict[str, Command] = {
        "explore, cold": ["explore", data],
        "explore, warm": ["explore", data],
        "train, cold": neuron,
        "train neuron": neuron,
        "train softmax": ["train", data, "--iterations", "100", *SMALL, "-o", softmax],
        "train 128 units": ["train", data, *hidden],
        "evaluate": ["evaluate", softmax, data],
        "report": ["report", softmax, data, "-o", kept / "report.html"],
    }
    return {stage: _once(bench, command, kept) for stage, command in commands.items()}


def _once(bench: Bench, command: Command, cache_home: Path) -> Series:
    name = str(command[0])
    return alternately({name: lambda: bench.launcher.run([bench.percept, *command], cache(cache_home))}, 1)[name]


def files(bench: Bench) -> Outcome:
    """Reading everything for the first time is compared with reading the files, and looking for changes with finding them."""
    data, kept = bench.pictures.folders(bench.sized(100_000, 400)), bench.folder()

    def train(is_cold: bool) -> Run:
        home = bench.folder() if is_cold else kept
        return bench.train(data, [*SMALL, "--iterations", "1"], home, kept / "model.safetensors")

    def forgetting(run: Callable[[], Run]) -> Run:
        _forget_files()
        return run()

    def read() -> Run:
        return bench.launcher.run(["sh", "-c", 'tar cf - "$1" | cat > /dev/null', "sh", data], {})

    def find() -> Run:
        return bench.launcher.run(["sh", "-c", "find \"$1\" -printf '%s %T@' > /dev/null", "sh", data], {})

    first = alternately({"first": lambda: forgetting(lambda: train(True)), "tar": lambda: forgetting(read)}, bench.long)
    train(False)
    warm = alternately({"again": lambda: train(False), "find": find}, bench.long)
    lines = [
        Line.times(first["first"], "tar, nothing in memory", first["tar"], 0.5),
        Line.times(warm["again"], "find with size and time", warm["find"], 0.1),
    ]
    notes = ["Timed: `percept train --iterations 1`, which also trains, looks for near-duplicates, and evaluates."]
    return Outcome.of([*first.values(), *warm.values()], lines, notes=notes)


def _forget_files() -> None:
    """Has the system read files from the disk again, where the user may do this."""
    os.sync()
    if os.access("/proc/sys/vm/drop_caches", os.W_OK):
        Path("/proc/sys/vm/drop_caches").write_text("3")


ROWS = [
    Row("growth", "1,000 to 100,000 images of 48 x 48, ten classes", growth),
    Row("files", "100,000 files in 1,000 folders, for the first time and again", files),
]
