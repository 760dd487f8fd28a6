"""Runs `percept studio DATA` on a free port and controls it with a browser."""
import base64
import json
import pathlib
import re
import shlex
import struct
import subprocess
import time
import urllib.request

from selenium.common.exceptions import ElementClickInterceptedException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from chromium import browser, present


def expect(holds, words):
    if not holds:
        raise AssertionError(words)


class Server:
    """A server process that prints its address on standard error."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if address := re.search(r"http://\S+/", line):
                self.address = address[0]
                return
        raise RuntimeError(f"{shlex.join(command)} exited without printing an address")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not exit within 20 seconds after SIGTERM") from None

    def seconds(self):
        """Returns the CPU time of the process."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


class Studio:
    def __init__(self, percept, data, folder):
        self.percept, self.data, self.folder = percept, data, folder
        self.server = Server(percept, "studio", *data, "--port", "0")
        self.home = self.server.address
        self.driver = browser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        self.driver.set_script_timeout(120)
        self.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})

    def end(self):
        self.driver.quit()
        self.server.end()

    # The page

    def open(self, query="", **reader):
        """Loads the page and waits for its first training."""
        present(self.driver, **reader)
        self.driver.get(self.home + query)
        self.rested()

    def script(self, words, *values):
        return self.driver.execute_script(words, *values)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        found = self.all(selector)
        expect(found, f"{selector} not found")
        return found[0]

    def text(self, selector):
        """Returns the text of an element, even if the element is collapsed."""
        words = self.script("return document.querySelector(arguments[0])?.textContent", selector)
        expect(words is not None, f"{selector} not found")
        return words.strip()

    def wait(self, holds, words, seconds=60):
        end = time.monotonic() + seconds
        while not (value := holds()):
            expect(time.monotonic() < end, f"after {seconds} seconds {words() if callable(words) else words}")
            time.sleep(.02)
        return value

    def rested(self, seconds=60):
        """Waits until training has ended and all sections are updated."""
        self.wait(lambda: self.script("return document.body.dataset.rested"), "no training has ended", seconds)

    def forget(self):
        """Clears the markers of the last training, so that the next one can be waited for."""
        self.script("delete document.body.dataset.trained; delete document.body.dataset.rested")

    def set(self, name, value):
        """Sets the position of a slider or the value of a choice, and sends an input event."""
        self.forget()
        self.script("""
            const control = document.getElementById("settings").elements[arguments[0]]
            if (control.type === "checkbox") control.checked = arguments[1]; else control.value = arguments[1]
            const target = control.length && control[0].type === "radio" ? [...control].find(one => one.checked) : control
            target.dispatchEvent(new Event("input", { bubbles: true }))""", name, value)

    def train(self, name, value):
        """Changes a setting, and waits until training has ended and all sections are updated."""
        self.set(name, value)
        self.rested()

    def press(self, *keys):
        """Sends keys to the focused element."""
        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def click(self, element):
        """Scrolls to an element and clicks it. Results that arrive in between can move it out of the window again."""
        for attempt in range(10):
            self.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
            try:
                return element.click()
            except ElementClickInterceptedException:
                if attempt == 9:
                    raise
                time.sleep(.2)

    def colors(self, element):
        """Returns the maximum red, green and blue of an element's screenshot without its margin, and the screenshot."""
        self.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
        time.sleep(.1)
        shot = element.screenshot_as_base64
        brightest = self.driver.execute_async_script("""
            const [shot, answer] = arguments
            const image = new Image()
            image.onload = () => {
              const { width, height } = image
              const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d")
              context.drawImage(image, 0, 0)
              const { data } = context.getImageData(width * .1, height * .1, width * .8, height * .8)
              const most = [0, 0, 0]
              data.forEach((value, at) => { if (at % 4 < 3) most[at % 4] = Math.max(most[at % 4], value) })
              answer(most)
            }
            image.src = "data:image/png;base64," + shot""", shot)
        return brightest, shot

    def shoot(self, path, selector=None, margin=16):
        """Writes a screenshot as WebP or PNG, by the file's suffix: of the whole page, of the area that a selector's elements
        cover, or of the visible "window"."""
        form = {"format": "webp", "quality": 85} if path.suffix == ".webp" else {"format": "png"}
        if selector != "window":
            places = [self.script(
                "const b = arguments[0].getBoundingClientRect(); return [b.left, b.top + scrollY, b.right, b.bottom + scrollY]",
                element) for element in self.all(selector or "body")]
            left, top = (max(0, min(place[side] for place in places) - margin) for side in (0, 1))
            right, bottom = (max(place[side] for place in places) + margin for side in (2, 3))
            right = min(right, self.script("return document.documentElement.clientWidth"))
            form |= {"captureBeyondViewport": True,
                     "clip": {"x": left, "y": top, "width": right - left, "height": bottom - top, "scale": 1}}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", form)
        path.write_bytes(base64.b64decode(shot["data"]))

    # Downloads and commands

    def download(self, name):
        """Downloads a file with the page's link, and returns its path."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        self.click(self.one(f"#keep a[href^='{name}']"))
        self.wait(path.exists, f"{name} was not downloaded")
        return path

    def command(self):
        return self.text("#keep pre")

    def run(self, *arguments, folder=None):
        """Runs a percept command, and returns its standard output."""
        done = subprocess.run(
            [self.percept, *arguments], cwd=folder or self.folder, capture_output=True, text=True)
        expect(done.returncode == 0, f"percept {shlex.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def images(self, count):
        """Returns paths of image files: from the data if it is a folder, otherwise its first test images as PNG files."""
        root = pathlib.Path(self.data[0])
        if files := sorted(root.glob("test/*/*.jpg")):
            return files[:: max(1, len(files) // count)][:count]
        paths = [self.folder / f"image-{index}.png" for index in range(count)]
        for index, path in enumerate(paths):
            query = self.script("return document.querySelector('.mean img').src").partition("?")[2].partition("&")[2]
            with urllib.request.urlopen(f"{self.home}photo.png?part=test&index={index}&{query}") as answer:
                path.write_bytes(answer.read())
        return paths

    def probability(self):
        return float(self.script("return document.querySelector('#probability').dataset.probability"))


def record(model):
    """Returns the training record of a model file."""
    data = model.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(json.loads(data[8:8 + length])["__metadata__"]["percept"])["training"]
