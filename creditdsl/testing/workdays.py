"""Where days of rest lie, for generated subjects: days moved by workdays, and the edges of holidays.

In: a calendar, or None for a policy without one. Out: days since 1970-01-01.
"""

from creditdsl.core.calendar import add_months
from creditdsl.core.ir import Calendar, Interval
from creditdsl.core.workdays import add_workdays, is_workday


def moved(day: int, calendar: Calendar | None, months: int, workdays: int) -> int:
    """A value moved by months, then by workdays; what is no day is moved by none."""
    if months:
        day = add_months(day, months)
    return day if calendar is None else add_workdays(calendar, day, workdays)


def rest_edges(calendar: Calendar | None, window: Interval) -> tuple[int, ...]:
    """The days in a window, both ends included, at which a holiday or a made-up weekend begins or ends."""
    if calendar is None:
        return ()
    exceptions = (*calendar.days_off, *calendar.make_up_days)
    near = {day + step for day in exceptions for step in (-1, 0, 1)}
    inside = sorted(day for day in near if window.low <= day <= window.high)
    return tuple(day for day in inside if _turns(calendar, day))


def _turns(calendar: Calendar, day: int) -> bool:
    """Whether the day before or the day after is of the other kind."""
    return len({is_workday(calendar, day + step) for step in (-1, 0, 1)}) == 2
