"""What stands directly, and anywhere, under an expression; and the same expression over something else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import attrgetter

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
    Aggregate,
    Among,
    And,
    Branch,
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


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly under one, in the order in which they are evaluated."""
    return CHILDREN[type(expression)](expression)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything under it, outermost first."""
    waiting = [expression]
    while waiting:
        found = waiting.pop()
        yield found
        inner = children(found)
        if inner:
            waiting += inner[::-1]


def _none(_: Expression) -> tuple[Expression, ...]:
    return ()


def _among(test: Among) -> tuple[Expression, ...]:
    return (test.operand, *test.values)


def _choose(choice: Choose) -> tuple[Expression, ...]:
    return (*(part for branch in choice.branches for part in (branch.when, branch.then)), choice.otherwise)


def _aggregate(aggregate: Aggregate) -> tuple[Expression, ...]:
    value = () if aggregate.value is None else (aggregate.value,)
    start = () if aggregate.start is None else (aggregate.start,)
    return (*start, aggregate.where, *value, *aggregate.keys)


def _one(name: str) -> Callable[[Expression], tuple[Expression, ...]]:
    read = attrgetter(name)
    return lambda expression: (read(expression),)


CHILDREN: dict[type[Expression], Callable[..., tuple[Expression, ...]]] = {
    **dict.fromkeys((Constant, ContextField, SubjectField, RecordField, DefinitionReference), _none),
    **dict.fromkeys((IsPresent, Presume, Not, Negate, YearOf, MonthOf, OrdinalOf), _one("operand")),
    **dict.fromkeys((And, Or, Add, Least, Greatest), attrgetter("operands")),
    **dict.fromkeys((Equal, Less, LessOrEqual, Subtract, Multiply), attrgetter("left", "right")),
    **dict.fromkeys((DaysBetween, MonthsBetween, WorkdaysBetween), attrgetter("first", "second")),
    OrElse: attrgetter("operand", "default"),
    DivideRounded: attrgetter("dividend", "divisor"),
    AddDays: attrgetter("day", "days"),
    AddMonths: attrgetter("day", "months"),
    AddWorkdays: attrgetter("day", "workdays"),
    RollForward: _one("day"),
    ChoiceAt: _one("ordinal"),
    Among: _among,
    Choose: _choose,
    Aggregate: _aggregate,
}
"""What `children` does for each kind of expression: they are asked for too often to be looked for one kind after the other."""


def rebuilt(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The expression with `change` applied to each expression directly under it."""
    match expression:
        case Constant() | ContextField() | SubjectField() | RecordField() | DefinitionReference():
            return expression
        case IsPresent() | Presume() | Not() | Among() | Negate() | YearOf() | MonthOf() | OrdinalOf():
            return replace(expression, operand=change(expression.operand))
        case OrElse():
            return replace(expression, operand=change(expression.operand), default=change(expression.default))
        case And() | Or() | Add() | Least() | Greatest():
            return replace(expression, operands=tuple(change(operand) for operand in expression.operands))
        case Equal() | Less() | LessOrEqual() | Subtract() | Multiply():
            return replace(expression, left=change(expression.left), right=change(expression.right))
        case DivideRounded():
            return replace(expression, dividend=change(expression.dividend), divisor=change(expression.divisor))
        case Choose():
            branches = tuple(Branch(change(branch.when), change(branch.then)) for branch in expression.branches)
            return replace(expression, branches=branches, otherwise=change(expression.otherwise))
        case AddDays():
            return replace(expression, day=change(expression.day), days=change(expression.days))
        case AddMonths():
            return replace(expression, day=change(expression.day), months=change(expression.months))
        case AddWorkdays():
            return replace(expression, day=change(expression.day), workdays=change(expression.workdays))
        case RollForward():
            return replace(expression, day=change(expression.day))
        case DaysBetween() | MonthsBetween() | WorkdaysBetween():
            return replace(expression, first=change(expression.first), second=change(expression.second))
        case ChoiceAt():
            return replace(expression, ordinal=change(expression.ordinal))
        case Aggregate():
            return replace(
                expression,
                where=change(expression.where),
                value=None if expression.value is None else change(expression.value),
                keys=tuple(change(key) for key in expression.keys),
                start=None if expression.start is None else change(expression.start),
            )
