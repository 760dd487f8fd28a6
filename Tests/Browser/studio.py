"""A studio with a browser in front of it: `percept studio DATA` on a free port, and the hands and eyes that its checks need."""
import base64
import json
import pathlib
import re
import shlex
import struct
import subprocess
import time
import urllib.request

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from chromium import browser, present


def expect(holds, words):
    if not holds:
        raise AssertionError(words)


class Server:
    """A command that serves and says on its first line where."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if address := re.search(r"http://\S+/", line):
                self.address = address[0]
                return
        raise RuntimeError(f"{shlex.join(command)} does not serve")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("SIGTERM does not end it within 20 seconds") from None

    def seconds(self):
        """The processor time that it has taken."""
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
        """The page anew, after its first training."""
        present(self.driver, **reader)
        self.driver.get(self.home + query)
        self.rested()

    def script(self, words, *values):
        return self.driver.execute_script(words, *values)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        found = self.all(selector)
        expect(found, f"there is no {selector}")
        return found[0]

    def text(self, selector):
        """What stands there, also where it is folded away."""
        words = self.script("return document.querySelector(arguments[0])?.textContent", selector)
        expect(words is not None, f"there is no {selector}")
        return words.strip()

    def wait(self, holds, words, seconds=60):
        end = time.monotonic() + seconds
        while not (value := holds()):
            expect(time.monotonic() < end, f"after {seconds} seconds {words() if callable(words) else words}")
            time.sleep(.02)
        return value

    def rested(self, seconds=60):
        self.wait(lambda: self.script("return document.body.dataset.rested"), "no training has ended", seconds)

    def forget(self):
        """So that the next training is told from the last."""
        self.script("delete document.body.dataset.trained; delete document.body.dataset.rested")

    def set(self, name, value):
        """An input event, as of a finger: a slider's position, or the value of a choice."""
        self.forget()
        self.script("""
            const control = document.getElementById("settings").elements[arguments[0]]
            if (control.type === "checkbox") control.checked = arguments[1]; else control.value = arguments[1]
            const target = control.length && control[0].type === "radio" ? [...control].find(one => one.checked) : control
            target.dispatchEvent(new Event("input", { bubbles: true }))""", name, value)

    def train(self, name, value):
        """The same, until its training has ended and all of the page is of it."""
        self.set(name, value)
        self.rested()

    def press(self, *keys):
        """Keys, for whatever has the focus."""
        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def click(self, element):
        """A click where the element can be seen."""
        self.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
        element.click()

    def colors(self, element):
        """The brightest red, green and blue of an element on the screen, but for its round corners; and the picture itself."""
        self.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
        time.sleep(.1)
        shot = element.screenshot_as_base64
        brightest = self.driver.execute_async_script("""
            const [shot, answer] = arguments
            const picture = new Image()
            picture.onload = () => {
              const { width, height } = picture
              const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d")
              context.drawImage(picture, 0, 0)
              const { data } = context.getImageData(width * .1, height * .1, width * .8, height * .8)
              const most = [0, 0, 0]
              data.forEach((value, at) => { if (at % 4 < 3) most[at % 4] = Math.max(most[at % 4], value) })
              answer(most)
            }
            picture.src = "data:image/png;base64," + shot""", shot)
        return brightest, shot

    def shoot(self, path, selector=None, margin=16):
        """A picture of the page, as WebP where its name says so: all of it, what a selector's elements cover, or "window"."""
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

    # What it gives

    def download(self, name):
        """A file as the page's link gives it."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        self.click(self.one(f"#keep a[href^='{name}']"))
        self.wait(path.exists, f"{name} was not downloaded")
        return path

    def command(self):
        return self.text("#keep pre")

    def run(self, *arguments, folder=None):
        """What a command of percept prints."""
        done = subprocess.run(
            [self.percept, *arguments], cwd=folder or self.folder, capture_output=True, text=True)
        expect(done.returncode == 0, f"percept {shlex.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def pictures(self, count):
        """Files with pictures: of the data where it is a folder, else its first test pictures as PNG."""
        root = pathlib.Path(self.data[0])
        if files := sorted(root.glob("test/*/*.jpg")):
            return files[:: max(1, len(files) // count)][:count]
        paths = [self.folder / f"picture-{index}.png" for index in range(count)]
        for index, path in enumerate(paths):
            query = self.script("return document.querySelector('.mean img').src").partition("?")[2].partition("&")[2]
            with urllib.request.urlopen(f"{self.home}photo.png?part=test&index={index}&{query}") as answer:
                path.write_bytes(answer.read())
        return paths

    def probability(self):
        return float(self.script("return document.querySelector('#probability').dataset.probability"))


def record(model):
    """What a model file says of its training."""
    data = model.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(json.loads(data[8:8 + length])["__metadata__"]["percept"])["training"]
