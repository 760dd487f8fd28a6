"""Checks of "Judge" and "Ask": photos of the confusion matrix, pictures from everywhere, and what the answer is made of."""
import base64
import json
import math
import re
import urllib.request

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from studio import Server, expect


def cells(studio):
    return studio.all("#judge .cell")


def photos_of(studio, cell):
    """The photos that a cell has brought; all of them, or the first 60."""
    count = int(cell.text)
    studio.wait(lambda: cell.get_attribute("aria-pressed") == "true" and studio.text("#photos").startswith(f"{count} "),
                f"no photos of {cell.get_attribute('aria-label')}", 10)
    found = studio.all("#photos .photo")
    expect(len(found) == min(count, 60), f"{len(found)} photos of {count}")
    return found


def asked(studio, act):
    """What the page answers after an act, in words."""
    studio.script("document.getElementById('answer').replaceChildren()")
    act()
    studio.wait(lambda: studio.all("#probability"), "the picture is not asked about", 10)
    return studio.text("#answer .answer")


def confusion(studio):
    """Confusion matrix: every cell shows its photos, and a photo is asked about"""
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
    expect(certainty in words and "That is wrong" in words, f"{photo.text!r} is answered {words!r}")


def confusion_by_keys(studio):
    """Confusion matrix by keys: Tab comes to each cell, Enter shows its photos"""
    studio.open()
    studio.script("[...document.querySelectorAll('#racers button')].at(-1).focus()")
    for cell in cells(studio):
        studio.press(Keys.TAB)
        expect(studio.driver.switch_to.active_element == cell, f"Tab does not come to {cell.get_attribute('aria-label')}")
        studio.press(Keys.ENTER)
        found = photos_of(studio, cell)
        expect(studio.driver.switch_to.active_element == cell, "the focus is lost")
    studio.press(Keys.TAB)
    if found:
        expect(studio.driver.switch_to.active_element == found[0], "Tab does not come to the first photo")
        asked(studio, lambda: studio.press(Keys.ENTER))


def simpler(studio):
    """Could something simpler do it: opened, it says how much of the score each clue has, also after another training"""
    studio.open()
    studio.click(studio.all("#shortcuts summary")[0])
    studio.wait(lambda: len(studio.all("#simpler .pictures li")) == 5, "there are no five pictures", 20)
    expect("score" in studio.text("#simpler p"), f"it says {studio.text('#simpler p')!r}")
    studio.script("document.getElementById('simpler').replaceChildren()")
    studio.train("iterations", 3)
    studio.wait(lambda: studio.all("#simpler .pictures"), "it is empty after another training", 20)


# Giving pictures

CARRY = """
    const [base64, name, kind] = arguments
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
    const carried = new DataTransfer()
    carried.items.add(new File([bytes], name, { type: "image/" + name.split(".").pop() }))
    const place = document.getElementById("drop")
    if (kind === "paste") place.dispatchEvent(new ClipboardEvent(kind, { clipboardData: carried, bubbles: true }))
    else for (const one of ["dragenter", "dragover", "drop"])
      place.dispatchEvent(new DragEvent(one, { dataTransfer: carried, bubbles: true, cancelable: true }))"""


def give(studio, picture, how):
    """Gives the page a picture and waits for its answer."""
    if how == "choose":
        asked(studio, lambda: studio.one("#file").send_keys(str(picture)))
    else:
        content = base64.b64encode(picture.read_bytes()).decode()
        asked(studio, lambda: studio.script(CARRY, content, picture.name, how))


def equal_everywhere(studio, picture, words):
    """The page's probability, to the last digit, is that of predict and of serve."""
    model = studio.download("model.safetensors")
    predicted = json.loads(studio.run("predict", str(model), str(picture), "--json"))
    expect(studio.probability() == predicted["probability"],
           f"{words}: {studio.probability()} on the page, {predicted['probability']} by percept predict")
    server = Server(studio.percept, "serve", str(model), "--port", "0")
    try:
        with urllib.request.urlopen(server.address + "predict", picture.read_bytes()) as answer:
            served = json.load(answer)["probability"]
    finally:
        server.end()
    expect(studio.probability() == served, f"{words}: {studio.probability()} on the page, {served} by percept serve")
    return predicted["class"]


def pictures_from_everywhere(studio):
    """A picture chosen, dropped, pasted, and after another training: the probability of predict and serve, to the last digit"""
    studio.open("?iterations=100")
    for how, picture in zip(("choose", "drop", "paste"), studio.pictures(3)):
        give(studio, picture, how)
        name = equal_everywhere(studio, picture, how)
        expect(studio.text("#answer .answer").startswith(name), f"{how}: {studio.text('#answer .answer')}, not {name}")
    before = studio.probability()
    studio.train("iterations", 6)
    expect(studio.probability() != before, "another training leaves the answer as it was")
    equal_everywhere(studio, picture, "after another training")


def contributions(studio):
    """What spoke for and against adds up to z, and z gives the probability"""
    studio.open("?iterations=100")
    for picture in studio.pictures(3):
        give(studio, picture, "choose")
        texts = [studio.script("return arguments[0].textContent", cell) for cell in studio.all(".sum td")]
        values = [float(text.replace("−", "-")) for text in texts]
        # Half a unit of each number's last digit, of five.
        rounding = sum(.5 * 10 ** (math.floor(math.log10(abs(value))) - 4) for value in values if value)
        expect(abs(sum(values[:3]) - values[3]) <= rounding, f"{texts} do not add up")
        expect(values[1] >= 0 >= values[2], f"{texts} have wrong signs")
        probability = 1 / (1 + math.exp(-abs(values[3])))
        expect(abs(probability - studio.probability()) < 1e-3, f"z is {texts[3]}, but the probability {studio.probability()}")
        studio.click(studio.one("#answer summary"))
        steps = studio.text("#answer .steps")
        expect(texts[3].lstrip("+") in steps, f"the six steps have another z than {texts[3]}")


def reasons(studio):
    """The smallest change is shown with what it makes of the picture, and the photos behind an answer can be asked about"""
    studio.open("?iterations=100")
    give(studio, studio.pictures(1)[0], "choose")
    expect(len(studio.all("#answer .nudge img")) == 3, "the smallest change has no three pictures")
    captions = [caption.text for caption in studio.all("#answer .nudge figcaption")]
    expect(captions[0].rpartition(",")[0] != captions[1].rpartition(",")[0], f"{captions} are answered alike")
    photos = studio.all("#answer .photo")
    expect(photos, "no photos behind the answer")
    studio.click(photos[0])
    # Of a photo of the data it is known what it is.
    studio.wait(lambda: "the label says" in studio.text("#answer .answer"), "a photo behind the answer is not asked about", 10)


def hidden_reasons(studio):
    """With hidden layers all summands, what is not accounted for among them, add up to z"""
    studio.open("?iterations=60&hidden=12&rate=0.0005")
    for picture in studio.pictures(2):
        give(studio, picture, "choose")
        texts = [studio.script("return arguments[0].textContent", cell) for cell in studio.all(".sum td")]
        values = [float(text.replace("−", "-")) for text in texts]
        rounding = sum(.5 * 10 ** (math.floor(math.log10(abs(value))) - 4) for value in values if value)
        expect(len(values) == 5 and abs(sum(values[:4]) - values[4]) <= rounding, f"{texts} do not add up")
        expect(not studio.all("#answer .photo"), "photos behind an answer of hidden layers")


def camera(studio):
    """The camera is asked about while it runs, and ends"""
    studio.open("?iterations=100")
    button = studio.one("#camera-button")
    asked(studio, lambda: studio.click(button))
    # Chromium's pretended camera shows a picture that moves.
    first = studio.probability()
    studio.wait(lambda: studio.probability() != first, "the answer stays while the picture moves", 20)
    studio.click(button)
    expect(not studio.one("#camera").is_displayed(), "the camera does not end")
    expect(studio.script("return document.getElementById('video').srcObject.getTracks().every(one => one.readyState === 'ended')"),
           "the camera's light stays on")


def brush(studio):
    """The brush, by mouse and by keys, moves the probability, says from where to where, and Undo takes it back"""
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
        studio.wait(lambda: studio.probability() != whole or studio.text("#answer .answer") != words, f"{paint.__name__}: nothing moves", 10)
        studio.wait(lambda: "before" in studio.text("#change"), f"{paint.__name__}: it says {studio.text('#change')!r}", 10)
        before, now = (float(number) for number in re.findall(r"([\d.]+) %", studio.text("#change")))
        expect(abs(before / 100 - whole) < 6e-4, f"{before} % is not the {whole} of before")
        now = now / 100 if studio.text("#change").partition(":")[0] in studio.text("#answer .answer") else 1 - now / 100
        expect(abs(now - studio.probability()) < 6e-4, f"{studio.text('#change')!r}, but {studio.probability()}")
        studio.click(studio.one("#clean"))
        studio.wait(lambda: studio.probability() == whole and studio.text("#answer .answer") == words, "Undo does not undo", 10)
        expect(not studio.text("#change"), f"undone, it says {studio.text('#change')!r}")


def broken_picture(studio):
    """A file that is no picture, or half of one, is refused with a reason, and the next one is taken"""
    studio.expected_complaint = "/ask?"  # the browser itself notes every answer of 400 and above
    studio.open("?iterations=100")
    good = studio.pictures(1)[0]
    for name, content in (("letter.jpg", b"Dear Sir or Madam"), ("half" + good.suffix, good.read_bytes()[:200]), ("empty.png", b"")):
        path = studio.folder / name
        path.write_bytes(content)
        studio.one("#file").send_keys(str(path))
        studio.wait(lambda: studio.text("#fault"), f"{name}: no reason is given", 10)
        words = studio.text("#fault")
        expect(re.fullmatch(r"This picture cannot be asked about: [^{}]{10,}\.", words), f"{name}: {words!r}")
        give(studio, good, "choose")
        expect(not studio.text("#fault"), f"after a good picture it still says {words!r}")


ALL = [confusion, confusion_by_keys, simpler, pictures_from_everywhere, contributions, reasons, hidden_reasons, camera, brush,
       broken_picture]
