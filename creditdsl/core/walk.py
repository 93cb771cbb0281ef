"""What stands directly, and anywhere, under an expression; and the same expression over something else."""

from collections.abc import Callable, Iterator
from dataclasses import replace

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
    match expression:
        case Constant() | ContextField() | SubjectField() | RecordField() | DefinitionReference():
            return ()
        case IsPresent(operand) | Presume(operand):
            return (operand,)
        case OrElse(operand, default):
            return (operand, default)
        case Not(operand):
            return (operand,)
        case And(operands) | Or(operands):
            return operands
        case Equal(left, right) | Less(left, right) | LessOrEqual(left, right):
            return (left, right)
        case Among(operand, values):
            return (operand, *values)
        case Add(operands) | Least(operands) | Greatest(operands):
            return operands
        case Subtract(left, right) | Multiply(left, right):
            return (left, right)
        case Negate(operand):
            return (operand,)
        case DivideRounded(dividend, divisor):
            return (dividend, divisor)
        case Choose(branches, otherwise):
            return (*(part for branch in branches for part in (branch.when, branch.then)), otherwise)
        case YearOf(operand) | MonthOf(operand):
            return (operand,)
        case AddDays(day, amount) | AddMonths(day, amount) | AddWorkdays(day, amount):
            return (day, amount)
        case RollForward(day):
            return (day,)
        case DaysBetween(first, second) | MonthsBetween(first, second) | WorkdaysBetween(first, second):
            return (first, second)
        case OrdinalOf(operand) | ChoiceAt(operand):
            return (operand,)
        case Aggregate():
            value = () if expression.value is None else (expression.value,)
            start = () if expression.start is None else (expression.start,)
            return (*start, expression.where, *value, *expression.keys)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything under it, outermost first."""
    yield expression
    for child in children(expression):
        yield from walk(child)


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
