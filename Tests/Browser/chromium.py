"""Headless Chromium, and the checks that every page must pass. Shared by check_pages.py and check_studio.py.

Requires selenium and axe_core_python from PyPI, Debian's chromium and chromium-driver.
"""
import time

from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")


def browser(*arguments):
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", *arguments):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def present(driver, width=1280, scheme="light", height=900, motion="no-preference"):
    """Sets the size of the window and the preferred color scheme and motion."""
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})


def complaints(driver):
    """Returns the messages of the browser's console since the last call."""
    return [f"console: {entry['message']}" for entry in driver.get_log("browser")]


def foreign(driver, home=None):
    """Returns the addresses that the page has requested from other hosts than home."""
    return driver.execute_script(
        "return performance.getEntriesByType('resource').map(r => r.name)"
        ".filter(n => !/^(data|blob):/.test(n) && !(arguments[0] && n.startsWith(arguments[0])))", home)


def missing_images(driver):
    """Returns the number of images that cannot be shown, after at most ten seconds for those that are still loading. Also loads
    those that the page loads only when they come near the window."""
    driver.execute_script("for (const image of document.images) image.loading = 'eager'")
    for _ in range(100):
        missing = driver.execute_script(
            "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length")
        if not missing:
            break
        time.sleep(0.1)
    return missing


def faults(driver, width, home=None):
    """Yields a sentence for each fault of the page in its current state."""
    yield from complaints(driver)
    if missing := missing_images(driver):
        yield f"{missing} images are missing"
    if (overflow := driver.execute_script("return document.documentElement.scrollWidth")) > width:
        yield f"scrolls horizontally: {overflow} pixels wide"
    if outside := foreign(driver, home):
        yield f"loads {outside}"
    for violation in Axe().run(driver)["violations"]:
        node = violation["nodes"][0]["html"][:120]
        yield f"accessibility, {violation['impact']}: {violation['help']} ({len(violation['nodes'])}), as in {node}"
