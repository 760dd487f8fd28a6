"""Compares the page that percept export writes, in headless Chromium, with percept predict and percept explain.

usage: python3 check_predictor.py [--screenshots FOLDER] PERCEPT PHOTOS MODEL …
PHOTOS is a folder with at least 50 photos at any depth, which are converted to PNG. Prints one line per model, then
"N passed, N failed". Exits with 1 if any failed. Also requires Pillow from PyPI.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from PIL import Image, PngImagePlugin
from selenium.webdriver.common.by import By

from chromium import SCHEMES, WIDTHS, browser, complaints, faults, present

COUNT = 50
TOLERANCE = 1e-9


def expect(holds, words):
    if not holds:
        raise AssertionError(words)


def png(source, target, index):
    """Writes a photo as PNG: in color, gray, with a palette, transparent, turned, with 16 bits, or with another gamma."""
    image, more = Image.open(source).convert("RGB"), PngImagePlugin.PngInfo()
    kind = index % 7
    if kind == 1:
        image = image.convert("L")
    elif kind == 2:
        image = image.quantize(100)
    elif kind == 3:
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    elif kind == 4:
        exif = Image.Exif()
        exif[0x0112] = 6 + index % 3
        return image.save(target, exif=exif)
    elif kind == 5:
        more.add(b"gAMA", (100000).to_bytes(4, "big"))
        more.add(b"cHRM", b"".join(n.to_bytes(4, "big") for n in (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)))
    elif kind == 6:
        levels = image.convert("L").tobytes()
        image = Image.frombytes("I;16", image.size, bytes(byte for level in levels for byte in (255 - level, level)))
    image.save(target, pnginfo=more)


class Page:
    """The page of a model, and what percept answers."""

    def __init__(self, percept, model, folder, driver, photos):
        self.percept, self.model, self.driver, self.photos = percept, model, driver, photos
        self.file = folder / f"{model.stem}.html"
        self.run("export", model, "-o", self.file)
        present(driver)
        self.open()

    def run(self, *arguments):
        return subprocess.run([self.percept, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    def open(self):
        self.driver.get(self.file.resolve().as_uri())
        self.script("const look = () => document.body.dataset.verified ? arguments[0]() : setTimeout(look, 20); look()", True)

    def script(self, text, is_async=False, *arguments):
        return (self.driver.execute_async_script if is_async else self.driver.execute_script)(text, *arguments)

    def element(self, name):
        return self.driver.find_element(By.ID, name)

    def classify(self, photo):
        """Opens a file as a user does, and returns the probability of each class."""
        self.script("of('answer').textContent = ''; complain('')")
        self.element("file").send_keys(str(photo))
        self.script("const look = () => of('answer').textContent + of('fault').textContent "
                    "? arguments[0]() : setTimeout(look, 5); look()", True)
        expect(not self.element("fault").is_displayed(), self.element("fault").text)
        return {row["name"]: float(row["probability"]) for row in self.script(
            "return [...of('classes').querySelectorAll('button')].map(b => "
            "({ name: b.children[0].textContent, probability: b.dataset.probability }))")}


def verified(page):
    expect(page.script("return document.body.dataset.verified") == "true", page.element("fault").text)
    expect(page.element("verified").is_displayed(), "it does not say that it was verified")


def answers(page):
    """The probabilities of all photos, and the maps of some."""
    lines = [json.loads(line) for line in page.run("predict", page.model, "--json", *page.photos).splitlines()]
    worst = 0
    for index, (photo, line) in enumerate(zip(page.photos, lines, strict=True)):
        found = page.classify(photo)
        expect(found.keys() == line["probabilities"].keys(), f"{photo.name} has other classes")
        difference = max(abs(found[name] - value) for name, value in line["probabilities"].items())
        expect(difference <= TOLERANCE, f"{photo.name} differs by {difference:.1e}")
        expect(page.element("answer").text.startswith(line["class"] + ", "), f"{photo.name}: {page.element('answer').text}")
        worst = max(worst, difference)
        if index % 10 == 0:
            check_map(page, photo)
    return worst


def check_map(page, photo):
    expected = json.loads(page.run("explain", page.model, photo, "--json"))["contributions"]
    map, label, layers = page.script(
        "const label = model.classNames.indexOf(arguments[0]); displayMap(label); "
        "return [[...attributions(shown.features, label).map], of('why').textContent, layers.length]", False, expected["class"])
    expect(label == expected["class"], f"the map explains {label}")
    difference = max(abs(a - b) for a, b in zip(map, expected["pixels"], strict=True))
    expect(difference <= (TOLERANCE if layers == 1 else 1e-5), f"the map of {photo.name} differs by {difference:.1e}")


def looks(page, screenshots):
    """The page at every width and in every color scheme, with an answer."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            present(page.driver, width, scheme)
            page.open()
            for fault in faults(page.driver, width):
                raise AssertionError(f"{width} wide, {scheme}, empty: {fault}")
            page.classify(page.photos[0])
            if screenshots:
                screenshots.mkdir(parents=True, exist_ok=True)
                page.driver.save_screenshot(str(screenshots / f"{page.model.stem}-{width}-{scheme}.png"))
            for fault in faults(page.driver, width):
                raise AssertionError(f"{width} wide, {scheme}: {fault}")
    present(page.driver)


def controls(page):
    """A class button shows the map of its class; the camera gives answers; a file that is no image is an error."""
    page.open()
    page.classify(page.photos[0])
    last = page.driver.find_elements(By.CSS_SELECTOR, "#classes button")[-1]
    last.click()
    expect(last.get_attribute("aria-pressed") == "true", "a pressed class is not marked")
    expect(page.element("why").text == last.find_element(By.CLASS_NAME, "name").text, "the map is not that of the class")
    page.element("camera").click()
    page.script("shown = undefined; const look = () => shown ? arguments[0]() : setTimeout(look, 20); look()", True)
    page.element("camera").click()
    expect(page.element("camera").text == "Use the camera", "the camera does not stop")
    page.element("file").send_keys(str(page.model.resolve()))
    page.script("const look = () => of('fault').textContent ? arguments[0]() : setTimeout(look, 20); look()", True)
    expect("is not an image" in page.element("fault").text, page.element("fault").text)


def damage(page):
    """A page with other weights says so when it opens, and with every answer."""
    content = page.file.read_text()
    start = re.search('id="weights">', content).end()
    page.file.write_text(content[:start] + content[start:start + 4000].translate(str.maketrans("ABCD", "BCDA")) + content[start + 4000:])
    page.open()
    expect("Do not rely on them" in page.element("fault").text, "wrong weights are not noticed")
    expect(not page.element("verified").is_displayed(), "wrong weights are verified")
    page.element("file").send_keys(str(page.photos[0]))
    page.script("const look = () => of('answer').textContent ? arguments[0]() : setTimeout(look, 5); look()", True)
    expect("Do not rely on them" in page.element("fault").text, "the warning does not stay")


def check(page, screenshots):
    verified(page)
    worst = answers(page)
    controls(page)
    looks(page, screenshots)
    if found := complaints(page.driver):
        raise AssertionError(found[0])
    damage(page)
    complaints(page.driver)
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--screenshots", type=pathlib.Path, help="the folder for screenshots of the pages")
    parser.add_argument("percept", type=pathlib.Path)
    parser.add_argument("photos", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sources = sorted(file for file in options.photos.rglob("*") if file.suffix in (".jpg", ".png"))[:COUNT]
        expect(len(sources) == COUNT, f"{options.photos} has only {len(sources)} photos")
        photos = [folder / f"{index:02}.png" for index in range(COUNT)]
        for index, (source, target) in enumerate(zip(sources, photos)):
            png(source, target, index)
        driver = browser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        driver.set_script_timeout(60)
        try:
            for model in options.models:
                try:
                    worst = check(Page(options.percept, model, folder, driver, photos), options.screenshots)
                    print(f"{model.name}: good, {COUNT} photos differ by at most {worst:.1e}", flush=True)
                except Exception as error:  # the other models must still be checked
                    failed += 1
                    print(f"{model.name}: {str(error).partition(chr(10))[0]}", flush=True)
        finally:
            driver.quit()
    print(f"{len(options.models) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
