"""Checks of the workbench: everything visible at once, words on the weights, the scale of each frame, advice, features, the tour."""
import re
import time

from selenium.webdriver.common.keys import Keys

from chromium import SCHEMES, WIDTHS, faults
from studio import expect

HEIGHTS = {1280: 800, 390: 844}


def visible(studio, selector):
    """Returns whether an element is completely in the window, and below the bar that stays there."""
    return studio.script("""
        const element = document.querySelector(arguments[0])
        if (!element?.checkVisibility({ visibilityProperty: true })) return false
        const box = element.getBoundingClientRect()
        return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth""", selector)


def first(studio):
    """On opening, the weights, the rate, the accuracy and a photo with its probability are visible together, without scrolling"""
    for width in WIDTHS:
        for scheme in SCHEMES:
            studio.open(width=width, height=HEIGHTS[width], scheme=scheme)
            studio.script("scrollTo(0, 0)")
            selectors = ["#strip .weights", "#rate", "#rate-value", "#result b", "#shown", "#shown-bars b",
                         "nav a[href='#keep-section']"]
            # On a phone, the tiles of many classes leave no room for more.
            if width > 500 or not studio.all("#strip .tile"):
                selectors += ["#legend", "#reset", "#step", "#play", "#scrubber"]
            for selector in selectors:
                expect(visible(studio, selector), f"{width} wide, {scheme}: {selector} is not visible")
            if studio.screenshots:
                studio.shoot(studio.screenshots / f"first-{width}-{scheme}.png", "window")


def together(studio):
    """The weights, the accuracy, the photo's probability and the curve change together with the rate and with the iteration"""
    studio.open()
    places = ("#result", "#shown-bars", "#watch svg", "#moment", "#legend .ends")
    state = lambda: [studio.script("return document.querySelector(arguments[0]).outerHTML", place) for place in places] + [
        studio.colors(studio.one("#strip .weights"))[1]]
    before = state()
    studio.train("rate", -4.5)
    after = state()
    same = [place for place, old, new in zip((*places, "#strip"), before, after) if old == new]
    expect(not set(same) - {"#result"}, f"another rate changes nothing in {same}")
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(Keys.HOME)
    time.sleep(.3)
    bars = [cell.text for cell in studio.all("#shown-bars b")]
    if len(bars) == 2:
        expect(bars == ["50.0 %", "50.0 %"], f"before the first iteration, the probabilities are {bars}")
    expect(studio.colors(studio.one("#strip .weights"))[0] < [4, 4, 4], "before the first iteration, the weights are not black")


def transport(studio):
    """Reset, one step and play, by mouse and by keyboard"""
    studio.open()
    iteration = lambda: re.split("[:,]", studio.text("#moment"))[0]
    studio.click(studio.one("#reset"))
    studio.wait(lambda: iteration() == "Before the first iteration", f"after Reset, the page shows {iteration()}", 10)
    for wanted in ("After iteration 0", "After iteration 1"):
        studio.click(studio.one("#step"))
        expect(iteration() == wanted, f"one step leads to {iteration()}, not to {wanted}")
    for key, selector, wanted in ((Keys.SPACE, "#reset", "Before the first iteration"), (Keys.ENTER, "#step", "After iteration 0")):
        studio.script("document.querySelector(arguments[0]).focus()", selector)
        studio.press(key)
        expect(iteration() == wanted, f"{selector} by keyboard leads to {iteration()}")
    studio.script("document.getElementById('play').focus()")
    studio.press(Keys.ENTER)
    studio.wait(lambda: studio.script("return document.getElementById('step').disabled"), "it does not play to the end", 20)


def other_photo(studio):
    """The photo of the workbench: next and previous, any photo of the page, and an upload"""
    studio.open("?iterations=100")
    source = lambda: studio.one("#shown").get_attribute("src")
    one = source()
    studio.click(studio.one("#shown-next"))
    studio.wait(lambda: source() != one, "Next shows the same photo", 10)
    studio.click(studio.one("#shown-previous"))
    studio.wait(lambda: source() == one, "Previous does not return", 10)
    two = studio.all("#influence .photo")
    if two:
        studio.click(two[0])
        studio.wait(lambda: "part=train" in source(), "a photo of the page is not shown in the workbench", 10)
    studio.one("#file").send_keys(str(studio.images(1)[0]))
    studio.wait(lambda: studio.text("#shown-words").startswith("Your photo"), "an upload is not shown in the workbench", 10)
    shown, exact = studio.text("#shown-bars"), studio.probability()
    expect(f"{100 * exact:.1f} %" in shown, f"{exact} in Ask, {shown!r} in the workbench")


def jumps(studio):
    """Every section is one press away, by mouse and by keyboard"""
    studio.open("?iterations=100", motion="reduce")
    for link in studio.all("nav a"):
        target = link.get_attribute("href").partition("#")[2]
        for press in (link.click, lambda: link.send_keys(Keys.ENTER)):
            studio.script("scrollTo(0, 0)")
            press()
            top = studio.script("return document.getElementById(arguments[0]).getBoundingClientRect().top", target)
            bottom = studio.script("return scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
            expect(-5 <= top <= 220 or bottom, f"{target} is at {top}")


def words(studio):
    """The legend says what red and blue mean, with the names of the classes and the scale, and the tiles have names"""
    studio.open("?iterations=100")
    names = studio.script("return JSON.parse(document.getElementById('settings').dataset.classes)")
    legend, tiles = studio.text("#legend"), studio.all("#strip .tile")
    if len(names) == 2:
        expect(not tiles, "a single neuron has tiles")
        expect(all(name in legend for name in names), f"{legend!r} lacks {names}")
    else:
        expect([tile.text for tile in tiles] == names[:16], f"the tiles are {[tile.text for tile in tiles]}")
        tile = tiles[1]
        before = tile.size["width"]
        studio.click(tile)
        expect(tile.get_attribute("aria-pressed") == "true" and tile.size["width"] > 1.8 * before, "the tile is not enlarged")
        studio.train("iterations", 5)
        expect(studio.all("#strip .tile")[1].get_attribute("aria-pressed") == "true", "after a training, it is small again")
        studio.script("arguments[0].focus()", studio.all("#strip .tile")[1])
        studio.press(Keys.ENTER)
        expect(studio.all("#strip .tile")[1].get_attribute("aria-pressed") == "false", "Enter does not make it small")
    limits = [float(output.text) for output in studio.all("#legend .limit")]
    expect(len(limits) == 2 and limits[0] == limits[1] > 0, f"the scale is {limits}")


def scales(studio):
    """An early frame has the full range of colors and its own scale; with the switch, all frames share one"""
    studio.open()
    studio.click(studio.one("#reset"))
    studio.click(studio.one("#step"))
    weights = studio.one("#strip .weights")
    limit = lambda: float(studio.text("#legend .limit"))
    studio.wait(lambda: max(studio.colors(weights)[0]) > 200, "after the first iteration, the weights are dark", 10)
    own = limit()
    studio.click(studio.one("#common-scale"))
    studio.wait(lambda: max(studio.colors(weights)[0]) < 200, "with the common scale, the first iteration is as bright", 10)
    expect(limit() > own, f"the scale is {limit()}, as before")
    studio.click(studio.one("#common-scale"))
    studio.wait(lambda: max(studio.colors(weights)[0]) > 200, "without the switch, the weights stay dark", 10)


def phone_matrix(studio):
    """On a phone, the names of the confusion matrix are in one line, and empty cells are quiet"""
    studio.open(width=390)
    heights = studio.script("""
        return [...document.querySelectorAll(".matrix tbody th")].map(name => {
          const range = document.createRange()
          range.selectNodeContents(name)
          return range.getClientRects().length
        })""")
    expect(heights and set(heights) == {1}, f"the names have {heights} lines")
    empty = [cell for cell in studio.all(".cell") if cell.text == "0"]
    colors = {studio.script("return getComputedStyle(arguments[0]).backgroundColor", cell) for cell in empty}
    expect(colors <= {"rgba(0, 0, 0, 0)"}, f"empty cells have the colors {colors}")


def advice(studio):
    """A flat curve is said beside the rate, dead units beside the hidden units"""
    studio.open("?iterations=50")
    studio.train("rate", -6)
    expect("Raise the learning rate" in studio.text("#rate-advice"), f"beside the rate: {studio.text('#rate-advice')!r}")
    studio.train("auto", True)
    expect(not studio.text("#rate-advice"), f"at a good rate: {studio.text('#rate-advice')!r}")


def one_key(studio):
    """One arrow key changes the rate visibly, with Shift finely, and the marker stays inside the plot"""
    studio.open()
    rate = lambda: float(studio.text("#rate-value"))
    before = rate()
    studio.script("document.getElementById('rate').focus()")
    studio.forget()
    studio.press(Keys.ARROW_LEFT)
    studio.rested()
    expect(.7 < rate() / before < .85, f"one key changes the rate from {before} to {rate()}")
    line, plot = (studio.script("const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.top, b.bottom]", one)
                  for one in ("#now", "#watch svg"))
    expect(plot[0] < line[0] < line[1] < plot[1] - 20, f"the marker reaches from {line}, the drawing from {plot}")


def montage_by_keys(studio):
    """Montages by keyboard: arrow keys choose a photo, Enter asks about it"""
    studio.open("?iterations=100")
    montage = studio.one(".montage")
    studio.script("arguments[0].focus()", montage)
    studio.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ENTER)
    place = 1 + int(montage.get_attribute("data-columns"))
    index = montage.get_attribute("data-indices").split()[place]
    studio.wait(lambda: f"index={index}&" in studio.one("#shown").get_attribute("src") and "part=train" in studio.one(
        "#shown").get_attribute("src"), f"photo {index} is not shown", 10)


def copy(studio):
    """Every command has a button that copies it"""
    studio.open("?iterations=100")
    studio.driver.execute_cdp_cmd("Browser.grantPermissions", {
        "origin": studio.home.rstrip("/"), "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    commands = studio.all("#keep pre")
    buttons = studio.all("#keep .command button")
    expect(len(commands) == len(buttons) == 2, f"{len(buttons)} buttons for {len(commands)} commands")
    studio.click(buttons[0])
    studio.wait(lambda: buttons[0].text == "Copied", f"the button says {buttons[0].text}", 5)
    copied = studio.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    expect(copied == commands[0].text, f"copied {copied!r}")


def tour(studio):
    """The guided tour leads through the page, by mouse and by keyboard, and acts on it"""
    studio.open(motion="reduce")
    studio.click(studio.one("#tour-start"))
    count = int(re.search(r"of (\d+)", studio.text("#tour-place"))[1])
    titles = []
    for step in range(count):
        expect(studio.text("#tour-place") == f"Step {step + 1} of {count}", studio.text("#tour-place"))
        titles.append(studio.text("#tour-title"))
        if titles[-1] == "Start with zeros":
            studio.wait(lambda: "Before the first" in studio.text("#moment"), "the tour does not show the start", 10)
        if titles[-1] == "Raise it above the mark":
            studio.wait(lambda: float(studio.text("#rate-value")) > float(studio.text("#stable-number") or 1),
                        "the tour does not raise the rate", 10)
        found = list(faults(studio.driver, 1280, studio.home)) if step in (0, 2) else []
        expect(not found, "; ".join(found))
        studio.script("document.getElementById('tour-next').focus()")
        studio.press(Keys.ENTER)
    expect(len(set(titles)) == count, f"the titles are {titles}")
    expect(not studio.one("#tour").is_displayed(), "the tour does not end")
    studio.click(studio.one("#tour-start"))
    studio.press(Keys.ESCAPE)
    expect(not studio.one("#tour").is_displayed(), "Escape does not end the tour")


def features(studio):
    """Pixels and HOG show what they look at, another choice opens the page with its settings, and gains are compared"""
    studio.open("?iterations=100")
    shown = lambda: [image for image in studio.all(".feature img") if image.is_displayed()]
    studio.wait(lambda: len(shown()) >= 2, "there are no pictures of the features", 20)
    studio.click(studio.one("#measure"))
    studio.wait(lambda: len(studio.all("#gains li")) >= 3 and "training" not in studio.text("#gains"), "no gains", 60)
    expect(all(" photos (" in item.text for item in studio.all("#gains li")), studio.text("#gains"))
    studio.forget()
    studio.click(studio.one(".feature input[value=hog]"))
    studio.wait(lambda: "features=hog" in studio.driver.current_url, "the address does not change", 20)
    studio.rested()
    expect("--features hog" in studio.command(), studio.command())
    found = list(faults(studio.driver, 1280, studio.home))
    expect(not found, "; ".join(found))


ALL = [first, together, transport, other_photo, jumps, words, scales, phone_matrix, advice, one_key, montage_by_keys, copy, tour, features]
