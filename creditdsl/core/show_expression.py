"""Expressions of the core as text: in one line where they fit, else one operand a line.

Numbers stand in their unit, definitions behind `@`, `x!` is a value presumed present. For people: nothing reads it back.
"""

import json
from collections.abc import Iterable

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
from creditdsl.core.notation import decimal, written
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit, plain

WIDTH = 100
"""Characters that an expression may take in one line, its indentation not counted."""


def show_type(type_: Type) -> str:
    """A type such as `points .2`, `date?` or `choice Grade`; `.2` is the scale."""
    optional = "?" if isinstance(type_, Optional) else ""
    match plain(type_):
        case Truth():
            return f"truth{optional}"
        case Number(unit, scale):
            return f"{unit.value}{f' .{scale}' if scale else ''}{optional}"
        case Day():
            return f"date{optional}"
        case Month():
            return f"month{optional}"
        case Choice(enum):
            return f"choice {enum}{optional}"
        case Text():
            return f"text{optional}"


def show_expression(expression: Expression) -> str:
    """An expression in one line."""
    match expression:
        case Constant():
            return _constant(expression)
        case ContextField(name):
            return name.value.replace("period_", "period.")
        case SubjectField(name):
            return name
        case RecordField(table, name):
            return f"{table}.{name}"
        case DefinitionReference(name):
            return f"@{name}"
        case IsPresent(operand):
            return f"{_inner(operand)} is present"
        case Presume(operand):
            return f"{_inner(operand)}!"
        case OrElse(operand, default):
            return f"{_inner(operand)} or else {_inner(default)}"
        case Not(operand):
            return f"not {_inner(operand)}"
        case And(operands):
            return _infix(operands, "and")
        case Or(operands):
            return _infix(operands, "or")
        case Equal(left, right):
            return _infix((left, right), "=")
        case Less(left, right):
            return _infix((left, right), "<")
        case LessOrEqual(left, right):
            return _infix((left, right), "<=")
        case Among(operand, values):
            return f"{_inner(operand)} in {{{', '.join(map(show_expression, values))}}}"
        case Add(operands):
            return _infix(operands, "+")
        case Subtract(left, right):
            return _infix((left, right), "-")
        case Multiply(left, right):
            return _infix((left, right), "*")
        case Negate(operand):
            return f"-{_inner(operand)}"
        case DivideRounded(dividend, divisor, rounding, type_):
            return f"round({_infix((dividend, divisor), '/')}, {rounding.value}, {show_type(type_)})"
        case Least(operands):
            return _call("least", operands)
        case Greatest(operands):
            return _call("greatest", operands)
        case Choose(branches, otherwise):
            arms = [f"{show_expression(branch.when)} -> {show_expression(branch.then)}" for branch in branches]
            return f"choose {{ {' | '.join([*arms, f'otherwise -> {show_expression(otherwise)}'])} }}"
        case YearOf(operand):
            return _call("year", (operand,))
        case MonthOf(operand):
            return _call("month", (operand,))
        case AddDays(day, days):
            return _call("add_days", (day, days))
        case AddMonths(day, months):
            return _call("add_months", (day, months))
        case AddWorkdays(day, workdays):
            return _call("add_workdays", (day, workdays))
        case RollForward(day):
            return _call("roll_forward", (day,))
        case DaysBetween(first, second):
            return _call("days_between", (first, second))
        case MonthsBetween(first, second):
            return _call("months_between", (first, second))
        case WorkdaysBetween(first, second):
            return _call("workdays_between", (first, second))
        case OrdinalOf(operand):
            return _call("ordinal", (operand,))
        case ChoiceAt(position, enum):
            return _call(f"{enum}.at", (position,))
        case Aggregate():
            return f"{expression.kind.value}({', '.join(_aggregate_parts(expression))})"


def expression_lines(expression: Expression, indent: int) -> list[str]:
    """An expression over as many lines as it needs, each indented by at least `indent` spaces."""
    line, space = show_expression(expression), " " * indent
    if len(line) <= WIDTH:
        return [space + line]
    if isinstance(expression, And | Or | Add | Least | Greatest):
        word = {And: "and", Or: "or", Add: "sum", Least: "least", Greatest: "greatest"}[type(expression)]
        return [f"{space}{word}(", *_listed(expression.operands, indent), f"{space})"]
    if isinstance(expression, Choose):
        arms = [part for branch in expression.branches for part in _arm(branch.when, branch.then, indent)]
        return [f"{space}choose {{", *arms, *_arm(None, expression.otherwise, indent), f"{space}}}"]
    if isinstance(expression, Aggregate):
        parts = [f"{space}  {part}" for part in _aggregate_parts(expression)]
        return [f"{space}{expression.kind.value}(", *parts, f"{space})"]
    if isinstance(expression, Not | Negate):
        word = "not" if isinstance(expression, Not) else "negative"
        return [f"{space}{word}(", *expression_lines(expression.operand, indent + 2), f"{space})"]
    if isinstance(expression, ChoiceAt):
        return [f"{space}{expression.enum}.at(", *expression_lines(expression.ordinal, indent + 2), f"{space})"]
    return [space + line]


def _listed(operands: Iterable[Expression], indent: int) -> list[str]:
    return [line for operand in operands for line in expression_lines(operand, indent + 2)]


def _arm(when: Expression | None, then: Expression, indent: int) -> list[str]:
    """`| condition ->` with its value behind it where both fit, else below it."""
    space, condition = " " * (indent + 2), "otherwise" if when is None else show_expression(when)
    value = show_expression(then)
    if len(condition) + len(value) <= WIDTH:
        return [f"{space}| {condition} -> {value}"]
    head = [condition] if when is None else [line.strip() for line in expression_lines(when, 0)]
    first, *rest = head
    continued = [f"{space}    {line}" for line in rest]
    return [f"{space}| {first}", *continued, f"{space}  ->", *expression_lines(then, indent + 6)]


def _constant(constant: Constant) -> str:
    value, type_ = constant.value, plain(constant.type)
    if value is None:
        return "absent"
    if isinstance(type_, Text):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(type_, Number) and type_.unit is Unit.RATE:
        return f"{decimal(int(value) * 100, type_.scale)}%"
    text = written(value, type_)
    if not isinstance(type_, Number) or type_.unit is Unit.NUMBER:
        return text
    return f"{text} {type_.unit.value}"


def _inner(expression: Expression) -> str:
    """An operand, in parentheses where it is made of several words."""
    text = show_expression(expression)
    bare = isinstance(expression, SubjectField | RecordField | DefinitionReference | Constant | ContextField | Presume)
    return text if bare or (text.endswith(")") and not isinstance(expression, _SPACED)) else f"({text})"


_SPACED = (
    IsPresent,
    OrElse,
    Not,
    And,
    Or,
    Equal,
    Less,
    LessOrEqual,
    Among,
    Add,
    Subtract,
    Multiply,
    Negate,
)


def _infix(operands: tuple[Expression, ...], word: str) -> str:
    return f" {word} ".join(_inner(operand) for operand in operands)


def _call(name: str, operands: tuple[Expression, ...]) -> str:
    return f"{name}({', '.join(show_expression(operand) for operand in operands)})"


def _aggregate_parts(aggregate: Aggregate) -> list[str]:
    """The parts of an aggregate in words, those that it does not have left out."""
    parts = [f"each {aggregate.table}"]
    if aggregate.start is not None:
        parts.append(f"from {show_expression(aggregate.start)}")
    if aggregate.keys:
        parts.append(f"per {', '.join(show_expression(key) for key in aggregate.keys)}")
    if aggregate.where != Constant(True, Truth()):
        parts.append(f"where {show_expression(aggregate.where)}")
    if aggregate.value is not None:
        parts.append(f"value {show_expression(aggregate.value)}")
    return parts
