"""Policies of every shape are published: without a score, without grades, by month, in one language; and by command."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import REPOSITORY, Run
from publishing_sample import SAMPLE, read

from creditdsl.compile import Timeline, compile_timeline
from creditdsl.core.ir import RuleKind
from creditdsl.publish import history_of
from creditdsl.publishing.site import site
from policies import BANDS, FRAME

SHAPES = {
    "only a score": (FRAME, ""),
    "nothing else than bands": (FRAME, BANDS),
    "no score": (FRAME.replace("score { base 100 points }", ""), "grades Grade { | A : by rule  | B : when large }"),
    "measures and no grades": (FRAME, "reward quick { when large }\npledge word { }\nmatter m { measures quick }"),
    "by month": (FRAME.replace("year\n", "month\n"), BANDS),
    "in Chinese alone": (re.sub(r'("[^"]*") / "[^"]*"', r"\1", FRAME).replace("zh, en", "zh"), BANDS),
    "in English alone": (re.sub(r'"[^"]*" / ("[^"]*")', r"\1", FRAME).replace("zh, en", "en"), BANDS),
    "English first": (FRAME.replace("zh, en", "en, zh"), BANDS),
}


def compiled(folder: Path, shape: str) -> Timeline:
    frame, rules = SHAPES[shape]
    path = folder / "sample.credit"
    path.write_text(re.sub(r"prior +: Grade\?", "prior : Kind?", frame) + rules, encoding="utf-8")
    return compile_timeline(path)


def check_pages(pages: Mapping[str, bytes]) -> None:
    """Elements closed, ids unique, links inside the page resolved."""
    for name, content in pages.items():
        if name.endswith(".html"):
            page = read(content.decode("utf-8"))
            ids = [item.attributes["id"] for item in page.elements if "id" in item.attributes]
            links = [
                item.attributes["href"][1:] for item in page.elements if item.attributes.get("href", "")[:1] == "#"
            ]
            assert page.faults == []
            assert len(ids) == len(set(ids))
            assert set(links) <= set(ids)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_policy_of_any_shape_gives_sound_pages(tmp_path: Path, shape: str) -> None:
    check_pages(site(history_of(compiled(tmp_path, shape))))


def test_the_tax_credit_policy_gives_sound_pages_that_show_every_rule() -> None:
    policy = compile_timeline(REPOSITORY / "policies/tax_credit/tax_credit.credit")
    pages = site(history_of(policy))
    check_pages(pages)
    plan = policy.newest.program.result
    html = pages["index.html"].decode("utf-8")
    steps = (*plan.exempts, *plan.directs, *plan.assigns, *plan.demotes, *plan.ceilings)
    rules = {item.rule.code for item in (*plan.findings, *plan.measures)}
    rules |= {item.rule.code for item in steps if item.rule.kind is not RuleKind.REPAIR_DIRECT}
    assert len(rules) > 80
    assert {code for code in rules if f'<tr id="{code}"' not in html} == set()
    assert html.count('<details class="case"') == len(policy.newest.program.cases)


def test_a_part_that_a_policy_does_not_have_has_no_section(tmp_path: Path) -> None:
    policy = compiled(tmp_path, "only a score")
    html = site(history_of(policy))["index.html"].decode("utf-8")
    sections = re.findall(r'<h2 id="section-(\w+)">', html)
    assert sections == ["overview", "score", "data"]
    assert "二、</span>计分" in html


def test_without_grades_there_is_no_matrix_of_measures_by_grade(tmp_path: Path) -> None:
    html = site(history_of(compiled(tmp_path, "measures and no grades")))["index.html"].decode("utf-8")
    assert 'class="matrix"' not in html
    assert '<tr id="quick"' in html
    assert '<tr id="matter-m"' in html


def test_a_label_that_lacks_the_page_s_language_says_which_it_has(tmp_path: Path) -> None:
    policy = compiled(tmp_path, "in Chinese alone")
    html = site(history_of(policy))["index.en.html"].decode("utf-8")
    assert '<h1><span lang="zh">示例</span></h1>' in html


def test_several_repairs_of_one_direct_grade_are_shown_each_with_its_own_anchor(tmp_path: Path) -> None:
    again = """
repair of direct grave_accident "再次修复" / "Another repair" { basis rules7 article 9  when months > 24 }
"""
    path = tmp_path / "sample.credit"
    path.write_text(SAMPLE + again, encoding="utf-8")
    policy = compile_timeline(path)
    check_pages(site(history_of(policy)))
    html = site(history_of(policy))["index.html"].decode("utf-8")
    rows = re.findall(
        r'<tr id="(repair-grave_accident[^"]*)".*?<span class="label">(.*?)</span>', html, flags=re.DOTALL
    )
    assert rows == [("repair-grave_accident", "重大事故的修复"), ("repair-grave_accident-2", "再次修复")]


def test_the_command_writes_the_site_and_lists_it(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.credit").write_text(SAMPLE, encoding="utf-8")
    run = creditdsl("docs", "sample.credit", "-o", "out")
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["out/index.html", "out/index.en.html", "out/style.css", "out/page.js"]
    assert (tmp_path / "out/index.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_says_what_is_wrong_with_a_policy_and_writes_nothing(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.credit").write_text(SAMPLE.replace("months < 36", "monhts < 36"), encoding="utf-8")
    run = creditdsl("docs", "sample.credit", "-o", "out")
    assert run.returncode == 1
    assert "CR0101" in run.stderr
    assert not (tmp_path / "out").exists()


def test_the_command_says_when_the_folder_cannot_be_written(creditdsl: Run, tmp_path: Path) -> None:
    (tmp_path / "sample.credit").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "file").write_text("")
    run = creditdsl("docs", "sample.credit", "-o", "file/out")
    assert run.returncode in (1, 2)
    assert "Traceback" not in run.stderr
    assert "file/out" in run.stderr
