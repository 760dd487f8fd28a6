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
PAUSE = 0.1
# After that nothing of what is measured runs, so whatever keeps cores busy is other work.
LISTEN = 0.1


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


@dataclass
class OtherWork:
    """How busy the cores were, all in all, in the pauses between timings."""

    busy: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        return self.busy / self.total if self.total else 0

    def listen(self) -> None:
        before = _ticks()
        time.sleep(LISTEN)
        after = _ticks()
        self.busy += after.busy - before.busy
        self.total += after.total - before.total


other_work = OtherWork()


def alternately(
    contenders: dict[str, Callable[[], Run]], repetitions: int, warms_up: bool = True
) -> dict[str, Series]:
    """Lets each contender warm up once if need be, then all of them run in turn, `repetitions` times."""
    series = {name: Series() for name in contenders}
    for name, run in contenders.items() if warms_up and repetitions > 1 else ():
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
        other_work.listen()
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


@dataclass(frozen=True)
class _Ticks:
    """Time of all cores since the machine started, in ticks: worked, taken away by the host, and all of it."""

    busy: int
    stolen: int
    total: int


def _ticks() -> _Ticks:
    with open("/proc/stat") as file:
        user, nice, system, idle, waiting, *rest, stolen = (int(number) for number in file.readline().split()[1:9])
    busy = user + nice + system + sum(rest)
    return _Ticks(busy, stolen, busy + idle + waiting + stolen)


def _steal(before: _Ticks, after: _Ticks) -> float:
    total = after.total - before.total
    return (after.stolen - before.stolen) / total if total else 0
