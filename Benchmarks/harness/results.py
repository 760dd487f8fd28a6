"""What a row found: lines of the table, checks of the numbers behind them, notes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from harness.bench import Bench
from harness.measuring import Series


@dataclass(frozen=True)
class Amount:
    """A number that is better when it is small (seconds, bytes) or large (bytes per second)."""

    value: float
    unit: str

    def __str__(self) -> str:
        match self.unit:
            case "s":
                return _seconds(self.value)
            case "B":
                return f"{self.value / 1e6:.0f} MB"
            case _:
                return f"{self.value / 1e9:.1f} GB/s"

    def times_better(self, other: "Amount") -> float:
        return self.value / other.value if self.unit == "B/s" else other.value / self.value


def _seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1e3:.3g} ms"
    return f"{value:.3g} s"


@dataclass(frozen=True)
class Line:
    """Ours against one of theirs, or against a limit."""

    ours: Amount
    against: str
    theirs: Amount
    required: float
    ours_memory: int | None = None
    theirs_memory: int | None = None

    @property
    def ratio(self) -> float:
        return self.ours.times_better(self.theirs)

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.required

    @staticmethod
    def times(ours: Series, against: str, theirs: Series, required: float) -> "Line":
        return Line(
            Amount(ours.seconds, "s"),
            against,
            Amount(theirs.seconds, "s"),
            required,
            ours.peak_memory,
            theirs.peak_memory,
        )


@dataclass(frozen=True)
class Check:
    """Whether both sides have come to the same."""

    what: str
    is_passed: bool

    @staticmethod
    def costs(against: str, ours: list[float], theirs: list[float], tolerance: float) -> "Check":
        """Whether all costs agree, relative to theirs."""
        off = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
        what = f"all {len(ours)} costs agree with {against}: off by {off:.1e} at most, {tolerance:.0e} allowed"
        return Check(what, off <= tolerance)


@dataclass(frozen=True)
class Outcome:
    lines: list[Line] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    thrown_away: int = 0
    disturbed: int = 0

    @staticmethod
    def of(
        series: Iterable[Series], lines: list[Line], checks: list[Check] | None = None, notes: list[str] | None = None
    ) -> "Outcome":
        all_series = list(series)
        return Outcome(
            lines,
            checks or [],
            notes or [],
            sum(one.thrown_away for one in all_series),
            sum(one.disturbed for one in all_series),
        )


@dataclass(frozen=True)
class Row:
    """One thing that is measured."""

    name: str
    what: str
    measure: Callable[[Bench], Outcome]
