"""What the ranges of a program prove: no total leaves 64 bits, no divisor is zero, no day leaves the calendar.

The door to `type_of`, `interval_of`, `range_of` and `narrow` too; how intervals are computed is in `core.intervals`.
"""

from collections.abc import Iterable, Iterator

from creditdsl.core.calendar import FIRST_DATE, FIRST_MONTH, LAST_DATE, LAST_MONTH
from creditdsl.core.intervals import INT64, facts_of, interval_of, narrow, range_of
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    And,
    Choose,
    Constant,
    DaysBetween,
    Definition,
    DivideRounded,
    Enumeration,
    Expression,
    InputTable,
    Interval,
    IsPresent,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    Or,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    WorkdaysBetween,
)
from creditdsl.core.known import Facts, Known, Narrowed
from creditdsl.core.periods import MONTHS, PERIOD_MONTHS
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, plain
from creditdsl.core.walk import children, walk
from creditdsl.core.workdays import covers

__all__ = [
    "Facts",
    "Known",
    "Narrowed",
    "facts_of",
    "fits",
    "fits_64_bits",
    "interval_of",
    "known_inputs",
    "may_overflow",
    "narrow",
    "overflowing",
    "places",
    "presences",
    "range_of",
    "stated_interval",
    "type_of",
    "uncovered",
    "zero_divisions",
]


ARITHMETIC: frozenset[type[Expression]] = frozenset(
    {
        Constant,
        Add,
        Subtract,
        Multiply,
        Negate,
        DivideRounded,
        AddDays,
        AddMonths,
        AddWorkdays,
        RollForward,
        DaysBetween,
        MonthsBetween,
        WorkdaysBetween,
        Aggregate,
    }
)
"""What makes a number or a day that is none of its operands."""


def known_inputs(
    subject: InputTable, records: Iterable[InputTable], enums: Iterable[Enumeration]
) -> dict[Expression, Interval]:
    """What the schema alone says: the interval of every field, and the ordinal of every value of every enum; and how long a
    period is.
    """
    enums = tuple(enums)
    sizes = {enum.name: len(enum.values) for enum in enums}
    known: dict[Expression, Interval] = {
        Constant(name, Choice(enum.name)): Interval(position, position)
        for enum in enums
        for position, name in enumerate(enum.names)
    }
    known[PERIOD_MONTHS] = Interval(min(MONTHS.values()), max(MONTHS.values()))
    for table in (subject, *records):
        for item in table.fields:
            type_ = plain(item.type)
            interval = Interval(0, sizes[type_.enum] - 1) if isinstance(type_, Choice) else item.range
            if interval is not None:
                of_subject = table is subject
                leaf = (
                    SubjectField(item.name, item.type) if of_subject else RecordField(table.name, item.name, item.type)
                )
                known[leaf] = interval
    return known


def stated_interval(definition: Definition, enums: Iterable[Enumeration]) -> Interval | None:
    """The interval that a definition states: its range, or the ordinals of the enum that it is of."""
    type_ = plain(definition.type)
    if isinstance(type_, Choice):
        return next(Interval(0, len(enum.values) - 1) for enum in enums if enum.name == type_.enum)
    return definition.range


def fits_64_bits(interval: Interval) -> bool:
    """Whether every value of the interval is a signed 64-bit integer."""
    return INT64.low <= interval.low and interval.high <= INT64.high


def presences(condition: Expression, *, holds: bool) -> frozenset[Expression]:
    """The optional expressions that are present when a condition holds (or does not hold)."""
    if isinstance(condition, IsPresent):
        return frozenset((condition.operand,)) if holds else frozenset()
    if isinstance(condition, Not):
        return presences(condition.operand, holds=not holds)
    if not isinstance(condition, And | Or):
        return frozenset()
    if holds == isinstance(condition, And):
        return frozenset().union(*(presences(operand, holds=holds) for operand in condition.operands))
    # One operand decided it, so every operand before it was the other way round.
    before: frozenset[Expression] = frozenset()
    ways = []
    for operand in condition.operands:
        ways.append(before | presences(operand, holds=holds))
        before |= presences(operand, holds=not holds)
    return ways[0].intersection(*ways[1:])


def overflowing(expression: Expression, known: Known) -> tuple[Expression, ...]:
    """The sub-expressions that may leave 64 bits, or years 1 to 9999 for days and months; innermost first."""
    if not may_overflow(expression, known):
        return ()
    found = [part for part, facts in places(expression, known) if not fits(part, facts)]
    return tuple(dict.fromkeys(found))


def may_overflow(expression: Expression, known: Known) -> bool:
    """Whether a sub-expression may leave its bounds when nothing that guards it is looked at; a quick no is a sure one.

    Only arithmetic can: what is chosen, compared or read from input lies where its operands do.
    """
    known = known if isinstance(known, Narrowed) else Narrowed(known, {})
    if expression in known.bounded:
        return False
    if any(type(part) in ARITHMETIC and not fits(part, known) for part in walk(expression)):
        return True
    known.bounded.add(expression)
    return False


def zero_divisions(expression: Expression, known: Known) -> tuple[DivideRounded, ...]:
    """The divisions under an expression whose divisor may be 0."""
    return tuple(
        part
        for part, facts in places(expression, known)
        if isinstance(part, DivideRounded) and _may_be_zero(interval_of(part.divisor, facts))
    )


def uncovered(expression: Expression, known: Known) -> tuple[Expression, ...]:
    """The days in the workday arithmetic under an expression, given or found, that the calendar may not cover."""
    found: list[Expression] = []
    for part, facts in places(expression, known):
        calendar = part.calendar if isinstance(part, AddWorkdays | RollForward | WorkdaysBetween) else None
        if calendar is not None:
            found += (day for day in _days(part) if not covers(calendar, interval_of(day, facts)))
    return tuple(dict.fromkeys(found))


def _days(arithmetic: Expression) -> tuple[Expression, ...]:
    """The days that workday arithmetic is given, and the one that it finds."""
    match arithmetic:
        case AddWorkdays(day) | RollForward(day):
            return (day, arithmetic)
        case WorkdaysBetween(first, second):
            return (first, second)
        case _:
            return ()


def _may_be_zero(interval: Interval) -> bool:
    return interval.low <= 0 <= interval.high


def fits(expression: Expression, known: Known) -> bool:
    """Whether every value of an expression is in 64 bits; for days and months, in years 1 to 9999."""
    type_ = plain(type_of(expression))
    if isinstance(expression, Constant) and isinstance(expression.value, int) and isinstance(type_, Number):
        # Most of what is asked about, and no interval is needed for it.
        return INT64.low <= expression.value <= INT64.high
    match type_:
        case Number():
            return fits_64_bits(interval_of(expression, known))
        case Day():
            interval = interval_of(expression, known)
            return FIRST_DATE <= interval.low and interval.high <= LAST_DATE
        case Month():
            interval = interval_of(expression, known)
            return FIRST_MONTH <= interval.low and interval.high <= LAST_MONTH
        case Truth() | Choice() | Text():
            return True


def places(expression: Expression, known: Known) -> Iterator[tuple[Expression, Known]]:
    """Every sub-expression with what is known where it is evaluated, innermost first."""
    if isinstance(expression, And | Or):
        yield from _operand_places(expression, known)
    elif isinstance(expression, Choose):
        yield from _branch_places(expression, known)
    elif isinstance(expression, Aggregate):
        yield from _record_places(expression, known)
    else:
        for child in children(expression):
            yield from places(child, known)
    yield expression, known


def _operand_places(expression: And | Or, known: Known) -> Iterator[tuple[Expression, Known]]:
    for operand in expression.operands:
        yield from places(operand, known)
        known = narrow(operand, known, holds=isinstance(expression, And))


def _branch_places(choice: Choose, known: Known) -> Iterator[tuple[Expression, Known]]:
    for branch in choice.branches:
        yield from places(branch.when, known)
        yield from places(branch.then, narrow(branch.when, known, holds=True))
        known = narrow(branch.when, known, holds=False)
    yield from places(choice.otherwise, known)


def _record_places(aggregate: Aggregate, known: Known) -> Iterator[tuple[Expression, Known]]:
    if aggregate.start is not None:
        yield from places(aggregate.start, known)
    yield from places(aggregate.where, known)
    matching = narrow(aggregate.where, known, holds=True)
    for part in (*(() if aggregate.value is None else (aggregate.value,)), *aggregate.keys):
        yield from places(part, matching)
