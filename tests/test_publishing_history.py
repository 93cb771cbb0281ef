"""The published history of a policy: its texts in time, every amendment with what it changed, and what each rule says of it."""

import itertools
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import Run
from publishing_sample import AMENDED, Page, amended_histories, read, sample_history, timelines

from creditdsl.publish import history_of, publish
from creditdsl.publishing.marking import marked_lines
from creditdsl.publishing.site import site
from creditdsl.publishing.titles import KINDS
from creditdsl.syntax.tree import TargetWord

LANGUAGES = ("zh", "en")
HISTORY = {"zh": "history.html", "en": "history.en.html"}
TEXTS = (
    "text-2020-01-01",
    "text-2020-01-01-evaluated-2022-06-01",
    "text-2022-01-01-evaluated-2022-06-01",
    "text-2022-01-01-evaluated-2023-01-01",
    "text-2024-01-01",
    "text-2102-2024-01-01",
    "text-2102-2026-01-01",
)


@cache
def files() -> dict[str, str]:
    nation, *divisions = amended_histories()
    made = site(nation, tuple(divisions))
    return {name: content.decode("utf-8") for name, content in made.items() if name.endswith(".html")}


@cache
def page(name: str) -> Page:
    return read(files()[name])


def text_at(name: str, anchor: str) -> str:
    """The words inside the element with this id."""
    [element] = [item for item in page(name).elements if item.attributes.get("id") == anchor]
    return " ".join(element.text.split())


def amendment(language: str, name: str) -> str:
    """The markup of one amendment on the page of the history."""
    return files()[HISTORY[language]].split(f'aria-labelledby="amend-{name}"')[1].split("</article>")[0]


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_every_text_has_a_page_in_both_languages_beside_the_newest_one() -> None:
    names = ["index", "history", *TEXTS]
    assert list(files()) == [f"{name}{end}" for name in names for end in (".html", ".en.html")]


def test_a_later_amendment_changes_the_name_of_no_older_text() -> None:
    later = (
        AMENDED
        + """
amend last "末次" / "Last" { effective 2028-01-01 .. change indicator 010101 { replace deduct 7 points } }
"""
    )
    nation, *divisions = map(history_of, timelines(later))
    made = {name for name in site(nation, tuple(divisions)) if name.startswith("text-")}
    assert made > {name for name in files() if name.startswith("text-20")}


def test_a_policy_without_amendments_has_no_history() -> None:
    made = site(sample_history())
    assert list(made) == ["index.html", "index.en.html", "style.css", "page.js"]
    for name in ("index.html", "index.en.html"):
        html = made[name].decode("utf-8")
        assert "history" not in html
        assert "banner" not in html


def test_every_page_is_sound() -> None:
    for name in files():
        ids = [item.attributes["id"] for item in page(name).elements if "id" in item.attributes]
        assert page(name).faults == []
        assert len(ids) == len(set(ids))
        levels = [int(item.tag[1]) for item in page(name).elements if re.fullmatch("h[1-6]", item.tag)]
        assert levels.count(1) == 1
        assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
        tables, captions = (sum(item.tag == tag for item in page(name).elements) for tag in ("table", "caption"))
        assert tables == captions


def test_every_link_leads_to_an_anchor_of_its_page_or_of_another() -> None:
    ids = {name: {item.attributes.get("id") for item in page(name).elements} for name in files()}
    broken = []
    for name in files():
        for item in page(name).elements:
            target = item.attributes.get("href")
            if target is None or target == "style.css":
                continue
            file, _, anchor = target.partition("#")
            if (file or name) not in ids or (anchor and unquote(anchor) not in ids[file or name]):
                broken.append((name, target))
    assert broken == []


def test_nothing_is_asked_of_the_outside() -> None:
    for name, html in files().items():
        assert not re.search(r"https?:|//[a-z]|@import|url\(", html), name
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in html


def test_the_english_history_has_chinese_only_in_rule_text_and_where_it_says_so() -> None:
    html = re.sub(r'<code class="rule-text">.*?</code>', "", files()["history.en.html"], flags=re.DOTALL)
    marked = re.sub(r'<(\w+)[^>]* lang="zh(-CN)?"[^>]*>.*?</\1>', "", html, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", marked) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_amendments_stand_in_the_order_in_which_they_are_made_those_of_a_division_last(language: str) -> None:
    anchors = re.findall(r'<h3 id="(amend-\w+)"><span class="number">(\d)', files()[HISTORY[language]])
    assert anchors == [
        ("amend-grades_of_2022", "1"),
        ("amend-rules_of_2023", "2"),
        ("amend-pilot", "3"),
        ("amend-city", "4"),
    ]


def test_an_amendment_says_when_it_is_in_force_and_on_what_it_rests() -> None:
    shown = words(amendment("zh", "grades_of_2022"))
    assert "施行 2022年6月1日起" in shown
    assert "依据 交运公告2022年第3号第一条" in shown
    assert "说明 以前各期重新评价的也适用。" in shown
    assert 'href="index.html#notice3-1"' in amendment("zh", "grades_of_2022")


@pytest.mark.parametrize(
    ("name", "judged"),
    [
        ("grades_of_2022", "Judged by the as-of date: for every evaluation that is made on these days"),
        ("rules_of_2023", "Judged by the as-of date, for the periods from 2022 only"),
        ("pilot", "Judged by the last day of the period: for the periods that end on these days"),
    ],
)
def test_an_amendment_says_how_it_is_judged_and_whether_earlier_results_are_reopened(name: str, judged: str) -> None:
    assert judged in words(amendment("en", name))


def test_an_amendment_of_a_division_says_of_which() -> None:
    assert "辖区 2102" in words(amendment("zh", "city"))
    assert "辖区的修订 2102" in text_at("history.html", "section-amendments-2102")


def test_what_was_changed_is_shown_before_and_after_in_the_keywords_of_the_page() -> None:
    for language, deduct in (("zh", "扣"), ("en", "deduct")):
        before, after = changed(language, "rules_of_2023", "indicator.010101")
        assert re.search(rf"{deduct} +<del>5</del>", before)
        assert re.search(rf"{deduct} +<ins>6</ins>", after)


def changed(language: str, name: str, anchor: str) -> list[str]:
    """The readings of one changed declaration."""
    part = amendment(language, name).split(f'id="amend-{name}.{anchor}"')[1].split("</table>")[0]
    return re.findall(r'<code class="rule-text">(.*?)</code>', part, flags=re.DOTALL)


def test_each_change_says_what_was_done() -> None:
    done = re.findall(r'<span class="action">(.*?)</span>', amendment("zh", "rules_of_2023"))
    assert done == ["增加", "废止", "修改", "替换"]


def test_what_was_inserted_or_repealed_has_one_reading() -> None:
    [inserted] = changed("en", "rules_of_2023", "indicator.silent")
    [repealed] = changed("en", "rules_of_2023", "indicator.losses")
    assert "deduct 2 points" in inserted
    assert "deduct    3 points" in repealed
    assert "<del>" not in repealed
    assert "<ins>" not in inserted


def test_another_repair_of_a_direct_grade_is_inserted_beside_the_first() -> None:
    nation = timelines(
        AMENDED
        + """
amend again "再次" / "Again" {
  effective 2025-01-01 ..
  insert repair of direct grave_accident "再次修复" / "Another repair" { basis rules7 article 9  when months > 24 }
}
"""
    )[0]
    html = site(history_of(nation))["history.en.html"].decode("utf-8")
    part = html.split('id="amend-again"')[1].split("</article>")[0]
    assert re.findall(r'<span class="action">(.*?)</span>', part) == ["Inserted"]
    assert "Another repair" in part
    assert "Repair of a grave accident" not in part


def test_a_later_amendment_is_in_neither_reading_of_an_earlier_one() -> None:
    nation = timelines(
        AMENDED
        + """
amend again "再次" / "Again" {
  effective 2023-01-01 ..
  applies from 2022
  follows rules_of_2023
  change indicator 010101 { replace deduct 9 points }
}
"""
    )[0]
    html = site(history_of(nation))["history.html"].decode("utf-8")
    first, second = (
        re.findall(r"<(?:del|ins)>(\d)</(?:del|ins)>", html.split(f'id="amend-{name}.indicator.010101"')[1][:900])
        for name in ("rules_of_2023", "again")
    )
    assert (first, second) == (["5", "6"], ["6", "9"])


def test_what_is_gone_is_listed_with_its_end_and_its_last_evaluations() -> None:
    table = files()["history.en.html"].split('<table class="cards gone">')[1].split("</table>")[0]
    rows = [words(row) for row in table.split("<tr data-find>")[1:]]
    assert rows == [
        "indicator losses Losses Repealed by Article 2 of Notice No. 3 For the periods from 2022, last applied to evaluations "
        + "made on 31 December 2022; for other periods it still applies",
        "indicator piloted Pilot indicator Lapsed with Pilot Last applied to periods that end on 31 December 2025 or before",
    ]


def test_what_a_division_repealed_is_listed_under_the_division() -> None:
    html = files()["history.html"].split('id="section-amendments-2102"')[1]
    table = html.split('<table class="cards gone">')[1].split("</table>")[0]
    assert "under_three" in table
    assert "losses" not in table


def test_what_two_divisions_repealed_is_listed_under_both() -> None:
    nation, *divisions = map(
        history_of,
        timelines(
            AMENDED
            + """
amend town "另一地" / "Of a town" { effective 2024-01-01 .. jurisdiction "3301" repeal ceiling under_three }
"""
        ),
    )
    html = site(nation, tuple(divisions))["history.html"].decode("utf-8")
    tables = [part.split("</table>")[0] for part in html.split('<table class="cards gone">')[1:]]
    assert ["under_three" in table for table in tables] == [False, True, True]


def test_the_texts_are_listed_with_their_periods_and_as_of_dates() -> None:
    table = files()["history.html"].split('<table class="cards texts">')[1].split("</table>")[0]
    rows = [words(row) for row in table.split("<tr data-find>")[1:]]
    assert rows[0] == "2020年度至2023年度 至2022年5月31日 原文本 阅读 ：2020年度至2023年度、至2022年5月31日"
    assert rows[3].startswith("2022年度至2023年度 2023年1月1日起 1 、 2 阅读")
    assert rows[4].startswith("2024年度至2025年度 不限 1 、 2 、 3 阅读")
    assert rows[5] == "2026年度至2029年度 不限 1 、 2 最新文本"


def test_an_older_text_says_that_it_is_one_and_for_what_it_is() -> None:
    html = files()["text-2022-01-01-evaluated-2022-06-01.en.html"]
    banner = html.split('<aside class="banner"')[1].split("</aside>")[0]
    assert "This is not the newest text" in banner
    assert "periods 2022 to 2023, evaluated 1 June 2022 to 31 December 2022" in banner
    assert re.findall(r'href="([^"]+)"', banner) == ["index.en.html", "history.en.html"]
    assert "banner" not in files()["index.en.html"]


def test_the_newest_text_of_a_division_says_that_it_is_of_one() -> None:
    banner = files()["text-2102-2026-01-01.html"].split('<aside class="banner"')[1].split("</aside>")[0]
    assert "本页是一个辖区的最新文本" in banner
    assert "辖区 2102；评价期2026年度至2029年度" in banner


def test_a_citation_says_which_text_it_cites() -> None:
    for name, said in (
        ("index.html", "，适用于评价期2026年度至2029年度的文本，规则版本"),
        ("text-2102-2026-01-01.en.html", "text for 2102, periods 2026 to 2029, version"),
    ):
        found = [item.attributes["data-citation"] for item in page(name).elements if "data-citation" in item.attributes]
        assert found
        assert all(said in citation for citation in found)


def test_an_older_text_has_the_rules_of_its_time() -> None:
    first, newest = (text_at(name, "010101") for name in ("text-2020-01-01.html", "index.html"))
    assert "每次扣5分" in first
    assert "每次扣6分" in newest
    ids = {item.attributes.get("id") for item in page("text-2020-01-01.html").elements}
    assert "losses" in ids
    assert "silent" not in ids


def test_a_worked_case_stands_with_the_text_by_which_it_is_evaluated() -> None:
    names = [
        name for name in files() if name.endswith(".html") and ".en." not in name and 'id="case-1"' in files()[name]
    ]
    assert names == ["text-2022-01-01-evaluated-2023-01-01.html"]


def test_a_rule_says_since_when_it_reads_as_it_does_and_by_which_amendment() -> None:
    assert "修订：2023年1月1日起由交运公告2022年第3号第二条修改（以评价日为准）" in text_at("index.html", "010101")
    assert 'href="history.html#amend-rules_of_2023.indicator.010101"' in files()["index.html"]
    assert "inserted by Article 2 of Notice No. 3 from 1 January 2023" in text_at("index.en.html", "silent")
    assert "Amended" not in text_at("index.en.html", "loyal")


def test_grades_and_terms_say_what_amendments_did_to_them() -> None:
    section = files()["index.html"].split('id="section-grades"')[1].split("</section>")[0]
    assert "2022年6月1日起由交运公告2022年第3号第一条修改" in words(section).replace(" ", "")
    assert "全文替换" in text_at("index.html", "define-young")


def test_the_validity_of_a_rule_says_by_which_day_it_is_judged() -> None:
    assert "适用期间：2021年1月1日起（以期限为准）" in text_at("index.html", "010102")
    assert "2021年1月1日至2028年12月31日（以评价日为准）" in text_at("text-2020-01-01.html", "losses")
    assert "from 1 January 2021 (judged by Due)" in text_at("index.en.html", "010102")
    assert '（以<a class="ref" href="#late.due">期限</a>为准）' in files()["index.html"]


def test_the_overview_says_when_the_policy_ends_and_what_takes_its_place() -> None:
    overview = files()["index.html"].split('id="section-overview"')[1].split("</section>")[0]
    assert "自2030年1月1日起不再施行，由《运输企业信用管理》接替" in words(overview)
    assert "施行期间 2020年1月1日至2029年12月31日" in words(overview)
    assert "本文本适用于 评价期2026年度至2029年度" in words(overview)
    assert "replaced by “Credit of hauliers”" in files()["index.en.html"]


def test_an_amendment_counts_as_a_rule_that_states_its_article() -> None:
    assert text_at("index.html", "notice3-2") == "第二条 指标 未按期报告 未答复 交运公告2022年第3号第二条"
    assert 'href="history.html#amend-rules_of_2023"' in files()["index.html"]


def axis(language: str) -> str:
    return files()[HISTORY[language]].split('<svg class="axis"')[1].split("</svg>")[0]


def test_the_time_axis_draws_every_amendment_to_scale() -> None:
    bars = re.findall(r'<rect class="([\w-]+)" x="([\d.]+)%" y="(\d+)" width="([\d.]+)%"', axis("zh"))
    assert bars == [
        ("by-period", "0.00", "29", "90.89"),
        ("as-of", "21.94", "75", "78.05"),
        ("as-of", "27.27", "121", "72.72"),
        ("by-period", "36.35", "167", "18.18"),
        ("by-period", "36.35", "213", "54.54"),
    ]


@pytest.mark.parametrize(
    ("language", "original", "city"),
    [
        ("zh", "原文本，2020年1月1日至2029年12月31日", "4（2102），2024年1月1日起"),
        ("en", "The original, 1 January 2020 to 31 December 2029", "4 (2102), from 1 January 2024"),
    ],
)
def test_the_time_axis_can_be_read_out(language: str, original: str, city: str) -> None:
    [label] = re.findall(r'role="img" aria-label="([^"]+)"', axis(language))
    assert original in label
    assert label.endswith(city)


def test_every_kind_of_declaration_that_can_be_amended_has_a_name_for_readers() -> None:
    assert set(KINDS) == {word.value for word in TargetWord}


def test_lines_of_two_texts_are_compared_with_those_that_they_became() -> None:
    before, after = marked_lines("{\n  a 1\n  capped 20\n}", "{\n  a 2\n  lasts long\n  b\n}", "{count}")
    assert before == "{\n  a <del>1</del>\n  <del>capped 20</del>\n}"
    assert after == "{\n  a <ins>2</ins>\n  <ins>lasts long</ins>\n  <ins>b</ins>\n}"


def test_spaces_that_align_columns_are_no_change() -> None:
    assert marked_lines("month : a", "month     : a", "{count}") == ("month : a", "month     : a")


def test_a_long_run_of_equal_lines_is_left_out_and_counted() -> None:
    lines = "\n".join(f"row {number}" for number in range(20))
    before, _ = marked_lines(f"{lines}\nold", f"{lines}\nnew", "{count} more")
    assert before.split("\n") == [
        *(f"row {number}" for number in range(4)),
        '<span class="omitted">12 more</span>',
        *(f"row {number}" for number in range(16, 20)),
        "<del>old</del>",
    ]


def test_the_same_policy_gives_the_same_bytes(tmp_path: Path) -> None:
    nation, *divisions = timelines(AMENDED)
    first = publish(nation, tmp_path / "one", divisions)
    second = publish(nation, tmp_path / "two", divisions)
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_command_publishes_every_text_of_the_nation_and_of_divisions(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.credit").write_text(AMENDED, encoding="utf-8")
    run = creditdsl("docs", "sample.credit", "-o", "out")
    assert run.returncode == 0, run.stderr
    written = {Path(line).name for line in run.stdout.split()}
    assert written == {*files(), "style.css", "page.js"}
