"""Contenders take turns in one run, and what the machine's host took away from a run throws it out."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LARGEST_STEAL = 0.02
TRIES = 3
# Threads that have just worked spin for a while; the other side should not have to share the cores with them.
PAUSE = 0.15


@dataclass(frozen=True)
class Run:
    """One timing: seconds, peak memory in bytes where it is known, and all that the contender answered."""

    seconds: float
    peak_memory: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass
class Series:
    """All timings of one contender."""

    runs: list[Run] = field(default_factory=list)
    thrown_away: int = 0
    disturbed: int = 0

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def peak_memory(self) -> int | None:
        known = [run.peak_memory for run in self.runs if run.peak_memory is not None]
        return max(known, default=None)

    @property
    def answer(self) -> dict[str, Any]:
        return self.runs[-1].answer

    @property
    def spread(self) -> tuple[float, float]:
        seconds = [run.seconds for run in self.runs]
        return min(seconds), max(seconds)


def alternately(contenders: dict[str, Callable[[], Run]], repetitions: int) -> dict[str, Series]:
    """Lets each contender warm up once, then all of them run in turn, `repetitions` times."""
    series = {name: Series() for name in contenders}
    for name, run in contenders.items():
        progress(f"  warming up {name}")
        run()
    for repetition in range(repetitions):
        progress(f"  {repetition + 1} of {repetitions}: {', '.join(contenders)}")
        for name, run in contenders.items():
            measure(run, series[name])
    return series


def measure(run: Callable[[], Run], series: Series) -> None:
    """One timing without steal; after `TRIES` the last one is taken as it is and counted as disturbed."""
    for attempt in range(TRIES):
        time.sleep(PAUSE)
        before = _ticks()
        result = run()
        steal = _steal(before, _ticks())
        if steal <= LARGEST_STEAL:
            break
        if attempt == TRIES - 1:
            series.disturbed += 1
        else:
            series.thrown_away += 1
    series.runs.append(result)


def progress(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _ticks() -> tuple[int, int]:
    """Time that the host took away, and all time, in ticks of all cores since the machine started."""
    with open("/proc/stat") as file:
        times = [int(number) for number in file.readline().split()[1:9]]
    return times[7], sum(times)


def _steal(before: tuple[int, int], after: tuple[int, int]) -> float:
    total = after[1] - before[1]
    return (after[0] - before[0]) / total if total else 0
