"""The tax and payment credit policy of 2025: its cases, its trace to the sources, and the tables of the announcement once more."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from tax_credit_traces import (
    amounts_not_stated,
    articles_without_rule,
    citations_not_encoded,
    rules,
    rules_without_basis,
)

from creditdsl.compile import Compiled, compile_for, compile_policy
from creditdsl.diagnostics import Code, PolicyError
from creditdsl.syntax import tree
from creditdsl.testing.cases import CaseOutcome, run_case
from creditdsl.testing.coverage import coverage
from creditdsl.testing.machines import interpreter
from creditdsl.testing.trial import Evaluators

POLICY = Path(__file__).parent.parent / "policies" / "tax_payment_credit"
AS_OF = date(2026, 4, 30)
Facts = dict[str, object]


@cache
def compiled() -> Compiled:
    return compile_policy(POLICY)


@cache
def outcomes() -> tuple[CaseOutcome, ...]:
    program = compiled().program
    evaluators = Evaluators(program, interpreter(program), None)
    return tuple(run_case(evaluators, case) for case in program.cases)


def declared() -> tuple[tree.Declaration, ...]:
    return compiled().modules[0].declarations


# The rule files


def test_the_policy_compiles_without_warnings() -> None:
    assert compiled().warnings == ()


def test_every_case_holds() -> None:
    assert [item.message.en for outcome in outcomes() for item in outcome.diagnostics] == []


def test_the_cases_exercise_every_rule_in_every_respect() -> None:
    items = coverage(compiled().program, outcomes()).items
    assert len(items) > 80
    assert [(item.kind, item.code, item.aspect) for item in items if not item.covered] == []


def test_every_citation_is_of_a_declared_article_that_is_encoded() -> None:
    assert citations_not_encoded(compiled()) == []


def test_every_article_said_to_be_encoded_is_cited_by_a_rule() -> None:
    assert articles_without_rule(compiled()) == set()


def test_every_rule_has_a_basis() -> None:
    assert len(rules(compiled())) > 40
    assert rules_without_basis(compiled()) == []


def test_every_amount_of_a_rule_stands_in_an_article_that_it_cites() -> None:
    assert amounts_not_stated(compiled()) == []


# The tables of the announcement


def test_the_indicators_have_the_points_of_the_annex() -> None:
    found = {}
    for item in declared():
        if isinstance(item, tree.Indicator):
            assert isinstance(item.points.value, tree.Number)
            found[item.code.text] = item.points.value.digits
    assert found == {
        "010101": 5,
        "010102": 5,
        "010103": 3,
        "010106": 11,
        "010107": 5,
        "010301": 1,
        "010501": 3,
        "010502": 3,
        "010503": 3,
        "account_report": 5,
        "prior_d_by_score": 11,
    }


def test_each_of_the_thirteen_items_of_article_18_has_its_rule() -> None:
    items = [
        citation.locators[1].number
        for rule in declared()
        if isinstance(rule, tree.Direct)
        for citation in rule.clauses.basis
        if citation.locators[0].number == "18"
    ]
    assert sorted(items, key=lambda item: int(item or 0)) == [str(number) for number in range(1, 14)]


def test_no_direct_grade_is_repaired() -> None:
    assert [item for item in declared() if isinstance(item, tree.RepairDirect)] == []


ENTITY: Facts = {
    "uscc": "91230602100000005D",
    "first_contact": "2010-03-15",
    "operating_months": 189,
    "operating_revenue": "5000000",
    "tax_information": True,
    "payment_information": True,
    "occasional_information": True,
    "books_in_order": True,
}


def answer(facts: Facts, period: int = 2025, as_of: date = AS_OF) -> Facts:
    program = compiled().program
    tables: Facts = {table.name: [] for table in program.records}
    return dict(interpreter(program).evaluate({**tables, **ENTITY, **facts}, str(period), as_of))


@pytest.mark.parametrize(
    ("tax", "payment", "occasional", "score"),
    [
        (True, True, True, "100"),
        (True, True, False, "93"),
        (True, False, True, "90"),
        (False, True, True, "90"),
        (False, False, False, "90"),
    ],
)
def test_the_start_score_is_that_of_article_13(*, tax: bool, payment: bool, occasional: bool, score: str) -> None:
    facts: Facts = {"tax_information": tax, "payment_information": payment, "occasional_information": occasional}
    assert answer(facts)["score"] == score


@pytest.mark.parametrize(("points", "grade"), [(10, "A"), (11, "B"), (30, "B"), (31, "C"), (60, "C"), (61, "D")])
def test_the_limits_of_the_grades_are_those_of_article_16(points: int, grade: str) -> None:
    inquiries = [{"found": "2025-05-05", "excuse": None}] * points
    assert answer({"refund_inquiry": inquiries})["grade"] == grade


SHARES = [(3, "100"), (4, "80"), (30, "80"), (31, "60"), (90, "60"), (91, "40")]
FIRST_DAY = date(2025, 7, 16)


def late(days: int, amount: str) -> Facts:
    day = date.fromordinal(FIRST_DAY.toordinal() + days)
    return {
        "month": "2025-07",
        "due": "2025-07-15",
        "filed": day.isoformat(),
        "amount": amount,
        "listed": FIRST_DAY.isoformat(),
        "excuse": None,
    }


def given_back(records: Iterable[Facts]) -> Decimal:
    result = answer({"late_filing": list(records)})
    return Decimal(str(result["score_after_repair"])) - Decimal(str(result["score"]))


@pytest.mark.parametrize(("days", "share"), SHARES)
def test_a_late_return_gives_back_the_share_of_the_day_on_which_it_was_put_right(days: int, share: str) -> None:
    assert given_back([late(days, "2000.01")]) == 5 * Decimal(share) / 100


@pytest.mark.parametrize(("days", "share"), [(3, "100"), (30, "100"), (31, "60"), (91, "40")])
def test_up_to_2000_yuan_put_right_within_30_days_gives_back_everything(days: int, share: str) -> None:
    assert given_back([late(days, "2000")]) == 5 * Decimal(share) / 100


def test_returns_of_one_month_cost_their_points_once_and_give_back_the_least_share() -> None:
    assert given_back([late(3, "5000"), late(31, "5000")]) == 3


def test_a_link_begun_before_the_other_was_graded_d_has_no_effect() -> None:
    link: Facts = {"kind": "of_grade_d", "marked": "2025-04-30", "until": None}
    grades = [
        answer({"person_link": [{**link, "started": started}]})["grade"]
        for started in ("2025-04-29", "2025-04-30", "2025-05-01")
    ]
    assert grades == ["A", "A", "D"]


@pytest.mark.parametrize(
    ("origin", "grades"),
    [("direct_grading", "DB"), ("direct_by_link", "BA"), ("annual_score", "BA")],
)
def test_a_direct_d_lasts_two_years_and_bars_the_third_unless_it_came_from_a_link(origin: str, grades: str) -> None:
    facts: Facts = {"prior_evaluation": [{"year": 2025, "grade": "D", "origin": origin}]}
    found = [answer(facts, year, date(year + 1, 4, 30))["grade"] for year in (2026, 2027)]
    assert "".join(str(grade) for grade in found) == grades


def test_a_year_under_the_former_measures_is_refused() -> None:
    with pytest.raises(PolicyError) as refused:
        compile_for(POLICY, "2024", date(2025, 8, 1))
    assert [item.code for item in refused.value.diagnostics] == [Code.CR0911]
