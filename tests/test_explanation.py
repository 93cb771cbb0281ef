"""`creditdsl why`: the step that decided, arithmetic that adds up, and what would change the grade."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from core_examples import EVASION_REPAIR, GRADE, PROGRAM, TRUTH, grade_of, late, reference, taxpayer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies_core import programs, runs, subjects

from creditdsl.analyses.explanation import explain_why
from creditdsl.analyses.explanation_model import Outcome, Side, StepKind, Why
from creditdsl.analyses.explanation_text import render_why
from creditdsl.analyses.wording import printable, width
from creditdsl.core.evaluate import evaluate
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import And, Branch, Choose, Constant, DefinitionReference, Expression, Program, Step
from creditdsl.core.result import explained
from creditdsl.core.types import Optional
from creditdsl.diagnostics import LANGUAGES, PolicyError

HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
FEW = settings(max_examples=40, deadline=None, suppress_health_check=HEALTH)


def why(*records: dict[str, object], program: Program = PROGRAM, everything: bool = False, **fields: object) -> Why:
    return explain_why(program, taxpayer(*records, **fields), "2019", date(2020, 4, 30), everything=everything)


def drawn(data: st.DataObject) -> tuple[Program, dict[str, object], Why]:
    program = data.draw(programs())
    subject = data.draw(subjects(program))
    period, as_of = data.draw(runs(program))
    return program, subject, explain_why(program, subject, period, as_of, everything=True)


def decided(side: Side) -> tuple[str, str | None, str | None]:
    assert side.pivot is not None
    return side.pivot.step.value, side.pivot.rule.code if side.pivot.rule else None, side.pivot.grade


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({}, ("band", "Grade", "A")),
        ({"operating_months": 0}, ("exempt", "dormant", None)),
        ({"evasion": [{"amount": 100_000}]}, ("direct", "evasion", "D")),
        ({"new_firm": True}, ("assign", "new", "M")),
        ({"tax_payable": 0}, ("demote", "poor", "B")),
        ({"operating_months": 35}, ("ceiling", "under_three_years", "B")),
        ({"operating_months": 35, "new_firm": True}, ("assign", "new", "M")),
        ({"operating_months": 35, "tax_payable": 0}, ("demote", "poor", "B")),
    ],
)
def test_the_pivot_is_the_last_step_that_changed_the_grade(
    fields: dict[str, object], step: tuple[str, str, str]
) -> None:
    assert decided(why(**fields).after) == step


def test_a_demotion_passes_over_a_grade_that_only_rules_give() -> None:
    explanation = why(*[late(None)] * 3, tax_payable=0)
    assert explanation.after.grade == "C"
    assert decided(explanation.after) == ("demote", "poor", "C")


def test_a_demotion_of_the_worst_grade_changes_nothing() -> None:
    assert decided(why(tax_payable=0, evasion=[{"amount": 100_000}]).after) == ("direct", "evasion", "D")


def test_a_policy_without_grades_is_explained_by_its_score() -> None:
    without = {"grades": None, "grade": None, "grade_after": None, "band": None, "band_after": None}
    nothing: dict[str, object] = {
        "bands": (),
        "directs": (),
        "assigns": (),
        "demotes": (),
        "ceilings": (),
        "direct_repairs": (),
    }
    plan = replace(PROGRAM.result, **without, **nothing)  # type: ignore[arg-type]
    explanation = why(late(None), program=replace(PROGRAM, result=plan))
    assert (explanation.pivot, explanation.next_grade) == (None, None)
    assert "得分：95" in render_why(explanation, "zh") and "级别：" not in render_why(explanation, "zh")


def test_a_repaired_direct_grade_decides_before_repair_only() -> None:
    explanation = why(evasion=[{"amount": 100_000}], operating_months=121)
    assert decided(explanation.before) == ("direct", "evasion", "D")
    assert decided(explanation.after) == ("band", "Grade", "A")


def test_a_new_evaluation_after_repair_may_be_limited() -> None:
    [repair] = PROGRAM.result.direct_repairs
    limited = replace(PROGRAM.result, direct_repairs=(replace(repair, at_most="B"),))
    explanation = why(program=replace(PROGRAM, result=limited), evasion=[{"amount": 100_000}], operating_months=121)
    assert decided(explanation.after) == (StepKind.REGRADE.value, "evasion", "B")


def test_a_record_that_a_repair_set_aside_is_still_in_the_way_of_a_better_grade() -> None:
    [repair] = PROGRAM.result.direct_repairs
    limited = replace(PROGRAM.result, direct_repairs=(replace(repair, at_most="B"),), ceilings=(limit_of_repair(),))
    definitions = tuple(
        replace(item, expression=limited_grade()) if item.name == "grade.after" else item
        for item in PROGRAM.definitions
    )
    program = replace(PROGRAM, definitions=definitions, result=limited)
    explanation = why(program=program, evasion=[{"amount": 100_000}], operating_months=121)
    assert decided(explanation.after) == ("regrade", "evasion", "B")
    found = explanation.next_grade
    assert found is not None and found.outcome is Outcome.FOUND
    assert [change.table for change in found.changes] == ["evasion"]
    assert "（修复后不再成立）" in render_why(explanation, "zh")


def limit_of_repair() -> Step:
    """The ceiling of a new evaluation, as the checker makes it: with the repair's rule, after repair only."""
    return Step(EVASION_REPAIR, "exempt.dormant", "repair.evasion", "B")


def limited_grade() -> Expression:
    repaired = DefinitionReference("repair.evasion", TRUTH)
    branches = (Branch(And((reference("direct.evasion", TRUTH), repaired)), Constant("B", GRADE)),)
    return Choose(branches, grade_of("band.after", ".after"), Optional(GRADE))


def test_the_band_of_the_pivot_ends_where_the_next_one_begins() -> None:
    pivot = why(*[late(None)] * 3, operating_months=60).after.pivot
    assert pivot is not None and (pivot.low, pivot.high, pivot.below) == ("70", "89", "90")


def test_the_suppressed_grade_is_that_of_the_score_alone() -> None:
    assert why(operating_months=35).suppressed == "A"
    assert why().suppressed is None


def test_one_record_beyond_the_cap_would_give_back_less_and_then_nothing() -> None:
    """5 points each, 11 at most: of two records one costs 5, of three the third costs 1, of four none costs anything."""
    gains = [why(*[late(None)] * count).findings[0].gives_back for count in (1, 2, 3, 4)]
    assert gains == ["5", "5", "1", "0"]


def test_a_record_that_did_not_match_is_not_listed() -> None:
    finding = why(late("2019-07-10"), late(None), late("2019-08-01")).findings[0]
    assert [record.position for record in finding.records] == [1, 2]
    assert [record.gives_back for record in finding.records] == ["5", "1"]
    assert finding.gives_back == "5"


def test_a_bonus_would_be_lost() -> None:
    [finding] = why(operating_months=1001).findings
    assert (finding.points, finding.gives_back, finding.records) == ("3", "-3", ())


def test_repairing_an_open_record_now_is_tried_out() -> None:
    [repair] = why(late(None), late(None), late("2019-08-01")).repairs
    assert [item.record.position for item in repair.open] == [0, 1]
    assert [item.points for item in repair.open] == ["4", "4"]
    assert (repair.restored, repair.all_points, repair.all_grade) == ("4", "7", "A")


def test_what_repairing_a_direct_grade_would_give_is_told() -> None:
    [repair] = why(evasion=[{"amount": 100_000}]).direct_repairs
    assert (repair.repaired, repair.grade) == (False, "A")


def test_the_smallest_change_for_a_better_grade_is_one_record() -> None:
    found = why(*[late(None)] * 3).next_grade
    assert found is not None and (found.outcome, found.grade, found.score) == (Outcome.FOUND, "A", "90")
    assert len(found.changes) == 1 and found.changes[0].table == "late_filing"


def test_a_rule_without_records_is_a_change_too() -> None:
    found = why(operating_months=35).next_grade
    assert found is not None and found.outcome is Outcome.FOUND
    assert [change.rule.code for change in found.changes if change.rule] == ["under_three_years"]


def test_the_best_grade_and_no_grade_need_no_change() -> None:
    for fields, outcome in (({}, Outcome.BEST), ({"operating_months": 0}, Outcome.NOT_GRADED)):
        found = why(**fields).next_grade  # type: ignore[arg-type]
        assert found is not None and found.outcome is outcome


def test_too_many_records_end_the_search_and_it_says_how_far_it_came() -> None:
    rows = [{"amount": 100_000 + number} for number in range(40)]
    found = why(evasion=rows).next_grade
    assert found is not None and found.outcome is Outcome.GAVE_UP and found.searched >= 2


def test_rules_that_did_not_apply_are_listed_on_request_only() -> None:
    assert why().not_applied is None
    rules = why(everything=True).not_applied
    assert rules is not None
    codes = [rule.code for rule in rules]
    assert codes == ["010101", "020201", "dormant", "evasion", "new", "poor", "under_three_years"]


def test_facts_that_were_not_given_are_listed() -> None:
    assert [item.name for item in why().absent] == ["rate", "since"]


def test_a_measure_has_its_authority_its_citation_and_its_values() -> None:
    [measure] = why().measures
    assert measure.by == (("税务机关", "Tax authority"),)
    assert measure.rule.basis == (("2014年第40号 第29条", "Order 40, article 29"),)
    assert [(grant.name, grant.value) for grant in measure.grants] == [
        ("invoice_months", 3),
        ("limit", "1500.5"),
        ("fast_lane", True),
    ]


def test_a_subject_that_is_not_valid_is_refused() -> None:
    with pytest.raises(PolicyError):
        why(operating_months=-1)


@FEW
@given(st.data())
def test_the_pivot_gives_the_grade_that_the_program_computes(data: st.DataObject) -> None:
    _, _, explanation = drawn(data)
    for side in (explanation.before, explanation.after):
        if side.grade is None:
            assert side.pivot is not None and side.pivot.step is StepKind.EXEMPT
        elif side.pivot is not None and side.band is not None:
            assert side.pivot.grade == side.grade


@FEW
@given(st.data())
def test_the_arithmetic_adds_up(data: st.DataObject) -> None:
    _, _, explanation = drawn(data)
    for arithmetic in (explanation.before.arithmetic, explanation.after.arithmetic):
        assert arithmetic is not None
        total = Fraction(arithmetic.base) + sum(Fraction(points) for _, points in arithmetic.terms)
        low = total if arithmetic.low is None else max(total, Fraction(arithmetic.low))
        high = low if arithmetic.high is None else min(low, Fraction(arithmetic.high))
        assert total == Fraction(arithmetic.total)
        assert high == Fraction(arithmetic.score)


@FEW
@given(st.data())
def test_the_explanation_says_the_same_as_the_result(data: st.DataObject) -> None:
    program = data.draw(programs())
    loaded = load(program, subject := data.draw(subjects(program)))
    period, as_of = data.draw(runs(program))
    context = run_context(program, period, as_of)
    result = explained(program, loaded, context, evaluate(program, loaded, context))
    explanation = explain_why(program, subject, period, as_of)
    assert result["findings"] == [
        {
            "rule": finding.rule.code,
            "count": finding.count,
            "points": finding.points,
            "points_after_repair": finding.points_after,
            "table": finding.table,
            "records": None if finding.table is None else [record.position for record in finding.records],
        }
        for finding in explanation.findings
    ]
    assert (result["grade"], result["grade_after_repair"]) == (explanation.before.grade, explanation.after.grade)
    assert result["measures"] == [
        {"rule": item.rule.code, "may": item.may, "grants": {grant.name: grant.value for grant in item.grants}}
        for item in explanation.measures
    ]


def grade_without(
    program: Program, subject: dict[str, object], places: set[tuple[str, int]], explanation: Why
) -> object:
    """The grade after repair of a subject without some records, all other things being as they are."""
    kept = {
        name: [row for place, row in enumerate(rows) if (name, place) not in places] if isinstance(rows, list) else rows
        for name, rows in subject.items()
    }
    context = run_context(program, explanation.period, date.fromisoformat(explanation.as_of))
    plan = program.result
    assert plan.grade_after is not None
    return evaluate(program, load(program, kept), context)[plan.grade_after]


@settings(max_examples=100, deadline=None, suppress_health_check=HEALTH)
@given(st.data())
def test_without_the_records_that_were_named_the_grade_is_the_promised_one_and_fewer_do_not_do(
    data: st.DataObject,
) -> None:
    program, subject, explanation = drawn(data)
    found = explanation.next_grade
    if found is None or found.outcome is not Outcome.FOUND or any(change.rule for change in found.changes):
        return
    places = {(change.table, change.record.position) for change in found.changes if change.table and change.record}
    assert grade_without(program, subject, places, explanation) == found.grade
    names = [name for name, _ in explanation.grade_labels]
    for fewer in combinations(sorted(places), len(places) - 1):
        grade = grade_without(program, subject, set(fewer), explanation)
        # Some records are what keeps a subject from being exempt, and then it has no grade without them.
        assert grade is None or names.index(str(grade)) >= names.index(str(explanation.after.grade))


@FEW
@given(st.data())
def test_it_is_written_in_both_languages_and_as_json(data: st.DataObject) -> None:
    _, _, explanation = drawn(data)
    for language in LANGUAGES:
        text = render_why(explanation, language)
        assert text.endswith("\n") and "\n\n\n" not in text
    assert json.loads(json.dumps(explanation.to_json()))["hash"] == explanation.hash


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_an_ordinary_subject_can_be_printed_on_a_chinese_terminal(language: str) -> None:
    everything = why(late(None), late("2019-08-01"), operating_months=35, everything=True)
    assert language in LANGUAGES
    render_why(everything, "zh" if language == "zh" else "en").encode("gbk")


def test_numbers_stand_in_columns_under_wide_characters() -> None:
    lines = render_why(why(late(None), operating_months=1001), "zh").splitlines()
    start = lines.index("得分的计算")
    assert len({width(line) for line in lines[start + 1 : start + 5]}) == 1


def test_control_characters_of_a_subject_are_written_out() -> None:
    explanation = why(uscc="\x1b[31m9\u202e1\n")
    assert "\x1b" not in render_why(explanation, "en") and "\u202e" not in render_why(explanation, "zh")
    assert printable("a\x1bb") == "a\\x1bb"


def test_the_text_begins_with_the_grade_and_what_decided_it() -> None:
    text = render_why(why(late(None), operating_months=35), "zh")
    assert text.startswith("纳税信用评价  91\n评价期 2019，截止日 2020-04-30\n\n级别：B级\n得分：95\n")
    assert "决定级别的一步\n  级别不得高于 B级。\n  under_three_years 经营期不满三年不得评A\n" in text
