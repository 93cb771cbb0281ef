"""The calendar of a policy as tables of an emitted module, and the list of workdays that is made of them.

In: what the module needs. Out: lines; none when no workday is counted. The tables have one line a year, with the days
as month and day, so that they can be read beside the notices that they come from.
"""

from collections.abc import Iterator
from datetime import date
from textwrap import wrap

from creditdsl.backends.python.expressions import Module
from creditdsl.backends.python.layout import WIDTH
from creditdsl.backends.python.names import comment_text
from creditdsl.core.calendar import date_of


def calendar_lines(module: Module) -> Iterator[str]:
    """The tables of weekdays without work and of weekend days with work."""
    for calendar, names in module.calendars.items():
        first, last = date_of(calendar.span.low), date_of(calendar.span.high)
        yield f"# The calendar `{comment_text(calendar.name)}` from {first} to {last}: Monday to Friday without work,"
        yield "# then Saturdays and Sundays with work."
        yield from _table(names.days_off, calendar.days_off)
        yield from _table(names.make_up_days, calendar.make_up_days)


def workday_lines(module: Module) -> Iterator[str]:
    """The list of workdays; it stands below `runtime_workdays.workdays_of`."""
    for calendar, names in module.calendars.items():
        ends = ", ".join(_day(date_of(end)) for end in (calendar.span.low, calendar.span.high))
        yield f"{names.workdays} = workdays_of({ends}, {names.days_off}, {names.make_up_days})"
        yield from ("", "")


def _table(name: str, days: tuple[int, ...]) -> Iterator[str]:
    years: dict[int, list[str]] = {}
    for day in map(date_of, days):
        years.setdefault(day.year, []).append(f"{day:%m-%d}")
    yield f"{name} = {{"
    for year, found in years.items():
        yield from _year(year, " ".join(found))
    yield "}"


def _year(year: int, days: str) -> Iterator[str]:
    """The entry of one year, over several lines where it is long."""
    line = f'    {year}: "{days}",'
    if len(line) <= WIDTH:
        yield line
        return
    *before, last = wrap(days, WIDTH - 20)
    yield f"    {year}: ("
    yield from (f'        "{part} "' for part in before)
    yield f'        "{last}"'
    yield "    ),"


def _day(day: date) -> str:
    return f"date({day.year}, {day.month}, {day.day})"
