"""Opens pages in headless Chromium, light and dark, on a desk and on a phone, and holds them to what a page must be.

usage: python3 check_pages.py PAGE.html …
needs: selenium and axe_core_python from PyPI, Debian's chromium and chromium-driver.
Prints a line a page; ends with "N passed, N failed" and exit code 1 if any failed.
"""
import pathlib
import sys

from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")


def browser():
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def faults(driver, page, width, scheme):
    """What is wrong with a page at one width and in one colour scheme, as sentences."""
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
    driver.get(page.resolve().as_uri())
    for entry in driver.get_log("browser"):
        yield f"console: {entry['message']}"
    if missing := driver.execute_script(
            "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length"):
        yield f"{missing} images are missing"
    if (overflow := driver.execute_script("return document.documentElement.scrollWidth")) > width:
        yield f"scrolls sideways: {overflow} pixels wide"
    if outside := driver.execute_script(
            "return performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith('data:'))"):
        yield f"loads {outside}"
    for violation in Axe().run(driver)["violations"]:
        node = violation["nodes"][0]["html"][:120]
        yield f"accessibility, {violation['impact']}: {violation['help']} ({len(violation['nodes'])}), as in {node}"


def main(pages):
    failed = 0
    driver = browser()
    try:
        for page in pages:
            found = [
                f"{width} wide, {scheme}: {fault}" for width in WIDTHS for scheme in SCHEMES
                for fault in faults(driver, page, width, scheme)]
            print(f"{page.name}: {'; '.join(found) if found else 'good'}")
            failed += bool(found)
    finally:
        driver.quit()
    print(f"{len(pages) - failed} passed, {failed} failed")
    return 1 if failed or not pages else 0


if __name__ == "__main__":
    sys.exit(main([pathlib.Path(argument) for argument in sys.argv[1:]]))
