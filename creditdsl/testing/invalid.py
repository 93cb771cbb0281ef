"""Subjects that are wrong, to see that every evaluator refuses the same data for the same reasons.

A wrong subject is a valid one with up to three places spoiled: values of a wrong type, out of range or missing, unknown
fields and kinds of records, missing lists, records that are none.
"""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from hypothesis import strategies
from hypothesis.strategies import DrawFn, SearchStrategy

from creditdsl.core.ir import InputField, InputTable, Program
from creditdsl.core.subject import Period
from creditdsl.testing.strategies import World, valid_subjects

Item = TypeVar("Item")
Spoiled = dict[str, object]

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


@strategies.composite
def invalid_subjects(draw: DrawFn, world: World, period: Period, as_of: date) -> Spoiled:
    """Subjects spoiled in one to three places; a few of them are still valid."""
    subject: Spoiled = dict(draw(valid_subjects(world, period, as_of)))
    for _ in range(draw(strategies.integers(1, 3))):
        _spoil(draw, world.program, subject)
    return subject


def _spoil(draw: DrawFn, program: Program, subject: Spoiled) -> None:
    way = draw(strategies.sampled_from(("value", "record", "missing", "unknown", "list", "no record")))
    table = _pick(draw, program.records)
    match way:
        case "value":
            _spoil_field(draw, program.subject, subject)
        case "record" if table is not None:
            _spoil_record(draw, table, subject)
        case "missing":
            subject.pop(draw(strategies.sampled_from(sorted(subject))), None) if subject else None
        case "unknown":
            subject[draw(strategies.sampled_from(("unknown", "未知", "")))] = draw(
                strategies.sampled_from((1, [], None))
            )
        case "list" if table is not None:
            subject[table.name] = draw(strategies.sampled_from(({}, "x", 1, None, True)))
        case "no record" if table is not None:
            _records(subject, table).append(draw(strategies.sampled_from((None, [], "x", 0))))


def _spoil_field(draw: DrawFn, table: InputTable, row: Spoiled) -> None:
    field = _pick(draw, table.fields)
    if field is not None:
        row[field.name] = draw(strategies.sampled_from((*WRONG_VALUES, *_outside(field))))


def _spoil_record(draw: DrawFn, table: InputTable, subject: Spoiled) -> None:
    rows = [row for row in _records(subject, table) if isinstance(row, dict)]
    row = _pick(draw, rows)
    if row is None:
        _records(subject, table).append({})
    elif draw(strategies.integers(0, 3)):
        _spoil_field(draw, table, row)
    elif row:
        row.pop(draw(strategies.sampled_from(sorted(row))))
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


def _pick(draw: DrawFn, items: Sequence[Item]) -> Item | None:
    return draw(strategies.sampled_from(items)) if items else None


def wrong_subjects(world: World) -> SearchStrategy[tuple[str, date, Spoiled]]:
    """A period, an as-of day and a wrong subject."""
    period = world.periods[0]
    as_of = world.as_of(period)
    return invalid_subjects(world, period, as_of).map(lambda subject: (period.text, as_of, subject))
