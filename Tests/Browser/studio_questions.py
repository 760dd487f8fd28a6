"""Checks of "Judge the model" and "Ask about a photo": confusion matrix, shortcut features, uploads, and explanations."""
import base64
import json
import math
import re
import time
import urllib.request

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from chromium import SCHEMES, WIDTHS, faults, present
from studio import Server, expect


def cells(studio):
    return studio.all("#judge .cell")


def photos_of(studio, cell):
    """Waits for the photos of a cell that was pressed, and returns them: all, or the first 60."""
    count = int(cell.text)
    studio.wait(lambda: cell.get_attribute("aria-pressed") == "true" and studio.text("#photos").startswith(f"{count} "),
                f"no photos for {cell.get_attribute('aria-label')}", 10)
    found = studio.all("#photos .photo")
    expect(len(found) == min(count, 60), f"{len(found)} photos of {count}")
    return found


def asked(studio, act):
    """Calls act, waits for the prediction, and returns its text."""
    studio.script("document.getElementById('answer').replaceChildren()")
    act()
    studio.wait(lambda: studio.all("#probability"), "no prediction is shown", 10)
    return studio.text("#answer .answer")


def confusion(studio):
    """Confusion matrix: every cell shows its photos, and a photo shows its prediction"""
    studio.open()
    shown = dict(re.findall(r"(train|test) [\d.]+ % \(\d+ of (\d+)\b", studio.text("#result")))
    for part, count in shown.items():
        sums = sum(int(cell.text) for cell in studio.all(f".cell[data-part={part}]"))
        expect(sums == int(count), f"{part}: cells add up to {sums}, not {count}")
    for cell in cells(studio):
        studio.click(cell)
        photos_of(studio, cell)
    cell = max(studio.all(".cell.wrong"), key=lambda one: int(one.text))
    studio.click(cell)
    photo = photos_of(studio, cell)[0]
    certainty = re.search(r"[\d.]+ %", photo.text)[0]
    words = asked(studio, lambda: studio.click(photo))
    expect(certainty in words and "Wrong: the label is" in words, f"{photo.text!r} has the prediction {words!r}")


def confusion_by_keys(studio):
    """Confusion matrix by keyboard: Tab reaches each cell, Enter shows its photos"""
    studio.open()
    # The last control before the confusion matrix is a montage or a list of skipped files.
    studio.script("[...document.querySelectorAll('#look :is(.montage, summary)')].at(-1).focus()")
    for cell in cells(studio):
        studio.press(Keys.TAB)
        expect(studio.driver.switch_to.active_element == cell, f"Tab does not reach {cell.get_attribute('aria-label')}")
        studio.press(Keys.ENTER)
        found = photos_of(studio, cell)
        expect(studio.driver.switch_to.active_element == cell, "the cell loses focus")
    studio.press(Keys.TAB)
    if found:
        expect(studio.driver.switch_to.active_element == found[0], "Tab does not reach the first photo")
        asked(studio, lambda: studio.press(Keys.ENTER))


def simpler(studio):
    """Shortcut features: shows the accuracy of each input ablation, and updates after another training"""
    studio.open()
    studio.click(studio.all("#shortcuts summary")[0])
    studio.wait(lambda: len(studio.all("#simpler figure li")) == 5, "there are not five images", 20)
    expect("accuracy" in studio.text("#simpler p"), f"the text is {studio.text('#simpler p')!r}")
    studio.script("document.getElementById('simpler').replaceChildren()")
    studio.train("iterations", 3)
    studio.wait(lambda: studio.all("#simpler figure li"), "empty after another training", 20)


# Uploading images

TRANSFER = """
    const [base64, name, kind] = arguments
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
    const data = new DataTransfer()
    data.items.add(new File([bytes], name, { type: "image/" + name.split(".").pop() }))
    const target = document.getElementById("drop")
    if (kind === "paste") target.dispatchEvent(new ClipboardEvent(kind, { clipboardData: data, bubbles: true }))
    else for (const one of ["dragenter", "dragover", "drop"])
      target.dispatchEvent(new DragEvent(one, { dataTransfer: data, bubbles: true, cancelable: true }))"""


def give(studio, image, how):
    """Uploads an image by "choose", "drop" or "paste", and waits for its prediction."""
    if how == "choose":
        asked(studio, lambda: studio.one("#file").send_keys(str(image)))
    else:
        content = base64.b64encode(image.read_bytes()).decode()
        asked(studio, lambda: studio.script(TRANSFER, content, image.name, how))


def equal_everywhere(studio, image, words):
    """Checks that the page's probability equals that of percept predict and percept serve, and returns the class."""
    model = studio.download("model.safetensors")
    predicted = json.loads(studio.run("predict", str(model), str(image), "--json"))
    expect(studio.probability() == predicted["probability"],
           f"{words}: {studio.probability()} on the page, {predicted['probability']} by percept predict")
    server = Server(studio.percept, "serve", str(model), "--port", "0")
    try:
        with urllib.request.urlopen(server.address + "predict", image.read_bytes()) as answer:
            served = json.load(answer)["probability"]
    finally:
        server.end()
    expect(studio.probability() == served, f"{words}: {studio.probability()} on the page, {served} by percept serve")
    return predicted["class"]


def uploads(studio):
    """An uploaded image (chosen, dropped, pasted) has exactly the probability of predict and serve, also after retraining"""
    studio.open("?iterations=100")
    for how, image in zip(("choose", "drop", "paste"), studio.images(3)):
        give(studio, image, how)
        name = equal_everywhere(studio, image, how)
        expect(studio.text("#answer .answer").startswith(name), f"{how}: {studio.text('#answer .answer')}, not {name}")
    before = studio.probability()
    studio.train("iterations", 6)
    expect(studio.probability() != before, "another training does not change the prediction")
    equal_everywhere(studio, image, "after another training")


def demo_page(studio):
    """The page of percept serve shows what is judged, every class, the map of why, and the last answers; on desktop and phone"""
    studio.open("?iterations=100")
    images = studio.images(2)
    names = studio.script("return JSON.parse(document.getElementById('settings').dataset.classes)")
    server = Server(studio.percept, "serve", str(studio.download("model.safetensors")), "--port", "0")
    found = []
    try:
        for width in WIDTHS:
            for scheme in SCHEMES:
                present(studio.driver, width, scheme)
                studio.driver.get(server.address)
                picture = studio.one("#picture")
                expect(not picture.is_displayed(), "an image is shown before one is chosen")
                for count, image in enumerate(images, 1):
                    studio.one("#file").send_keys(str(image))
                    studio.wait(lambda: len(studio.all("#last li")) == count and studio.one("#map").is_displayed(), "no map", 10)
                    expect("%" in studio.text("#answer") and studio.one("#crop").is_displayed(), "no answer, or no crop")
                expect(len(studio.all("#classes meter")) == len(names), f"{len(studio.all('#classes meter'))} classes")
                second = studio.text("#answer")
                last = studio.all("#last button")[-1]  # the first answer
                last.send_keys(Keys.ENTER)
                expect(last.text.partition(",")[0] in studio.text("#answer"), f"{second!r} is still shown")
                found += [f"{width} wide, {scheme}: {fault}" for fault in faults(studio.driver, width, server.address)]
                if studio.screenshots:
                    studio.shoot(studio.screenshots / f"serve-{width}-{scheme}.png")
    finally:
        studio.driver.get("about:blank")  # what the page of the service loads is not from the studio
        server.end()
    expect(not found, "; ".join(found))


def demo_token(studio):
    """The page of percept serve says that the token is missing or wrong, and shows the models with the right one"""
    studio.open("?iterations=20")
    image = studio.images(1)[0]
    server = Server(studio.percept, "serve", str(studio.download("model.safetensors")), "--port", "0", "--token", "right")
    try:
        present(studio.driver, 390)
        studio.driver.get(server.address)
        expect(not studio.one("#model").is_displayed(), "a choice without models is shown")
        for token, words in (("", "Enter the token"), ("wrong", "not the token")):
            studio.one("#token").clear()
            studio.one("#token").send_keys(token, Keys.ENTER)
            studio.wait(lambda: words in studio.text("#access-error"), f"{token!r}: {studio.text('#access-error')!r}", 10)
        studio.one("#token").clear()
        studio.one("#token").send_keys("right", Keys.ENTER)
        studio.wait(lambda: studio.one("#model").is_displayed() and not studio.text("#access-error"), "no models are shown", 10)
        studio.one("#file").send_keys(str(image))
        studio.wait(lambda: "%" in studio.text("#answer"), "no answer", 10)
    finally:
        studio.driver.get("about:blank")
        server.end()


def attributions(studio):
    """The attributions add up to z, and z gives the probability"""
    studio.open("?iterations=100")
    for image in studio.images(3):
        give(studio, image, "choose")
        texts = [studio.script("return arguments[0].textContent", cell) for cell in studio.all(".sum td")]
        values = [float(text.replace("−", "-")) for text in texts]
        # Half a unit in the last of the five significant digits of each number.
        rounding = sum(.5 * 10 ** (math.floor(math.log10(abs(value))) - 4) for value in values if value)
        expect(abs(sum(values[:3]) - values[3]) <= rounding, f"{texts} do not add up")
        expect(values[1] >= 0 >= values[2], f"{texts} have wrong signs")
        probability = 1 / (1 + math.exp(-abs(values[3])))
        expect(abs(probability - studio.probability()) < 1e-3, f"z is {texts[3]}, but the probability {studio.probability()}")
        studio.click(studio.one("#answer summary"))
        steps = studio.text("#answer .steps")
        expect(texts[3].lstrip("+") in steps, f"z in the six steps is not {texts[3]}")


def explanation(studio):
    """The counterfactual has another prediction, and the photos of the training influence show their own predictions"""
    studio.open("?iterations=100")
    give(studio, studio.images(1)[0], "choose")
    expect(len(studio.all("#answer .counterfactual img")) == 3, "the counterfactual does not show three images")
    captions = [caption.text for caption in studio.all("#answer .counterfactual figcaption")]
    expect(captions[0].rpartition(",")[0] != captions[1].rpartition(",")[0], f"{captions} have the same prediction")
    photos = studio.all("#answer .photo")
    expect(photos, "no training influence is shown")
    studio.click(photos[0])
    # The label of an image of the dataset is known.
    studio.wait(lambda: "the label is" in studio.text("#answer .answer"), "the photo shows no prediction", 10)


def hidden_explanation(studio):
    """With hidden layers, all terms, including the remainder, add up to z"""
    studio.open("?iterations=60&hidden=12&rate=0.0005")
    for image in studio.images(2):
        give(studio, image, "choose")
        texts = [studio.script("return arguments[0].textContent", cell) for cell in studio.all(".sum td")]
        values = [float(text.replace("−", "-")) for text in texts]
        rounding = sum(.5 * 10 ** (math.floor(math.log10(abs(value))) - 4) for value in values if value)
        expect(len(values) == 5 and abs(sum(values[:4]) - values[4]) <= rounding, f"{texts} do not add up")
        expect(not studio.all("#answer .photo"), "training influence is shown in spite of hidden layers")


def camera(studio):
    """The camera's frames get predictions while it runs, and it can be stopped"""
    studio.open("?iterations=100")
    button = studio.one("#camera-button")
    asked(studio, lambda: studio.click(button))
    # Chromium's fake camera shows a moving image.
    first = studio.probability()
    studio.wait(lambda: studio.probability() != first, "the prediction does not follow the moving image", 20)
    studio.click(button)
    expect(not studio.one("#camera").is_displayed(), "the camera is still shown")
    expect(studio.script("return document.getElementById('video').srcObject.getTracks().every(one => one.readyState === 'ended')"),
           "the camera is still running")


def brush(studio):
    """The brush, by mouse and by keyboard, changes the probability, shows it before and after, and can be undone"""
    studio.open("?iterations=100")
    cell = max(cells(studio), key=lambda one: int(one.text))
    studio.click(cell)
    photo = photos_of(studio, cell)[0]
    words = asked(studio, lambda: studio.click(photo))
    whole = studio.probability()
    canvas = studio.one("#canvas")

    def drag():
        studio.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", canvas)
        chain = ActionChains(studio.driver).move_to_element_with_offset(canvas, -60, -60).click_and_hold()
        for _ in range(6):
            chain.move_by_offset(20, 20)
        chain.release().perform()

    def keys():
        studio.script("arguments[0].focus()", canvas)
        studio.press(Keys.ARROW_LEFT, Keys.ARROW_UP, " ", Keys.ARROW_RIGHT, " ", Keys.ARROW_RIGHT, " ")

    for paint in (drag, keys):
        paint()
        studio.wait(lambda: studio.probability() != whole or studio.text("#answer .answer") != words, f"{paint.__name__}: nothing changes", 10)
        studio.wait(lambda: "before" in studio.text("#change"), f"{paint.__name__}: the text is {studio.text('#change')!r}", 10)
        before, now = (float(number) for number in re.findall(r"([\d.]+) %", studio.text("#change")))
        expect(abs(before / 100 - whole) < 6e-4, f"{before} % before painting, not {whole}")
        now = now / 100 if studio.text("#change").partition(":")[0] in studio.text("#answer .answer") else 1 - now / 100
        expect(abs(now - studio.probability()) < 6e-4, f"{studio.text('#change')!r}, but {studio.probability()}")
        for _ in range(1 if paint == drag else 3):
            expect(studio.text("#change"), "nothing is painted any more")
            studio.click(studio.one("#undo"))
            time.sleep(.3)
        studio.wait(lambda: studio.probability() == whole and studio.text("#answer .answer") == words, "Undo does not undo", 10)
        expect(not studio.text("#change"), f"after undo, the text is {studio.text('#change')!r}")


def invalid_image(studio):
    """A file that is not an image, or is truncated, is refused with a reason, and the next image works"""
    studio.expected_complaint = "/ask?"  # the browser logs every response with status 400 and above
    studio.open("?iterations=100")
    shown = lambda: [studio.text(place) for place in ("#answer .answer", "#shown-words", "#shown-bars")]
    before = shown()
    good = studio.images(1)[0]
    for name, content in (("letter.jpg", b"Dear Sir or Madam"), ("half" + good.suffix, good.read_bytes()[:200]), ("empty.png", b"")):
        path = studio.folder / name
        path.write_bytes(content)
        studio.one("#file").send_keys(str(path))
        studio.wait(lambda: studio.text("#drop-error"), f"{name}: no reason is shown", 10)
        words = studio.text("#drop-error")
        expect(re.fullmatch(r"This image can't be used: [^{}]{10,}\.", words), f"{name}: {words!r}")
        place = [studio.one(selector).location["y"] for selector in ("#drop", "#drop-error")]
        expect(0 < place[1] - place[0] < 200, f"{name}: the reason is {place[1] - place[0]} pixels below where the file was dropped")
        expect(shown() == before and not studio.script("return document.getElementById('file').value"), f"{name} leaves a trace")
        studio.train("iterations", 9)  # retrains with the photo before
        expect("can't be used" not in studio.text("#error"), f"{name} is asked about again")
        give(studio, good, "choose")
        expect(not studio.text("#drop-error"), f"after a valid image, the error is still {words!r}")
        before = shown()


def strokes(studio):
    """A fast drag paints a connected stroke, and Undo removes one stroke of two"""
    studio.open("?iterations=100")
    canvas = studio.one("#canvas")
    studio.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", canvas)
    studio.script("document.getElementById('brush').value = 6")
    # The share of the columns that the stroke crosses and has painted, at this share of the height, give or take a pixel.
    painted = lambda share: studio.script("""
        const canvas = document.getElementById("canvas"), middle = Math.round(arguments[0] * canvas.height)
        const counts = [middle - 1, middle, middle + 1].map(row => {
          const { data } = canvas.getContext("2d").getImageData(0, row, canvas.width, 1)
          let count = 0
          for (let x = Math.ceil(.25 * canvas.width); x < .75 * canvas.width; x++)
            if ([0, 1, 2].every(channel => data[4 * x + channel] === 128)) count++
          return count
        })
        return Math.max(...counts) / (.5 * canvas.width)""", share)
    width, height = canvas.size["width"], canvas.size["height"]
    for share in (.3, .7):
        for _ in range(3):  # results that arrive can move the canvas away from the pointer
            studio.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", canvas)
            ActionChains(studio.driver, duration=0).move_to_element_with_offset(
                canvas, round(-.3 * width), round((share - .5) * height)).click_and_hold().move_by_offset(
                    round(.6 * width), 0).release().perform()
            time.sleep(.3)
            if painted(share):
                break
        expect(painted(share) > .95, f"the stroke at {share} has gaps: {painted(share):.2f} of it is painted")
    studio.click(studio.one("#undo"))
    expect(painted(.3) > .95 and painted(.7) < .5, f"after Undo, {painted(.3):.2f} and {painted(.7):.2f} are painted")
    studio.click(studio.one("#clean"))
    studio.wait(lambda: painted(.3) < .5, "Clear does not remove the stroke", 10)


ALL = [confusion, confusion_by_keys, simpler, uploads, demo_page, demo_token, attributions, explanation, hidden_explanation, camera, brush,
       strokes, invalid_image]
