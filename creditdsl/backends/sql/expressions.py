"""An expression of the core as a SQL tree.

In: an expression, what is known of the intervals of what it reads, and the columns that its leaves are. Out: a tree with the
value of the expression wherever the core would evaluate it. Elsewhere (an absent value presumed present, a branch that is
not taken, a divisor that is zero there) it has any value or NULL, and never fails: SQL does not say what it evaluates.

A Truth is a BOOLEAN, a number the scaled integer as INTEGER or BIGINT, a Day a DATE, a Month the integer of the core, a
Choice and a Text are text; what is absent is NULL. A condition that is evaluated by the core is never NULL.
"""

from collections.abc import Sequence

from creditdsl.backends.sql import arithmetic, build, days
from creditdsl.backends.sql.build import Tree
from creditdsl.backends.sql.scope import Scope, sql_type
from creditdsl.core.calendar import FIRST_DATE, LAST_DATE, date_of
from creditdsl.core.intervals import INT64
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
from creditdsl.core.types import Choice, Day, Month, Number, Text, Truth, plain
from creditdsl.core.walk import children
from creditdsl.diagnostics import InternalError

ALWAYS = Constant(True, Truth())


def write(expression: Expression, scope: Scope) -> Tree:
    """The tree of an expression."""
    match expression:
        case Constant():
            return constant(expression, scope)
        case ContextField(day):
            return scope.target.parameter(day.value, scope.function)
        case SubjectField() | RecordField() | DefinitionReference():
            table, name = scope.columns[expression]
            return build.column(name, table)
        case IsPresent(operand):
            return build.is_present(write(operand, scope))
        case Presume(operand):
            return write(operand, scope)
        case OrElse(operand, default):
            return build.coalesce(write(operand, scope), write(default, scope))
        case Not(operand):
            return _negation(operand, scope)
        case And(operands):
            return build.all_of([write(operand, scope) for operand in operands])
        case Or(operands):
            return build.any_of([write(operand, scope) for operand in operands])
        case Equal(left, right):
            return build.equal(write(left, scope), write(right, scope))
        case Less(left, right):
            return _ordered(left, right, scope, strictly=True)
        case LessOrEqual(left, right):
            return _ordered(left, right, scope, strictly=False)
        case Among(operand, values):
            return _among(operand, values, scope)
        case Add() | Subtract() | Multiply() | Negate() | DivideRounded() | Least() | Greatest():
            return arithmetic.write(expression, [write(part, scope) for part in children(expression)], scope)
        case Choose():
            return _choice(expression, scope)
        case (
            YearOf() | MonthOf() | AddDays() | AddMonths() | AddWorkdays() | RollForward()
            | DaysBetween() | MonthsBetween() | WorkdaysBetween()
        ):  # fmt: skip
            return days.write(expression, [write(part, scope) for part in children(expression)], scope)
        case OrdinalOf(operand, enum):
            places = [(build.text(name), build.integer(place)) for place, name in enumerate(scope.enums[enum].names)]
            return build.matched(write(operand, scope), places)
        case ChoiceAt(ordinal, enum):
            names = [(build.integer(place), build.text(name)) for place, name in enumerate(scope.enums[enum].names)]
            return build.matched(write(ordinal, scope), names)
        case Aggregate():
            raise InternalError("an aggregate inside an expression of one row")


def constant(expression: Constant, scope: Scope) -> Tree:
    """A constant at its type; a Month, whose integer says nothing to a reader, with the month behind it."""
    value, type_ = expression.value, expression.type
    if value is None:
        return build.nothing(sql_type(type_))
    match plain(type_):
        case Truth():
            return build.truth(bool(value))
        case Day():
            return build.day(date_of(min(max(int(value), FIRST_DATE), LAST_DATE)))
        case Month():
            month = build.integer(int(value))
            month.add_comments([build.in_comment(f"{int(value) // 12:04d}-{int(value) % 12 + 1:02d}")])
            return month
        case Number():
            return build.integer(min(max(int(value), INT64.low), INT64.high))
        case Choice() | Text():
            return build.text(str(value))


def _choice(choice: Choose, scope: Scope) -> Tree:
    pairs: list[tuple[Tree, Tree]] = []
    for branch in choice.branches:
        if branch.when == ALWAYS:
            return build.when(pairs, write(branch.then, scope)) if pairs else write(branch.then, scope)
        pairs.append((write(branch.when, scope), write(branch.then, scope)))
    return build.when(pairs, write(choice.otherwise, scope))


def _negation(operand: Expression, scope: Scope) -> Tree:
    if isinstance(operand, IsPresent):
        return build.is_null(write(operand.operand, scope))
    return build.negation(write(operand, scope))


def _ordered(left: Expression, right: Expression, scope: Scope, *, strictly: bool) -> Tree:
    """A comparison; a constant stands on the right, as people write it."""
    first, second = write(left, scope), write(right, scope)
    if isinstance(left, Constant) and not isinstance(right, Constant):
        compare = build.more if strictly else build.at_least
        return compare(second, first)
    return build.less(first, second) if strictly else build.at_most(first, second)


def _among(operand: Expression, values: Sequence[Constant], scope: Scope) -> Tree:
    """`IN`, whose list must not be empty."""
    if not values:
        return build.truth(False)
    return build.one_of(write(operand, scope), [write(value, scope) for value in values])
