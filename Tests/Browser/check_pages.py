"""Opens pages in headless Chromium, light and dark, on a desk and on a phone, and holds them to what a page must be.

usage: python3 check_pages.py PAGE.html …
Prints a line a page; ends with "N passed, N failed" and exit code 1 if any failed.
"""
import pathlib
import sys

from chromium import SCHEMES, WIDTHS, browser, faults, present


def everything(driver, page):
    """What is wrong with a page at every width and in every colour scheme."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            present(driver, width, scheme)
            driver.get(page.resolve().as_uri())
            for fault in faults(driver, width):
                yield f"{width} wide, {scheme}: {fault}"


def main(pages):
    failed = 0
    driver = browser()
    try:
        for page in pages:
            found = list(everything(driver, page))
            print(f"{page.name}: {'; '.join(found) if found else 'good'}")
            failed += bool(found)
    finally:
        driver.quit()
    print(f"{len(pages) - failed} passed, {failed} failed")
    return 1 if failed or not pages else 0


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(argument) for argument in sys.argv[1:]]))
