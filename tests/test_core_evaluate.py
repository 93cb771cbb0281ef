"""What single nodes mean, on values computed by hand; dates and rounding against independent implementations."""

import calendar
from datetime import date, timedelta
from fractions import Fraction

import pytest
from core_examples import DUE, EVASION, FILED, PROGRAM, late, taxpayer
from hypothesis import given
from hypothesis import strategies as st

from creditdsl.core.calendar import add_months, calendar_date, date_of, day_from, day_of, months_between
from creditdsl.core.evaluate import Scope, evaluate, value_of
from creditdsl.core.inputs import load, run_context
from creditdsl.core.ir import (
    Add,
    AddDays,
    Aggregate,
    AggregateKind,
    And,
    Branch,
    ChoiceAt,
    Choose,
    Constant,
    ContextDay,
    ContextField,
    DivideRounded,
    Expression,
    IsPresent,
    Less,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    RecordField,
    Rounding,
    SubjectField,
    Value,
    YearOf,
)
from creditdsl.core.result import evaluated, explained
from creditdsl.core.rounding import divide_rounded
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Truth, Unit
from creditdsl.diagnostics import InternalError

COUNT = Number(Unit.NUMBER)
YES = Constant(True, Truth())
DAYS = st.dates(date(1, 2, 1), date(9990, 12, 31))


def scope(*records: dict[str, object], **fields: object) -> Scope:
    subject = load(PROGRAM, taxpayer(*records, **fields))
    context = run_context(PROGRAM, "2019", date(2020, 4, 30))
    return Scope(PROGRAM, subject, context, evaluate(PROGRAM, subject, context), {})


def value(expression: Expression, *records: dict[str, object], **fields: object) -> Value:
    return value_of(expression, scope(*records, **fields))


def filed_on(*days: str) -> list[dict[str, object]]:
    return [late(day) for day in days]


def over(kind: AggregateKind, value_: Expression | None = None, **parts: object) -> Aggregate:
    where = IsPresent(FILED)
    types = {AggregateKind.MAXIMUM: Optional(Day()), AggregateKind.MINIMUM: Optional(Day()), AggregateKind.ANY: Truth()}
    keys, start = parts.get("keys", ()), parts.get("start")
    assert isinstance(keys, tuple) and (start is None or isinstance(start, Constant))
    return Aggregate(kind, "late_filing", where, value_, keys, types.get(kind, COUNT), start)


def test_counting_by_a_key_counts_distinct_keys_and_takes_absent_as_equal_to_absent() -> None:
    records = [late("2019-08-01"), late("2019-08-01"), late("2019-08-02")]
    assert value(over(AggregateKind.COUNT), *records) == 3
    assert value(over(AggregateKind.COUNT, keys=(FILED,)), *records) == 2
    everyone = Aggregate(AggregateKind.COUNT, "late_filing", YES, None, (FILED,), COUNT)
    assert value(everyone, late(None), late(None), late("2019-08-01")) == 2


def test_extremes_of_no_record_are_absent() -> None:
    assert value(over(AggregateKind.MAXIMUM, Presume(FILED)), late(None)) is None
    assert value(over(AggregateKind.MINIMUM, Presume(FILED)), *filed_on("2019-08-02", "2019-08-01")) == day_of(
        date(2019, 8, 1)
    )


def test_the_sum_of_least_takes_the_least_of_each_key() -> None:
    year = YearOf(Presume(FILED))
    records = filed_on("2019-08-01", "2019-09-01", "2020-01-01")
    assert value(over(AggregateKind.SUM_OF_LEAST, year, keys=(DUE,)), *records) == 2019
    assert value(over(AggregateKind.SUM_OF_LEAST, year, keys=(FILED,)), *records) == 2019 + 2019 + 2020


def test_the_longest_run_counts_consecutive_values_once() -> None:
    year = YearOf(Presume(FILED))
    years = filed_on("2015-01-01", "2016-01-01", "2016-05-01", "2018-01-01", "2019-01-01", "2020-01-01")
    assert value(over(AggregateKind.LONGEST_RUN, year), *years) == 3
    assert value(over(AggregateKind.LONGEST_RUN, year)) == 0


def test_a_streak_runs_back_from_its_start_without_a_gap() -> None:
    year = YearOf(Presume(FILED))
    years = filed_on("2015-01-01", "2017-01-01", "2018-01-01", "2019-01-01")
    for start, length in ((2019, 3), (2018, 2), (2020, 0), (2015, 1)):
        assert value(over(AggregateKind.STREAK, year, start=Constant(start, COUNT)), *years) == length


def test_what_stands_behind_a_decided_operand_is_not_evaluated() -> None:
    since = SubjectField("since", Optional(Month()))
    reads = Less(Constant(0, Month()), Presume(since))
    assert value(And((IsPresent(since), reads))) is False
    assert value(Or((YES, reads))) is True
    assert value(Choose((Branch(YES, Constant(1, COUNT)),), Presume(since), COUNT)) == 1
    with pytest.raises(InternalError):
        value(reads)


def test_a_default_stands_in_for_what_is_absent_only() -> None:
    since = SubjectField("since", Optional(Month()))
    assert value(OrElse(since, Constant(5, Month()))) == 5
    assert value(OrElse(since, Constant(5, Month())), since="2020-01") == 2020 * 12


def test_the_days_of_a_run_are_its_period_and_its_as_of_date() -> None:
    days = [value(ContextField(name)) for name in ContextDay]
    assert days == [day_of(date(2019, 1, 1)), day_of(date(2019, 12, 31)), day_of(date(2020, 4, 30))]


def test_a_choice_and_its_position_are_each_other_s_inverse() -> None:
    for position, name in enumerate("ABMCD"):
        assert value(OrdinalOf(Constant(name, Choice("Grade")), "Grade")) == position
        assert value(ChoiceAt(Constant(position, COUNT), "Grade")) == name


def test_faults_that_checking_excludes_are_faults_of_the_compiler() -> None:
    zero = Constant(0, COUNT)
    for broken in (
        DivideRounded(Constant(1, COUNT), zero, Rounding.DOWN, COUNT),
        ChoiceAt(Constant(5, COUNT), "Grade"),
        ChoiceAt(Constant(-1, COUNT), "Grade"),
        Add((YES, zero), COUNT),
        And((zero,)),
    ):
        with pytest.raises(InternalError):
            value(broken)


def test_a_record_field_is_read_from_the_record_at_hand() -> None:
    large = Less(Constant(9, Number(Unit.YUAN, 2)), RecordField("evasion", "amount", Number(Unit.YUAN, 2)))
    found = Aggregate(AggregateKind.COUNT, EVASION.name, large, None, (), COUNT)
    assert value(found, evasion=[{"amount": "0.09"}, {"amount": "0.1"}]) == 1


@given(st.integers(-(10**20), 10**20), st.integers(-1000, 1000).filter(bool), st.sampled_from(list(Rounding)))
def test_a_rounded_quotient_is_a_neighbour_of_the_exact_one_on_the_right_side(
    dividend: int, divisor: int, rounding: Rounding
) -> None:
    exact, rounded = Fraction(dividend, divisor), divide_rounded(dividend, divisor, rounding)
    away = abs(rounded) - abs(exact)
    match rounding:
        case Rounding.HALF_UP:
            assert -Fraction(1, 2) < away <= Fraction(1, 2)
        case Rounding.HALF_EVEN:
            assert rounded == round(exact)
        case Rounding.DOWN:
            assert -1 < away <= 0
        case Rounding.UP:
            assert 0 <= away < 1


@given(DAYS)
def test_days_and_dates_agree_with_the_standard_library(day: date) -> None:
    assert calendar_date(day_of(day)) == (day.year, day.month, day.day)
    assert day_from(day.year, day.month, day.day) == day_of(day)
    assert date_of(day_of(day)) == day


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-600, 600))
def test_months_end_on_the_corresponding_day_or_the_last_of_the_month(day: date, months: int) -> None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    assert date_of(add_months(day_of(day), months)) == date(year, month + 1, min(day.day, last))


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(-2000, 2000))
def test_whole_months_are_the_most_that_fit(day: date, distance: int) -> None:
    first, second = day_of(day), day_of(day + timedelta(distance))
    months = months_between(first, second)
    if distance >= 0:
        assert add_months(first, months) <= second < add_months(first, months + 1)
    else:
        assert months == -months_between(second, first)


def test_added_days_may_be_negative() -> None:
    assert value(AddDays(Constant(10, Day()), Constant(-3, Number(Unit.DAYS)))) == 7


def test_the_result_of_an_ordinary_taxpayer_is_what_a_hand_computes() -> None:
    """Two late returns, one filed later: 2 x 5 points, of which the filed one gives back 80 % of 5."""
    run = scope(late(None), late("2019-07-10"), late("2019-08-01"))
    result = explained(PROGRAM, run.subject, run.context, dict(run.values))
    assert result == {
        "schema": 1,
        "policy": "tax_credit",
        "hash": "3f0c9a1b22d4e5f6",
        "subject": "91",
        "period": "2019",
        "as_of": "2020-04-30",
        "graded": True,
        "score": "90",
        "score_after_repair": "94",
        "grade": "A",
        "grade_after_repair": "A",
        "measures": [
            {"rule": "invoices", "may": False, "grants": {"invoice_months": 3, "limit": "1500.5", "fast_lane": True}}
        ],
        "base": "100",
        "findings": [
            {
                "rule": "010101",
                "count": 2,
                "points": "-10",
                "points_after_repair": "-6",
                "table": "late_filing",
                "records": [0, 2],
            }
        ],
        "band": "A",
        "band_after_repair": "A",
        "steps": {"exempt": [], "direct": [], "assign": [], "demote": [], "ceiling": []},
        "steps_after_repair": {"exempt": [], "direct": [], "assign": [], "demote": [], "ceiling": []},
        "repairs": [{"rule": "010101", "restored": "4", "open": [0]}],
    }


def test_every_step_that_holds_is_listed_and_a_repair_sets_a_direct_grade_aside() -> None:
    run = scope(evasion=[{"amount": 100_000}], operating_months=121, new_firm=True)
    result = explained(PROGRAM, run.subject, run.context, dict(run.values))
    assert (result["grade"], result["grade_after_repair"]) == ("D", "M")
    assert result["steps"] == {"exempt": [], "direct": ["evasion"], "assign": ["new"], "demote": [], "ceiling": []}
    assert result["steps_after_repair"] == {"exempt": [], "direct": [], "assign": ["new"], "demote": [], "ceiling": []}
    assert result["repairs"] == [{"rule": "evasion", "repaired": True}]


def test_a_subject_that_is_not_graded_has_a_score_and_no_grade() -> None:
    run = scope(operating_months=0)
    result = evaluated(PROGRAM, run.subject, run.context, dict(run.values))
    assert (result["graded"], result["score"], result["grade"]) == (False, "100", None)


def test_a_bonus_has_positive_points_and_no_records() -> None:
    run = scope(operating_months=1001)
    [finding] = explained(PROGRAM, run.subject, run.context, dict(run.values))["findings"]  # type: ignore[misc, union-attr]
    assert isinstance(finding, dict)
    assert (finding["points"], finding["table"], finding["records"]) == ("3", None, None)
