"""Workdays of a calendar against counting them one by one, and in the emitted Python, in the verifier and its messages."""

from dataclasses import replace
from datetime import date
from itertools import count, islice

import pytest
from core_examples import PROGRAM
from hypothesis import given
from hypothesis import strategies as st
from strategies_expressions import CALENDAR

from creditdsl.backends.python import runtime_workdays
from creditdsl.core.calendar import date_of, day_of
from creditdsl.core.evaluate import Scope, value_of
from creditdsl.core.ir import (
    AddWorkdays,
    And,
    Branch,
    Calendar,
    Choose,
    Constant,
    Definition,
    Expression,
    Interval,
    LessOrEqual,
    Program,
    RecordField,
    RollForward,
    SubjectField,
    WorkdaysBetween,
)
from creditdsl.core.ranges import uncovered
from creditdsl.core.show import show
from creditdsl.core.subject import LoadedSubject, Period, RunContext
from creditdsl.core.types import Day, Number, Unit
from creditdsl.core.verify import verify
from creditdsl.core.workdays import add_workdays, is_weekend, is_workday, roll_forward, workdays_between
from creditdsl.diagnostics import InternalError

WORKDAYS = Number(Unit.WORKDAYS)
D = SubjectField("d", Day())
FIRST, LAST = day_of(date(2020, 1, 1)), day_of(date(2020, 3, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Three months with any weekdays off and any weekend days made up."""
    exceptions = draw(st.sets(st.integers(FIRST, LAST), max_size=40))
    off = tuple(sorted(day for day in exceptions if not is_weekend(day)))
    return Calendar("any", Interval(FIRST, LAST), off, tuple(sorted(day for day in exceptions if is_weekend(day))))


DAYS = st.integers(FIRST, LAST)


def works(calendar: Calendar, day: int) -> bool:
    """Whether a day is a workday, from the definition."""
    if date_of(day).weekday() < 5:
        return day not in calendar.days_off
    return day in calendar.make_up_days


@given(calendars(), DAYS)
def test_a_workday_is_a_weekday_that_is_not_off_or_a_weekend_day_that_is_made_up(calendar: Calendar, day: int) -> None:
    assert is_workday(calendar, day) == works(calendar, day)


@given(calendars(), DAYS, st.integers(1, 30))
def test_the_nth_workday_after_a_day_is_found_by_counting_from_the_next_day(
    calendar: Calendar, day: int, n: int
) -> None:
    after = (later for later in count(day + 1) if works(calendar, later))
    assert add_workdays(calendar, day, n) == next(islice(after, n - 1, None))


@given(calendars(), DAYS, st.integers(1, 30))
def test_the_nth_workday_before_a_day_is_found_by_counting_from_the_day_before(
    calendar: Calendar, day: int, n: int
) -> None:
    before = (earlier for earlier in count(day - 1, -1) if works(calendar, earlier))
    assert add_workdays(calendar, day, -n) == next(islice(before, n - 1, None))


@given(calendars(), DAYS)
def test_no_workdays_after_a_day_is_the_day_also_when_it_is_a_day_of_rest(calendar: Calendar, day: int) -> None:
    assert add_workdays(calendar, day, 0) == day


@given(calendars(), DAYS)
def test_a_rolled_day_is_the_first_workday_from_it_on(calendar: Calendar, day: int) -> None:
    assert roll_forward(calendar, day) == next(later for later in count(day) if works(calendar, later))


@given(calendars(), DAYS, DAYS)
def test_workdays_between_two_days_are_those_after_the_first_and_up_to_the_second(
    calendar: Calendar, first: int, second: int
) -> None:
    low, high = min(first, second), max(first, second)
    between = sum(works(calendar, day) for day in range(low + 1, high + 1))
    assert workdays_between(calendar, first, second) == (between if first <= second else -between)


@given(calendars(), DAYS, DAYS, st.integers(0, 30))
def test_for_a_workday_to_be_in_time_is_to_have_at_most_so_many_workdays_between(
    calendar: Calendar, first: int, day: int, n: int
) -> None:
    if first < day and works(calendar, day):
        in_time = day <= add_workdays(calendar, first, n)
        assert in_time == (workdays_between(calendar, first, day) <= n)


@given(calendars(), DAYS, DAYS, st.integers(-(10**30), 10**30))
def test_a_later_day_never_gives_an_earlier_one(calendar: Calendar, first: int, second: int, n: int) -> None:
    low, high = min(first, second), max(first, second)
    assert add_workdays(calendar, low, n) <= add_workdays(calendar, high, n)
    assert add_workdays(calendar, low, n) <= add_workdays(calendar, low, n + 1)


def text_of(days: tuple[int, ...]) -> dict[int, str]:
    """A table of days as emitted modules have it."""
    years: dict[int, list[str]] = {}
    for day in map(date_of, days):
        years.setdefault(day.year, []).append(f"{day:%m-%d}")
    return {year: " ".join(found) for year, found in years.items()}


def listed(calendar: Calendar) -> list[date]:
    """The workdays of a calendar as emitted modules list them."""
    ends = date_of(calendar.span.low), date_of(calendar.span.high)
    return runtime_workdays.workdays_of(*ends, text_of(calendar.days_off), text_of(calendar.make_up_days))


@given(calendars(), DAYS, st.integers(-60, 60))
def test_emitted_python_adds_workdays_as_the_core_does(calendar: Calendar, day: int, n: int) -> None:
    meant = add_workdays(calendar, day, n)
    if FIRST <= meant <= LAST:
        assert runtime_workdays.add_workdays(listed(calendar), date_of(day), n) == date_of(meant)


@given(calendars(), DAYS)
def test_emitted_python_rolls_days_as_the_core_does(calendar: Calendar, day: int) -> None:
    meant = roll_forward(calendar, day)
    if meant <= LAST:
        assert runtime_workdays.roll_forward(listed(calendar), date_of(day)) == date_of(meant)


@given(calendars(), DAYS, DAYS)
def test_emitted_python_counts_workdays_as_the_core_does(calendar: Calendar, first: int, second: int) -> None:
    found = runtime_workdays.workdays_between(listed(calendar), date_of(first), date_of(second))
    assert found == workdays_between(calendar, first, second)


def later(days: int) -> AddWorkdays:
    return AddWorkdays(D, Constant(days, WORKDAYS), CALENDAR)


END = CALENDAR.span.high
"""30 April 2022, a Saturday; the calendar begins on a Saturday too."""


@pytest.mark.parametrize(
    ("expression", "low", "high", "faults"),
    [
        (later(5), CALENDAR.span.low, END - 6, ()),
        (later(5), CALENDAR.span.low, END - 5, (later(5),)),
        (later(5), CALENDAR.span.low - 1, END - 8, (D,)),
        (later(-1), CALENDAR.span.low + 3, END, ()),
        (later(-1), CALENDAR.span.low + 2, END, (later(-1),)),
        (later(0), CALENDAR.span.low, END, ()),
        (RollForward(D, CALENDAR), CALENDAR.span.low, END - 1, ()),
        (RollForward(D, CALENDAR), CALENDAR.span.low, END, (RollForward(D, CALENDAR),)),
        (WorkdaysBetween(D, D, WORKDAYS, CALENDAR), CALENDAR.span.low, END, ()),
        (WorkdaysBetween(D, D, WORKDAYS, CALENDAR), CALENDAR.span.low, END + 1, (D,)),
    ],
)
def test_days_that_the_calendar_may_not_cover_are_listed(
    expression: Expression, low: int, high: int, faults: tuple[Expression, ...]
) -> None:
    assert uncovered(expression, {D: Interval(low, high)}) == faults


def test_a_guard_proves_that_the_calendar_covers_a_day() -> None:
    low, high = (Constant(day_of(end), Day()) for end in (date(2019, 1, 1), date(2021, 12, 31)))
    guard = And((LessOrEqual(low, D), LessOrEqual(D, high)))
    assert uncovered(Choose((Branch(guard, later(10)),), D, Day()), {}) == ()
    assert uncovered(Choose((Branch(guard, D),), later(10), Day()), {}) == (D, later(10))


def test_a_day_outside_the_calendar_is_not_guessed() -> None:
    context = RunContext(Period("2020", date(2020, 1, 1), date(2020, 12, 31)), date(2021, 4, 30))
    scope = Scope(PROGRAM, LoadedSubject({"d": END}, {}), context, {}, {})
    with pytest.raises(InternalError, match="the calendar test does not know the day"):
        value_of(later(1), scope)


DUE = RecordField("late_filing", "due", Day())
IN_2020 = Constant(day_of(date(2020, 6, 1)), Day())


def program_with(expression: Expression, calendar: Calendar | None) -> Program:
    """The example with one definition more, a day, and a calendar."""
    definition = Definition("define.extra", Day(), expression, CALENDAR.span)
    return replace(PROGRAM, definitions=(*PROGRAM.definitions, definition), calendar=calendar)


def test_workdays_of_the_calendar_of_a_program_are_sound() -> None:
    verify(program_with(AddWorkdays(IN_2020, Constant(3, WORKDAYS), CALENDAR), CALENDAR))


@pytest.mark.parametrize(
    "expression",
    [
        AddWorkdays(IN_2020, Constant(25, Number(Unit.WORKDAYS, 1)), CALENDAR),
        AddWorkdays(Constant(1, WORKDAYS), Constant(3, WORKDAYS), CALENDAR),
        AddWorkdays(IN_2020, Constant(9999, WORKDAYS), CALENDAR),
        RollForward(Constant(END + 9, Day()), CALENDAR),
        RollForward(IN_2020, replace(CALENDAR, days_off=())),
    ],
    ids=["a part of a workday", "a number for a day", "a result outside", "a day outside", "another calendar"],
)
def test_broken_workdays_are_refused(expression: Expression) -> None:
    with pytest.raises(InternalError):
        verify(program_with(expression, CALENDAR))


def test_workdays_in_a_program_without_a_calendar_are_refused() -> None:
    with pytest.raises(InternalError, match="a calendar that is not the program's"):
        verify(program_with(RollForward(IN_2020, CALENDAR), None))


@pytest.mark.parametrize(
    "calendar",
    [
        replace(CALENDAR, days_off=CALENDAR.days_off[::-1]),
        replace(CALENDAR, days_off=CALENDAR.make_up_days),
        replace(CALENDAR, make_up_days=CALENDAR.days_off),
        replace(CALENDAR, span=Interval(CALENDAR.days_off[0] + 1, END)),
        replace(CALENDAR, span=Interval(day_of(date(1899, 12, 31)), END)),
    ],
    ids=["out of order", "a weekend day off", "a weekday made up", "a day before its span", "a span beyond input"],
)
def test_a_broken_calendar_is_refused(calendar: Calendar) -> None:
    with pytest.raises(InternalError, match="calendar"):
        verify(replace(PROGRAM, calendar=calendar))


def test_the_printed_core_names_the_calendar_and_what_it_covers() -> None:
    line = "  calendar test 2018-12-01 .. 2022-04-30, 6 weekdays off, 4 weekend days made up"
    assert line in show(replace(PROGRAM, calendar=CALENDAR)).splitlines()
