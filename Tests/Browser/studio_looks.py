"""Checks of the whole page: desktop and phone, light and dark, keyboard focus, a stopped server; and screenshots."""
from selenium.webdriver.common.keys import Keys

from chromium import SCHEMES, WIDTHS, faults
from studio import expect
from studio_questions import asked, cells, give, photos_of

FOCUSABLE = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }))"""


def fill(studio):
    """Opens everything that the page can show: the photos of a cell, an explanation with its steps, a comparison."""
    cell = max(studio.all(".cell.wrong"), key=lambda one: int(one.text))
    studio.click(cell)
    if found := photos_of(studio, cell):
        asked(studio, lambda: studio.click(found[0]))
    else:
        give(studio, studio.images(1)[0], "choose")
    if studio.all("#answer summary"):
        studio.click(studio.one("#answer summary"))
    for button in studio.all("#rate-factors button")[1:4:2]:
        studio.click(button)
    studio.wait(lambda: len(studio.all("#comparison .run")) == 3, "the comparison does not show three runs")
    studio.script("scrollTo({ top: 0, behavior: 'instant' })")


def looks(studio):
    """The full page has no fault on desktop and phone, light and dark: no overflow, no missing images, accessible"""
    found = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            studio.open(width=width, scheme=scheme)
            fill(studio)
            found += [f"{width} wide, {scheme}: {fault}" for fault in faults(studio.driver, width, studio.home)]
            if studio.screenshots:
                studio.shoot(studio.screenshots / f"page-{width}-{scheme}.png")
    expect(not found, "; ".join(found))


def hidden_layers_on_phone(studio):
    """With hidden layers, on a phone, the page has no fault: no overflow, no missing images, accessible"""
    studio.open("?hidden=8&iterations=30", width=390)
    give(studio, studio.images(1)[0], "choose")
    found = list(faults(studio.driver, 390, studio.home))
    expect(not found, "; ".join(found))
    if studio.screenshots:
        studio.shoot(studio.screenshots / "page-hidden.png")


def focus(studio):
    """Tab visits all controls in order, and the focused element is always visible"""
    studio.open("?iterations=100", motion="reduce")  # no smooth scrolling
    studio.click(cells(studio)[0])
    photos_of(studio, cells(studio)[0])
    # A group of radio buttons is a single tab stop.
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
    expect(not strays, f"Tab reaches {strays[:1] and strays[0][0]!r} instead of {strays[:1] and strays[0][1]!r}")
    unseen = [name for name, is_seen in seen if not is_seen]
    expect(not unseen, f"focused but not visible: {unseen}")


def reduced_motion(studio):
    """With prefers-reduced-motion, nothing moves by itself"""
    for motion, behavior in (("no-preference", "smooth"), ("reduce", "auto")):
        studio.open("?iterations=100", motion=motion)
        found = studio.script("return getComputedStyle(document.documentElement).scrollBehavior")
        expect(found == behavior, f"{motion}: scroll-behavior is {found}")
    moving = studio.script("return document.getAnimations().length")
    expect(moving == 0, f"{moving} animations are running")
    before = studio.script("return document.getElementById('scrubber').value")
    studio.train("rate", -3.5)
    expect(studio.script("return document.getElementById('scrubber').value") == before, "the weights play by themselves")


def guide_screenshots(studio):
    """Screenshots for Guides/Studio.md"""
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
    shoot("recipe", "#influence-section")
    for button in studio.all("#rate-factors button")[1:3]:
        studio.click(button)
    studio.wait(lambda: len(studio.all("#comparison .run")) == 3, "the comparison does not show three runs")
    shoot("race", ".rate-factors, #comparison")
    studio.open(width=390, scheme="dark", height=800)
    shoot("phone", "window")


def server_gone(studio):
    """After SIGTERM during a long training, the page reports that the studio does not respond, for settings and for images"""
    studio.expected_complaint = "Failed to load resource: net::ERR_"
    studio.open("?iterations=100")
    image = studio.images(1)[0]
    studio.set("hidden", "128")
    # Long enough to be still in progress, even on a fast machine.
    studio.set("iterations", int(studio.one("#iterations").get_attribute("max")))
    studio.wait(lambda: studio.one("#busy").is_displayed(), "no progress bar is shown")
    studio.server.end()
    for words, act in (("a setting", lambda: studio.set("rate", -3.3)),
                       ("an image", lambda: studio.one("#file").send_keys(str(image)))):
        studio.script("document.getElementById('error').textContent = ''")
        act()
        studio.wait(lambda: "does not respond" in studio.text("#error"), f"{words}: the error is {studio.text('#error')!r}", 10)


ALL = [looks, hidden_layers_on_phone, focus, reduced_motion, guide_screenshots]
LAST = [server_gone]
