"""Checks of "Train and watch": sliders, the weight history, the comparison of learning rates, long trainings."""
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
    """Returns the number of correct predictions and of photos for each split that a text names."""
    found = re.findall(r"(train|val|test)(?: accuracy:)? [\d.]+ % \((\d+) of (\d+)\b", text)
    return {part: (int(right), int(count)) for part, right, count in found}


def as_its_command(studio, words):
    """Checks that the command shown on the page gives the same model and the same numbers as the page."""
    kept = studio.download("model.safetensors").read_bytes()
    command = shlex.split(studio.command())
    with tempfile.TemporaryDirectory() as folder:
        printed = studio.run(*command[1:], folder=folder)
        made = (pathlib.Path(folder) / "model.safetensors").read_bytes()
    expect(made == kept, f"{words}: the model differs from that of {shlex.join(command)}")
    shown = counts(studio.text("#result"))
    expect(shown and shown == counts(printed), f"{words}: {shown} on the page, {printed!r} from the command")
    last = record(studio.folder / "model.safetensors")["costs"][-1]
    cost = float(re.search(NUMBER, studio.text("#moment"))[1])
    expect(cost == float(f"{last:.4g}"), f"{words}: the page shows the cost {cost}, the model {last}")


def rested_query(studio):
    """Returns the query of the settings that the page shows; empty while training."""
    return studio.script("return document.body.dataset.rested") or ""


def rate_by_keys(studio):
    """Learning rate by keyboard: 3 steps to the left halve it, and the command gives the same model"""
    studio.open()
    before, caption = float(studio.text("#rate-value")), studio.text("#watch figcaption")
    studio.script("document.getElementById('rate').focus()")
    studio.forget()
    studio.press(*[Keys.ARROW_LEFT] * 3)
    rate = float(studio.text("#rate-value"))
    expect(.45 < rate / before < .55, f"3 key presses change the rate from {before} to {rate}")
    studio.wait(lambda: f"rate={rate:g}&" in rested_query(studio).lower(),
                f"no training at {rate}")
    expect(studio.text("#watch figcaption") != caption, "the learning curve has not changed")
    as_its_command(studio, f"rate {rate}")


def every_setting(studio):
    """Every setting changes the page, and the command gives the same model"""
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


def fast_changes(studio):
    """A slider that moves on while results arrive keeps its last position"""
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
        studio.wait(lambda: wanted in rested_query(studio).lower(),
                    lambda: f"the slider has {wanted}, the page {rested_query(studio)}")
        found, wanted = studio.one(f"#{name}").get_property("value"), places[-1]
        expect(abs(float(found) - wanted) < .001, f"{name}: the slider is at {found}, not at {wanted}")


def stable_rate(studio):
    """The mark of the largest stable learning rate is at the position of its value"""
    studio.open()
    studio.train("rate", -3)
    stable = record(studio.download("model.safetensors"))["stableLearningRate"]
    said = float(studio.text("#stable-number"))
    expect(said == float(f"{stable:.3g}"), f"{said} on the page, {stable} in the model")
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
    """Above the largest stable rate, the page describes how the cost rose; below it, that the cost never rose"""
    studio.open()
    expect("never rose" in studio.text("#watch figcaption"), studio.text("#watch figcaption"))
    stable = float(studio.text("#stable-number"))
    studio.train("rate", math.log10(stable) + 1)
    words = studio.text("#watch figcaption")
    expect("largest stable" in words and ("rose" in words or "diverged" in words), words)


def scrubber(studio):
    """Iteration slider: black before the first iteration, the final weights at the end, play and pause"""
    studio.open()
    weights = studio.one("#strip .weights")
    _, end = studio.colors(weights)
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(Keys.HOME)
    studio.wait(lambda: max(studio.colors(weights)[0]) < 4, "the first frame is not black", 10)
    expect("before the first iteration" in studio.text("#moment").lower(), studio.text("#moment"))
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(*[Keys.ARROW_RIGHT] * 16)
    studio.wait(lambda: max(studio.colors(weights)[0]) > 20, "a middle frame is still black", 10)
    expect(studio.colors(weights)[1] != end, "a middle frame equals the last one")
    studio.script("document.getElementById('scrubber').focus()")
    studio.press(Keys.END)
    studio.wait(lambda: studio.colors(weights)[1] == end, "the last frame differs from the weights after training", 10)
    play, slider = studio.one("#play"), studio.one("#scrubber")
    last = int(slider.get_attribute("max"))
    place = lambda: int(slider.get_property("value"))
    studio.click(play)
    studio.wait(lambda: 2 < place() < last, "the weights do not play", 10)
    studio.click(play)
    expect(play.text == "Play", f"while paused, the button is labeled {play.text}")
    stopped = place()
    time.sleep(.5)
    expect(place() == stopped < last, "the slider moves while paused")
    studio.click(play)
    studio.wait(lambda: place() == last and play.text == "Play", "it does not play to the end", 20)


def comparison(studio):
    """Comparison: two more rates give two more runs, whose weights follow the iteration slider"""
    studio.open("?iterations=100")
    own = re.search(NUMBER, studio.text("#moment"))[1]
    for button in studio.all("#rate-factors button")[:2]:
        studio.click(button)
    runs = lambda: studio.all("#comparison .run")
    studio.wait(lambda: len(runs()) == 3, "there are not three runs")
    rates = [float(run.text.partition(":")[0]) for run in runs()]
    rate = float(studio.text("#rate-value"))
    for found, wanted in zip(rates, (rate * .1, rate * .3, rate)):
        expect(abs(found / wanted - 1) < .05, f"the runs have the rates {rates}, the slider {rate}")
    studio.wait(lambda: f"cost {own}," in runs()[2].text, lambda: f"the last run is not the current model: {runs()[2].text}, not {own}", 10)
    places = ("#strip .weights", "#comparison .weights")
    for key, holds in ((Keys.HOME, lambda most: most < 4), (Keys.END, lambda most: most > 20)):
        studio.script("document.getElementById('scrubber').focus()")
        studio.press(key)
        for place in places:
            for weights in studio.all(place):
                studio.wait(lambda: holds(max(studio.colors(weights)[0])), f"{place} does not follow {key!r}", 10)
        expect(max(studio.colors(studio.one("#bar-weights .weights"))[0]) > 20, f"the bar has other weights after {key!r} than after the training")
        words = [run.text.partition(":")[2] for run in runs()]
        expect(all(("before the first" in one) == (key == Keys.HOME) for one in words), f"after {key!r}, the runs say {words}")
    for button in studio.all("#rate-factors button")[:2]:
        studio.click(button)
    studio.wait(lambda: not runs(), "runs are still shown after the comparison was deselected")


def long_training(studio):
    """A long training shows its progress, keeps its result when stopped, and is canceled when a setting changes"""
    studio.open()
    working = lambda: studio.one("#busy").is_displayed() and studio.script("return document.getElementById('progress').value")
    longest = int(studio.one("#iterations").get_attribute("max"))

    def begin():
        studio.set("hidden", "128")
        studio.set("iterations", longest)
        first = studio.wait(working, "no progress bar is shown")
        studio.wait(lambda: (working() or 0) > first, "the progress does not increase")

    begin()
    studio.one("#stop").click()
    studio.rested()
    expect(not studio.one("#busy").is_displayed(), "the progress bar is still shown")
    count = int(studio.text("#iterations-value"))
    expect(0 < count < 10_000, f"{count} iterations after Stop")
    as_its_command(studio, f"stopped after {count} iterations")
    begin()
    studio.train("hidden", "")
    studio.forget()
    before = studio.server.seconds()
    time.sleep(1)
    spent = studio.server.seconds() - before
    expect(spent < .5, f"a canceled training continues: {spent:.2f} seconds of CPU time in one second")


# Measures the time from a change of a slider until the weights are painted, and until everything is.
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
    """Latency from a change of a slider to the painted result"""
    studio.open()
    for name, places in (("rate", [-4 + at / 20 for at in range(40)]), ("size", list(range(14)))):
        touches = []
        for place in places:
            touches.append(studio.driver.execute_async_script(TOUCH, name, place))
            if sum(whole for _, whole in touches) > 20_000:  # a few measurements are enough for large data
                break
        for words, times in zip(("the weights", "everything"), map(sorted, zip(*touches))):
            studio.figures += (f"\n  {len(times)} changes of {name}, {words}: median {statistics.median(times):.0f} ms, "
                               f"{sum(time <= 100 for time in times)} within 100 ms, "
                               f"95th percentile {times[math.ceil(.95 * len(times)) - 1]:.0f} ms")
        studio.rested()


ALL = [rate_by_keys, every_setting, fast_changes, stable_rate, beyond_stable, scrubber, comparison, long_training, latency]
