"""The formatter on text that people write: comments, blank lines, alignment, conversion between keyword languages."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditdsl.diagnostics import Language
from creditdsl.source import SourceFile
from creditdsl.syntax.format import format_module, majority_language
from creditdsl.syntax.layout import WIDTH, display_width
from creditdsl.syntax.parse import parse
from creditdsl.syntax.tree import Module

SAMPLES = Path(__file__).parent / "syntax"
FILES = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.credit"))]


def module(text: str) -> Module:
    parsed = parse(SourceFile("x.credit", text))
    assert parsed.module is not None, [(item.message.en, item.span) for item in parsed.diagnostics]
    return parsed.module


def formatted(text: str, keywords: Language | None = None) -> str:
    return format_module(text, module(text), keywords=keywords)


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("keywords", ["zh", "en", None])
def test_formatting_keeps_the_tree_and_the_comments_and_is_idempotent(text: str, keywords: Language | None) -> None:
    once = formatted(text, keywords)
    assert module(once) == module(text)
    assert [item.text for item in module(once).comments] == [item.text for item in module(text).comments]
    assert formatted(once, keywords) == once


@pytest.mark.parametrize("text", FILES)
def test_conversion_there_and_back_gives_the_same_text(text: str) -> None:
    english = formatted(text, "en")
    assert formatted(formatted(english, "zh"), "en") == english


def test_formatted_text_is_in_ascii_but_for_names_and_texts() -> None:
    assert formatted("指标 010101 { 逐项 r 按 a、b 扣 5分 }", "en") == (
        "indicator 010101 {\n  for each r per a, b\n  deduct   5 points\n}\n"
    )


def test_clauses_stand_in_the_order_of_the_author_with_values_in_one_column() -> None:
    text = 'indicator 1 { deduct 1 point note "x" basis s article 3 when yes }'
    assert formatted(text) == (
        'indicator 1 {\n  deduct 1 points\n  note   "x"\n  basis  s article 3\n  when   yes\n}\n'
    )


def test_chinese_columns_are_aligned_by_their_width_on_screen() -> None:
    assert formatted("指标 1 { 当 是 优先于 x 扣 1 分 }") == "指标 1 {\n  当     是\n  优先于 x\n  扣     1 分\n}\n"


def test_comments_stay_with_what_they_stand_at() -> None:
    text = """# top
direct D x { # heading
    # before when
  when yes # at when

  # before the brace
} # behind

# at the end
"""
    assert (
        formatted(text)
        == """# top
direct D x {  # heading
  # before when
  when yes  # at when

  # before the brace
}  # behind

# at the end
"""
    )


def test_single_blank_lines_of_the_author_are_kept_and_several_become_one() -> None:
    assert (
        formatted("define a = 1\n\n\n\ndefine b = 2\ndefine c = 3\n") == "define a = 1\n\ndefine b = 2\ndefine c = 3\n"
    )


def test_a_long_condition_is_broken_before_its_operators() -> None:
    conditions = " and ".join(f"some_long_condition_{number} > {number}" for number in range(6))
    lines = formatted(f"direct D x {{ when {conditions} }}").splitlines()
    assert all(display_width(line) <= WIDTH for line in lines)
    assert lines[2].strip().startswith("and ")


def test_keywords_of_the_majority_are_kept() -> None:
    assert majority_language(SourceFile("x", "指标 1 { 当 a 扣 1 分 }")) == "zh"
    assert majority_language(SourceFile("x", "indicator 1 { 当 a deduct 1 point }")) == "en"


def test_names_that_the_file_declares_are_not_turned_into_keywords() -> None:
    text = 'record r of s { grade : text }\ndefine x = any(r where grade = "A")\n'
    assert "本次级别" not in formatted(text, "zh")
    assert "本次级别" in formatted("define x = grade is A", "zh")


def test_labels_names_and_comments_are_untouched_by_conversion() -> None:
    text = 'indicator 1 "when 当" { when 数 = 1 deduct 1 point } # when 当\n'
    assert (
        '"when 当"' in formatted(text, "zh")
        and "# when 当" in formatted(text, "zh")
        and " 数 = 1" in formatted(text, "zh")
    )


comments = st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from([" # c\n", "\n# own\n", "\n\n"])), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.sampled_from(FILES), places=comments)
def test_no_comment_is_lost_wherever_it_stands(text: str, places: list[tuple[int, str]]) -> None:
    lines = text.split("\n")
    for offset, comment in places:
        index = offset % len(lines)
        lines[index] += comment.rstrip("\n") if comment.startswith(" ") else comment
    changed = "\n".join(lines)
    once = formatted(changed)
    before, after = module(changed), module(once)
    assert sorted(item.text for item in after.comments) == sorted(item.text for item in before.comments)
    assert after == before
    assert formatted(once) == once


def test_a_field_of_a_record_keeps_its_name_inside_an_aggregate() -> None:
    text = "定义 a = 存在(past 其中 grade 为 D) 且 grade 为 A"
    assert formatted(text, "zh") == "定义 a = 存在(past 其中 grade 为 D) 且 本次级别 为 A\n"
