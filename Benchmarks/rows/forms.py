"""The cost model that picks the form of gradient descent, against the clock."""

import statistics
from dataclasses import dataclass
from pathlib import Path

from harness.bench import Bench
from harness.measuring import Run, Series, measure, progress
from harness.processes import Failure, Worker
from harness.results import Outcome, Row

COUNTS = (50, 200, 500, 1000, 2000, 4000)
SHAPES = {784: (28, 28), 12_288: (128, 96)}
ITERATIONS = (100, 1000, 10_000)
FORMS = ("primal", "dual")


@dataclass(frozen=True)
class Timing:
    """What a training of one form takes: once, and for every iteration. `costs` are its first ones."""

    once: float
    per_iteration: float
    costs: list[float]

    def seconds(self, iterations: int) -> float:
        return self.once + iterations * self.per_iteration


@dataclass(frozen=True)
class Choice:
    """A training of one shape in both forms, in seconds, and the form that `auto` picks."""

    examples: int
    features: int
    iterations: int
    seconds: dict[str, float]
    picked: str

    @property
    def faster(self) -> str:
        return min(self.seconds, key=lambda form: self.seconds[form])

    @property
    def loss(self) -> float:
        """How many times longer it takes than it would in the other form."""
        return self.seconds[self.picked] / self.seconds[self.faster]

    def __str__(self) -> str:
        verdict = "right" if self.picked == self.faster else f"wrong: {self.loss:.2f} x the time"
        return (
            f"{self.examples:6,} {self.features:7,} {self.iterations:7,}  {self.seconds['primal']:9.4f} s "
            f"{self.seconds['dual']:9.4f} s  {self.picked:6}  {verdict}"
        )


def forms(bench: Bench) -> Outcome:
    counts = COUNTS[:1] if bench.is_quick else COUNTS
    series = Series()
    choices: list[Choice] = []
    for features, (width, height) in SHAPES.items():
        data = bench.pictures.idx(max(counts), width, height)
        with bench.ours() as worker:
            for count in counts:
                progress(f"  {count} x {features}")
                choices += Shape(worker, data, count, features, bench.sized(3, 1)).choices(series)
    return Outcome.of([series], [], notes=_notes(choices))


def _notes(choices: list[Choice]) -> list[str]:
    wrong = [choice for choice in choices if choice.picked != choice.faster]
    worst = max(choices, key=lambda choice: choice.loss)
    head = f"{'m':>6} {'n':>7} {'steps':>7}  {'primal':>11} {'dual':>11}  auto"
    summary = f"auto picks the slower form in {len(wrong)} of {len(choices)} cases"
    if wrong:
        summary += f"; the worst takes {worst.loss:.2f} x the time"
    return [head, *map(str, choices), summary + "."]


@dataclass(frozen=True)
class Shape:
    """Trainings on the first `count` examples of some data."""

    worker: Worker
    data: Path
    count: int
    features: int
    repetitions: int

    def choices(self, series: Series) -> list[Choice]:
        timings = {form: self._timing(form, series) for form in FORMS}
        return [
            Choice(
                self.count,
                self.features,
                iterations,
                {form: timings[form].seconds(iterations) for form in FORMS},
                self._picked(iterations, timings),
            )
            for iterations in ITERATIONS
        ]

    def _timing(self, form: str, series: Series) -> Timing:
        work = {"primal": self.count * self.features, "dual": self.count * self.count}[form]
        iterations = min(max(20, 500_000_000 // work), 2000 if self.repetitions > 1 else 100)
        runs: list[Run] = []
        for _ in range(self.repetitions):
            measure(lambda: self._ask(form, iterations), series)
            runs.append(series.runs[-1])
        per_iteration = statistics.median(run.answer["secondsPerIteration"] for run in runs)
        once = statistics.median(run.seconds - iterations * run.answer["secondsPerIteration"] for run in runs)
        return Timing(once, per_iteration, runs[-1].answer["costs"])

    def _picked(self, iterations: int, timings: dict[str, Timing]) -> str:
        """The form that `auto` takes: it does not say, but the forms round differently, so the costs tell."""
        costs = self._ask("auto", iterations, stop_after=20).answer["costs"]
        for form, timing in timings.items():
            if timing.costs[:20] == costs:
                return form
        raise Failure(f"auto is neither form for {self.count} x {self.features}")

    def _ask(self, form: str, iterations: int, stop_after: int | None = None) -> Run:
        return self.worker.ask(
            work="train",
            data=str(self.data),
            count=self.count,
            learningRate=0.0005,
            iterations=iterations,
            form=form,
            stopAfter=stop_after,
        )


ROWS = [Row("forms", "whether auto picks the faster form, for many shapes", forms)]
