"""The reference interpreter: what a program means, slowly and obviously.

In: a program, a valid subject and the run's days. Out: the value of every definition. Backends are tested against it.
A fault that `verify` should have excluded (an absent value presumed present, a division by zero) is an InternalError.
"""

from collections.abc import Mapping
from dataclasses import replace

from creditdsl.core.calendar import add_months, month_of, months_between, year_of
from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    AggregateKind,
    Among,
    And,
    Calendar,
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
    Program,
    RecordField,
    RollForward,
    SubjectField,
    Subtract,
    Value,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.rounding import divide_rounded
from creditdsl.core.subject import LoadedSubject, Record, RunContext
from creditdsl.core.workdays import add_workdays, covers, roll_forward, workdays_between
from creditdsl.diagnostics import InternalError
from creditdsl.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see: the subject, the definitions before it, and the records at hand by table."""

    program: Program
    subject: LoadedSubject
    context: RunContext
    values: Mapping[str, Value]
    at_hand: Mapping[str, Record]


def evaluate(program: Program, subject: LoadedSubject, context: RunContext) -> dict[str, Value]:
    """The value of every definition by name, in the order of the program; see `core.types` for what values are."""
    return evaluate_with(program, subject, context, {})


def evaluate_with(
    program: Program, subject: LoadedSubject, context: RunContext, fixed: Mapping[str, Value]
) -> dict[str, Value]:
    """As `evaluate`, with some definitions set to a value whatever they say: what would be if they were so."""
    values: dict[str, Value] = {}
    scope = Scope(program, subject, context, values, {})
    for definition in program.definitions:
        name = definition.name
        values[name] = fixed[name] if name in fixed else value_of(definition.expression, scope)
    return values


def matching(table: str, where: Expression | None, scope: Scope) -> tuple[int, ...]:
    """The positions, from 0, of the records of a table that match; all of them without a condition."""
    records = scope.subject.records[table]
    return tuple(
        position
        for position, record in enumerate(records)
        if where is None or _truth(where, _with_record(scope, table, record))
    )


def value_at(expression: Expression, table: str, position: int, scope: Scope) -> Value:
    """The value of an expression over one record, given by its position from 0."""
    return value_of(expression, _with_record(scope, table, scope.subject.records[table][position]))


def value_of(expression: Expression, scope: Scope) -> Value:
    """The value of one expression, None when it is absent."""
    match expression:
        case Constant(value):
            return value
        case ContextField(name):
            return scope.context.day(name)
        case SubjectField(name):
            return scope.subject.fields[name]
        case RecordField(table, name):
            return scope.at_hand[table][name]
        case DefinitionReference(name):
            return scope.values[name]
        case IsPresent(operand):
            return value_of(operand, scope) is not None
        case Presume(operand):
            return _present(operand, scope)
        case OrElse(operand, default):
            value = value_of(operand, scope)
            return value_of(default, scope) if value is None else value
        case Not(operand):
            return not _truth(operand, scope)
        case And(operands):
            return all(_truth(operand, scope) for operand in operands)
        case Or(operands):
            return any(_truth(operand, scope) for operand in operands)
        case Equal(left, right):
            return _present(left, scope) == _present(right, scope)
        case Less(left, right):
            return _number(left, scope) < _number(right, scope)
        case LessOrEqual(left, right):
            return _number(left, scope) <= _number(right, scope)
        case Among(operand, choices):
            return _present(operand, scope) in [choice.value for choice in choices]
        case Add(operands):
            return sum(_number(operand, scope) for operand in operands)
        case Subtract(left, right):
            return _number(left, scope) - _number(right, scope)
        case Multiply(left, right):
            return _number(left, scope) * _number(right, scope)
        case Negate(operand):
            return -_number(operand, scope)
        case DivideRounded():
            return _quotient(expression, scope)
        case Least(operands):
            return min(_number(operand, scope) for operand in operands)
        case Greatest(operands):
            return max(_number(operand, scope) for operand in operands)
        case Choose(branches, otherwise):
            for branch in branches:
                if _truth(branch.when, scope):
                    return value_of(branch.then, scope)
            return value_of(otherwise, scope)
        case YearOf(operand):
            return year_of(_number(operand, scope))
        case MonthOf(operand):
            return month_of(_number(operand, scope))
        case AddDays(day, days):
            return _number(day, scope) + _number(days, scope)
        case AddMonths(day, months):
            return add_months(_number(day, scope), _number(months, scope))
        case AddWorkdays(day, workdays, calendar):
            found = add_workdays(calendar, _covered_day(day, calendar, scope), _number(workdays, scope))
            return _covered(found, calendar)
        case RollForward(day, calendar):
            return _covered(roll_forward(calendar, _covered_day(day, calendar, scope)), calendar)
        case DaysBetween(first, second):
            return _number(second, scope) - _number(first, scope)
        case MonthsBetween(first, second):
            return months_between(_number(first, scope), _number(second, scope))
        case WorkdaysBetween(first, second, _, calendar):
            ends = _covered_day(first, calendar, scope), _covered_day(second, calendar, scope)
            return workdays_between(calendar, *ends)
        case OrdinalOf(operand, enum):
            return scope.program.enum(enum).ordinals[str(_present(operand, scope))]
        case ChoiceAt(position, enum):
            return _choice_at(_number(position, scope), enum, scope)
        case Aggregate():
            return _aggregate(expression, scope)


def _present(expression: Expression, scope: Scope) -> bool | int | str:
    value = value_of(expression, scope)
    if value is None:
        raise InternalError(f"a value is absent where it was proved present: {expression}")
    return value


def _truth(expression: Expression, scope: Scope) -> bool:
    value = value_of(expression, scope)
    if not isinstance(value, bool):
        raise InternalError(f"not a truth value: {expression}")
    return value


def _number(expression: Expression, scope: Scope) -> int:
    value = value_of(expression, scope)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InternalError(f"not a number, a day or a month: {expression}")
    return value


def _covered_day(expression: Expression, calendar: Calendar, scope: Scope) -> int:
    return _covered(_number(expression, scope), calendar)


def _covered(day: int, calendar: Calendar) -> int:
    if not covers(calendar, Interval(day, day)):
        raise InternalError(f"the calendar {calendar.name} does not know the day {day}")
    return day


def _quotient(division: DivideRounded, scope: Scope) -> int:
    dividend, divisor = _number(division.dividend, scope), _number(division.divisor, scope)
    if divisor == 0:
        raise InternalError(f"a divisor is zero: {division}")
    return divide_rounded(dividend, divisor, division.rounding)


def _choice_at(position: int, enum: str, scope: Scope) -> str:
    names = scope.program.enum(enum).names
    if not 0 <= position < len(names):
        raise InternalError(f"{enum} has no value at {position}")
    return names[position]


def _with_record(scope: Scope, table: str, record: Record) -> Scope:
    return replace(scope, at_hand={**scope.at_hand, table: record})


def _aggregate(aggregate: Aggregate, scope: Scope) -> Value:
    """The kinds in the order of `AggregateKind`; what each means is written there."""
    scopes = [_with_record(scope, aggregate.table, record) for record in scope.subject.records[aggregate.table]]
    matches = [within for within in scopes if _truth(aggregate.where, within)]
    keys = [tuple(value_of(key, within) for key in aggregate.keys) for within in matches]
    values = [] if aggregate.value is None else [_number(aggregate.value, within) for within in matches]
    match aggregate.kind:
        case AggregateKind.COUNT:
            return len(set(keys)) if aggregate.keys else len(matches)
        case AggregateKind.ANY:
            return bool(matches)
        case AggregateKind.SUM:
            return sum(values)
        case AggregateKind.SUM_OF_LEAST:
            pairs = list(zip(keys, values, strict=True))
            return sum(min(value for other, value in pairs if other == key) for key in set(keys))
        case AggregateKind.MAXIMUM:
            return max(values, default=None)
        case AggregateKind.MINIMUM:
            return min(values, default=None)
        case AggregateKind.LONGEST_RUN:
            return _longest_run(set(values))
        case AggregateKind.STREAK:
            return _run_down_from(_start(aggregate, scope), set(values))


def _start(aggregate: Aggregate, scope: Scope) -> int:
    if aggregate.start is None:
        raise InternalError("a streak has no start")
    return _number(aggregate.start, scope)


def _longest_run(values: set[int]) -> int:
    lasts = [value for value in values if value + 1 not in values]
    return max((_run_down_from(last, values) for last in lasts), default=0)


def _run_down_from(start: int, values: set[int]) -> int:
    """How many of start, start - 1, start - 2, … are there without a gap."""
    length = 0
    while start - length in values:
        length += 1
    return length
