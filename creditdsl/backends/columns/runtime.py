"""What every emitted module consists of beside its policy; it is copied into the module, with the names that it uses.

In: columns, as NumPy arrays. Out: columns. Integers wrap and nothing faults, whatever stands in rows whose value nobody
asks for; where a value is asked for, the compiler has proved that it fits. Records are in the order of their subjects, and
`owners` has the position of each one's subject, ascending.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.generic]
Integers = NDArray[np.integer]
Truths = NDArray[np.bool_]
Given = Column | tuple[Column, Column]
"""A column; one that may be absent is a pair of values and whether they are present."""
Value = Column | int
Table = tuple[Integers, dict[str, Given]]
"""The records of one kind: where those of each subject start, and their columns."""
Schema = dict[str, tuple[type[np.generic], bool]]
"""The type of each column by name, and whether it is such a pair."""


# Results


@dataclass
class Finding:
    """An indicator that fired: its position in the plan, the subjects' positions, and a value for each of them."""

    position: int
    rows: Integers
    count: Column
    points: Column
    points_after: Column


@dataclass
class Measure:
    """A measure that applies: its position in the plan, the subjects' positions, and a column for each grant that has a value."""

    position: int
    rows: Integers
    grants: tuple[Given | None, ...]


class Details:
    """What of findings and measures one block of subjects has: only the rows that have any."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.findings: dict[int, Finding] = {}
        self.measures: dict[int, Measure] = {}

    def finding(self, position: int, fires: Truths, count: Value, points: Value, points_after: Value) -> None:
        rows = np.flatnonzero(fires)
        if rows.size:
            columns = (taken(column, rows) for column in (count, points, points_after))
            self.findings[position] = Finding(position, rows + self.first, *columns)

    def measure(self, position: int, holds: Truths, *grants: Value | tuple[Value, Value] | None) -> None:
        rows = np.flatnonzero(holds)
        if rows.size:
            found = (None if grant is None else taken_pair(grant, rows) for grant in grants)
            self.measures[position] = Measure(position, rows + self.first, tuple(found))


def taken(column: Value, rows: Integers) -> Column:
    """Some rows of a column; a number stands for a column of it."""
    return column[rows] if isinstance(column, np.ndarray) else np.full(rows.size, column)


def taken_pair(grant: Value | tuple[Value, Value], rows: Integers) -> Given:
    """Some rows of a column, or of both columns of a pair."""
    if isinstance(grant, tuple):
        return taken(grant[0], rows), taken(grant[1], rows)
    return taken(grant, rows)


@dataclass
class Scored:
    """`columns` has the heading of the result, by name of the definition."""

    columns: dict[str, Given]
    details: list[Details] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        """The indicators that fired anywhere, in the order of the policy."""
        for position in sorted({position for part in self.details for position in part.findings}):
            found = [part.findings[position] for part in self.details if position in part.findings]
            rows = (item.rows for item in found)
            columns = (
                [item.count for item in found],
                [item.points for item in found],
                [item.points_after for item in found],
            )
            yield Finding(position, np.concatenate([*rows]), *(np.concatenate(column) for column in columns))

    def measures(self) -> Iterator[Measure]:
        """The measures that apply anywhere, in the order of the policy."""
        for position in sorted({position for part in self.details for position in part.measures}):
            found = [part.measures[position] for part in self.details if position in part.measures]
            grants = tuple(joined(parts) for parts in zip(*(item.grants for item in found)))
            yield Measure(position, np.concatenate([item.rows for item in found]), grants)


def joined(parts: tuple[Given | None, ...]) -> Given | None:
    """Columns of several blocks, one below the other; None stays None, a pair a pair."""
    values = [part if isinstance(part, np.ndarray) else part[0] for part in parts if part is not None]
    presence = [part[1] for part in parts if isinstance(part, tuple)]
    if not values:
        return None
    return (np.concatenate(values), np.concatenate(presence)) if presence else np.concatenate(values)


# A run


Block = Callable[[int, dict[str, Given], dict[str, "Records"], dict[str, Given], Details | None], None]
"""Scores one block: its size, the columns of subjects, the records, the columns to fill, and where details go."""
BLOCK = 32_768
"""How many subjects a block has; an emitted module has a number of its own."""


class Records:
    """The records of one table for one block of subjects."""

    def __init__(self, table: Table, first: int, last: int) -> None:
        starts, self.columns = table
        self.rows = slice(int(starts[first]), int(starts[last]))
        self.owner = np.repeat(np.arange(last - first), np.diff(starts[first : last + 1]))

    def __getitem__(self, name: str) -> Given:
        return part_of(self.columns[name], self.rows)


def part_of(column: Given, rows: slice) -> Given:
    """Some rows of a column, or of both columns of a pair."""
    return (column[0][rows], column[1][rows]) if isinstance(column, tuple) else column[rows]


def checked(columns: dict[str, Given], schema: Schema) -> tuple[dict[str, Given], int | None]:
    """The columns of a schema and their length; TypeError for one of another type, KeyError for one that is missing."""
    found: dict[str, Given] = {}
    size: int | None = None
    for name, (dtype, optional) in schema.items():
        column = columns[name]
        values, present = column if isinstance(column, tuple) else (column, None)
        if (
            values.dtype != dtype
            or (present is not None) != optional
            or (present is not None and present.dtype != np.bool_)
        ):
            raise TypeError(f"{name} is not a {'pair of columns' if optional else 'column'} of {dtype.__name__}")
        if size is not None and len(values) != size:
            raise ValueError(f"{name} has {len(values)} rows instead of {size}")
        found[name], size = column, len(values)
    return found, size


def checked_tables(
    records: dict[str, Table], schemas: dict[str, Schema], size: int | None
) -> tuple[dict[str, Table], int | None]:
    """The tables of a schema, and how many subjects there are; ValueError where a table has another number of them."""
    found: dict[str, Table] = {}
    for name, schema in schemas.items():
        starts, columns = records[name]
        size = len(starts) - 1 if size is None else size
        found[name] = (starts, checked(columns, schema)[0])
        if len(starts) - 1 != size:
            raise ValueError(f"{name} has records of {len(starts) - 1} subjects instead of {size}")
    return found, size


def run(
    block: Block,
    subject: dict[str, Given],
    records: dict[str, Table],
    schema: Schema,
    options: tuple[int | None, bool, int],
) -> Scored:
    """The result of all blocks; `options` are how many subjects there are, whether details are wanted, and how many threads."""
    size, detailed, threads = options
    if size is None:
        raise ValueError("without any column, `size` says how many subjects there are")
    columns: dict[str, Given] = {
        name: (np.empty(size, dtype), np.empty(size, np.bool_)) if optional else np.empty(size, dtype)
        for name, (dtype, optional) in schema.items()
    }

    def one(ends: tuple[int, int]) -> Details | None:
        first, last = ends
        rows = slice(first, last)
        details = Details(first) if detailed else None
        tables = {name: Records(table, first, last) for name, table in records.items()}
        given = {name: part_of(column, rows) for name, column in subject.items()}
        out = {name: part_of(column, rows) for name, column in columns.items()}
        with np.errstate(all="ignore"):
            block(last - first, given, tables, out, details)
        return details

    ends = list(blocks(size, [starts for starts, _ in records.values()]))
    if threads > 1 and len(ends) > 1:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(one, ends))
    else:
        parts = [one(item) for item in ends]
    return Scored(columns, [part for part in parts if part is not None])


def blocks(size: int, tables: list[Integers]) -> Iterator[tuple[int, int]]:
    """First and last of each block: at most BLOCK subjects, and at most 4 * BLOCK records where a subject does not have more."""
    waiting = [(first, min(size, first + BLOCK)) for first in range(0, size, BLOCK)][::-1]
    while waiting:
        first, last = waiting.pop()
        records = max((int(starts[last] - starts[first]) for starts in tables), default=0)
        if records > 4 * BLOCK and last - first > 1:
            middle = (first + last) // 2
            waiting += [(middle, last), (first, middle)]
        else:
            yield first, last
