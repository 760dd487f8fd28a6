"""Checks of "Set and watch": sliders, the film of the weights, races, long trainings."""
import math
import pathlib
import re
import shlex
import statistics
import tempfile
import time

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from studio import expect, record

NUMBER = r"cost (\d[\d.e-]*\d)"


def counts(text):
    """How many of how many photos, for every part that a sentence or a line names."""
    found = re.findall(r"(train|val|test)(?: accuracy:)? [\d.]+ % \((\d+) of (\d+)\b", text)
    return {part: (int(right), int(count)) for part, right, count in found}


def as_its_command(studio, words):
    """The model, and the numbers on the page, are those of the command that the page shows."""
    kept = studio.download("model.safetensors").read_bytes()
    command = shlex.split(studio.command())
    with tempfile.TemporaryDirectory() as folder:
        printed = studio.run(*command[1:], folder=folder)
        made = (pathlib.Path(folder) / "model.safetensors").read_bytes()
    expect(made == kept, f"{words}: the model is not the one of {shlex.join(command)}")
    shown = counts(studio.text("#result"))
    expect(shown and shown == counts(printed), f"{words}: {shown} on the page, {printed!r} from the command")
    last = record(studio.folder / "model.safetensors")["costs"][-1]
    cost = float(re.search(NUMBER, studio.text("#moment"))[1])
    expect(cost == float(f"{last:.4g}"), f"{words}: the page shows the cost {cost}, the model {last}")


def rate_by_keys(studio):
    """Learning rate by keys: 30 to the left halve it, and the model is that of the command"""
    studio.open()
    before, caption = float(studio.text("#rate-value")), studio.text("#watch figcaption")
    studio.script("document.getElementById('rate').focus()")
    studio.forget()
    studio.press(*[Keys.ARROW_LEFT] * 30)
    rate = float(studio.text("#rate-value"))
    expect(.45 < rate / before < .55, f"30 keys lead from {before} to {rate}")
    studio.wait(lambda: f"rate={rate:g}&" in (studio.script("return document.body.dataset.rested") or ""),
                f"nothing was trained at {rate}")
    expect(studio.text("#watch figcaption") != caption, "the curve is still that of before")
    as_its_command(studio, f"rate {rate}")


def every_setting(studio):
    """Every setting by events: the page changes, and is that of the command"""
    studio.open("?iterations=200")
    for name, value in (("iterations", 14), ("rate", -2.2), ("size", 3), ("color", None), ("l2", 9), ("auto", True), ("hidden", "4")):
        if name == "color":
            value = "rgb" if studio.one("[name=color][value=gray]").is_selected() else "gray"
        before = [studio.text(place) for place in ("#watch figcaption", "#keep pre")]
        studio.train(name, value)
        after = [studio.text(place) for place in ("#watch figcaption", "#keep pre")]
        for old, new in zip(before, after):
            expect(old != new, f"{name} {value}: still {new!r}")
        as_its_command(studio, f"{name} {value}")


def hasty_hand(studio):
    """A slider that is moved on while results still come ends where the hand left it"""
    studio.open()
    last = int(studio.one("#iterations").get_attribute("max")) - 3
    for name, places in (("iterations", range(last + 1)), ("rate", [-5 + at / 10 for at in range(25)])):
        studio.forget()
        studio.driver.execute_async_script("""
            const [name, places, answer] = arguments
            const control = document.getElementById("settings").elements[name]
            const move = () => {
              if (!places.length) return answer()
              control.value = places.shift()
              control.dispatchEvent(new Event("input", { bubbles: true }))
              setTimeout(move, 30)
            }
            move()""", name, list(places))
        wanted = f"{name}={studio.text(f'#{name}-value')}&"
        studio.wait(lambda: wanted in (studio.script("return document.body.dataset.rested") or ""),
                    lambda: f"it says {wanted}, but shows {studio.script('return document.body.dataset.rested')}")
        found, wanted = studio.one(f"#{name}").get_property("value"), places[-1]
        expect(abs(float(found) - wanted) < .001, f"{name}: the hand left it at {wanted}, it stands at {found}")


def stable_rate(studio):
    """The mark of the largest stable rate stands where its number says"""
    studio.open()
    studio.train("rate", -3)
    stable = record(studio.download("model.safetensors"))["stableLearningRate"]
    said = float(studio.text("#stable-number"))
    expect(said == float(f"{stable:.3g}"), f"{said} is said, {stable} in the model")
    studio.forget()
    mark, slider = studio.one("#stable"), studio.one("#rate")
    studio.script("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", slider)
    middle = studio.script(
        "const [mark, slider] = [...arguments].map(one => one.getBoundingClientRect());"
        "return mark.left + mark.width / 2 - slider.left - slider.width / 2", mark, slider)
    ActionChains(studio.driver).move_to_element_with_offset(slider, round(middle), 0).click().perform()
    studio.rested()
    rate = float(studio.text("#rate-value"))
    expect(abs(math.log10(rate / stable)) < .05, f"a click on the mark sets {rate}, not {stable}")


def beyond_stable(studio):
    """Far above the largest stable rate the page says in words what happened, and below it that the cost never rose"""
    studio.open()
    expect("never rose" in studio.text("#watch figcaption"), studio.text("#watch figcaption"))
    stable = float(studio.text("#stable-number"))
    studio.train("rate", math.log10(stable) + 1)
    words = studio.text("#watch figcaption")
    expect("largest stable" in words and ("rose" in words or "diverged" in words), words)


def scrubber(studio):
    """Scrubber: black before the first iteration, at the end as it was, and it plays and pauses"""
    studio.open()
    film = studio.one("#strip .film")
    _, end = studio.colors(film)
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(Keys.HOME)
    studio.wait(lambda: max(studio.colors(film)[0]) < 4, "the first picture is not black", 10)
    expect("before the first iteration" in studio.text("#moment").lower(), studio.text("#moment"))
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(*[Keys.ARROW_RIGHT] * 16)
    studio.wait(lambda: max(studio.colors(film)[0]) > 20, "half of the way it is still black", 10)
    expect(studio.colors(film)[1] != end, "half of the way it is as at the end")
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(Keys.END)
    studio.wait(lambda: studio.colors(film)[1] == end, "the last picture is not the one of the beginning", 10)
    play, slider = studio.one("#play"), studio.one("#scrubber")
    last = int(slider.get_attribute("max"))
    place = lambda: int(slider.get_property("value"))
    studio.click(play)
    studio.wait(lambda: 2 < place() < last, "it does not play", 10)
    studio.click(play)
    expect(play.text == "Play", f"paused, the button says {play.text}")
    stopped = place()
    time.sleep(.5)
    expect(place() == stopped < last, "it goes on although it is paused")
    studio.click(play)
    studio.wait(lambda: place() == last and play.text == "Play", "it does not play to its end", 20)


def race(studio):
    """Race: two more rates are two more lanes, whose films follow the scrubber"""
    studio.open("?iterations=100")
    own = re.search(NUMBER, studio.text("#moment"))[1]
    for button in studio.all("#racers button")[:2]:
        studio.click(button)
    lanes = lambda: studio.all("#race .lane")
    studio.wait(lambda: len(lanes()) == 3, "there are not three lanes")
    rates = [float(lane.text.partition(":")[0]) for lane in lanes()]
    rate = float(studio.text("#rate-value"))
    for found, wanted in zip(rates, (rate * .1, rate * .3, rate)):
        expect(abs(found / wanted - 1) < .05, f"lanes at {rates} beside {rate}")
    expect(f"cost {own};" in lanes()[2].text, f"the last lane is not the neuron itself: {lanes()[2].text}, not {own}")
    films = ("#strip .film", "#bar-film .film", "#race .film")
    for key, holds in ((Keys.HOME, lambda most: most < 4), (Keys.END, lambda most: most > 20)):
        studio.script("document.getElementById('scrubber').focus()")
        studio.press(key)
        for film in (film for selector in films for film in studio.all(selector)):
            studio.wait(lambda: holds(max(studio.colors(film)[0])), f"a film does not follow {key!r}", 10)
    for button in studio.all("#racers button")[:2]:
        studio.click(button)
    studio.wait(lambda: not lanes(), "lanes stay although nothing races any more")


def long_training(studio):
    """A long training shows how far it is, stops with what it has learned, and is given up when something is touched"""
    studio.open()
    working = lambda: studio.one("#busy").is_displayed() and studio.script("return document.getElementById('progress').value")
    longest = int(studio.one("#iterations").get_attribute("max"))

    def begin():
        studio.set("hidden", "128")
        studio.set("iterations", longest)
        first = studio.wait(working, "no progress is shown")
        studio.wait(lambda: (working() or 0) > first, "progress does not grow")

    begin()
    studio.one("#stop").click()
    studio.rested()
    expect(not studio.one("#busy").is_displayed(), "the progress stays")
    count = int(studio.text("#iterations-value"))
    expect(0 < count < 10_000, f"stopped, it says {count} iterations")
    as_its_command(studio, f"stopped after {count} iterations")
    begin()
    studio.train("hidden", "")
    studio.forget()
    before = studio.server.seconds()
    time.sleep(1)
    spent = studio.server.seconds() - before
    expect(spent < .5, f"a training that was given up goes on: {spent:.2f} seconds of work in one second")


# How long it takes until the weights change, and until the rest does.
TOUCH = """
    const [name, place, answer] = arguments
    const control = document.getElementById("settings").elements[name]
    const frame = () => new Promise(requestAnimationFrame)
    const begun = performance.now()
    const painted = (node, what) => new Promise(resolve => {
      new MutationObserver(async (_, observer) => {
        observer.disconnect()
        await frame()
        await frame()
        resolve(performance.now() - begun)
      }).observe(node, what)
    })
    Promise.all([
      painted(document.getElementById("strip"), { childList: true }),
      painted(document.body, { attributeFilter: ["data-trained"] }),
    ]).then(answer)
    control.value = place
    control.dispatchEvent(new Event("input", { bubbles: true }))"""


def latency(studio):
    """From touch to paint, one after another"""
    studio.open()
    for name, places in (("rate", [-4 + at / 20 for at in range(40)]), ("size", list(range(14)))):
        touches = []
        for place in places:
            touches.append(studio.driver.execute_async_script(TOUCH, name, place))
            if sum(whole for _, whole in touches) > 20_000:  # large data: a few are enough
                break
        for words, times in zip(("the weights", "all of it"), map(sorted, zip(*touches))):
            studio.figures += (f"\n  {len(times)} of {name}, {words}: median {statistics.median(times):.0f} ms, "
                               f"{sum(time <= 100 for time in times)} within 100 ms, "
                               f"95 of 100 within {times[math.ceil(.95 * len(times)) - 1]:.0f} ms")
        studio.rested()


ALL = [rate_by_keys, every_setting, hasty_hand, stable_rate, beyond_stable, scrubber, race, long_training, latency]
