"""Arithmetic on days, months and workdays.

What leaves years 1 to 9999 beside what the core evaluates is kept at their ends: no dialect must fail on it. An operand that
is written twice is a column or a constant (see `parts`).
"""

from creditdsl.backends.sql import build
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.scope import Scope
from creditdsl.backends.sql.workdays import workday, workdays_between
from creditdsl.core.calendar import FIRST_DATE, FIRST_MONTH, LAST_DATE, LAST_MONTH, date_of
from creditdsl.core.ir import (
    AddDays,
    AddMonths,
    AddWorkdays,
    DaysBetween,
    Interval,
    MonthOf,
    MonthsBetween,
    RollForward,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.diagnostics import InternalError

DayArithmetic = (
    YearOf | MonthOf | AddDays | AddMonths | AddWorkdays | RollForward | DaysBetween | MonthsBetween | WorkdaysBetween
)
CALENDAR_DAYS = LAST_DATE - FIRST_DATE


def write(expression: DayArithmetic, trees: list[Tree], scope: Scope) -> Tree:
    """The tree of an operation on days; `trees` are those of its operands."""
    match expression:
        case YearOf():
            return scope.target.year(trees[0])
        case MonthOf():
            return month_of(trees[0], scope)
        case AddDays():
            return _add_days(expression, trees, scope)
        case AddMonths():
            return _add_months(expression, trees, scope)
        case AddWorkdays():
            return workday(expression, trees[1], scope)
        case RollForward():
            raise InternalError("a workday that is not told by its number")
        case DaysBetween():
            return scope.target.days_between(trees[0], trees[1])
        case MonthsBetween():
            return _months_between(trees[0], trees[1], scope)
        case WorkdaysBetween():
            return workdays_between(expression, trees, scope)


def month_of(day: Tree, scope: Scope) -> Tree:
    """The number of a month, year x 12 + month - 1."""
    year, month = scope.target.year(day), scope.target.month_of_year(build.again(day))
    return build.subtract(build.add(build.multiply(year, build.integer(12)), month), build.integer(1))


def inside(interval: Interval) -> bool:
    """Whether every day of an interval lies in years 1 to 9999."""
    return FIRST_DATE <= interval.low and interval.high <= LAST_DATE


def _add_days(expression: AddDays, trees: list[Tree], scope: Scope) -> Tree:
    day, days = trees
    if inside(scope.bounds.uncut(expression)):
        return scope.target.add_days(day, days)
    count = scope.interval(expression.days)
    if not -CALENDAR_DAYS <= count.low <= count.high <= CALENDAR_DAYS:
        days = build.kept(days, -CALENDAR_DAYS, CALENDAR_DAYS)
    first = build.day(date_of(FIRST_DATE))
    place = build.add(scope.target.days_between(first, day), build.cast(days, "INTEGER"))
    return scope.target.add_days(build.again(first), build.kept(place, 0, CALENDAR_DAYS))


def _add_months(expression: AddMonths, trees: list[Tree], scope: Scope) -> Tree:
    day, months = trees
    if not inside(scope.bounds.uncut(expression)):
        month = build.grouped(month_of(build.again(day), scope))
        least = build.subtract(build.integer(FIRST_MONTH), month)
        most = build.subtract(build.integer(LAST_MONTH), build.again(month))
        months = build.call("LEAST", build.call("GREATEST", months, least), most)
    return scope.target.add_months(day, months)


def _months_between(start: Tree, end: Tree, scope: Scope) -> Tree:
    """Whole months, counted from the earlier day on."""
    backwards = build.negate(_whole_months(end, start, scope))
    return build.when([(build.less(build.again(end), build.again(start)), backwards)], _whole_months(start, end, scope))


def _whole_months(start: Tree, end: Tree, scope: Scope) -> Tree:
    """From a day to a later one: one month less when its day of the month is not reached, unless the month ends first."""
    target = scope.target
    months = build.subtract(month_of(build.again(end), scope), build.grouped(month_of(build.again(start), scope)))
    short = build.less(target.day_of_month(build.again(end)), target.day_of_month(build.again(start)))
    goes_on = build.unequal(target.day_of_month(target.add_days(build.again(end), build.integer(1))), build.integer(1))
    return build.subtract(months, build.when([(build.all_of([short, goes_on]), build.integer(1))], build.integer(0)))
