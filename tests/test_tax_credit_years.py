"""The tax-credit policy through time: what evaluations give around every change, computed by hand and by a second writing.

CREDITDSL_TAXPAYERS=n compares n random taxpayers in all instead of the few thousand of the gate.
"""

import os
import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
import tax_credit_reference
import tax_credit_taxpayers
from tax_credit_texts import FIRM, POLICY, Facts, answer, conclusion, opened, prior, seen, text_for, text_on

from creditdsl.backends.python.emit import emit_python
from creditdsl.backends.python.loading import load_module
from creditdsl.compile import compile_for, compile_policy
from creditdsl.diagnostics import Code, PolicyError

# Random taxpayers, by every text

EVALUATIONS = (
    (2014, date(2015, 4, 30)),
    (2015, date(2016, 4, 30)),
    (2016, date(2017, 4, 30)),
    (2016, date(2020, 12, 31)),
    (2017, date(2018, 3, 31)),
    (2017, date(2018, 4, 1)),
    (2017, date(2022, 1, 1)),
    (2018, date(2019, 12, 31)),
    (2018, date(2020, 1, 1)),
    (2018, date(2020, 11, 1)),
    (2018, date(2022, 1, 1)),
    (2019, date(2019, 12, 31)),
    (2019, date(2020, 10, 31)),
    (2019, date(2020, 11, 1)),
    (2019, date(2022, 1, 1)),
    (2020, date(2020, 12, 31)),
    (2020, date(2022, 1, 1)),
    (2021, date(2021, 12, 31)),
    (2021, date(2022, 4, 30)),
    (2024, date(2025, 6, 30)),
)
TAXPAYERS = int(os.environ.get("CREDITDSL_TAXPAYERS", "4000")) // len(EVALUATIONS)


def random_taxpayer(draw: random.Random, year: int, as_of: date) -> Facts:
    """One valid taxpayer whose days lie around the year, and around the day of an application where there are such."""
    applies = year >= 2018 and as_of >= date(2022, 1, 1)
    make = tax_credit_taxpayers.taxpayer_of_2022 if applies else tax_credit_taxpayers.taxpayer
    subject = tax_credit_taxpayers.moved(make(draw), year - tax_credit_taxpayers.YEAR)
    results = subject["prior_evaluation"]
    assert isinstance(results, list)
    grades = "ABMCD" if year > 2017 or (year == 2017 and as_of >= date(2018, 4, 1)) else "ABCD"
    subject["prior_evaluation"] = [row for row in results if row["year"] >= 2014 and row["grade"] in grades]
    return subject


@pytest.mark.parametrize(("year", "as_of"), EVALUATIONS)
def test_random_taxpayers_of_every_text_get_what_an_independent_writing_of_the_rules_gives(
    year: int, as_of: date
) -> None:
    program = text_for(str(year), as_of).program
    module = load_module(emit_python(program), f"tax_credit_{year}_{as_of:%Y%m%d}")
    period, draw = module.period(str(year)), random.Random(f"{year} {as_of}")
    for _ in range(TAXPAYERS):
        subject = random_taxpayer(draw, year, as_of)
        got = module.evaluate(module.load(seen(program, subject)), period, as_of).to_dict()
        want = tax_credit_reference.evaluate(subject, year, as_of)
        found = (got["graded"], got["grade"], got["grade_after_repair"], set(got["measures"]))
        assert found == (want.graded, want.grade, want.grade_after_repair, want.measures), subject
        scores = Decimal(got["score"]), Decimal(got["score_after_repair"])
        assert scores == (want.score, want.score_after_repair), subject


# The evaluations around every change


def test_a_firm_of_2013_that_files_late_once_a_year_is_graded_by_the_text_of_each_year() -> None:
    """90 points at the start but for 2018 (its conclusion) and 2020 (within three years of it); 11 points less until the
    third year of returns; 5 for the late return, which is repaired in full from the 2019 evaluation on."""
    found = []
    for year in (*range(2014, 2022), 2024):
        late = {
            "tax": "vat",
            "due": f"{year}-11-16",
            "filed": f"{year}-12-05",
            "tax_due": "800",
            "listed": f"{year}-11-17",
        }
        facts = {
            **FIRM,
            "first_contact": "2013-06-03",
            "first_filing": "2013-07-10",
            "operating_months": 18 + 12 * (year - 2014),
            "late_filing": [late],
            "conclusion": [conclusion("2018-05-20")],
        }
        result = answer(facts, year, date(year + 1, 4, 30))
        found.append((year, *(result[name] for name in ("score", "score_after_repair", "grade", "grade_after_repair"))))
    assert found == [
        (2014, "74", "74", "B", "B"),
        (2015, "74", "74", "B", "B"),
        (2016, "85", "85", "B", "B"),
        (2017, "85", "85", "B", "B"),
        (2018, "95", "95", "A", "A"),
        (2019, "85", "90", "B", "A"),
        (2020, "95", "100", "A", "A"),
        (2021, "85", "90", "B", "A"),
        (2024, "85", "90", "B", "A"),
    ]


def test_the_year_after_a_d_by_score_is_d_until_it_is_made_in_november_2020() -> None:
    found = []
    for year in range(2015, 2021):
        facts = {
            **FIRM,
            "conclusion": [conclusion(f"{year}-05-20")],
            "prior_evaluation": [prior(year - 1, "annual_score")],
        }
        result = answer(facts, year, date(year + 1, 4, 30))
        found.append((year, result["score"], result["grade"]))
    assert found == [
        (2015, "100", "D"),
        (2016, "100", "D"),
        (2017, "100", "D"),
        (2018, "100", "D"),
        (2019, "100", "D"),
        (2020, "89", "B"),
    ]


def test_the_year_after_a_direct_d_is_d_in_every_text() -> None:
    grades = [
        answer({**FIRM, "prior_evaluation": [prior(year - 1, "direct_grading")]}, year, date(year + 1, 4, 30))["grade"]
        for year in range(2015, 2025)
    ]
    assert grades == ["D"] * 10


LATE_2018: Facts = {"tax": "vat", "due": "2018-12-17", "filed": "2019-01-20", "tax_due": "5000", "listed": "2019-01-01"}
EVASION_2020: Facts = {
    "act": "evasion",
    "decided": "2020-09-15",
    "crime": False,
    "amount": "300000",
    "all_taxes": "1000000",
}
APPLICATION: Facts = {
    "ground": "other_direct",
    "applied": "2021-12-01",
    "remedied": True,
    "unpublished": False,
    "clean_months": 12,
}
NEW_IN_2017: Facts = {"first_contact": "2017-06-01", "first_filing": "2017-06-14", "operating_months": 6}
CHANGES: dict[str, tuple[int, date, Facts, str, str, str]] = {
    "a new firm becomes M": (2017, date(2018, 4, 1), NEW_IN_2017, "grade", "B", "M"),
    "a firm without revenue becomes M": (2017, date(2018, 4, 1), {"operating_revenue": "0"}, "grade", "A", "M"),
    "a late return is repaired": (
        2018,
        date(2020, 1, 1),
        {"late_filing": [LATE_2018]},
        "score_after_repair",
        "85",
        "89",
    ),
    "a D by score costs 11 points instead of being kept": (
        2019,
        date(2020, 11, 1),
        {"prior_evaluation": [prior(2018, "annual_score")]},
        "grade",
        "D",
        "B",
    ),
    "the third year after a D by score is free": (
        2019,
        date(2020, 11, 1),
        {"prior_evaluation": [prior(2017, "annual_score")]},
        "grade",
        "B",
        "A",
    ),
    "evasion put right is repaired": (
        2020,
        date(2022, 1, 1),
        {"offence": [EVASION_2020], "repair_application": [APPLICATION]},
        "grade_after_repair",
        "D",
        "A",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_evaluation_of_the_day_before_keeps_the_former_text(change: str) -> None:
    period, day, facts, name, before, _ = CHANGES[change]
    assert answer({**FIRM, **facts}, period, day - timedelta(days=1))[name] == before


@pytest.mark.parametrize("change", CHANGES)
def test_an_evaluation_of_the_first_day_has_the_new_text(change: str) -> None:
    period, day, facts, name, _, after = CHANGES[change]
    assert answer({**FIRM, **facts}, period, day)[name] == after


NOT_REOPENED: dict[str, tuple[int, Facts, str, str]] = {
    "2016 gets no M": (2016, {"operating_revenue": "0"}, "grade", "A"),
    "2017 is not repaired": (2017, {"late_filing": [{**LATE_2018, "due": "2017-12-15"}]}, "score_after_repair", "85"),
    "2018 keeps a D by score": (2018, {"prior_evaluation": [prior(2017, "annual_score")]}, "grade", "D"),
    "2019 keeps its start score": (2019, {"conclusion": [conclusion("2018-05-20")]}, "score", "90"),
}


@pytest.mark.parametrize("year", NOT_REOPENED)
def test_a_year_before_a_change_is_not_reopened_however_late_it_is_evaluated(year: str) -> None:
    period, facts, name, expected = NOT_REOPENED[year]
    assert answer({**FIRM, **facts}, period, date(2021, 12, 31))[name] == expected


def quarterly(year: int) -> Facts:
    return {**FIRM, "nil_return": [{"month": f"{year}-12", "quarterly": True, "reason": "not_normal"}]}


@pytest.mark.parametrize(("year", "score"), [(2014, "90"), (2015, "79"), (2016, "79"), (2024, "79")])
def test_a_quarterly_nil_return_counts_as_three_months_from_the_2015_evaluation(year: int, score: str) -> None:
    assert answer(quarterly(year), year, date(year + 1, 4, 30))["score"] == score


@pytest.mark.parametrize(("year", "score"), [(2018, "90"), (2019, "90"), (2020, "100"), (2021, "90")])
def test_a_conclusion_of_two_years_ago_counts_from_the_2020_evaluation(year: int, score: str) -> None:
    issued = conclusion(f"{min(year - 2, 2018)}-05-20")
    assert answer({**FIRM, "conclusion": [issued]}, year, date(year + 1, 4, 30))["score"] == score


BOUNDARIES = {"A": (0, "90"), "B": (1, "89"), "C": (21, "69"), "D": (51, "39")}


@pytest.mark.parametrize("year", [2014, 2017, 2020, 2024])
@pytest.mark.parametrize("grade", BOUNDARIES)
def test_the_limits_of_the_grades_are_the_same_in_every_text(grade: str, year: int) -> None:
    lost, score = BOUNDARIES[grade]
    breaches = [{"kind": "device_lost", "found": f"{year}-06-01"}] * lost
    result = answer({**FIRM, "breach": breaches}, year, date(year + 1, 4, 30))
    assert (result["score"], result["grade"]) == (score, grade)


@pytest.mark.parametrize("year", [2015, 2016])
def test_joint_penalties_strike_from_the_2016_evaluation(year: int) -> None:
    facts = {**FIRM, "joint_penalty_party": True, "unsettled_assessed_tax": True}
    measures = answer(facts, year, date(year + 1, 4, 30))["measures"]
    assert isinstance(measures, list)
    assert ("joint_exit_ban" in measures) == (year == 2016)


def test_shares_of_a_repair_are_those_of_the_catalogue_of_2019() -> None:
    """80, 40 and 20 per cent of 5 points, and all of them for small tax, by the day on which the return was filed."""
    found = []
    for filed, tax in (
        ("2020-08-15", "1000"),
        ("2020-08-15", "1000.01"),
        ("2020-12-31", "1000"),
        ("2021-03-01", "1000"),
    ):
        late = {"tax": "vat", "due": "2020-07-15", "filed": filed, "tax_due": tax, "listed": "2020-07-16"}
        result = answer({**FIRM, "late_filing": [late]}, 2020, date(2021, 4, 30))
        found.append(Decimal(str(result["score_after_repair"])) - Decimal(str(result["score"])))
    assert found == [5, 4, 2, 1]


# The beginning, the end, and the places


@pytest.mark.parametrize(("period", "as_of"), [("2013", date(2014, 10, 1)), ("2025", date(2026, 4, 30))])
def test_a_year_outside_the_measures_is_refused(period: str, as_of: date) -> None:
    with pytest.raises(PolicyError) as refused:
        compile_for(POLICY, period, as_of)
    assert [item.code for item in refused.value.diagnostics] == [Code.CR0911]


@pytest.mark.parametrize("day", [date(2014, 9, 30), date(2025, 7, 1)])
def test_there_is_no_text_on_a_day_outside_the_measures(day: date) -> None:
    with pytest.raises(PolicyError):
        text_on(day)


def test_the_policy_that_follows_begins_on_the_day_after() -> None:
    policy = opened().policy
    assert policy is not None
    assert policy.effective is not None
    assert policy.effective.end is not None
    assert policy.replaced_by is not None
    successor = compile_policy(POLICY.parent / policy.replaced_by.name.text)
    assert successor.slice.ends.first == policy.effective.end + timedelta(days=1)


GRADES_OF_SCORES = {"A": 0, "B": 1, "C": 21, "D": 51}


@pytest.mark.parametrize(
    ("jurisdiction", "taken_in"), [(None, ""), ("2306", "AB"), ("230602", "AB"), ("5227", "ABC"), ("2301", "")]
)
def test_bank_tax_cooperation_takes_in_other_grades_in_another_place_on_the_same_day(
    jurisdiction: str | None, taken_in: str
) -> None:
    found = ""
    for grade, lost in GRADES_OF_SCORES.items():
        breaches = [{"kind": "device_lost", "found": "2020-06-01"}] * lost
        result = answer({**FIRM, "breach": breaches}, 2020, date(2021, 4, 30), jurisdiction)
        assert result["grade"] == grade
        measures = result["measures"]
        assert isinstance(measures, list)
        found += grade if "bank_tax_cooperation" in measures else ""
    assert found == taken_in


def test_grade_m_is_taken_in_by_both_places() -> None:
    for jurisdiction in ("2306", "5227"):
        result = answer({**FIRM, "operating_revenue": "0"}, 2020, date(2021, 4, 30), jurisdiction)
        measures = result["measures"]
        assert result["grade"] == "M"
        assert isinstance(measures, list)
        assert "bank_tax_cooperation" in measures
