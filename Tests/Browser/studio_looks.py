"""Checks of the page as a whole: on a desk and on a phone, light and dark, by keyboard, without its server; and its pictures."""
from selenium.webdriver.common.keys import Keys

from chromium import SCHEMES, WIDTHS, faults
from studio import expect
from studio_questions import asked, cells, give, photos_of

FOCUSABLE = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }))"""


def fill(studio):
    """Brings all that the page can show: photos of a cell, an answer with its steps, a race."""
    cell = max(studio.all(".cell.wrong"), key=lambda one: int(one.text))
    studio.click(cell)
    if found := photos_of(studio, cell):
        asked(studio, lambda: studio.click(found[0]))
    else:
        give(studio, studio.pictures(1)[0], "choose")
    if studio.all("#answer summary"):
        studio.click(studio.one("#answer summary"))
    for button in studio.all("#racers button")[1:4:2]:
        studio.click(button)
    studio.wait(lambda: len(studio.all("#race .lane")) == 3, "there is no race")
    studio.script("scrollTo({ top: 0, behavior: 'instant' })")


def looks(studio):
    """Full of answers, on a desk and on a phone, light and dark: nothing sideways, nothing missing, nothing hard to reach"""
    found = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            studio.open(width=width, scheme=scheme)
            fill(studio)
            found += [f"{width} wide, {scheme}: {fault}" for fault in faults(studio.driver, width, studio.home)]
            if studio.screenshots:
                studio.shoot(studio.screenshots / f"page-{width}-{scheme}.png")
    expect(not found, "; ".join(found))


def nearly_empty(studio):
    """With hidden layers, on a phone: nothing sideways, nothing missing, nothing hard to reach"""
    studio.open("?hidden=8&iterations=30", width=390)
    give(studio, studio.pictures(1)[0], "choose")
    found = list(faults(studio.driver, 390, studio.home))
    expect(not found, "; ".join(found))
    if studio.screenshots:
        studio.shoot(studio.screenshots / "page-hidden.png")


def focus(studio):
    """Tab walks through the whole page in its order, and what has the focus can be seen"""
    studio.open("?iterations=100", motion="reduce")  # so that nothing is still on its way
    studio.click(cells(studio)[0])
    photos_of(studio, cells(studio)[0])
    # One stop for a group of radio buttons.
    stops = f"{FOCUSABLE}.filter(one => one.type !== 'radio' || one.checked)"
    name = "(one => one.id || one.textContent.trim().slice(0, 30) || one.name)"
    wanted = studio.script(f"{stops}[1].focus(); return {stops}.map{name}")
    studio.driver.switch_to.active_element.send_keys(Keys.SHIFT, Keys.TAB)
    seen = []
    for _ in wanted:
        seen.append(studio.script(f"""
            const one = document.activeElement, box = one.getBoundingClientRect()
            const bar = document.getElementById("bar").getBoundingClientRect()
            const covered = !one.closest("#bar") && bar.top <= 0 && box.bottom <= bar.bottom
            const isOutlined = getComputedStyle(one).outlineStyle !== "none"
            return [{name}(one), isOutlined && box.bottom > 0 && box.top < innerHeight && !covered]"""))
        studio.press(Keys.TAB)
    strays = [(had, want) for (had, _), want in zip(seen, wanted) if had != want]
    expect(not strays, f"Tab comes to {strays[:1] and strays[0][0]!r}, not to {strays[:1] and strays[0][1]!r}")
    unseen = [name for name, is_seen in seen if not is_seen]
    expect(not unseen, f"cannot be seen with the focus: {unseen}")


def calm(studio):
    """Whoever prefers less motion gets none that was not asked for"""
    for motion, behavior in (("no-preference", "smooth"), ("reduce", "auto")):
        studio.open("?iterations=100", motion=motion)
        found = studio.script("return getComputedStyle(document.documentElement).scrollBehavior")
        expect(found == behavior, f"{motion}: scrolling is {found}")
    moving = studio.script("return document.getAnimations().length")
    expect(moving == 0, f"{moving} animations run")
    before = studio.script("return document.getElementById('scrubber').value")
    studio.train("rate", -3.5)
    expect(studio.script("return document.getElementById('scrubber').value") == before, "the film plays by itself")


def pictures_for_the_guide(studio):
    """Pictures for Guides/Studio.md"""
    if not studio.screenshots:
        return
    shoot = lambda name, *place: studio.shoot(studio.screenshots / f"studio-{name}.webp", *place)
    studio.open()
    shoot("watch", "#set-section")
    cell = max(studio.all(".cell.wrong"), key=lambda one: (one.get_attribute("data-part") == "test", int(one.text)))
    studio.click(cell)
    found = photos_of(studio, cell)
    shoot("judge", "#judge h2, .matrices, #photos")
    if found:
        asked(studio, lambda: studio.click(found[0]))
    shoot("ask", "#answer, #asking > div:first-child")
    shoot("recipe", "#recipe-section")
    for button in studio.all("#racers button")[1:3]:
        studio.click(button)
    studio.wait(lambda: len(studio.all("#race .lane")) == 3, "there is no race")
    shoot("race", ".racers, #race")
    studio.open(width=390, scheme="dark", height=800)
    studio.script("document.querySelector('.stage').scrollIntoView({ behavior: 'instant' }); scrollBy(0, -80)")
    shoot("phone", "window")


def server_gone(studio):
    """Without its server, which SIGTERM ends in the middle of a long training, the page says so, for a setting and for a picture"""
    studio.expected_complaint = "Failed to load resource: net::ERR_"
    studio.open("?iterations=100")
    picture = studio.pictures(1)[0]
    studio.set("hidden", "128")
    # Long enough to be in the middle of, also on a fast machine.
    studio.set("iterations", int(studio.one("#iterations").get_attribute("max")))
    studio.wait(lambda: studio.one("#busy").is_displayed(), "no progress is shown")
    studio.server.end()
    for words, act in (("a setting", lambda: studio.set("rate", -3.3)),
                       ("a picture", lambda: studio.one("#file").send_keys(str(picture)))):
        studio.script("document.getElementById('fault').textContent = ''")
        act()
        studio.wait(lambda: "does not answer" in studio.text("#fault"), f"touching {words}, it says {studio.text('#fault')!r}", 10)


ALL = [looks, nearly_empty, focus, calm, pictures_for_the_guide]
LAST = [server_gone]
