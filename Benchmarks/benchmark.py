"""Measures Percept against other libraries. `scripts/benchmark` prepares everything and calls it."""

import argparse
import sys
from pathlib import Path

from harness import machine, report
from harness.bench import HERE, Bench
from harness.measuring import progress
from harness.processes import Failure
from rows import ROWS


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measures Percept against NumPy, Pillow, scikit-learn, PyTorch and ONNX Runtime, which take turns.\n"
        "The table goes to standard output, progress to standard error.\n"
        "Exits with 1 where both sides do not come to the same numbers.",
        epilog="ROWS:\n" + "\n".join(f"  {row.name:17}{row.what}" for row in ROWS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        choices=[row.name for row in ROWS],
        action="append",
        help="measure this row; may be given several times",
    )
    parser.add_argument("--quick", action="store_true", help="every row once at its smallest size, only to compare the results of both sides; times mean nothing")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--write", action="store_true", help="write Benchmarks/RESULTS.md, too")
    parser.add_argument("--programs", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write and (options.only or options.quick):
        parser.error("--write writes the whole table, measured in full: not with --only or --quick")
    return options


def main() -> int:
    options = arguments()
    root = HERE.parent
    facts = machine.facts(root)
    bench = Bench(options.programs, options.data, root.parent / "shared", options.quick)
    outcomes: report.Outcomes = []
    for row in ROWS:
        if options.only is None or row.name in options.only:
            progress(f"{row.name}: {row.what}")
            outcomes.append((row, row.measure(bench)))
    if options.json:
        print(report.as_json(facts, outcomes))
    else:
        print(report.text(facts, outcomes, options.quick))
    if options.write:
        (HERE / "RESULTS.md").write_text(report.results_page(facts, outcomes))
    return 0 if all(check.is_passed for _, outcome in outcomes for check in outcome.checks) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"Error: {failure}")
