"""The scheme of scalar indicators as every contestant is given it, and its input as columns.

In: a number of indicators, of rows, and a seed. Out: a `Scheme` of whole numbers (tenths of a point), and a `Table` of
16-bit columns in one buffer, the same for the same arguments. Nothing but the standard library is needed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks import scheme_policy

SCALE = 10
"""Points are counted in tenths, as the policy's own decimals are."""
COSTLY_ROWS = 15
"""About how many indicators of a subject have units, however many there are."""
UNITS = (1, 2, 1, 3, 1, 7, 2, 30, 1, 12, 4, 1, 2, 5, 1, 200)
"""What the units of an indicator are when there are any: mostly few, sometimes beyond every cap."""
LARGEST, BEYOND_CAPS = 1000, 300
"""The most units that the policy takes, and enough for every cap but for no direct grade."""
DIRECT_UNITS = (40, 200, 150, 1)
"""With the 768 of three in the high byte: from none to all of the direct grades."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """It costs `points` tenths a unit, for `times` units at most."""

    field: str
    points: int
    times: int

    @property
    def cap(self) -> int:
        return self.points * self.times


@dataclass(frozen=True, slots=True)
class Direct:
    """Grade number `grade`, whatever the score is, when `field` is `least` or more; `code` names the rule."""

    code: str
    field: str
    least: int
    grade: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is graded. `grades` are the names, best first; `limits` the least score of each but the last, in tenths.

    The first of `directs` that holds decides, the worst grade first; the score does when none holds.
    """

    indicators: tuple[Indicator, ...]
    directs: tuple[Direct, ...]
    base: int
    floor: int
    grades: tuple[str, ...]
    limits: tuple[int, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(item.field for item in self.indicators)

    @property
    def heaviest(self) -> int:
        """What is deducted when every cap is reached, which decides how narrow the sums may be."""
        return sum(item.cap for item in self.indicators)


def scheme_of(count: int) -> Scheme:
    """The scheme of `scheme_policy.policy_text(count, "scalar")`."""
    rows = scheme_policy.indicators(count)
    grades = tuple(name for name, _ in scheme_policy.GRADES)
    directs = [
        Direct(item.code, item.indicator.field, item.least, grades.index(item.grade))
        for item in scheme_policy.directs(rows)
    ]
    return Scheme(
        tuple(Indicator(row.field, int(row.points * SCALE), int(row.cap / row.points)) for row in rows),
        tuple(sorted(directs, key=lambda item: -item.grade)),
        scheme_policy.BASE * SCALE,
        scheme_policy.FLOOR * SCALE,
        grades,
        tuple(least * SCALE for _, least in scheme_policy.GRADES if least is not None),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """One 16-bit column a field, of the first `rows` rows of a buffer in which each column has `stride` rows."""

    fields: tuple[str, ...]
    rows: int
    stride: int
    buffer: bytearray

    def column(self, field: str) -> memoryview:
        """The values of a field, without a copy."""
        first = 2 * self.fields.index(field) * self.stride
        return memoryview(self.buffer)[first : first + 2 * self.rows].cast("h")

    def first(self, rows: int) -> "Table":
        """The first rows alone, without a copy."""
        return Table(self.fields, min(rows, self.rows), self.stride, self.buffer)

    def subjects(self) -> list[dict[str, int]]:
        """Each row as a dictionary, as JSON would give it."""
        columns = [self.column(field).tolist() for field in self.fields]
        return [dict(zip(self.fields, row, strict=True)) for row in zip(*columns, strict=True)]

    def key(self, row: int) -> str:
        """A code of 18 characters for a row."""
        return f"91150{row:013}"


def table_of(scheme: Scheme, rows: int, seed: int = 2021) -> Table:
    """Units for so many subjects: about fifteen indicators of each have some, and a few are beyond every cap."""
    draw = random.Random(seed)
    directs = {item.field for item in scheme.directs}
    buffer = bytearray(2 * rows * len(scheme.fields))
    common = max(2, min(128, 256 * COSTLY_ROWS // len(scheme.fields)))
    for number, field in enumerate(scheme.fields):
        low, high = _units(number, common), bytes(256)
        if field in directs:
            low = bytes(252) + bytes(DIRECT_UNITS) if common < 64 else low[:252] + bytes(DIRECT_UNITS)
            high = bytes(248) + bytes((3, 3, 3, 3, 3, 3, 1, 2))
        elif number % 8 == 0:
            high = bytes(255) + bytes((1 + number // 8 % 3,))
        first = 2 * rows * number
        buffer[first : first + 2 * rows : 2] = draw.randbytes(rows).translate(low)
        if any(high):
            buffer[first + 1 : first + 2 * rows : 2] = draw.randbytes(rows).translate(high)
    table = Table(scheme.fields, rows, rows, buffer)
    for row, units in zip(range(rows), _corners(scheme), strict=False):
        for field in scheme.fields:
            table.column(field)[row] = units.get(field, units[""])
    return table


def _corners(scheme: Scheme) -> Iterator[dict[str, int]]:
    """Units of the first subjects, which every contestant grades; the empty name stands for all other fields.

    Nothing at all, everything; and each direct grade just reached and just missed, with the best and with the worst score.
    """
    yield {"": 0}
    yield {"": LARGEST}
    for item in scheme.directs:
        for others in (0, BEYOND_CAPS):
            yield {"": others, item.field: item.least}
            yield {"": others, item.field: item.least - 1}


def _units(number: int, common: int) -> bytes:
    """The low byte for each random byte: zero for all but `common` of them."""
    units = (UNITS[(number * 5 + place) % len(UNITS)] for place in range(common))
    return bytes(256 - common) + bytes(units)
