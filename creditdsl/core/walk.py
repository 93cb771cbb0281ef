"""What stands directly, and anywhere, under an expression."""

from collections.abc import Iterator

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    Aggregate,
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
    SubjectField,
    Subtract,
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
        case AddDays(day, amount) | AddMonths(day, amount):
            return (day, amount)
        case DaysBetween(first, second) | MonthsBetween(first, second):
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
