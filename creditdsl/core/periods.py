"""Assessment periods as they are written: `2020`, `2020-Q1`, `2020-11`.

In: a text, or a year and a month. Out: which length a text has, and the first and last day of a period. No length is
written like another one, so that a policy with several lengths needs no word for which one is meant.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from creditdsl.core.ir import AddDays, Constant, ContextDay, ContextField, MonthsBetween, PeriodKind
from creditdsl.core.types import Number, Unit
from creditdsl.frozen import dataclass

MONTHS = {PeriodKind.YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
EXAMPLES = {PeriodKind.YEAR: "2020", PeriodKind.QUARTER: "2020-Q1", PeriodKind.MONTH: "2020-11"}
PERIOD_MONTHS = MonthsBetween(
    ContextField(ContextDay.PERIOD_START),
    AddDays(ContextField(ContextDay.PERIOD_END), Constant(1, Number(Unit.DAYS))),
    Number(Unit.NUMBER),
)
"""The length of the assessment period of a run: 12, 3 or 1."""
WRITTEN = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class WrittenPeriod:
    """A period by its length, its year (from 0) and its first month (from 1)."""

    kind: PeriodKind
    year: int
    month: int

    @property
    def text(self) -> str:
        """
        >>> WrittenPeriod(PeriodKind.QUARTER, 2020, 4).text, WrittenPeriod(PeriodKind.MONTH, 2020, 4).text
        ('2020-Q2', '2020-04')
        """
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.year:04}"
            case PeriodKind.QUARTER:
                return f"{self.year:04}-Q{(self.month + 2) // 3}"
            case PeriodKind.MONTH:
                return f"{self.year:04}-{self.month:02}"

    @property
    def start(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        last = self.month + MONTHS[self.kind] - 1
        return date(self.year, last, monthrange(self.year, last)[1])


def written_period(text: str, kinds: Iterable[PeriodKind]) -> WrittenPeriod | None:
    """The period that a text names, None when it names none of these lengths.

    >>> written_period("2020-Q2", [PeriodKind.YEAR, PeriodKind.QUARTER]).end
    datetime.date(2020, 6, 30)
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    year, quarter, month = found.groups()
    kind = PeriodKind.QUARTER if quarter else PeriodKind.MONTH if month else PeriodKind.YEAR
    first = int(quarter) * 3 - 2 if quarter else int(month or 1)
    return WrittenPeriod(kind, int(year), first) if kind in kinds else None


def period_around(day: date, kind: PeriodKind) -> WrittenPeriod:
    """The period of a length in which a day lies."""
    months = MONTHS[kind]
    return WrittenPeriod(kind, day.year, (day.month - 1) // months * months + 1)


def shortest(kinds: Iterable[PeriodKind]) -> PeriodKind:
    """The shortest of some lengths, into which the others fall."""
    return min(kinds, key=MONTHS.__getitem__)
