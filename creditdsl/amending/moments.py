"""The times that decide on a text: days, periods, and the moment of an evaluation. Data alone."""

from collections.abc import Sequence
from datetime import date, timedelta

from creditdsl.core.ir import PeriodKind
from creditdsl.core.periods import WrittenPeriod, period_around, written_period
from creditdsl.frozen import dataclass
from creditdsl.syntax import tree

DAY = timedelta(1)


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


def period_kinds(policy: tree.Policy) -> tuple[PeriodKind, ...]:
    """The lengths of the policy's assessment periods."""
    return tuple(dict.fromkeys(PeriodKind(item.text) for item in policy.periods)) or (PeriodKind.YEAR,)


def period_days(period: tree.PeriodLiteral, kinds: Sequence[PeriodKind]) -> Days | None:
    """The first and the last day of an assessment period; None when it is of none of these lengths, or no year."""
    match period:
        case tree.Number(digits=year, places=0):
            written = WrittenPeriod(PeriodKind.YEAR, year, 1)
        case tree.QuarterLiteral(year=year, quarter=quarter):
            written = WrittenPeriod(PeriodKind.QUARTER, year, quarter * 3 - 2)
        case tree.MonthLiteral(year=year, month=month):
            written = WrittenPeriod(PeriodKind.MONTH, year, month)
        case _:
            return None
    return _days(written) if written.kind in kinds else None


def period_named(text: str, policy: tree.Policy) -> Days | None:
    """The days of the period that `2020`, `2020-Q1` or `2020-11` names; None when it has none of the policy's lengths."""
    found = written_period(text, period_kinds(policy))
    return None if found is None else _days(found)


def _days(period: WrittenPeriod) -> Days | None:
    return Days(period.start, period.end) if date.min.year <= period.year < date.max.year else None


def periods_around(day: date, kinds: Sequence[PeriodKind]) -> tuple[Days, ...]:
    """The assessment period in which a day lies, one of each length."""
    found = (period_around(day, kind) for kind in kinds)
    return tuple(Days(period.start, period.end) for period in found)
