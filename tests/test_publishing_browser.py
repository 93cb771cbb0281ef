"""The published pages in Chromium, opened from a disk: nothing is refused, nothing overflows, finding works."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from publishing_sample import AMENDED, sample, timelines

from creditdsl.publish import publish

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


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the amended sample."""
    out = tmp_path_factory.mktemp("amended")
    nation, *divisions = timelines(AMENDED)
    publish(nation, out, divisions)
    return out


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


HISTORIES = ["history.html", "history.en.html"]


@pytest.mark.parametrize("name", [*HISTORIES, "text-2020-01-01.html", "text-2102-2026-01-01.en.html"])
def test_the_browser_refuses_and_fetches_nothing_of_the_history(browser: Browser, amended: Path, name: str) -> None:
    page, said = opened(browser, amended / name)
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert not page.locator(".find").is_hidden()
    assert said == []


@pytest.mark.parametrize("name", [*HISTORIES, "text-2020-01-01.html"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_history_is_never_wider_than_the_screen(browser: Browser, amended: Path, name: str, width: int) -> None:
    page, _ = opened(browser, amended / name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach((item) => { item.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", [*HISTORIES, "text-2020-01-01.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_history_has_contrast(browser: Browser, amended: Path, name: str, scheme: str) -> None:
    page, _ = opened(browser, amended / name, scheme=scheme)
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bars_of_the_time_axis_stand_out_from_the_paper(browser: Browser, amended: Path, scheme: str) -> None:
    page, _ = opened(browser, amended / "history.html", scheme=scheme)
    assert page.evaluate(STANDS_OUT) == []


STANDS_OUT = """
() => {
  const channel = (value) => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4; };
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const bars = Array.from(document.querySelectorAll(".axis rect"));
  const ratios = bars.map((bar) => light(getComputedStyle(bar).stroke)).map((one) =>
    (Math.max(one, paper) + 0.05) / (Math.min(one, paper) + 0.05));
  return ratios.length === 5 ? ratios.filter((ratio) => ratio < 3) : ["bars are missing"];
}
"""
"""The outlines of bars whose contrast is under 3, which graphics must have."""


def test_the_two_kinds_of_bars_differ_without_colour(browser: Browser, amended: Path) -> None:
    page, _ = opened(browser, amended / "history.html")
    dashes = page.evaluate(
        "Array.from(document.querySelectorAll('.axis rect'), (bar) => getComputedStyle(bar).strokeDasharray)"
    )
    assert [dash == "none" for dash in dashes] == [True, False, False, True, True]


def test_no_text_of_the_time_axis_leaves_a_narrow_screen(browser: Browser, amended: Path) -> None:
    for name in HISTORIES:
        page, _ = opened(browser, amended / name, width=320)
        right = page.evaluate(
            "Math.max(...Array.from(document.querySelectorAll('.axis text'), (text) => text.getBoundingClientRect().right))"
        )
        assert right <= 320


def test_what_is_gone_and_what_is_new_differ_without_colour(browser: Browser, amended: Path) -> None:
    page, _ = opened(browser, amended / "history.html")
    lines = [
        page.evaluate(f"getComputedStyle(document.querySelector('{tag}')).textDecorationLine") for tag in ("del", "ins")
    ]
    assert lines == ["line-through", "underline"]


def test_finding_in_the_history_keeps_the_heading_of_the_amendment(browser: Browser, amended: Path) -> None:
    page, _ = opened(browser, amended / "history.html")
    page.fill("#page-find", "未答复")
    assert page.locator("[id='amend-rules_of_2023.indicator.silent']").is_visible()
    assert page.locator("[id='amend-rules_of_2023']").is_visible()
    assert not page.locator("[id='amend-rules_of_2023.indicator.losses']").is_visible()
    assert not page.locator("[id='amend-pilot']").is_visible()


def test_a_rule_leads_to_what_changed_it_and_back(browser: Browser, amended: Path) -> None:
    page, said = opened(browser, amended / "index.html")
    page.locator("[id='010101'] .since a").click()
    assert page.url.endswith("/history.html#amend-rules_of_2023.indicator.010101")
    page.locator("[id='amend-rules_of_2023.indicator.010101'] a").click()
    assert page.url.endswith("/index.html#010101")
    assert said == []


def test_both_readings_stand_side_by_side_on_paper(browser: Browser, amended: Path) -> None:
    page, _ = opened(browser, amended / "history.html", width=590)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.versions td')).display") == "table-cell"
    assert page.evaluate("document.documentElement.scrollWidth") <= 590
