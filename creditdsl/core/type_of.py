"""The type of an expression, as its node states it or as follows from its operands."""

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
    match expression:
        case Constant() | SubjectField() | RecordField() | DefinitionReference():
            return expression.type
        case ContextField() | AddDays() | AddMonths() | AddWorkdays() | RollForward():
            return Day()
        case Presume(operand):
            return plain(type_of(operand))
        case OrElse(_, default):
            return type_of(default)
        case IsPresent() | Not() | And() | Or() | Equal() | Less() | LessOrEqual() | Among():
            return Truth()
        case Add() | Subtract() | Multiply() | Negate() | DivideRounded() | Least() | Greatest() | Choose():
            return expression.type
        case YearOf() | OrdinalOf():
            return Number(Unit.NUMBER)
        case MonthOf():
            return Month()
        case DaysBetween() | MonthsBetween() | WorkdaysBetween() | Aggregate():
            return expression.type
        case ChoiceAt(_, enum):
            return Choice(enum)
