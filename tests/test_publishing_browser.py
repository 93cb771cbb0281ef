"""The published pages in Chromium, opened from a disk: nothing is refused, nothing overflows, finding works."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from publishing_sample import sample

from creditdsl.publish import publish

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
CONTRAST = """
() => {
  const channel = (value) => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || element.closest(".unseen")) continue;
    const inside = element.namespaceURI.endsWith("svg");
    const style = getComputedStyle(element);
    const front = colour(inside ? style.fill : style.color);
    const tone = inside && element.classList.contains("name") ? element.previousElementSibling : null;
    const back = tone ? colour(getComputedStyle(tone).fill) : behind(element);
    const [one, two] = [light(front), light(back)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return low;
}
"""
"""Every element with text of its own whose contrast is under 4.5, the texts of the drawing included."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's site."""
    out = tmp_path_factory.mktemp("site")
    publish(sample(), out)
    return out


@pytest.fixture
def browser(require_tool: Callable[[str], str]) -> Iterator[Browser]:
    """Chromium of the machine, with a profile of its own."""
    path = require_tool("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


def opened(browser: Browser, path: Path, *, width: int = 1280, scheme: str = "light") -> tuple[Page, list[str]]:
    """A page opened from the disk, and what its console and the network say from then on."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file://") else None)
    page.goto(path.as_uri())
    return page, said


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_the_browser_refuses_and_fetches_nothing(browser: Browser, folder: Path, name: str) -> None:
    page, said = opened(browser, folder / name)
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert not page.locator(".find").is_hidden()
    assert said == []


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_page_is_never_wider_than_the_screen(browser: Browser, folder: Path, name: str, width: int) -> None:
    page, _ = opened(browser, folder / name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(browser: Browser, folder: Path, scheme: str) -> None:
    page, _ = opened(browser, folder / "index.html", scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_finding_hides_what_does_not_match_and_counts_what_does(browser: Browser, folder: Path) -> None:
    page, said = opened(browser, folder / "index.html")
    everything = page.locator("[data-find]:visible").count()
    page.fill("#page-find", "０１０１０２")
    assert page.locator("[id='010102']").is_visible()
    assert not page.locator("[id='losses']").is_visible()
    shown = page.locator("[data-find]:visible").count()
    assert 0 < shown < everything
    assert page.locator("#page-found").inner_text() == f"{shown} 处符合"
    page.fill("#page-find", "逾期 没有这样的词")
    assert page.locator("#page-found").inner_text() == "没有符合的内容"
    assert page.locator("main section:visible").count() == 0
    page.fill("#page-find", "")
    assert page.locator("[data-find]:visible").count() == everything
    assert said == []


def test_a_citation_is_copied(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder / "index.html")
    button = page.locator("[id='010101'] .copy")
    button.click()
    page.wait_for_timeout(100)
    assert button.inner_text() == "已复制"
    assert page.evaluate("navigator.clipboard.readText()") == button.get_attribute("data-citation")


def test_a_link_to_a_case_opens_it(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder / "index.html")
    assert page.evaluate("document.getElementById('case-2').open") is False
    page.evaluate("location.hash = '#case-2'")
    page.wait_for_timeout(100)
    assert page.evaluate("document.getElementById('case-2').open") is True


def test_print_shows_the_cases_in_full_and_no_controls(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder / "index.html", width=590)
    page.emulate_media(media="print")
    assert not page.locator(".find").is_visible()
    assert page.locator("#case-1 .ledger").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.rules td')).display") == "table-cell"
    assert page.evaluate("document.documentElement.scrollWidth") <= 590


def test_the_keyboard_reaches_the_skip_link_first_and_sees_it(browser: Browser, folder: Path) -> None:
    page, _ = opened(browser, folder / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
