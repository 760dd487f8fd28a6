"""Checks reports in headless Chromium at desktop and phone widths, in light and dark color schemes.

usage: python3 check_pages.py REPORT.html …
Prints one line per page, then "N passed, N failed". Exits with 1 if any page failed.
"""
import pathlib
import sys

from chromium import SCHEMES, WIDTHS, browser, complaints, faults, present
from report import paper_faults, report_faults


def all_faults(driver, page):
    """Yields the faults of a page at every width and in every color scheme."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            present(driver, width, scheme)
            driver.get(page.resolve().as_uri())
            for fault in faults(driver, width):
                yield f"{width} wide, {scheme}: {fault}"
            for fault in [*report_faults(driver, width), *complaints(driver)]:
                yield f"{width} wide, {scheme}: {fault}"
    present(driver)
    yield from paper_faults(driver)


def main(pages):
    failed = 0
    driver = browser()
    try:
        for page in pages:
            found = list(all_faults(driver, page))
            print(f"{page.name}: {'; '.join(found) if found else 'good'}")
            failed += bool(found)
    finally:
        driver.quit()
    print(f"{len(pages) - failed} passed, {failed} failed")
    return 1 if failed or not pages else 0


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(argument) for argument in sys.argv[1:]]))
