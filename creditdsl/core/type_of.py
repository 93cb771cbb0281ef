"""The type of an expression, as its node states it or as follows from its operands."""

from collections.abc import Callable
from operator import attrgetter

from creditdsl.core.ir import (
    Add,
    AddDays,
    AddMonths,
    AddWorkdays,
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
    RollForward,
    SubjectField,
    Subtract,
    WorkdaysBetween,
    YearOf,
)
from creditdsl.core.types import Choice, Day, Month, Number, Truth, Type, Unit, plain


def type_of(expression: Expression) -> Type:
    """The type of an expression, as its node states it or as follows from its operands."""
    return TYPES[type(expression)](expression)


def _presumed(expression: Presume) -> Type:
    return plain(type_of(expression.operand))


def _with_default(expression: OrElse) -> Type:
    return type_of(expression.default)


def _choice(expression: ChoiceAt) -> Type:
    return Choice(expression.enum)


def _always(type_: Type) -> Callable[[Expression], Type]:
    return lambda _: type_


TYPES: dict[type[Expression], Callable[..., Type]] = {
    **dict.fromkeys((Constant, SubjectField, RecordField, DefinitionReference, Aggregate, Choose), attrgetter("type")),
    **dict.fromkeys((Add, Subtract, Multiply, Negate, DivideRounded, Least, Greatest), attrgetter("type")),
    **dict.fromkeys((DaysBetween, MonthsBetween, WorkdaysBetween), attrgetter("type")),
    **dict.fromkeys((IsPresent, Not, And, Or, Equal, Less, LessOrEqual, Among), _always(Truth())),
    **dict.fromkeys((ContextField, AddDays, AddMonths, AddWorkdays, RollForward), _always(Day())),
    **dict.fromkeys((YearOf, OrdinalOf), _always(Number(Unit.NUMBER))),
    MonthOf: _always(Month()),
    Presume: _presumed,
    OrElse: _with_default,
    ChoiceAt: _choice,
}
"""What `type_of` does for each kind of expression: every pass asks for it, of nearly every expression."""
