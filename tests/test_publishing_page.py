"""The published pages as files: well formed, complete in both languages, closed to the outside, the same every time."""

import itertools
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from publishing_sample import Page, read, sample, sample_history

from creditdsl.publish import publish
from creditdsl.publishing.names import SECTIONS
from creditdsl.publishing.rendering import HERE, environment
from creditdsl.publishing.site import site
from creditdsl.publishing.texts import NEWEST
from creditdsl.publishing.words import WORDS
from creditdsl.syntax.tree import MeasureWord

LANGUAGES = ("zh", "en")


@cache
def html(language: str) -> str:
    name = {"zh": NEWEST["zh"], "en": NEWEST["en"]}[language]
    return site(sample_history())[name].decode("utf-8")


@cache
def page(language: str) -> Page:
    return read(html(language))


def text_at(language: str, anchor: str) -> str:
    """The words inside the element with this id."""
    [element] = [item for item in page(language).elements if item.attributes.get("id") == anchor]
    return " ".join(element.text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_element_is_closed_in_order(language: str) -> None:
    assert page(language).faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_elements_have_one_id(language: str) -> None:
    ids = [item.attributes["id"] for item in page(language).elements if "id" in item.attributes]
    assert len(ids) == len(set(ids)) > 60
    assert not [name for name in ids if re.search(r"\s", name) or not name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_an_anchor_of_the_page_or_to_a_file_of_the_site(language: str) -> None:
    ids = {item.attributes["id"] for item in page(language).elements if "id" in item.attributes}
    files = set(site(sample_history()))
    targets = [
        item.attributes[name] for item in page(language).elements for name in ("href", "src") if name in item.attributes
    ]
    assert len(targets) > 100
    broken = [t for t in targets if (unquote(t[1:]) not in ids if t.startswith("#") else t not in files)]
    assert broken == []


def test_nothing_is_asked_of_the_outside() -> None:
    for name, content in site(sample_history()).items():
        assert not re.search(rb"https?:|//[a-z]|@import|url\(", content.replace(b"// ", b"")), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_forbids_what_it_does_not_need(language: str) -> None:
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
    metas = [item.attributes for item in page(language).elements if item.tag == "meta"]
    assert {"http-equiv": "Content-Security-Policy", "content": policy} in metas
    inline = [e for e in page(language).elements if "style" in e.attributes or e.tag == "style"]
    scripts = [e for e in page(language).elements if e.tag == "script" and "src" not in e.attributes]
    handlers = [e for e in page(language).elements if any(name.startswith("on") for name in e.attributes)]
    assert inline == scripts == handlers == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_go_down_one_level_at_a_time(language: str) -> None:
    levels = [int(item.tag[1]) for item in page(language).elements if re.fullmatch("h[1-6]", item.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_header_cell_has_a_scope_and_every_table_a_caption(language: str) -> None:
    elements = page(language).elements
    assert all(item.attributes.get("scope") in ("row", "col") for item in elements if item.tag == "th")
    tables, captions = (sum(item.tag == tag for item in elements) for tag in ("table", "caption"))
    assert tables == captions > 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language_and_leads_to_the_other(language: str) -> None:
    root = page(language).elements[0]
    assert root.attributes["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    other = {"zh": NEWEST["en"], "en": NEWEST["zh"]}[language]
    assert any(item.tag == "a" and item.attributes.get("href") == other for item in page(language).elements)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_link_skips_to_the_text(language: str) -> None:
    first = next(item for item in page(language).elements if item.tag == "a")
    assert first.attributes == {"class": "skip", "href": "#page-text"}


def test_all_sections_are_there_and_in_the_contents() -> None:
    for language in LANGUAGES:
        ids = [item.attributes.get("id") for item in page(language).elements if item.tag == "h2"]
        assert ids == [f"section-{section}" for section in SECTIONS]
        assert all(f'<a href="#section-{section}">' in html(language) for section in SECTIONS)


def test_the_english_page_has_chinese_only_where_it_says_so() -> None:
    marked = re.sub(r'<(\w+)[^>]* lang="zh(-CN)?"[^>]*>.*?</\1>', "", html("en"), flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", marked) == []


def test_the_chinese_page_has_no_english_chrome() -> None:
    shown = re.sub(r"<[^>]*>", "", re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", html("zh")))
    english = [text.en for text in WORDS.values() if re.search("[a-z]{4}", text.en) and "html" not in text.en]
    assert [words for words in english if re.search(rf"\b{re.escape(words)}\b", shown)] == []


def test_every_word_of_the_pages_is_used_and_every_used_word_exists() -> None:
    templates = [path for path in sorted((HERE / "templates").iterdir()) if path.name != "difference.html"]
    sources = "".join(path.read_text(encoding="utf-8") for path in templates)
    code = "".join((HERE / name).read_text(encoding="utf-8") for name in ("document.py", "header.py", "rules.py"))
    used = set(re.findall(r"\bw\.(\w+)", sources))
    assert used <= set(WORDS)
    dynamic = {*SECTIONS, *(f"eligible_{word}" for word in ("always", "conditional", "never"))}
    dynamic |= {key for part in ("exempt", "direct", "assign", "demote", "ceiling") for key in (part, f"{part}_lead")}
    kinds = [word.value for word in MeasureWord]
    dynamic |= {*kinds, *(f"{part}_{kind}" for part in ("kind", "lead", "conditions", "effect") for kind in kinds)}
    dynamic |= {key for key in WORDS if key.startswith(("rank_", "formula_", "period_")) and key[:4] in code}
    assert set(WORDS) - used - dynamic == set()


def test_the_same_policy_gives_the_same_bytes(tmp_path: Path) -> None:
    first = publish(sample(), tmp_path / "one")
    second = publish(sample(), tmp_path / "two")
    assert [path.name for path in first] == ["index.html", "index.en.html", "style.css", "page.js"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_autoescape_is_on_whatever_a_template_is_called() -> None:
    templates = environment("zh")
    names = templates.list_templates()
    assert "ruler.svg" in names
    assert templates.autoescape is True
    for name in (*names, "a.svg", "b.j2", "c.txt", "d"):
        made = templates.overlay().from_string("{{ value }}")
        made.name = name
        assert made.render(value='<i a="b">') == "&lt;i a=&#34;b&#34;&gt;"


def test_no_template_lets_markup_through() -> None:
    for path in sorted((HERE / "templates").iterdir()):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe|Markup|autoescape", text), path.name
        unquoted = [m for m in re.findall(r"=(\{\{.*?\}\})", text) if "w[" not in m]
        assert unquoted == [], path.name


def test_rules_stand_under_the_anchors_of_their_codes_and_places_of_their_sources() -> None:
    for language in LANGUAGES:
        ids = {item.attributes.get("id") for item in page(language).elements}
        rules = {"010101", "010102", "losses", "grave_accident", "newcomer", "channel", "watch", "first_year"}
        assert rules | {"repair-010101", "rules7", "rules7-3", "rules7-6-1", "rules7-annex1", "law2"} <= ids
        assert {"grade-A", "firm.months", "Cargo.tank", "parameter-small", "table-weight", "case-1"} <= ids


def test_an_indicator_shows_code_label_condition_points_basis_and_repair() -> None:
    shown = text_at("zh", "010101")
    assert "未按期报告 010101" in shown
    assert "逾期报告记录中无“报告之日”，或者报告之日晚于期限的，每一货类、期限计一次" in shown
    assert "每次扣5分" in shown
    assert "累计不超过20分" in shown
    assert "交运规〔2020〕7号附件1" in shown
    assert "可修复" in shown
    assert "not recorded" in text_at("en", "010101")


def test_the_ruler_draws_the_bands_to_scale() -> None:
    svg = html("zh").split("<svg")[1].split("</svg>")[0]
    assert re.findall(r'<rect class="tone-(\w+)" x="([\d.]+)%" y="8" width="([\d.]+)%"', svg) == [
        ("5", "0.00", "63.63"),
        ("3", "63.63", "18.18"),
        ("1", "81.81", "18.18"),
    ]
    assert re.findall(r">(\d+)</text>", svg) == ["0", "70", "90", "110"]


def test_a_grade_given_by_rule_is_said_to_be() -> None:
    assert text_at("zh", "grade-N") == "新户 由规则评定，不由得分决定"


def test_the_matrix_tells_which_grades_can_get_a_measure() -> None:
    table = html("en").split('<table class="matrix">')[1].split("</table>")[0]
    rows = {
        re.search(r">([^<]+)</a>", row)[1]: re.findall(r'mark (\w+)"', row)  # type: ignore[index]
        for row in table.split("<tr data-find>")[1:]
    }
    assert rows == {
        "Green channel": ["conditional", "never", "never", "never", "never"],
        "Commendation": ["always", "always", "never", "never", "never"],
        "Close supervision": ["never", "never", "never", "always", "never"],
        "Licence revoked": ["conditional"] * 5,
        "List of serious offenders": ["conditional"] * 5,
        "Watch list": ["conditional"] * 5,
        "Haulage loan": ["conditional", "conditional", "never", "never", "never"],
        "Licence by promise": ["conditional"] * 5,
        "Daily inspection": ["always", "always", "never", "always", "never"],
    }


def test_a_measure_stands_under_each_of_its_authorities_and_has_one_anchor() -> None:
    section = html("en").split('id="section-measures"')[1].split("</section>")[0]
    headings = [re.sub("<[^>]*>", "", found) for found in re.findall(r"<h[34][^>]*>(.*?)</h[34]>", section)]
    assert headings == [
        *("Measures by grade", "Rewards", "Transport Bureau", "Tax Bureau", "Penalties"),
        *("Lists", "Transport Bureau", "No authority named", "Offers", "Partner bank", "Pledges", "Inspections"),
    ]
    assert html("en").count('id="channel"') == 1
    assert html("en").count('<a class="code" href="#channel">') == 2


def test_cases_show_what_the_interpreter_computes() -> None:
    late = text_at("zh", "case-1")
    assert "起评分 100" in late
    assert "未按期报告 −5修复后 0" in late
    assert "得分 95修复后 100" in late
    assert "级别 甲级" in late
    assert "绿色通道" in late
    accident = text_at("zh", "case-2")
    assert "直接判级 重大事故" in accident
    assert "级别 丙级" in accident
    assert "级别 不予评价" in text_at("zh", "case-3")


def test_the_coverage_counts_every_place_and_says_why_one_is_left_out() -> None:
    section = html("zh").split('id="rules7"')[1].split('id="law2"')[0]
    tally = re.sub(r"<[^>]*>", "", re.search(r'<p class="tally">.*?</p>', section)[0])  # type: ignore[index]
    assert tally == "已编入 5 · 未编入 1"
    assert text_at("zh", "rules7-5") == "第五条 原文未能确认 未编入"
    assert "重大事故" in text_at("zh", "rules7-6-1")


def test_parameters_show_each_value_with_its_days() -> None:
    shown = text_at("zh", "parameter-small")
    assert "1,000元 2020年1月1日至2021年12月31日" in shown
    assert "2,000元 2022年1月1日起" in shown


def test_data_show_type_range_and_whether_it_is_required() -> None:
    assert text_at("zh", "firm.months") == "经营月数（至期末）months 整数 0至2,400 是"
    assert text_at("en", "firm.prior").endswith("Credit grade — No")


def test_a_citation_can_be_copied_from_every_rule() -> None:
    citations = [e.attributes["data-citation"] for e in page("zh").elements if "data-citation" in e.attributes]
    assert len(citations) == 21
    expected = f"《运输企业信用评价》降级unlicensed“未持许可”（道路运输条例），规则版本{sample().newest.program.header.content_hash}"
    assert expected in citations
