"""What a comparison lists: declarations by kind and name, the parts that differ, what was renamed, and what is affected."""

import time
from pathlib import Path

import pytest

from creditdsl.checking.uses import read_modules
from creditdsl.comparing.compare import compare
from creditdsl.comparing.model import Direction, Fate, Kind
from creditdsl.compile import compile_policy
from creditdsl.syntax.format_declarations import declaration_lines
from creditdsl.syntax.spelling import Speller
from tests.comparing_support import compared, module, only
from tests.conftest import REPOSITORY
from tests.policies import BANDS, FRAME

TAX_CREDIT = REPOSITORY / "policies" / "tax_credit"
RULE = 'indicator x "一" / "One" { when large deduct 1 point }\n'
PLACED = """
source rules1 "示例规则第1号" / "Example rules No. 1" { in force 2020-01-01 .. article 2 "x" / "x" }
"""


def test_a_policy_compared_with_itself_has_no_difference() -> None:
    comparison = compared(RULE, RULE)
    assert not comparison.different
    assert comparison.unchanged == 7


def test_the_tax_credit_policy_is_the_same_as_itself_in_the_other_keyword_language() -> None:
    modules = read_modules(TAX_CREDIT).modules
    rewritten = []
    for item in modules:
        lines = [line for part in item.declarations for line in declaration_lines(part, Speller("en"))]
        rewritten.append(module("\n".join(line.text.replace("\x1f", " ") for line in lines), item.path))
    comparison = compare(modules, tuple(rewritten))
    assert not comparison.different
    assert comparison.unchanged > 200


def test_where_a_declaration_stands_makes_no_difference() -> None:
    whole = (module(FRAME + RULE + BANDS),)
    split = (module(BANDS + FRAME, "a.credit"), module(RULE, "b.credit"))
    assert not compare(whole, split).different


def test_a_new_and_a_gone_declaration_are_shown_whole_in_both_languages() -> None:
    new, gone = only(compared("", RULE)), only(compared(RULE, ""))
    (part,) = new.parts
    assert (new.fate, gone.fate) == (Fate.NEW, Fate.GONE)
    assert part.old is None and part.new is not None
    assert part.new.en == 'indicator x "一" / "One" {\n  when   large\n  deduct 1 points\n}'
    assert part.new.zh == '指标 x "一" / "One" {\n  当 large\n  扣 1 分\n}'
    assert (new.old, gone.new) == (None, None)


def test_only_the_parts_that_differ_are_listed() -> None:
    old = "indicator x { for each late where large deduct 1 point capped 5 points }"
    new = "indicator x { for each late where large and months > 3 deduct 1 point capped 6 points }"
    parts = only(compared(old, new)).parts
    assert [(part.name.en, part.old and part.old.en, part.new and part.new.en) for part in parts] == [
        ("where", "large", "large and months > 3"),
        ("capped", "5 points", "6 points"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            "enum Size { small large_one }",
            "enum Size { small huge }",
            [("value huge", None, "huge"), ("value large_one", "large_one", None)],
        ),
        (
            "parameter p : yuan { | 1 yuan from 2020-01-01 }",
            "parameter p : yuan { | 1 yuan from 2020-01-01 to 2020-12-31 | 2 yuan from 2021-01-01 }",
            [
                ("value", "| 1 yuan from 2020-01-01", "| 1 yuan from 2020-01-01 to 2020-12-31"),
                ("value", None, "| 2 yuan from 2021-01-01"),
            ],
        ),
        (
            "table t (of: Kind) : points { | vat -> 1 point | cit -> 2 points }",
            "table t (of: Kind) : points { | vat -> 1 point | cit -> 3 points }",
            [("row", "| cit -> 2 points", "| cit -> 3 points")],
        ),
        (
            "indicator x { deduct { | large -> 1 point | otherwise -> 2 points } }",
            "indicator x { deduct { | large -> 1 point | otherwise -> 3 points } }",
            [("deduct", "| otherwise -> 2 points", "| otherwise -> 3 points")],
        ),
        (
            "reward x { when large grants y }",
            "reward x { may when large grants y = 3 }",
            [("may", None, ""), ("grants", "y", "y = 3")],
        ),
        (
            "record fine of firm { paid : truth }",
            "record fine of firm { absent means none paid : truth? }",
            [("absent means none", None, ""), ("field paid", "paid : truth", "paid : truth?")],
        ),
        (
            'source s "一" / "One" { article 1 "a" / "a" article 2 "b" / "b" }',
            'source s "一" / "One" { article 1 "a" / "a" article 2 "c" / "c" }',
            [("article 2", '"b" / "b"', '"c" / "c"')],
        ),
    ],
)
def test_a_part_is_found_again_by_what_it_is(
    old: str, new: str, parts: list[tuple[str, str | None, str | None]]
) -> None:
    found = [
        (part.name.en, None if part.old is None else part.old.en, None if part.new is None else part.new.en)
        for part in only(compared(old, new)).parts
    ]
    assert found == parts


def test_branches_in_another_order_are_told() -> None:
    old = "indicator x { deduct { | large -> 1 point | months > 3 -> 2 points | otherwise -> 0 points } }"
    new = "indicator x { deduct { | months > 3 -> 2 points | large -> 1 point | otherwise -> 0 points } }"
    change = only(compared(old, new))
    assert [part.name.en for part in change.parts] == ["order"]
    assert change.direction is Direction.STRICTER


def test_a_renamed_rule_is_neither_new_nor_gone() -> None:
    change = only(compared(RULE, RULE.replace("indicator x", "indicator y")))
    assert (change.fate, change.old_name, change.name) == (Fate.RENAMED, "x", "y")
    assert change.direction is Direction.NEUTRAL


def test_what_refers_to_a_renamed_declaration_is_the_same() -> None:
    rules = "define {0} = months > 3\nindicator x {{ when {0} deduct 1 point }}\n"
    change = only(compared(rules.format("young"), rules.format("recent")))
    assert (change.kind, change.fate, change.name) == (Kind.DEFINE, Fate.RENAMED, "recent")


def test_two_rules_that_say_the_same_are_not_taken_for_each_other() -> None:
    twins = "indicator a { deduct 1 point }\nindicator b { deduct 1 point }\n"
    comparison = compared(twins, twins.replace(" a ", " c ").replace(" b ", " d "))
    assert sorted(change.fate.value for change in comparison.changes) == ["gone", "gone", "new", "new"]


def test_a_rule_of_another_kind_under_one_code_is_another_rule() -> None:
    comparison = compared("reward x { when large grants y }", "penalty x { when large grants y }")
    assert {change.fate for change in comparison.changes} == {Fate.NEW, Fate.GONE}


def test_rules_that_depend_on_a_definition_are_affected_through_others_too() -> None:
    rules = """
    parameter least_months : int {{ | {} from 2020-01-01 }}
    define young = months < least_months
    define recent = young and large
    indicator x {{ when recent deduct 1 point }}
    ceiling B y {{ when young }}
    indicator z {{ when large deduct 1 point }}
    """
    change = only(compared(rules.format(3), rules.format(5)))
    assert [(rule.kind.value, rule.name) for rule in change.affects] == [("indicator", "x"), ("ceiling", "y")]


def test_rules_that_look_at_a_value_of_an_enum_are_affected_by_it() -> None:
    rule = "indicator x { for each late where kind is vat deduct 1 point }\nindicator y { deduct 1 point }"
    frame = FRAME.replace('cit "企业所得税" / "Corporate income tax"', "cit land")
    comparison = compare((module(FRAME + rule + BANDS),), (module(frame + rule + BANDS),))
    assert [rule.name for rule in only(comparison).affects] == ["x"]


def test_a_label_alone_affects_no_rule() -> None:
    rules = "define young {} = months < 3\nindicator x {{ when young deduct 1 point }}\n"
    assert only(compared(rules.format(""), rules.format('"新" / "New"'))).affects == ()


def test_the_basis_is_named_by_the_label_of_its_source() -> None:
    rule = "indicator x {{ basis rules1 article 2 deduct {} points }}"
    change = only(compared(PLACED + rule.format(1), PLACED + rule.format(2)))
    assert [(text.zh, text.en) for text in change.basis] == [("示例规则第1号 第2条", "Example rules No. 1 article 2")]


def test_stricter_changes_stand_before_looser_ones_and_both_before_those_without_effect() -> None:
    rules = "define unused = months > {0}\nindicator x {{ deduct {0} points }}\nindicator y {{ add {0} points }}\n"
    order = [change.name for change in compared(rules.format(1), rules.format(2)).changes]
    assert order == ["x", "y", "unused"]


def test_two_thousand_indicators_are_compared_within_seconds() -> None:
    def rules(points: int) -> str:
        head = "define young = months < 12\nparameter p : points { | 1 point from 2020-01-01 }\n"
        return head + "".join(
            f"indicator i{number} {{ for each late where amount > {number} yuan and young deduct {points} points }}\n"
            for number in range(2_000)
        )

    old, new = (module(FRAME), module(rules(1)), module(BANDS)), (module(FRAME), module(rules(2)), module(BANDS))
    before = time.process_time()
    comparison = compare(old, new)
    spent = time.process_time() - before
    assert len(comparison.changes) == 2_000
    assert all(change.direction is Direction.STRICTER for change in comparison.changes)
    assert spent < 10


def test_every_file_of_a_policy_is_compared(tmp_path: Path) -> None:
    (tmp_path / "policy.credit").write_text(FRAME + 'use "more.credit"\n' + BANDS, encoding="utf-8")
    (tmp_path / "more.credit").write_text(RULE, encoding="utf-8")
    old = compile_policy(tmp_path).modules
    (tmp_path / "more.credit").write_text(RULE.replace("1 point", "2 points"), encoding="utf-8")
    assert only(compare(old, compile_policy(tmp_path).modules)).name == "x"
