"""Interval arithmetic over expressions, and what a condition says about intervals.

In: an expression and the intervals of what it reads (`known`). Out: exact intervals on Python integers that contain
every value the expression can have; they may contain more. A Choice has the interval of its ordinals, a Truth one of
0..1, where 1..1 is always true and 0..0 never; an optional expression has the interval of its value when present.

`known` has intervals for leaves (fields, references, context days) and may have one for any other expression, which
then holds as well as what is computed. What it does not name has the widest interval of its type.
"""

from collections.abc import Callable, Iterable

from creditdsl.core.calendar import add_months, day_of, month_of, months_between, year_of
from creditdsl.core.ir import (
    FIRST_DAY,
    LAST_DAY,
    MAX_RECORDS,
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    AggregateKind,
    Among,
    And,
    ChoiceAt,
    Choose,
    Constant,
    ContextField,
    DaysBetween,
    DefinitionReference,
    DivideRounded,
    Equal,
    Expression,
    Greatest,
    Interval,
    IsPresent,
    Least,
    Less,
    LessOrEqual,
    MonthOf,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    Or,
    OrdinalOf,
    OrElse,
    Presume,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.known import Facts, Known, Narrowed
from creditdsl.core.rounding import divide_rounded
from creditdsl.core.type_of import type_of
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, Type, plain
from creditdsl.core.walk import LEAVES
from creditdsl.core.workdays import add_workdays, roll_forward, workdays_between

__all__ = [
    "ALWAYS",
    "INPUT_DAYS",
    "INPUT_MONTHS",
    "INT64",
    "MAX_ENUM_VALUES",
    "NEVER",
    "UNDECIDED",
    "Facts",
    "Known",
    "facts_of",
    "interval_of",
    "narrow",
    "range_of",
]

Test = Not | And | Or | Equal | Less | LessOrEqual | Among
"""What decides a Truth from its operands."""

MAX_ENUM_VALUES = 10_000
"""The most values that an enum may have."""

INT64 = Interval(-(2**63), 2**63 - 1)
INPUT_DAYS = Interval(day_of(FIRST_DAY), day_of(LAST_DAY))
INPUT_MONTHS = Interval(month_of(INPUT_DAYS.low), month_of(INPUT_DAYS.high))
UNDECIDED = Interval(0, 1)
ALWAYS = Interval(1, 1)
NEVER = Interval(0, 0)
NOT_COMPUTED = Interval(1, 0)
"""No value lies in it, so nothing that is computed is this."""


def interval_of(expression: Expression, known: Known) -> Interval:
    """The interval of an expression; 0..0 for what is always absent or can never be evaluated, and for a Text."""
    interval = _interval(expression, known)
    return NEVER if interval is None else interval


def range_of(expression: Expression, known: Known) -> Interval | None:
    """What `Definition.range` says of an expression: None for Truth, Choice, Text and what is always absent."""
    match plain(type_of(expression)):
        case Truth() | Choice() | Text():
            return None
        case Number() | Day() | Month():
            return _interval(expression, known)


def narrow(condition: Expression, known: Known, *, holds: bool) -> Known:
    """`known` with what follows when a condition is known to hold (or not to hold).

    A fact that contradicts `known` is left out: such a place is never reached, which `interval_of(condition)` tells.
    """
    return _narrowing(condition, known, holds=holds)[1]


def _narrowing(condition: Expression, known: Known, *, holds: bool) -> tuple[Facts, Known]:
    """What a condition adds to `known`, and both together; worked out once for what remembers it."""
    if not isinstance(known, Narrowed):
        facts = facts_of(condition, known, holds=holds)
        return facts, Narrowed(known, facts) if facts else known
    found = known.narrowings.get((condition, holds))
    if found is None:
        facts = facts_of(condition, known, holds=holds)
        found = known.narrowings[condition, holds] = facts, Narrowed(known, facts) if facts else known
    return found


def _interval(expression: Expression, known: Known) -> Interval | None:
    """None when the expression has no value at all: always absent, or never evaluated."""
    if type(expression) in LEAVES:
        return _read(expression, known)
    if not isinstance(known, Narrowed):
        return _met(expression, known)
    found = known.computed.get(expression, NOT_COMPUTED)
    if found is NOT_COMPUTED:
        found = known.computed[expression] = _met(expression, known)
    return found


def _read(leaf: Expression, known: Known) -> Interval | None:
    if isinstance(leaf, Constant) and not isinstance(leaf.value, str):
        return None if leaf.value is None else Interval(int(leaf.value), int(leaf.value))
    stated = known.get(leaf)
    return _widest(type_of(leaf)) if stated is None else stated


def _met(expression: Expression, known: Known) -> Interval | None:
    """What is computed, within what is known of the expression as a whole."""
    computed = _computed(expression, known)
    stated = known.get(expression)
    if stated is None or computed is None:
        return computed
    return _meet(stated, computed) or stated


def _computed(expression: Expression, known: Known) -> Interval | None:
    match expression:
        case Constant() | ContextField() | SubjectField() | RecordField() | DefinitionReference():
            return _read(expression, known)
        case Presume(operand):
            return _interval(operand, known)
        case OrElse(operand, default):
            return _hull((_interval(operand, known), _interval(default, known)))
        case IsPresent(operand):
            return NEVER if _interval(operand, known) is None else UNDECIDED
        case Not() | And() | Or() | Equal() | Less() | LessOrEqual() | Among():
            return _truth(expression, known)
        case Add(operands):
            parts = [interval_of(operand, known) for operand in operands]
            return Interval(sum(part.low for part in parts), sum(part.high for part in parts))
        case Subtract(left, right):
            first, second = interval_of(left, known), interval_of(right, known)
            return Interval(first.low - second.high, first.high - second.low)
        case Multiply(left, right):
            return _corners(lambda a, b: a * b, interval_of(left, known), interval_of(right, known))
        case Negate(operand):
            inner = interval_of(operand, known)
            return Interval(-inner.high, -inner.low)
        case DivideRounded():
            return _quotient(expression, known)
        case Least(operands):
            parts = [interval_of(operand, known) for operand in operands]
            return Interval(min(part.low for part in parts), min(part.high for part in parts))
        case Greatest(operands):
            parts = [interval_of(operand, known) for operand in operands]
            return Interval(max(part.low for part in parts), max(part.high for part in parts))
        case Choose():
            return _choice(expression, known)
        case YearOf(operand):
            inner = interval_of(operand, known)
            return Interval(year_of(inner.low), year_of(inner.high))
        case MonthOf(operand):
            inner = interval_of(operand, known)
            return Interval(month_of(inner.low), month_of(inner.high))
        case AddDays(day, days):
            first, second = interval_of(day, known), interval_of(days, known)
            return Interval(first.low + second.low, first.high + second.high)
        case AddMonths(day, months):
            first, second = interval_of(day, known), interval_of(months, known)
            return Interval(add_months(first.low, second.low), add_months(first.high, second.high))
        case AddWorkdays(day, workdays, calendar):
            first, second = interval_of(day, known), interval_of(workdays, known)
            low, high = ((first.low, second.low), (first.high, second.high))
            return Interval(add_workdays(calendar, *low), add_workdays(calendar, *high))
        case RollForward(day, calendar):
            inner = interval_of(day, known)
            return Interval(roll_forward(calendar, inner.low), roll_forward(calendar, inner.high))
        case DaysBetween(first_day, second_day):
            first, second = interval_of(first_day, known), interval_of(second_day, known)
            return Interval(second.low - first.high, second.high - first.low)
        case MonthsBetween(first_day, second_day):
            first, second = interval_of(first_day, known), interval_of(second_day, known)
            return Interval(months_between(first.high, second.low), months_between(first.low, second.high))
        case WorkdaysBetween(first_day, second_day, _, calendar):
            first, second = interval_of(first_day, known), interval_of(second_day, known)
            low, high = ((first.high, second.low), (first.low, second.high))
            return Interval(workdays_between(calendar, *low), workdays_between(calendar, *high))
        case OrdinalOf(operand) | ChoiceAt(operand):
            return _interval(operand, known)
        case Aggregate():
            return _aggregate(expression, known)


def _widest(type_: Type) -> Interval:
    match plain(type_):
        case Truth():
            return UNDECIDED
        case Number():
            return INT64
        case Day():
            return INPUT_DAYS
        case Month():
            return INPUT_MONTHS
        case Choice():
            return Interval(0, MAX_ENUM_VALUES - 1)
        case Text():
            return NEVER


def _quotient(division: DivideRounded, known: Known) -> Interval | None:
    """A quotient is monotone where the divisor has one sign, and rounding keeps order, so corners are enough."""
    dividend, divisor = interval_of(division.dividend, known), interval_of(division.divisor, known)
    signs = (_meet(divisor, Interval(1, max(1, divisor.high))), _meet(divisor, Interval(min(-1, divisor.low), -1)))
    return _hull(
        _corners(lambda a, b: divide_rounded(a, b, division.rounding), dividend, part)
        for part in signs
        if part is not None
    )


def _corners(operation: Callable[[int, int], int], left: Interval, right: Interval) -> Interval:
    values = [operation(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Interval(min(values), max(values))


def _choice(choice: Choose, known: Known) -> Interval | None:
    """Each value under what its condition says; a branch that is never taken does not count."""
    values = []
    for branch in choice.branches:
        taken = interval_of(branch.when, known)
        if taken != NEVER:
            values.append(_interval(branch.then, narrow(branch.when, known, holds=True)))
        if taken == ALWAYS:
            return _hull(values)
        known = narrow(branch.when, known, holds=False)
    return _hull((*values, _interval(choice.otherwise, known)))


def _aggregate(aggregate: Aggregate, known: Known) -> Interval | None:
    if interval_of(aggregate.where, known) == NEVER:
        return None if aggregate.kind in (AggregateKind.MAXIMUM, AggregateKind.MINIMUM) else NEVER
    value = None
    if aggregate.value is not None:
        value = interval_of(aggregate.value, narrow(aggregate.where, known, holds=True))
    match aggregate.kind:
        case AggregateKind.ANY:
            return UNDECIDED
        case AggregateKind.COUNT:
            return Interval(0, MAX_RECORDS)
        case AggregateKind.SUM | AggregateKind.SUM_OF_LEAST:
            value = value or NEVER
            return Interval(min(0, value.low) * MAX_RECORDS, max(0, value.high) * MAX_RECORDS)
        case AggregateKind.MAXIMUM | AggregateKind.MINIMUM:
            return value
        case AggregateKind.LONGEST_RUN | AggregateKind.STREAK:
            value = value or NEVER
            return Interval(0, min(MAX_RECORDS, value.high - value.low + 1))


def _truth(condition: Test, known: Known) -> Interval:
    """Whether a Truth is always, never or sometimes true, as far as intervals tell."""
    match condition:
        case Not(operand):
            inner = interval_of(operand, known)
            return Interval(1 - inner.high, 1 - inner.low)
        case And(operands) | Or(operands):
            ends = ALWAYS if isinstance(condition, And) else NEVER
            decided = NEVER if isinstance(condition, And) else ALWAYS
            result = ends
            for operand in operands:
                part = interval_of(operand, known)
                if part == decided:
                    return decided
                result = result if part == ends else UNDECIDED
                known = narrow(operand, known, holds=isinstance(condition, And))
            return result
        case Equal(left, right):
            return _equal(left, right, known)
        case Among(operand, values):
            parts = [_equal(operand, value, known) for value in values]
            if ALWAYS in parts:
                return ALWAYS
            return NEVER if all(part == NEVER for part in parts) else UNDECIDED
        case Less(left, right):
            first, second = interval_of(left, known), interval_of(right, known)
            return Interval(int(first.high < second.low), int(first.low < second.high))
        case LessOrEqual(left, right):
            first, second = interval_of(left, known), interval_of(right, known)
            return Interval(int(first.high <= second.low), int(first.low <= second.high))


def _equal(left: Expression, right: Expression, known: Known) -> Interval:
    type_ = plain(type_of(left))
    if isinstance(left, Constant) and isinstance(right, Constant):
        return ALWAYS if left.value == right.value else NEVER
    if isinstance(type_, Text):
        return UNDECIDED
    first, second = interval_of(left, known), interval_of(right, known)
    if _meet(first, second) is None:
        return NEVER
    return ALWAYS if first == second and first.low == first.high else UNDECIDED


def facts_of(condition: Expression, known: Known, *, holds: bool) -> Facts:
    """Only what a condition adds to `known`; see `narrow`."""
    match condition:
        case SubjectField() | RecordField() | DefinitionReference() | IsPresent():
            return {condition: ALWAYS if holds else NEVER}
        case Not(operand):
            return facts_of(operand, known, holds=not holds)
        case And(operands) | Or(operands):
            if holds == isinstance(condition, And):
                return _all_facts(operands, known, holds=holds)
            return _one_of_facts(operands, known, holds=holds)
        case Equal(left, right):
            return _equality_facts(left, right, known) if holds else _difference_facts(left, right, known)
        case Less(left, right):
            return _order_facts(left, right, 1, known) if holds else _order_facts(right, left, 0, known)
        case LessOrEqual(left, right):
            return _order_facts(left, right, 0, known) if holds else _order_facts(right, left, 1, known)
        case Among(operand, values):
            return _among_facts(operand, values, known, holds=holds)
        case _:
            return {}


def _all_facts(operands: Iterable[Expression], known: Known, *, holds: bool) -> Facts:
    facts: Facts = {}
    for operand in operands:
        added, known = _narrowing(operand, known, holds=holds)
        facts |= added
    return facts


def _one_of_facts(operands: Iterable[Expression], known: Known, *, holds: bool) -> Facts:
    """One operand `holds` and those before it do not: what every such way has in common."""
    ways: list[Facts] = []
    before: Facts = {}
    for operand in operands:
        if interval_of(operand, known) != (NEVER if holds else ALWAYS):
            ways.append({**before, **facts_of(operand, known, holds=holds)})
        added, known = _narrowing(operand, known, holds=not holds)
        before |= added
    if not ways:
        return {}
    common = set(ways[0]).intersection(*ways[1:])
    hulls = {expression: _hull(way[expression] for way in ways) for expression in common}
    return {expression: interval for expression, interval in hulls.items() if interval is not None}


def _equality_facts(left: Expression, right: Expression, known: Known) -> Facts:
    if isinstance(plain(type_of(left)), Text):
        return {}
    first, second = interval_of(left, known), interval_of(right, known)
    return _bound(left, first, second, known) | _bound(right, second, first, known)


def _difference_facts(left: Expression, right: Expression, known: Known) -> Facts:
    if isinstance(plain(type_of(left)), Text):
        return {}
    facts: Facts = {}
    for side, other in ((left, interval_of(right, known)), (right, interval_of(left, known))):
        if other.low == other.high:
            facts |= _without(side, {other.low}, known)
    return facts


def _order_facts(left: Expression, right: Expression, gap: int, known: Known) -> Facts:
    """What `left + gap <= right` says of both sides."""
    first, second = interval_of(left, known), interval_of(right, known)
    below = Interval(min(first.low, second.high - gap), second.high - gap)
    above = Interval(first.low + gap, max(second.high, first.low + gap))
    return _bound(left, first, below, known) | _bound(right, second, above, known)


def _among_facts(operand: Expression, values: tuple[Constant, ...], known: Known, *, holds: bool) -> Facts:
    if isinstance(plain(type_of(operand)), Text):
        return {}
    parts = [interval_of(value, known) for value in values]
    if holds:
        hull = _hull(parts)
        return {} if hull is None else _bound(operand, interval_of(operand, known), hull, known)
    return _without(operand, {part.low for part in parts if part.low == part.high}, known)


def _without(expression: Expression, values: set[int], known: Known) -> Facts:
    """The facts when an expression has none of the values: only ends of its interval can go."""
    interval = interval_of(expression, known)
    low, high = interval.low, interval.high
    while low <= high and low in values:
        low += 1
    while low <= high and high in values:
        high -= 1
    return _bound(expression, interval, Interval(low, high), known) if low <= high else {}


def _bound(expression: Expression, interval: Interval, bound: Interval, known: Known) -> Facts:
    """The facts when an expression lies in `bound`: about itself, and about what it is made of where that is plain.

    `interval` is what is known of the expression already.
    """
    met = None if isinstance(expression, Constant) else _meet(interval, bound)
    if met is None:
        return {}
    match expression:
        case Presume(operand) | OrdinalOf(operand) | ChoiceAt(operand):
            return _bound(operand, interval_of(operand, known), met, known)
        case Negate(operand):
            return _bound(operand, interval_of(operand, known), Interval(-met.high, -met.low), known)
        case Multiply():
            return {expression: met} | _factor_facts(expression, met, known)
        case _:
            return {expression: met}


def _factor_facts(product: Multiply, bound: Interval, known: Known) -> Facts:
    """What a bound on a product says of one factor when the other is a positive constant, as a change of scale is."""
    for factor, operand in ((product.left, product.right), (product.right, product.left)):
        size = interval_of(factor, known).low if isinstance(factor, Constant) else 0
        if size > 0 and -(-bound.low // size) <= bound.high // size:
            least = Interval(-(-bound.low // size), bound.high // size)
            return _bound(operand, interval_of(operand, known), least, known)
    return {}


def _hull(intervals: Iterable[Interval | None]) -> Interval | None:
    """The least interval around several; None stands for nothing at all."""
    present = [interval for interval in intervals if interval is not None]
    if not present:
        return None
    return Interval(min(item.low for item in present), max(item.high for item in present))


def _meet(first: Interval, second: Interval) -> Interval | None:
    low, high = max(first.low, second.low), min(first.high, second.high)
    return Interval(low, high) if low <= high else None
