"""Tests every section of the studio in headless Chromium: by mouse, by keyboard, and at phone width.

usage: python3 check_studio.py [--screenshots FOLDER] PERCEPT DATA [OPTION OF percept studio …]
Prints one line per check, then "N passed, N failed". Exits with 1 if any check failed.
"""
import argparse
import pathlib
import sys
import tempfile

import studio_corrections
import studio_looks
import studio_questions
import studio_settings
import studio_workbench
from chromium import complaints, foreign
from studio import Studio

CHECKS = studio_workbench.ALL + studio_settings.ALL + studio_questions.ALL + studio_corrections.ALL + studio_looks.ALL + studio_looks.LAST


def run(check, studio):
    """Runs a check, and yields a sentence for each failure."""
    studio.expected_complaint = None
    try:
        studio.figures = ""
        check(studio)
    except Exception as error:  # the other checks must still run
        words = str(error).partition("\n")[0]  # Selenium appends a stack trace
        yield words if isinstance(error, AssertionError) else f"{type(error).__name__}: {words}"
    for complaint in complaints(studio.driver):
        if not (studio.expected_complaint and studio.expected_complaint in complaint):
            yield complaint
    if outside := foreign(studio.driver, studio.home):
        yield f"loads {outside}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--screenshots", type=pathlib.Path, help="the folder for screenshots of the page")
    parser.add_argument("--only", default="", help="run only checks whose name contains one of these texts, separated by commas")
    parser.add_argument("percept", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("data")
    options, more = parser.parse_known_args()
    data = [str(pathlib.Path(options.data).resolve()), *more]
    counts = {True: 0, False: 0}
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(options.percept, data, pathlib.Path(folder))
        studio.screenshots = options.screenshots
        if options.screenshots:
            options.screenshots.mkdir(parents=True, exist_ok=True)
        try:
            for check in CHECKS:
                if not any(text in check.__name__ for text in options.only.split(",")):
                    continue
                found = list(run(check, studio))
                counts[not found] += 1
                print(f"{check.__doc__}: {'; '.join(found) if found else 'good'}{studio.figures}", flush=True)
        finally:
            studio.end()
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] or not counts[True] else 0


if __name__ == "__main__":
    sys.exit(main())
