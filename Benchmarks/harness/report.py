"""Outcomes as a table to read, as JSON, and as RESULTS.md."""

import json
import textwrap
from typing import Any

from harness.measuring import other_work
from harness.results import Line, Outcome, Row

HEAD = ("row", "ours", "against", "theirs", "ratio", "at least", "", "memory, ours", "theirs")
# How much of the cores other work may use.
LARGEST_SHARE = 0.05
Outcomes = list[tuple[Row, Outcome]]


def table(outcomes: Outcomes) -> str:
    """Columns of plain text that are a table in Markdown, too."""
    rows = [HEAD, *(_cells(row, line) for row, outcome in outcomes for line in outcome.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(row: Row, line: Line) -> tuple[str, ...]:
    return (
        row.name,
        str(line.ours),
        line.against,
        str(line.theirs),
        _times(line.ratio, line),
        _times(line.required, line),
        "met" if line.is_met else "MISSED",
        _memory(line.ours_memory),
        _memory(line.theirs_memory),
    )


def _times(ratio: float, line: Line) -> str:
    """How many times better; a share where the limit is less than the other side, which is then out of reach."""
    if line.required < 1:
        return f"{ratio:.0%}"
    return f"{ratio:.3g} x" if ratio < 100 else f"{ratio:.0f} x"


def _memory(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:.0f} MB"


def remarks(outcomes: Outcomes) -> str:
    """What each row has besides: what it is, checks, notes, disturbances."""
    parts = []
    for row, outcome in outcomes:
        lines = [f"{row.name}: {row.what}"]
        lines += [f"  {'checked' if check.is_passed else 'FAILED'}: {check.what}" for check in outcome.checks]
        lines += [f"  {note}" for note in outcome.notes]
        if outcome.thrown_away or outcome.disturbed:
            lines.append(
                f"  The host took over 2 % of the time. Runs thrown away and repeated: {outcome.thrown_away}; "
                f"kept all the same after three tries: {outcome.disturbed}."
            )
        parts.append("\n".join(lines))
    return "\n".join(parts)


def quietness() -> str:
    """Whether the machine was quiet enough for the numbers to mean something."""
    share = f"Other work used {other_work.share:.0%} of the cores between the timings"
    return f"{share}." if other_work.share < LARGEST_SHARE else f"{share}: **these numbers are disturbed**."


def machine(facts: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in facts.items())


def text(facts: dict[str, str], outcomes: Outcomes, is_quick: bool) -> str:
    """Everything, to read in a terminal; of a quick run, whose times mean nothing, only what was compared."""
    if is_quick:
        return remarks(outcomes)
    has_lines = any(outcome.lines for _, outcome in outcomes)
    parts = [quietness(), remarks(outcomes), machine(facts)]
    return "\n\n".join([table(outcomes), *parts] if has_lines else parts)


def as_json(facts: dict[str, str], outcomes: Outcomes) -> str:
    rows = {row.name: _members(row, outcome) for row, outcome in outcomes}
    return json.dumps({"machine": facts, "otherWork": other_work.share, "rows": rows}, indent=2)


def _members(row: Row, outcome: Outcome) -> dict[str, Any]:
    return {
        "what": row.what,
        "lines": [
            {
                "ours": line.ours.value,
                "theirs": line.theirs.value,
                "unit": line.ours.unit,
                "against": line.against,
                "ratio": line.ratio,
                "required": line.required,
                "met": line.is_met,
                "oursPeakMemory": line.ours_memory,
                "theirsPeakMemory": line.theirs_memory,
            }
            for line in outcome.lines
        ],
        "checks": [{"what": check.what, "passed": check.is_passed} for check in outcome.checks],
        "notes": outcome.notes,
        "thrownAway": outcome.thrown_away,
        "disturbed": outcome.disturbed,
    }


def results_page(facts: dict[str, str], outcomes: Outcomes) -> str:
    """RESULTS.md."""
    missed = [f"{row.name} ({line.against})" for row, outcome in outcomes for line in outcome.lines if not line.is_met]
    verdict = f"Missed: {'; '.join(missed)}." if missed else "Every row meets its limit."
    summary = textwrap.fill(f"{verdict} {quietness()}", 120)
    return f"""# Results

Written by `scripts/benchmark --write`; do not edit by hand.

Times are medians of runs in which ours and theirs took turns; **ratio** is how many times better ours is, and **at
least** what it has to be on two cores. Memory is the peak of the whole process.

`scripts/benchmark` measures everything again, `scripts/benchmark --only NAME` one row; see `scripts/benchmark --help`.
Two measurements have tables of their own: `percept serve` under load ([SERVING.md](SERVING.md)), and the latency of the
studio ([STUDIO.md](STUDIO.md)).

{summary}

{table(outcomes)}

```
{remarks(outcomes)}
```

Measured on:

```
{machine(facts)}
```
"""
