"""The times that decide on a text: days, periods, and the moment of an evaluation. Data alone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from creditdsl.syntax import tree

DAY = timedelta(1)
LAST_MONTH = date(9999, 12, 1)


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """From the first to the last day, both included; `date.min` and `date.max` stand for an open side."""

    first: date = date.min
    last: date = date.max

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def within(self, other: "Days") -> "Days | None":
        """The days in both, None when there are none."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Days(first, last) if first <= last else None


ALWAYS = Days()


@dataclass(frozen=True, slots=True)
class Moment:
    """The two days that decide on the text of an evaluation, and the administrative division, None for the nation.

    The text in force on a day is the one with that day as both.
    """

    period_end: date
    as_of: date
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Evaluations of one text: their periods end on one of `ends` and they are made on one of `made`.

    `amendments` are those in the text, in the order in which they are made.
    """

    ends: Days
    made: Days
    jurisdiction: str | None
    amendments: tuple[tree.Amend, ...]

    def takes(self, moment: Moment) -> bool:
        return moment.period_end in self.ends and moment.as_of in self.made


@dataclass(frozen=True, slots=True)
class Area:
    """The rectangle of an amendment."""

    ends: Days
    made: Days


def days_of(validity: tree.Validity | None) -> Days:
    if validity is None:
        return ALWAYS
    return Days(validity.start or date.min, validity.end or date.max)


def is_monthly(policy: tree.Policy) -> bool:
    return bool(policy.periods) and policy.periods[0].text == "month"


def period_days(period: tree.PeriodLiteral, *, monthly: bool) -> Days | None:
    """The first and the last day of an assessment period; None when it is not of the policy's length, or no year."""
    match period:
        case tree.Number(digits=year, places=0) if not monthly and date.min.year <= year < date.max.year:
            return Days(date(year, 1, 1), date(year, 12, 31))
        case tree.MonthLiteral(year=year, month=month) if monthly and year < date.max.year:
            return Days(date(year, month, 1), month_end(date(year, month, 1)))
        case _:
            return None


def period_named(text: str, policy: tree.Policy) -> Days | None:
    """The days of the period that `2020` or `2020-11` names; None when it is none of the policy's length."""
    found = re.fullmatch(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?", text)
    if found is None:
        return None
    year = int(found[1])
    written = tree.Number(year, 0) if found[2] is None else tree.MonthLiteral(year, int(found[2]))
    if year < 1:
        return None
    return period_days(written, monthly=is_monthly(policy))


def period_around(day: date, *, monthly: bool) -> Days:
    """The assessment period in which a day lies."""
    if not monthly:
        return Days(date(day.year, 1, 1), date(day.year, 12, 31))
    first = date(day.year, day.month, 1)
    return Days(first, month_end(first) if first < LAST_MONTH else date.max)


def month_end(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) - DAY
