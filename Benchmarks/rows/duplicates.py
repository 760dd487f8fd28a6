"""Grouping near-duplicates by their hashes, against comparing all pairs, and how the time grows."""

import math
from functools import partial

from harness.bench import Bench
from harness.measuring import Run, Series, alternately
from harness.processes import Failure, Worker
from harness.results import Amount, Check, Line, Outcome, Row
from rows.networks import FASHION

COUNT, QUICK_COUNT = 70_000, 6000
SIZES, QUICK_SIZES = (250_000, 500_000, 1_000_000, 2_000_000, 4_000_000), (5000, 10_000)
LARGEST_EXPONENT = 1.2


def duplicates_70000(bench: Bench) -> Outcome:
    if not FASHION.is_dir():
        raise Failure(f"{FASHION} is missing: install the package dataset-fashion-mnist")
    series = _against_all_pairs(bench, data=str(FASHION))
    line = Line.times(series["ours"], "comparing all pairs", series["all pairs"], 30)
    return Outcome.of(series.values(), [line], [_same_groups(series)], ["Timed: grouping alone; hashes are computed before."])


def duplicates_film(bench: Bench) -> Outcome:
    """Half of the images are frames of a film, which are all near others."""
    count = bench.sized(COUNT, QUICK_COUNT)
    film = _against_all_pairs(bench, made="film", count=count)
    with bench.hashes() as hashes:
        made = {kind: partial(_group, hashes, made=kind, count=count) for kind in ("film", "images", "scenes")}
        series = alternately(made, bench.small)
    lines = [Line.times(series["film"], f"{kind}, no film", series[kind], 1 / 3) for kind in ("images", "scenes")]
    return Outcome.of([*film.values(), *series.values()], lines, [_same_groups(film)])


def duplicates_growth(bench: Bench) -> Outcome:
    """Different images with a tenth near-duplicates, and similar images."""
    sizes = bench.sized(SIZES, QUICK_SIZES)
    pairs = _against_all_pairs(bench, made="images", count=bench.sized(COUNT, QUICK_COUNT))["all pairs"]
    lines, notes, measured = [], [], [pairs]
    for kind in ("images", "scenes"):
        series = [_alone(bench, kind, size) for size in sizes]
        first, last, growth = series[0].seconds, series[-1].seconds, sizes[-1] / sizes[0]
        limit = Amount(first * growth**LARGEST_EXPONENT, "s")
        lines.append(Line(Amount(last, "s"), f"{kind}: exponent {LARGEST_EXPONENT}", limit, 1, series[-1].peak_memory))
        notes.append(f"{kind}: exponent {math.log(last / first) / math.log(growth):.2f}")
        for size, one in zip(sizes, series, strict=True):
            notes.append(f"  {size:9,}: {one.seconds:7.3f} s, {(one.peak_memory or 0) / 1e6:4.0f} MB")
            if size == 1_000_000:
                lines.append(Line.times(one, f"{kind}: all pairs of {COUNT:,}", pairs, 1))
        measured += series
    return Outcome.of(measured, lines, notes=notes)


def _against_all_pairs(bench: Bench, **work: str | int) -> dict[str, Series]:
    with bench.hashes() as hashes:
        contenders = {"ours": partial(_group, hashes, **work), "all pairs": partial(_group, hashes, all_pairs=True, **work)}
        return alternately(contenders, bench.big)


def _alone(bench: Bench, kind: str, count: int) -> Series:
    """In a process of its own, so that the peak memory is its own."""
    with bench.hashes() as hashes:
        return alternately({kind: partial(_group, hashes, made=kind, count=count)}, bench.big)[kind]


def _group(hashes: Worker, all_pairs: bool = False, **work: str | int) -> Run:
    return hashes.ask(**work, comparesAllPairs=all_pairs)


def _same_groups(series: dict[str, Series]) -> Check:
    ours, theirs = (one.answer for one in series.values())
    return Check(
        f"comparing all pairs of {ours['count']:,} images finds the same {ours['groupCount']:,} groups",
        ours["checksum"] == theirs["checksum"],
    )


ROWS = [
    Row("duplicates-70000", "groups of near-duplicates among the 70,000 images of Fashion-MNIST", duplicates_70000),
    Row("duplicates-film", "among 70,000 images, half of them frames of a film", duplicates_film),
    Row("duplicates-growth", "among 250,000 to 4,000,000 images", duplicates_growth),
]
