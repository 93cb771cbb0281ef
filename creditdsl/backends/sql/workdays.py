"""Workdays of a calendar, counted with its days off and its make-up days as lists of constants.

As `core.workdays` does it: how many workdays there are up to a day is what Monday to Friday give, less the days off, plus the
make-up days; and the n-th workday is found by where those days stand in that count. `parts` has brought everything down to
two operations: how many workdays there are up to a day, and the day of a number in that count, which begins after `START`.
"""

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.scope import Scope
from creditdsl.core.calendar import FIRST_DATE, LAST_DATE, date_of
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddWorkdays,
    Branch,
    Calendar,
    Choose,
    Constant,
    Equal,
    Expression,
    Less,
    RollForward,
    WorkdaysBetween,
)
from creditdsl.core.types import Day, Number, Unit
from creditdsl.core.workdays import MONDAY, workdays_until
from creditdsl.diagnostics import InternalError

START = Constant(MONDAY - 1, Day())
"""The day up to which there are no workdays in the count."""

WORKDAYS = Number(Unit.WORKDAYS)
DAYS = Number(Unit.DAYS)
NONE = Constant(0, WORKDAYS)
WEEKS_BEFORE = 1 - (FIRST_DATE - MONDAY) // 7
"""So many weeks earlier no day of year 1 or later has a negative place; whole quotients are cut off towards zero."""


def by_number(expression: AddWorkdays | RollForward) -> tuple[Expression, Expression | None]:
    """The number, in the count from `START`, of the workday that is meant, and the condition for which it is the day itself."""
    day, calendar = expression.day, expression.calendar
    until = WorkdaysBetween(START, day, WORKDAYS, calendar)
    yesterday = WorkdaysBetween(START, AddDays(day, Constant(-1, DAYS)), WORKDAYS, calendar)
    if isinstance(expression, RollForward):
        return Add((yesterday, Constant(1, WORKDAYS)), WORKDAYS), None
    count = expression.workdays
    after = Add((until, count), WORKDAYS)
    before = Add((yesterday, count, Constant(1, WORKDAYS)), WORKDAYS)
    if isinstance(count, Constant) and count.value != 0:
        return (after if isinstance(count.value, int) and count.value > 0 else before), None
    return Choose((Branch(Less(NONE, count), after),), before, WORKDAYS), Equal(count, NONE)


def workdays_between(expression: WorkdaysBetween, trees: list[Tree], scope: Scope) -> Tree:
    """How many workdays there are after the first day and up to the second."""
    first, second = (
        _until(expression.calendar, day, tree, scope)
        for day, tree in zip((expression.first, expression.second), trees, strict=True)
    )
    return second if expression.first == START else build.subtract(second, build.grouped(first))


def workday(expression: AddWorkdays, number: Tree, scope: Scope) -> Tree:
    """The workday of a number in the count from `START`."""
    calendar = expression.calendar
    if expression.day != START:
        raise InternalError("a workday that is not told by its number")
    most = 10 * (LAST_DATE - FIRST_DATE)
    interval = scope.interval(expression.workdays)
    if not -most <= interval.low <= interval.high <= most:
        number = build.kept(number, -most, most)
    from_off = [workdays_until(calendar, day) + 1 for day in calendar.days_off]
    from_made_up = [workdays_until(calendar, day) for day in calendar.make_up_days]
    ordinary = _shifted(number, (from_off, from_made_up), scope)
    shift = 5 * (2 * WEEKS_BEFORE) - 1
    place = build.add(ordinary, build.integer(shift))
    weeks = scope.target.quotient(build.grouped(place), build.integer(5))
    days = build.add(build.multiply(build.integer(7), weeks), build.remainder(build.again(place), build.integer(5)))
    since_epoch = build.add(days, build.integer(MONDAY - 14 * WEEKS_BEFORE))
    found = scope.target.add_days(build.day(date_of(0)), build.kept(since_epoch, FIRST_DATE, LAST_DATE))
    if not calendar.make_up_days:
        return found
    made_up = [
        (build.integer(at), build.day(date_of(day)))
        for at, day in zip(from_made_up, calendar.make_up_days, strict=True)
    ]
    return build.matched(build.again(number), made_up, found)


def _until(calendar: Calendar, day: Expression, tree: Tree, scope: Scope) -> Tree:
    """How many workdays there are from `MONDAY` to a day, both included."""
    if isinstance(day, Constant) and isinstance(day.value, int):
        return build.integer(workdays_until(calendar, day.value))
    number = scope.target.days_between(build.day(date_of(0)), tree)
    place = build.add(number, build.integer(7 * WEEKS_BEFORE - MONDAY))
    weeks = build.multiply(build.integer(5), scope.target.quotient(build.grouped(place), build.integer(7)))
    weekday = build.call(
        "LEAST", build.add(build.remainder(build.again(place), build.integer(7)), build.integer(1)), build.integer(5)
    )
    ordinary = build.subtract(build.add(weeks, weekday), build.integer(5 * WEEKS_BEFORE))
    return _shifted(ordinary, (calendar.make_up_days, calendar.days_off), scope, number)


def _shifted(
    tree: Tree,
    numbers: tuple[tuple[int, ...] | list[int], tuple[int, ...] | list[int]],
    scope: Scope,
    by: Tree | None = None,
) -> Tree:
    """A number, more by the count of the first numbers up to `by` (itself, if None), less by that of the second ones."""
    by = tree if by is None else by
    more, less = numbers
    if more:
        tree = build.add(tree, scope.target.count_up_to(more, build.again(by)))
    if less:
        tree = build.subtract(tree, scope.target.count_up_to(less, build.again(by)))
    return tree
