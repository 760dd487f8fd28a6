"""Checks of a report in headless Chromium, besides those that every page must pass."""
import base64
import re

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LONGEST = 6000  # pixels at 1280, for two classes
FIRST_PAGE = 900


def report_faults(driver, width):
    """Yields a sentence for each fault of the report that the driver shows."""
    classes = len(driver.find_elements(By.CSS_SELECTOR, ".confusion tbody tr"))
    yield from summary_faults(driver, width)
    yield from contents_faults(driver)
    yield from matrix_faults(driver, width)
    if classes > 2:
        yield from several_faults(driver, classes)
    height = driver.execute_script("return document.documentElement.scrollHeight")
    if width >= 1280 and classes == 2 and height > LONGEST:
        yield f"the page is {height} pixels high"
    text = driver.execute_script("return document.querySelector('main').innerText")
    if hyphen := re.search(r"(?<![\w#.,/)-])-\d", text):
        yield f"a hyphen as minus sign at {text[max(0, hyphen.start() - 20):hyphen.end() + 10]!r}"
    usage = driver.find_element(By.ID, "usage").text
    yield from (f"no usage with {name}" for name in ("HTTP", "Python", "Swift") if name not in usage)


def summary_faults(driver, width):
    """The result, the worst mistakes, and the next steps are the first page."""
    panels = driver.find_elements(By.CSS_SELECTOR, "header .panel")
    if [panel.get_attribute("id") for panel in panels] != ["result", "worst", "next"]:
        yield "the first page does not have a result, the worst mistakes, and next steps"
    bottom = max(panel.rect["y"] + panel.rect["height"] for panel in panels)
    if width >= 1280 and bottom > FIRST_PAGE:
        yield f"the first page ends at {bottom}"
    if not driver.find_elements(By.CSS_SELECTOR, "#next li"):
        yield "there are no next steps"
    wrong = driver.find_elements(By.CSS_SELECTOR, "#worst li")
    names = [item.text for item in wrong]
    if wrong and not (len(wrong) <= 3 and all(re.search(r"\w/|#\d", name) for name in names)):
        yield f"the worst mistakes are {names}"
    if any(line.startswith("/") for name in names for line in name.splitlines()):
        yield "a path is absolute"


def contents_faults(driver):
    """The contents can be used with the keyboard only, and every section is in them."""
    links = driver.find_elements(By.CSS_SELECTOR, "nav a")
    targets = [link.get_attribute("href").split("#")[1] for link in links]
    sections = [section.get_attribute("id") for section in driver.find_elements(By.CSS_SELECTOR, "main > section")]
    if targets != sections or len(sections) < 6:
        yield f"the contents lists {targets}, but the sections are {sections}"
        return
    # Focus the element before the last link, and press Tab and Enter.
    driver.execute_script("arguments[0].focus()", links[-2])
    driver.switch_to.active_element.send_keys(Keys.TAB)
    if driver.switch_to.active_element != links[-1]:
        yield "Tab does not lead to the next link of the contents"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    top = driver.execute_script(
        "return document.getElementById(arguments[0]).getBoundingClientRect().top", targets[-1])
    if not -1 <= top <= driver.execute_script("return innerHeight"):
        yield f"Enter on the last link of the contents scrolls to {top}"
    links[0].click()
    driver.execute_script("scrollTo(0, 0)")


def matrix_faults(driver, width):
    """The numbers of the confusion matrix fit into their cells, and row names stay on one line."""
    broken = driver.execute_script("""
        const cells = [...document.querySelectorAll('.confusion tbody td')]
        const small = cells.filter(cell => cell.textContent && parseFloat(getComputedStyle(cell).fontSize) < 10)
        const range = document.createRange()
        const wide = cells.filter(cell => {
          range.selectNodeContents(cell)
          return cell.textContent && range.getBoundingClientRect().width > cell.getBoundingClientRect().width
        })
        const names = [...document.querySelectorAll('.confusion th[scope=row]')]
        const tall = names.filter(name => name.getBoundingClientRect().height > 2.2 * parseFloat(getComputedStyle(name).fontSize)
          && getComputedStyle(name).whiteSpace !== 'nowrap')
        return [small.length, wide.length, tall.length]""")
    for count, words in zip(broken, ("numbers are too small", "numbers are wider than their cells", "row names are broken")):
        if count:
            yield f"confusion matrix: {count} {words}"
    box = driver.find_element(By.CSS_SELECTOR, ".confusion .scroll")
    overflow = driver.execute_script("return arguments[0].scrollWidth - arguments[0].clientWidth", box)
    if overflow > 0 and len(driver.find_elements(By.CSS_SELECTOR, ".confusion tbody tr")) <= 10:
        yield f"the confusion matrix scrolls by {overflow} pixels"


def several_faults(driver, classes):
    """More than two classes have the most frequent confusions with images, and curves in panels of their own."""
    pairs = driver.find_elements(By.CSS_SELECTOR, "ol.pairs > li")
    if not 1 <= len(pairs) <= 10 or not all(pair.find_elements(By.TAG_NAME, "img") for pair in pairs):
        yield f"{len(pairs)} pairs of classes with images"
    panels = [len(list_.find_elements(By.TAG_NAME, "svg")) for list_ in driver.find_elements(By.CSS_SELECTOR, "ul.panels")]
    if len(panels) != 2 or not all(1 <= count <= classes for count in panels):
        yield f"{panels} panels of curves"


def paper_faults(driver):
    """Yields the faults of the report on A4 paper."""
    pdf = base64.b64decode(driver.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"])
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    if not boxes or any(abs(float(w) - 595) > 1 or abs(float(h) - 842) > 1 for w, h in boxes):
        yield f"the paper is {sorted(set(boxes))}, not A4"
