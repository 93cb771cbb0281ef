"""Amendments to a small policy: what each change does to the text, in which order changes are made, and what the text says of itself."""

from datetime import date
from pathlib import Path

import pytest

from creditdsl.amending.consolidate import Action, Consolidated, Origin
from creditdsl.amending.rule_text import rule_text
from creditdsl.compile import (
    compile_for,
    compile_timeline,
    consolidated,
    open_policy,
    slice_for,
    slice_on,
)
from creditdsl.core.inputs import run_context
from creditdsl.diagnostics import PolicyError, errors_in
from creditdsl.syntax import tree
from creditdsl.testing.check import Options
from creditdsl.testing.machines import interpreter
from creditdsl.verify_policy import texts_of, verify_policy

POLICY = """
policy p "甲" { languages zh subject firm period year effective 2015-01-01 .. 2024-12-31 replaced by q "乙" }
source rules "规则" { in force 2015-01-01 .. article 1 "一" article 2 "二" }
source order "令" { in force 2018-01-01 .. article 1 "一" }
enum Kind { one two }
subject firm { key id : text kind : Kind months : int in 0 .. 600 }
record late of firm { due : date amount : yuan }
parameter small : yuan { basis rules article 1 | 100 yuan from 2015-01-01 | 200 yuan from 2019-01-01 }
table weight (months: int in 0 .. 600) : points { basis rules article 1 | under 12 -> 1 point | 12 or more under 24 -> 2 points | 24 or more -> 3 points }
score { basis rules article 1 base { | kind is one -> 100 points | otherwise -> 90 points } }
indicator 01 "迟" { basis rules article 2 for each late where amount > small deduct 5 points capped 20 points }
indicator 02 { basis rules article 2 deduct weight(months) }
grades Grade { basis rules article 1 | A : 90 or more | B : 60 or more under 90 | C : under 60 }
ceiling B young { basis rules article 2 when months < 36 }
reward fast "快" { basis rules article 2 by "甲局" when grade is A grants months "月" = 3 grants line "线" }
"""


def text_of(tmp_path: Path, amendments: str, day: str = "2022-06-30", jurisdiction: str | None = None) -> Consolidated:
    """The text of a day, with amendments whose first day is 2020-01-01 unless they say otherwise."""
    path = tmp_path / "p.credit"
    path.write_text(POLICY + amendments, encoding="utf-8")
    opened = open_policy(path)
    return consolidated(opened, slice_on(opened, date.fromisoformat(day), jurisdiction))


def changed(tmp_path: Path, target: str, changes: str, more: str = "") -> str:
    """The rule text of a day on which one declaration was changed."""
    text = text_of(tmp_path, f"{more} amend a {{ effective 2020-01-01 .. change {target} {{ {changes} }} }}")
    return rule_text(text, "en")


@pytest.mark.parametrize(
    ("target", "changes", "there", "gone"),
    [
        ("indicator 01", "replace deduct 7 points", ["deduct   7 points"], ["deduct   5 points"]),
        ("indicator 01", "repeal capped", [], ["capped"]),
        ("indicator 01", "insert lasts 6 months from due", ["lasts    6 months from due"], []),
        ("indicator 01", "insert unless months < 12", ["unless   months < 12"], []),
        ("indicator 01", 'insert note "新"', ['note     "新"'], []),
        ("indicator 01", "insert basis order article 1", ["basis    rules article 2, order article 1"], []),
        ("indicator 01", "replace basis order article 1", ["basis    order article 1"], []),
        ("score", "insert bounds 0 .. 100 points", ["bounds 0 .. 100 points"], []),
        ("score", "replace base 80 points", ["base  80 points"], ["kind is one"]),
        ("score", "replace branch 1 | kind is two -> 95 points", ["kind is two -> 95 points"], ["kind is one"]),
        (
            "score",
            "repeal branch 1 insert branch | kind is two -> 70 points",
            ["| kind is two -> 70 points\n    | otherwise"],
            ["kind is one"],
        ),
        ("grades", "insert band after A | M : by rule", ["| A : 90 or more\n  | M : by rule\n  | B"], []),
        (
            "grades",
            "replace band | C : 40 or more under 60 insert band | D : under 40",
            ["under 60\n  | D : under 40"],
            [],
        ),
        ("table weight", "replace row 2 | 12 or more under 24 -> 9 points", ["-> 9 points"], ["-> 2 points"]),
        (
            "table weight",
            "repeal row 1 replace row 2 | under 24 -> 2 points",
            ["| under 24   -> 2 points"],
            ["-> 1 points"],
        ),
        ("parameter small", "insert value | 300 yuan from 2021-01-01", ["| 300 yuan from 2021-01-01"], []),
        ("parameter small", "repeal value 2019-01-01", [], ["200 yuan"]),
        ("enum Kind", 'insert value after one half "半"', ['half "半"'], []),
        ("record late", "insert field before amount paid : date?", ["paid   : date?\n  amount"], []),
        ("record late", "insert absent means none", ["absent means none"], []),
        ("source rules", 'insert article 3 "三" repeal article 2', ['article 3 "三"'], ['article 2 "二"']),
        ("reward fast", "insert may replace grants months = 6 repeal grants line", ["may", "months = 6"], ["line"]),
        ("policy", 'insert authority "局" insert calendar china', ['authority "局"', "calendar  china"], []),
    ],
)
def test_a_change_gives_the_text_that_it_says(
    tmp_path: Path, target: str, changes: str, there: list[str], gone: list[str]
) -> None:
    text = changed(tmp_path, target, changes)
    assert all(item in text for item in there), text
    assert not any(item in text for item in gone), text


def test_numbers_count_the_rows_as_they_stood_before_the_amendment(tmp_path: Path) -> None:
    text = changed(
        tmp_path,
        "table weight",
        "repeal row 1 insert row before 2 | under 6 -> 7 points replace row 3 | 6 or more -> 8 points repeal row 2",
    )
    assert "| under 6   -> 7 points\n  | 6 or more -> 8 points\n}" in text


def test_a_changed_rule_rests_on_the_amending_instrument_too(tmp_path: Path) -> None:
    text = text_of(
        tmp_path, "amend a { basis order article 1 effective 2020-01-01 .. change indicator 01 { repeal capped } }"
    )
    [rule] = [item for item in text.module.declarations if isinstance(item, tree.Indicator) and item.code.text == "01"]
    assert [item.source.text for item in rule.clauses.basis] == ["rules", "order"]


def test_a_rule_inserted_without_a_basis_rests_on_the_amending_instrument(tmp_path: Path) -> None:
    text = text_of(
        tmp_path,
        "amend a { basis order article 1 effective 2020-01-01 .. insert indicator 03 { deduct 1 point } "
        "insert indicator 04 { basis rules article 2 deduct 1 point } }",
    )
    basis = {
        item.code.text: [one.source.text for one in item.clauses.basis]
        for item in text.module.declarations
        if isinstance(item, tree.Indicator)
    }
    assert (basis["03"], basis["04"]) == (["order"], ["rules"])


def test_an_inserted_rule_stands_behind_the_last_of_its_kind(tmp_path: Path) -> None:
    text = text_of(tmp_path, "amend a { effective 2020-01-01 .. insert indicator 03 { deduct 1 point } }")
    kinds = [type(item) for item in text.module.declarations]
    assert kinds.index(tree.Grades) == kinds.index(tree.Indicator) + 3


def test_every_declaration_tells_what_was_done_to_it(tmp_path: Path) -> None:
    text = text_of(
        tmp_path,
        """
        amend a { effective 2019-01-01 .. insert indicator 03 { deduct 1 point } }
        amend b { effective 2020-01-01 .. change indicator 03 { replace deduct 2 points } repeal ceiling young }
        """,
    )
    assert text.origins == {
        ("indicator", "03"): (Origin("a", Action.INSERTED), Origin("b", Action.CHANGED)),
        ("ceiling", "young"): (Origin("b", Action.REPEALED),),
    }
    assert "# inserted by a from 2019-01-01\n# changed by b from 2020-01-01\nindicator 03" in rule_text(text, "en")


def test_what_begins_earlier_is_made_earlier_wherever_it_is_written(tmp_path: Path) -> None:
    text = text_of(
        tmp_path,
        """
        amend b { effective 2021-01-01 .. change indicator 01 { replace deduct 9 points } }
        amend a { effective 2020-01-01 .. change indicator 01 { replace deduct 7 points } }
        """,
    )
    assert "deduct   9 points" in rule_text(text, "en")


def test_follows_orders_the_amendments_of_one_day(tmp_path: Path) -> None:
    text = text_of(
        tmp_path,
        """
        amend a { effective 2020-01-01 .. follows b change indicator 01 { replace deduct 9 points } }
        amend b { effective 2020-01-01 .. change indicator 01 { replace deduct 7 points } }
        """,
    )
    assert [item.name.text for item in text.slice.amendments] == ["b", "a"]
    assert "deduct   9 points" in rule_text(text, "en")


def test_an_amendment_that_has_ended_is_not_in_the_text(tmp_path: Path) -> None:
    amendment = "amend a { effective 2020-01-01 .. 2020-12-31 change indicator 01 { replace deduct 9 points } }"
    assert "deduct   9 points" in rule_text(text_of(tmp_path, amendment, "2020-12-31"), "en")
    assert "deduct   5 points" in rule_text(text_of(tmp_path, amendment, "2021-01-01"), "en")


def test_a_division_has_its_own_text_over_the_national_one(tmp_path: Path) -> None:
    amendments = """
    amend local { effective 2019-01-01 .. jurisdiction "2102" change indicator 01 { replace deduct 3 points } }
    amend nation { effective 2020-01-01 .. change indicator 01 { replace deduct 9 points } }
    """
    for code, points in ((None, 9), ("2102", 3), ("210203", 3), ("2103", 9), ("21", 9)):
        text = rule_text(text_of(tmp_path, amendments, jurisdiction=code), "en")
        assert f"deduct   {points} points" in text, code


def test_the_text_of_a_division_says_for_which_it_is(tmp_path: Path) -> None:
    assert 'jurisdiction "2102"' in rule_text(text_of(tmp_path, "", jurisdiction="2102"), "en")


def opened_at(tmp_path: Path, amendments: str, period: str, as_of: str) -> list[str]:
    """The amendments in the text of an evaluation."""
    path = tmp_path / "p.credit"
    path.write_text(POLICY + amendments, encoding="utf-8")
    found = slice_for(open_policy(path), period, date.fromisoformat(as_of))
    return [item.name.text for item in found.amendments]


@pytest.mark.parametrize(
    ("when", "period", "as_of", "is_in"),
    [
        ("effective 2020-11-01 ..", "2019", "2023-01-01", False),
        ("effective 2020-11-01 ..", "2020", "2020-01-01", True),
        ("effective 2020-12-31 ..", "2020", "2021-04-30", True),
        ("effective 2021-01-01 ..", "2020", "2021-04-30", False),
        ("effective 2020-01-02 .. judged by period.start", "2020", "2021-04-30", False),
        ("effective 2020-01-01 .. judged by period.start", "2020", "2021-04-30", True),
        ("effective 2020-01-01 .. 2021-06-30 judged by period.start", "2021", "2022-04-30", True),
        ("effective 2020-01-01 .. 2021-06-30 judged by period.start", "2022", "2023-04-30", False),
        ("effective 2020-11-01 .. judged by as of", "2016", "2020-10-31", False),
        ("effective 2020-11-01 .. judged by as of", "2016", "2020-11-01", True),
        ("effective 2020-11-01 .. applies from 2019", "2019", "2020-10-31", False),
        ("effective 2020-11-01 .. applies from 2019", "2019", "2020-11-01", True),
        ("effective 2020-11-01 .. applies from 2019", "2018", "2020-11-01", False),
        ("effective 2020-11-01 .. applies from 2019 to 2020", "2021", "2022-04-30", False),
        ("effective 2020-11-01 .. 2021-12-31 judged by as of", "2019", "2022-01-01", False),
    ],
)
def test_the_days_of_an_evaluation_decide_whether_a_change_is_in_its_text(
    tmp_path: Path, when: str, period: str, as_of: str, is_in: bool
) -> None:
    names = opened_at(tmp_path, f"amend a {{ {when} change indicator 01 {{ repeal capped }} }}", period, as_of)
    assert names == (["a"] if is_in else [])


REACHING_BACK = "amend a { effective 2020-11-01 .. applies from 2019 change indicator 01 { replace deduct 9 points } }"


def test_a_policy_is_compiled_into_slices_that_take_every_evaluation_once(tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(POLICY + REACHING_BACK, encoding="utf-8")
    texts = compile_timeline(path).texts
    headers = [item.program.header for item in texts]
    assert [(str(item.effective_start), str(item.effective_end)) for item in headers] == [
        ("2015-01-01", "2018-12-31"),
        ("2019-01-01", "2024-12-31"),
        ("2019-01-01", "2024-12-31"),
    ]
    assert [(item.evaluated_start, item.evaluated_end) for item in headers] == [
        (None, None),
        (None, date(2020, 10, 31)),
        (date(2020, 11, 1), None),
    ]


def test_a_text_refuses_evaluations_of_another_day(tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(POLICY + REACHING_BACK, encoding="utf-8")
    program = compile_for(path, "2019", date(2020, 10, 31)).program
    with pytest.raises(PolicyError) as refused:
        run_context(program, "2019", date(2020, 11, 1))
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0911"]


def test_an_evaluation_made_before_the_change_keeps_the_old_text(tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(POLICY + REACHING_BACK, encoding="utf-8")
    subject = {"id": "1", "kind": "one", "months": 100, "late": [{"due": "2019-02-02", "amount": 500}]}
    scores = []
    for as_of in (date(2020, 10, 31), date(2020, 11, 1)):
        program = compile_for(path, "2019", as_of).program
        scores.append(interpreter(program).evaluate(subject, "2019", as_of)["score"])
    assert scores == ["92", "88"]


@pytest.mark.parametrize(
    ("period", "english"),
    [
        ("2014", "the policy `p` is not yet in force on 2014-12-31: it begins on 2015-01-01"),
        ("2025", "the policy `p` is no longer in force on 2025-12-31: it ended on 2024-12-31"),
    ],
)
def test_outside_its_time_a_policy_says_whether_it_is_not_yet_or_no_longer_in_force(
    tmp_path: Path, period: str, english: str
) -> None:
    path = tmp_path / "p.credit"
    path.write_text(POLICY, encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        compile_for(path, period, date(2026, 1, 1))
    [found] = refused.value.diagnostics
    assert (found.code.name, found.message.en) == ("CR0911", english)
    assert (found.help is not None) == (period == "2025")


def test_a_case_of_another_text_is_written_out_where_one_is_like_it(tmp_path: Path) -> None:
    cases = """
    case "甲" { period 2016 as of 2017-04-30 given { id = "1" kind = one months = 100 late { due = 2016-01-02 amount = 500 yuan } } expect { score = 92 points } }
    case "乙" { like "甲" period 2021 as of 2022-04-30 given { months = 50 } expect { score = 88 points } }
    """
    path = tmp_path / "p.credit"
    path.write_text(POLICY + REACHING_BACK + cases, encoding="utf-8")
    texts = compile_timeline(path).texts
    assert [[case.name for case in item.program.cases] for item in texts] == [["甲"], [], ["乙"]]
    [second] = texts[2].program.cases
    assert second.subject["months"] == "50"
    assert len(second.subject["late"]) == 1  # type: ignore[arg-type]


def test_a_fault_of_one_text_names_it_and_is_reported_once(tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(
        POLICY
        + "amend a { effective 2020-01-01 .. change grades { replace band | B : 70 or more under 90 } }"
        + 'amend b { effective 2022-01-01 .. change indicator 02 { insert note "注" } }',
        encoding="utf-8",
    )
    with pytest.raises(PolicyError) as refused:
        compile_timeline(path)
    [found] = errors_in(refused.value.diagnostics)
    assert found.code.name == "CR0401"
    assert [value for name, value in found.facts if name.en == "text"] == [
        "2020-01-01 .. 2021-12-31",
        "2022-01-01 .. 2024-12-31",
    ]


def test_what_only_one_text_does_not_use_is_no_warning(tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(POLICY + "amend a { effective 2020-01-01 .. repeal indicator 02 }", encoding="utf-8")
    unused = [item.message.en for item in compile_timeline(path).warnings if item.code.name == "CR0701"]
    assert unused == ["`due` is never used"]


def test_a_case_of_a_division_within_one_with_amendments_is_worked_in_its_text(tmp_path: Path) -> None:
    path = tmp_path / "p.credit"
    path.write_text(
        POLICY
        + 'amend a { effective 2020-01-01 .. jurisdiction "2102" change indicator 01 { replace deduct 9 points } }\n'
        + 'case "县" { period 2021 as of 2022-04-30 jurisdiction "210203" given { id = "1" kind = one months = 100 '
        + "late { due = 2021-01-02 amount = 500 yuan } } expect { score = 88 points } }",
        encoding="utf-8",
    )
    texts = texts_of(path)
    assert [(item.slice.jurisdiction, len(item.program.cases)) for item in texts.compiled] == [
        (None, 0),
        ("2102", 0),
        ("210203", 1),
    ]
    assert verify_policy(path, Options(examples=1)).passed


OF_MEASURES = """
list black { basis rules article 1 for each late where amount > small from due leave when months > 3 publish at least 3 months at most 1 year through "墙" }
pledge licence { basis rules article 1 breach when any(late) }
offer loan { basis rules article 1 when grade is A ranked by months }
inspection daily { basis rules article 1 rate { | months > 3 -> 10% | otherwise -> 3% } seed "1" rounded up }
matter query { basis rules article 1 no measures }
catalogue uses of measures { basis rules article 1 | fast | black | licence | loan | daily }
"""


@pytest.mark.parametrize(
    ("target", "changes", "there", "gone"),
    [
        ("list black", "replace publish at most 2 years", ["publish    at most 2 years"], ["at least"]),
        ("list black", "repeal publish", [], ["publish"]),
        ("list black", "repeal leave when", [], ["leave when"]),
        ("list black", "replace where months > 5", ["where      months > 5"], ["amount > small"]),
        ("list black", 'insert through "报"', ['through    "墙", "报"'], []),
        ("list black", "repeal through", [], ["through"]),
        ("pledge licence", "repeal breach when", [], ["breach when"]),
        ("offer loan", "replace ranked by 2 * months", ["ranked by 2 * months"], ["ranked by months"]),
        ("inspection daily", 'replace seed "2"', ['seed    "2"'], ['"1"']),
        ("inspection daily", "replace rounded half up", ["rounded half up"], ["rounded up"]),
        ("inspection daily", "replace branch 1 | months > 9 -> 20%", ["| months > 9 -> 20%"], ["months > 3"]),
        ("inspection daily", "replace rate 5%", ["rate    5%"], ["10%"]),
        ("matter query", 'insert by "甲局"', ['by    "甲局"'], []),
    ],
)
def test_measures_of_every_kind_are_changed_clause_by_clause(
    tmp_path: Path, target: str, changes: str, there: list[str], gone: list[str]
) -> None:
    text = changed(tmp_path, target, changes, more=OF_MEASURES)
    kind, name = target.split()
    own = text[text.index(f"\n{kind} {name}") :].split("\n}\n")[0]
    assert all(item in own for item in there), own
    assert not any(item in own for item in gone), own


def test_a_second_time_on_a_list_is_not_put_beside_the_first(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        changed(tmp_path, "list black", "insert publish at most 2 years", more=OF_MEASURES)
    assert [item.code.name for item in refused.value.diagnostics] == ["CR0507"]
