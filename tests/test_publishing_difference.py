"""The page of a comparison: it stands alone, marks what differs, and takes hostile text; in Chromium it fits and is readable."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from test_publishing_browser import CONTRAST

from creditdsl.comparing.compare import compare
from creditdsl.diagnostics import LANGUAGES, Language
from creditdsl.publishing.difference import difference_page
from creditdsl.publishing.marking import marked
from tests.comparing_support import module
from tests.policies import BANDS, FRAME

OLD = """
source rules1 "示例规则第1号" / "Example rules No. 1" { in force 2020-01-01 .. }
indicator 0101 "逾期<申报>" / "Late <b>return</b> & more" {
  basis rules1 article 2
  for each late where filed is absent or filed > due and amount >= 1万元 deduct 5 points
}
indicator 0102 { deduct { | large -> 1 point | otherwise -> 2 points } }
ceiling B young { when months < 12 and tax < 100_000 yuan and started is present and started > 2020-01-01 }
exempt tiny { when tax < 5 yuan }
"""
NEW = (
    OLD.replace("5 points", "8 points")
    .replace("otherwise -> 2", "otherwise -> 3")
    .replace("months < 12", "months < 24")
    .replace("tax < 5 yuan", "tax < 9 yuan")
)


def page(language: Language) -> str:
    old, new = (
        FRAME + OLD + BANDS,
        FRAME.replace("started : date?", "started : date").replace("listed : date?", "") + NEW,
    )
    return difference_page(compare((module(old),), (module(new + BANDS),)), {}, {}, language)


def test_what_differs_is_marked_word_by_word() -> None:
    assert marked("a < 5 分", "a < 8 分") == ("a &lt; <del>5</del> 分", "a &lt; <ins>8</ins> 分")


def test_a_text_that_is_only_in_one_version_is_marked_whole() -> None:
    assert marked("", "may") == ("", "<ins>may</ins>")


def test_texts_that_are_very_long_are_marked_whole() -> None:
    old, _ = marked("a " * 3000 + "a", "b")
    assert old == f"<del>{'a ' * 3000}a</del>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_of_the_policy_is_text_on_the_page(language: Language) -> None:
    assert "<b>return</b>" not in page(language)
    assert re.search(r"逾期&lt;申报&gt;|Late &lt;b&gt;return&lt;/b&gt; &amp; more", page(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_for_nothing_from_outside(language: Language) -> None:
    assert not re.search(r"<(script|link|img|iframe)|https?://|url\(", page(language))


def test_rule_text_keeps_its_own_punctuation_on_the_chinese_page() -> None:
    assert '<code class="rule-text">| 其他 -&gt; <del>2</del> 分</code>' in page("zh")


def opened(
    browser: Browser, folder: Path, language: Language, *, width: int, dark: bool = False
) -> tuple[Page, list[str]]:
    """The page opened from a disk, and what the browser complains of."""
    path = folder / "changes.html"
    path.write_text(page(language), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    shown, said = context.new_page(), []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("request", lambda request: said.append(request.url) if not request.url.startswith("file://") else None)
    shown.goto(path.as_uri())
    return shown, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_takes_the_style_and_refuses_nothing(browser: Browser, tmp_path: Path, language: Language) -> None:
    shown, said = opened(browser, tmp_path, language, width=1280)
    assert shown.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_page_is_never_wider_than_the_window(
    browser: Browser, tmp_path: Path, language: Language, width: int
) -> None:
    shown, _ = opened(browser, tmp_path, language, width=width)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_of_the_comparison_has_contrast(browser: Browser, tmp_path: Path, dark: bool) -> None:
    shown, _ = opened(browser, tmp_path, "zh", width=1280, dark=dark)
    assert shown.evaluate(CONTRAST) == []


def test_what_is_gone_and_what_is_new_differ_without_colour(browser: Browser, tmp_path: Path) -> None:
    shown, _ = opened(browser, tmp_path, "en", width=1280)
    lines = [
        shown.evaluate(f"getComputedStyle(document.querySelector('{tag}')).textDecorationLine")
        for tag in ("del", "ins")
    ]
    assert lines == ["line-through", "underline"]


def test_old_and_new_stand_side_by_side_on_paper(browser: Browser, tmp_path: Path) -> None:
    shown, _ = opened(browser, tmp_path, "zh", width=590)
    shown.emulate_media(media="print")
    assert shown.evaluate("getComputedStyle(document.querySelector('.versions td')).display") == "table-cell"
    assert shown.evaluate("document.documentElement.scrollWidth") <= 590
