"""Subjects that are wrong, to see that every evaluator refuses the same data for the same reasons.

A wrong subject is a valid one with up to three places spoiled: values of a wrong type, out of range or missing, unknown
fields and kinds of records, missing lists, records that are none.
"""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.core.subject import Period
from creditdsl.testing.setting import Integers
from creditdsl.testing.strategies import World, drawn_subject

Item = TypeVar("Item")
Spoiled = dict[str, object]

WAYS = ("value", "record", "missing", "unknown", "list", "no record")
WRONG_VALUES: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    10**19,
    -(10**30),
    "",
    "x",
    "-0.001",
    "1e3",
    "１２",
    "10%",
    "0.123456789",
    "2021-02-29",
    "2021-2-1",
    "2021-13",
    "2200-01-01",
    "9999999999999999999.99",
    0.5,
    1e300,
    float("nan"),
    float("inf"),
    [],
    {},
    "\ud800",
)
"""Each of them is wrong for most types; where one is valid after all, both evaluators must take it."""


def drawn_wrong_subject(integer: Integers, world: World, period: Period, as_of: date) -> Spoiled:
    """A subject spoiled in one to three places; a few of them are still valid."""
    subject: Spoiled = dict(drawn_subject(integer, world, world.setting(period, as_of)))
    for _ in range(integer(1, 3)):
        _spoil(integer, world.program, subject)
    return subject


def _spoil(integer: Integers, program: Program, subject: Spoiled) -> None:
    way = _pick(integer, WAYS)
    table = _pick(integer, program.records)
    match way:
        case "value":
            _spoil_field(integer, program.subject, subject)
        case "record" if table is not None:
            _spoil_record(integer, table, subject)
        case "missing":
            subject.pop(_pick(integer, sorted(subject)) or "", None)
        case "unknown":
            subject[_pick(integer, ("unknown", "未知", "")) or ""] = _pick(integer, (1, [], None))
        case "list" if table is not None:
            subject[table.name] = _pick(integer, ({}, "x", 1, None, True))
        case "no record" if table is not None:
            _records(subject, table).append(_pick(integer, (None, [], "x", 0)))


def _spoil_field(integer: Integers, table: InputTable, row: Spoiled) -> None:
    field = _pick(integer, table.fields)
    if field is not None:
        row[field.name] = _pick(integer, (*WRONG_VALUES, *_outside(field)))


def _spoil_record(integer: Integers, table: InputTable, subject: Spoiled) -> None:
    rows = [row for row in _records(subject, table) if isinstance(row, dict)]
    row = _pick(integer, rows)
    if row is None:
        _records(subject, table).append({})
    elif integer(0, 3):
        _spoil_field(integer, table, row)
    elif row:
        row.pop(_pick(integer, sorted(row)) or "")
    else:
        row["unknown"] = 1


def _records(subject: Spoiled, table: InputTable) -> list[object]:
    """The list of records in the subject, a new one when none stands there."""
    found = subject.get(table.name)
    if not isinstance(found, list):
        found = []
        subject[table.name] = found
    return found


def _outside(field: InputField) -> tuple[int, ...]:
    """Just outside the declared range, and just inside."""
    bounds = field.range
    return () if bounds is None else (bounds.low - 1, bounds.high + 1, bounds.low, bounds.high)


def _pick(integer: Integers, items: Sequence[Item]) -> Item | None:
    return items[integer(0, len(items) - 1)] if items else None


def drawn_wrong_run(integer: Integers, world: World) -> tuple[str, date, Spoiled]:
    """A period, an as-of day and a wrong subject."""
    period = world.periods[0]
    as_of = world.as_of(period)
    return period.text, as_of, drawn_wrong_subject(integer, world, period, as_of)
