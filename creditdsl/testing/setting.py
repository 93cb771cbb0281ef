"""What a field may hold in one assessment period: the values to try and an ordinary value for each field.

A `Setting` belongs to one program, period and as-of day. Values are those of the core: integers at the scale of the
type, days since 1970-01-01, names of choices, None for absent.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from creditdsl.core.calendar import add_months, month_of
from creditdsl.core.intervals import INPUT_DAYS, INPUT_MONTHS
from creditdsl.core.ir import ContextDay, InputField, InputTable, Interval, Program, Value
from creditdsl.core.subject import RunContext
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, plain
from creditdsl.testing.landmarks import FieldKey, Landmarks
from creditdsl.testing.workdays import rest_edges

Row = dict[str, Value]
Item = TypeVar("Item")
Integers = Callable[[int, int], int]
"""Draws a whole number between two, both included; the first is the simplest."""

TEXTS = ("甲", "乙", "丙")
SUBJECT_KEY = "S1"
UNBOUNDED = 10**12
"""How far a number without a declared range is tried."""


class Setting:
    """The values to try for every field of `program` in one run."""

    def __init__(self, program: Program, run: RunContext, known: dict[FieldKey, Landmarks]) -> None:
        self.run = run
        self.days = {day: run.day(day) for day in ContextDay}
        self.tables: dict[str | None, InputTable] = {None: program.subject}
        self.tables.update({table.name: table for table in program.records})
        self._program = program
        self._values = {
            (name, field.name): self._tried(field, known[name, field.name])
            for name, table in self.tables.items()
            for field in table.fields
        }

    def ordinary(self, table: str | None, field: str) -> Value:
        """The most ordinary value of a field, present even where it may be absent."""
        return self._values[table, field][0]

    def drawn(self, integer: Integers, table: str | None, field: str) -> Value:
        """A value of a field: absent, a landmark, or anything in its range."""
        declared, values = self.field(table, field), self._values[table, field]
        way = integer(0, 5)
        if way == 0 and isinstance(declared.type, Optional):
            return None
        if way >= 4 and isinstance(plain(declared.type), Number | Day):
            bounds = self._usual(declared)
            return integer(bounds.low, bounds.high)
        return values[integer(0, len(values) - 1)]

    def values(self, table: str | None, field: str) -> tuple[Value, ...]:
        """The landmarks of a field, absence not among them."""
        return self._values[table, field]

    def field(self, table: str | None, name: str) -> InputField:
        return self.tables[table].field(name)

    def plain_row(self, table: str | None) -> Row:
        """A row of ordinary values, absent where a field may be absent."""
        return {
            field.name: None if isinstance(field.type, Optional) else self.ordinary(table, field.name)
            for field in self.tables[table].fields
        }

    def clamp(self, field: InputField, value: int) -> int:
        bounds = self.bounds(field)
        return min(max(value, bounds.low), bounds.high)

    def bounds(self, field: InputField) -> Interval:
        """The range of a number, a day or a month."""
        if field.range is not None:
            return field.range
        if isinstance(plain(field.type), Day):
            return INPUT_DAYS
        if isinstance(plain(field.type), Month):
            return INPUT_MONTHS
        return Interval(-UNBOUNDED, UNBOUNDED)

    def _tried(self, field: InputField, known: Landmarks) -> tuple[Value, ...]:
        if field.key:
            return (SUBJECT_KEY,)
        match plain(field.type):
            case Truth():
                return (False, True)
            case Number():
                bounds = self.bounds(field)
                return self._within(field, (self.clamp(field, 0), *known.values, bounds.low, bounds.high))
            case Day():
                near = (add_months(self.days[day], months) + days for day, months, days in known.distances)
                edges = rest_edges(self._program.calendar, self._around()) if known.counted else ()
                return self._within(field, (*near, *known.values, *edges))
            case Month():
                months = (month_of(self.days[day] + days) for day, _, days in known.distances)
                return self._within(field, (*months, *known.values))
            case Choice(enum=enum):
                named = [value for value in known.values if isinstance(value, str)]
                return (*self._program.enum(enum).names, *named)
            case Text():
                return (*TEXTS, *known.values)

    def _around(self) -> Interval:
        """The run's days with a month before and after."""
        return Interval(min(self.days.values()) - 31, max(self.days.values()) + 31)

    def _within(self, field: InputField, values: tuple[int | str, ...]) -> tuple[Value, ...]:
        bounds = self.bounds(field)
        inside = tuple(value for value in values if isinstance(value, int) and bounds.low <= value <= bounds.high)
        return tuple(dict.fromkeys(inside)) or (bounds.low,)

    def _usual(self, field: InputField) -> Interval:
        """The range of a number; for a day, from a year before the period to two months after the as-of day."""
        if isinstance(plain(field.type), Number):
            return self.bounds(field)
        first = self.clamp(field, self.days[ContextDay.PERIOD_START] - 400)
        return Interval(first, self.clamp(field, max(self.days.values()) + 60))


def few(integer: Integers, items: Sequence[Item], most: int) -> list[Item]:
    """At most so many of the items, with repetition; none when there are none."""
    return [items[integer(0, len(items) - 1)] for _ in range(integer(0, most))] if items else []
