"""The calendars that a policy can name: the one door to the package `chinese_calendar`.

In: a name. Out: the calendar as data of the core. The package holds what the State Council's yearly notices say of
statutory holidays and of the weekend days that are worked in return; it is imported when a policy names a calendar.

>>> day_of(date(2020, 1, 31)) in calendar_named("china").days_off
True
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from creditdsl.core.calendar import day_of
from creditdsl.core.ir import Calendar, Interval
from creditdsl.core.workdays import is_weekend

LAST_SETTLED = (12, 24)
"""Month and day up to which the notice for a year settles it.

The notice for the next year arranges the days around its 1 January: 29 December 2007 and 2018 were worked Saturdays.
"""


def calendar_names() -> tuple[str, ...]:
    """The names of all calendars."""
    return tuple(_CALENDARS)


def calendar_named(name: str) -> Calendar:
    """The calendar of one of the names; KeyError for any other."""
    return _CALENDARS[name]()


@cache
def _china() -> Calendar:
    """From the first year of the package to the last settled day of its last."""
    import chinese_calendar

    holidays: Mapping[date, str] = chinese_calendar.holidays
    worked: Mapping[date, str] = chinese_calendar.workdays
    span = Interval(
        day_of(date(min(holidays).year, 1, 1)),
        day_of(date(max(holidays).year, *LAST_SETTLED)),
    )
    days_off = _within(span, (day for day in map(day_of, holidays) if not is_weekend(day)))
    make_up_days = _within(span, (day for day in map(day_of, worked) if is_weekend(day)))
    return Calendar("china", span, days_off, make_up_days)


def _within(span: Interval, days: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(day for day in days if span.low <= day <= span.high))


_CALENDARS: dict[str, Callable[[], Calendar]] = {"china": _china}
