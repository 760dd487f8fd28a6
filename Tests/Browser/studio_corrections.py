"""Checks of "Correct labels": the gallery, decisions by mouse and by keyboard, the file, and the change in accuracy."""
import csv
import pathlib
import re
import shutil

from selenium.webdriver.common.keys import Keys

from chromium import SCHEMES, WIDTHS, faults
from studio import Studio, expect
from studio_settings import as_its_command


def spoiled(studio):
    """Returns a folder with a copy of the data in which one training image of each class has the label of the other, one test
    image is also in the training data, and one training image is a copy of another; nil if the data is no folder."""
    root = pathlib.Path(studio.data[0])
    if not (root / "train").is_dir():
        return None
    copy = studio.folder / "spoiled"
    if copy.exists():
        return copy
    shutil.copytree(root, copy)
    one, two = sorted(path for path in (copy / "train").iterdir() if path.is_dir())[:2]
    a, b = (sorted(folder.glob("*.jpg"))[3] for folder in (one, two))
    a.rename(two / f"moved-{a.name}")
    b.rename(one / f"moved-{b.name}")
    same = sorted(one.glob("*.jpg"))[1]
    shutil.copy(same, one / "copy.jpg")
    return copy


def card(studio, decision=None):
    cards = studio.all("#findings .finding" + (f"[data-decision={decision}]" if decision else ""))
    expect(cards, "no finding")
    return cards[0]


def corrections(studio):
    """Corrections: relabel, leave out, keep and undo by mouse and keys; the file, the retrained model, and its interval"""
    data = spoiled(studio)
    if data is None:
        studio.open()
        expect("cannot be corrected" in studio.text("#correct-section"), "nothing says why labels cannot be corrected")
        return
    path = studio.folder / "corrected.csv"
    path.unlink(missing_ok=True)
    before = {one: one.read_bytes() for one in data.rglob("*.jpg")}
    other = Studio(studio.percept, [str(data), *studio.data[1:], "--corrections", str(path)], studio.folder)
    other.screenshots = studio.screenshots
    try:
        found = decide(other, path)
    finally:
        other.end()
    expect({one: one.read_bytes() for one in data.rglob("*.jpg")} == before, "an image has changed")
    expect(not found, "; ".join(found))


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def decide(studio, path):
    studio.open("?iterations=200")
    expect(not path.exists(), "a file is written before any decision")
    studio.script("document.getElementById('find').focus()")
    studio.press(Keys.ENTER)
    studio.wait(lambda: studio.all("#findings .finding"), "no findings", 60)
    expect("Duplicates (1)" in studio.text("#findings"), "the copy is not found")
    command = studio.command()

    def edition(act, words):
        """Acts, and waits for the training with other corrections."""
        old = studio.one("#settings").get_attribute("data-edition")
        studio.forget()
        act()
        studio.wait(lambda: studio.one("#settings").get_attribute("data-edition") != old, f"{words}: nothing changes", 20)
        studio.rested()

    one = card(studio)
    edition(lambda: studio.click(one.find_element("css selector", "[data-decision=relabel]")), "relabel")
    expect(one.get_attribute("data-decision") == "relabel" and len(rows(path)) == 1, f"the file has {rows(path)}")
    studio.wait(lambda: "1 relabeled" in studio.text("#effect"), f"the change is {studio.text('#effect')!r}", 20)
    expect(re.search(r"[+−][\d.]+ points \(95.% interval [+−][\d.]+ to [+−][\d.]+\)", studio.text("#effect")), studio.text("#effect"))
    expect(studio.command() != command and "--labels" in studio.command(), studio.command())
    as_its_command(studio, "after a correction")
    # By keyboard: the next card is left out, the one after it kept, and the first one withdrawn.
    studio.script("arguments[0].querySelector('.photo').focus()", one)
    studio.press(Keys.ARROW_RIGHT)
    edition(lambda: studio.press("x"), "X")
    studio.press(Keys.ARROW_RIGHT, "k")
    studio.wait(lambda: studio.all(".finding[data-decision=keep]"), "K does not keep", 10)
    decisions = sorted(row["decision"] for row in rows(path))
    expect(decisions == ["keep", "leave-out", "relabel"], f"the file has {decisions}")
    as_its_command(studio, "with a photo left out")
    studio.script("arguments[0].querySelector('.photo').focus()", studio.all(".finding")[2])
    studio.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    edition(lambda: studio.press("u"), "U")
    studio.wait(lambda: not studio.all(".finding[data-decision=relabel]"), "U does not undo", 10)
    studio.driver.refresh()
    studio.rested()
    expect("--labels" in studio.command(), "after a reload, the corrections are forgotten")
    found = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            studio.open(width=width, scheme=scheme)
            studio.click(studio.one("#find"))
            studio.wait(lambda: studio.all("#findings .finding"), "no findings", 60)
            expect(studio.all(".finding[data-decision=leave-out]"), "the decisions are not shown again")
            found += [f"{width} wide, {scheme}: {fault}" for fault in faults(studio.driver, width, studio.home)]
            if studio.screenshots:
                studio.shoot(studio.screenshots / f"correct-{width}-{scheme}.png", "#correct-section")
    return found


ALL = [corrections]
