"""What one run is given: a subject whose values are checked and scaled, the assessment period and the as-of date."""

from collections.abc import Mapping
from datetime import date

from creditdsl.core.calendar import day_of
from creditdsl.core.ir import ContextDay, Value
from creditdsl.frozen import dataclass

Record = Mapping[str, Value]
"""The fields of one record by name, as values of the core; every field of its table is there."""


@dataclass(frozen=True, slots=True)
class LoadedSubject:
    """A valid subject: its fields by name, and the records of every table in the order of the input."""

    fields: Mapping[str, Value]
    records: Mapping[str, tuple[Record, ...]]


@dataclass(frozen=True, slots=True)
class Period:
    """An assessment period as written (`2020`, `2020-Q1`, `2020-11`), with its first and last day."""

    text: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class RunContext:
    """For which period a subject is assessed, and on which day the question is asked."""

    period: Period
    as_of: date

    def day(self, name: ContextDay) -> int:
        """A day of the run, as days since 1970-01-01."""
        match name:
            case ContextDay.PERIOD_START:
                return day_of(self.period.start)
            case ContextDay.PERIOD_END:
                return day_of(self.period.end)
            case ContextDay.AS_OF:
                return day_of(self.as_of)
