"""The steps that every part of the elaboration shares: a present value, a condition, values of one type.

They call the elaboration of sub-expressions through `Elaboration.elaborate`, so that aggregates, quotients and table
look-ups, which stand below `checking.expressions`, can go back into it.
"""

from creditdsl.checking import messages, operators, rule_messages
from creditdsl.checking.scope import DAY, TRUE, ContextDays, Scope, Typed, choice_of, conjunction
from creditdsl.core import ir
from creditdsl.core.calendar import day_of
from creditdsl.core.types import Day, Number, Optional, Truth, Type
from creditdsl.syntax import tree


def day_number(literal: tree.DateLiteral) -> int:
    """Days since 1970-01-01."""
    return day_of(literal.value)


def elaborate(expression: tree.Expression, scope: Scope, expected: Type | None = None) -> Typed | None:
    """The core expression and its type, which is Optional where the value may be absent."""
    return scope.elaboration.elaborate(expression, scope, expected)


def value(expression: tree.Expression, scope: Scope, expected: Type | None = None) -> Typed | None:
    """A value that is present: what may be absent is reported unless the scope knows that it is not."""
    typed = elaborate(expression, scope, expected)
    return None if typed is None else presumed(typed, expression, scope)


def presumed(typed: Typed, expression: tree.Expression, scope: Scope) -> Typed | None:
    """The value at its plain type, if the scope knows that it is present."""
    if not isinstance(typed.type, Optional):
        return typed
    if typed.expression not in scope.present:
        scope.report(messages.may_be_absent(expression))
        return None
    return Typed(ir.Presume(typed.expression), typed.type.of, typed.product)


def condition(expression: tree.Expression, scope: Scope) -> ir.Expression | None:
    """A Truth that is present."""
    typed = value(expression, scope)
    if typed is None:
        return None
    if not isinstance(typed.type, Truth):
        scope.report(messages.not_a_condition(typed.type, expression.span))
        return None
    return typed.expression


def enum_value(name: tree.Identifier, type_: Type, scope: Scope) -> ir.Constant | None:
    """The constant of an enum value, reported when the type has none of that name."""
    choice = choice_of(type_)
    if choice is None:
        scope.report(messages.not_a_choice(type_, name.span))
        return None
    enum = scope.elaboration.enums[choice.enum]
    if name.text not in enum.ordinals:
        scope.report(messages.no_such_value(name, choice.enum, enum.names))
        return None
    return ir.Constant(name.text, choice)


def align(values: list[Typed], scope: Scope, where: tree.Expression) -> list[Typed] | None:
    """The values at one type: one unit and the greatest scale for numbers, the same type for all others."""
    units = [item.type.unit for item in values if isinstance(item.type, Number) and not operators.is_zero(item)]
    if units:
        values = [operators.adapt(item, units[0]) for item in values]
    scale = max(operators.scale_of(item.type) for item in values)
    values = [operators.scaled(item, scale) for item in values]
    first = values[0]
    for other in values[1:]:
        if other.type != first.type or other.product != first.product:
            match first.type, other.type:
                case Number(unit=a), Number(unit=b):
                    scope.report(messages.units_do_not_match(a, b, where.span))
                case _:
                    scope.report(messages.types_do_not_fit(first.type, other.type, where.span))
            return None
    return values


def record_day(name: tree.Identifier, inner: Scope) -> tuple[ir.Expression, Typed] | None:
    """Whether a date field of the record at hand is present, and the day it then is."""
    record = inner.record
    item = None if record is None else next((field for field in record.fields if field.name == name.text), None)
    if name.text in inner.elaboration.untyped:
        return None
    if record is None or item is None:
        fields = [field.name for field in record.fields] if record else []
        inner.report(messages.not_declared(name.text, name.span, fields))
        return None
    inner.elaboration.used.add(f"{record.name}.{name.text}")
    field = ir.RecordField(record.name, item.name, item.type)
    match item.type:
        case Day():
            return TRUE, Typed(field, item.type)
        case Optional(of=Day() as day):
            return ir.IsPresent(field), Typed(ir.Presume(field), day)
        case other:
            inner.report(messages.types_do_not_fit(other, Day(), name.span))
            return None


def effective_condition(validity: tree.Validity | None, scope: Scope) -> ir.Expression | None:
    """Whether the day that an interval is judged by lies in it: the last day of the period, when nothing else is said.

    A record whose day is absent lies in no interval.
    """
    if validity is None:
        return TRUE
    judged = _judging_day(validity, scope)
    if judged is None:
        return None
    tests, day = [judged[0]], judged[1]
    if validity.start is not None:
        tests.append(ir.LessOrEqual(ir.Constant(day_of(validity.start), DAY), day))
    if validity.end is not None:
        tests.append(ir.LessOrEqual(day, ir.Constant(day_of(validity.end), DAY)))
    return conjunction(tests)


def _judging_day(validity: tree.Validity, scope: Scope) -> tuple[ir.Expression, ir.Expression] | None:
    """That the day is present, and the day."""
    match validity.judged_by:
        case None:
            return TRUE, ContextDays[ir.ContextDay.PERIOD_END]
        case tree.Context(word):
            return TRUE, ContextDays[ir.ContextDay(word.value)]
        case tree.Reference(name) as field:
            if scope.record is None:
                scope.report(rule_messages.judged_without_record(field))
                return None
            found = record_day(tree.Identifier(name, span=field.span), scope)
            return None if found is None else (found[0], found[1].expression)
