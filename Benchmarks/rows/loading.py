"""Folders of photos into features of 64 x 64, inside a process, against Pillow in one process per core."""

from dataclasses import replace
from pathlib import Path

from harness.bench import Bench
from harness.measuring import alternately
from harness.results import Check, Line, Outcome, Row


def against_pillow(
    bench: Bench, data: Path, against: str, is_drafted: bool, repetitions: int, required: float
) -> Outcome:
    work = {"work": "load", "data": str(data), "imageSize": 64}
    with bench.ours() as ours, bench.theirs() as theirs:
        series = alternately(
            {
                "ours": lambda: ours.ask(**work, cacheHome=str(bench.folder())),
                "Pillow": lambda: theirs.ask(**work, draft=is_drafted),
            },
            repetitions,
        )
    answers = [one.answer for one in series.values()]
    is_same = all(answers[0][key] == answers[1][key] for key in ("count", "checksum"))
    # Pillow's memory is that of several processes, which no single number tells.
    line = replace(Line.times(series["ours"], against, series["Pillow"], required), theirs_memory=None)
    return Outcome.of(series.values(), [line], [Check(f"all {answers[0]['count']} pictures have equal bytes", is_same)])


def load_small(bench: Bench) -> Outcome:
    data = bench.pictures.many(bench.sized(4000, 100))
    return against_pillow(bench, data, "Pillow, a process per core", False, bench.small, required=3)


def load_large(bench: Bench) -> Outcome:
    data = bench.pictures.large(bench.sized(100, 2))
    return against_pillow(bench, data, "Pillow with draft, a process per core", True, bench.big, required=1.2)


ROWS = [
    Row("load-small", "4,000 photos of 89 x 109 to 64 x 64", load_small),
    Row("load-large", "100 photos of 12 megapixels to 64 x 64", load_large),
]
