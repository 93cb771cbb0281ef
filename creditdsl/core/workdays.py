"""Working days of a calendar, counted as the Civil Code counts periods (arts. 201 and 203).

In: a `Calendar` and days, as days since 1970-01-01. Out: days and counts. The first day is not counted: a period of
one workday from a Saturday on ends on the first workday after it.

Outside its span a calendar knows nothing. So that interval arithmetic never fails, Monday to Friday count as workdays
there; a program of which `core.ranges.uncovered` has nothing to say never asks.
"""

from bisect import bisect_left, bisect_right

from creditdsl.core.ir import Calendar, Interval

MONDAY = -3
"""1969-12-29, from which weeks are counted."""


def is_weekend(day: int) -> bool:
    """Whether a day is a Saturday or a Sunday."""
    return (day - MONDAY) % 7 >= 5


def is_workday(calendar: Calendar, day: int) -> bool:
    """Whether people work on a day: Monday to Friday and no day off, or a weekend day that is made up."""
    return workdays_until(calendar, day) > workdays_until(calendar, day - 1)


def add_workdays(calendar: Calendar, day: int, workdays: int) -> int:
    """The n-th workday after a day, which itself is not counted; before it, when negative; the day itself for 0."""
    if workdays == 0:
        return day
    if workdays > 0:
        return _workday(calendar, workdays_until(calendar, day) + workdays)
    return _workday(calendar, workdays_until(calendar, day - 1) + workdays + 1)


def roll_forward(calendar: Calendar, day: int) -> int:
    """The day itself when it is a workday, else the next workday."""
    return _workday(calendar, workdays_until(calendar, day - 1) + 1)


def workdays_between(calendar: Calendar, first: int, second: int) -> int:
    """How many workdays w there are with first < w <= second; negative when `second` lies before `first`."""
    return workdays_until(calendar, second) - workdays_until(calendar, first)


def workdays_until(calendar: Calendar, day: int) -> int:
    """How many workdays there are from `MONDAY` to a day, both included; negative for days before."""
    weeks, weekday = divmod(day - MONDAY, 7)
    ordinary = 5 * weeks + min(weekday + 1, 5)
    return ordinary - bisect_right(calendar.days_off, day) + bisect_right(calendar.make_up_days, day)


def room(calendar: Calendar, workdays: Interval) -> Interval:
    """The days from which so many workdays lead to a day inside the span; from outside they lead outside as well."""
    low, high = calendar.span.low, calendar.span.high
    if workdays.low < 0:
        low = add_workdays(calendar, low - 1, -workdays.low) + 1
    if workdays.high > 0:
        high = add_workdays(calendar, high + 1, -workdays.high) - 1
    return Interval(low, high)


def last_workday(calendar: Calendar) -> int:
    """The last workday of the span."""
    return add_workdays(calendar, calendar.span.high + 1, -1)


def covers(calendar: Calendar, interval: Interval) -> bool:
    """Whether the calendar knows every day of an interval."""
    return calendar.span.low <= interval.low and interval.high <= calendar.span.high


def _workday(calendar: Calendar, number: int) -> int:
    """The first day up to which there are so many workdays: at most twice as many days away as days are exceptions."""
    weeks, rest = divmod(number - 1, 5)
    ordinary = MONDAY + 7 * weeks + rest
    earliest = ordinary - 2 * len(calendar.make_up_days) - 7
    latest = ordinary + 2 * len(calendar.days_off) + 7
    days = range(earliest, latest + 1)
    return earliest + bisect_left(days, number, key=lambda day: workdays_until(calendar, day))
