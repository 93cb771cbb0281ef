"""Types as written to types of the core, with the range of values that input may have.

Where no range is written these hold: whole numbers -1,000,000,000 to 1,000,000,000, yuan 0 to 1,000 亿, points -10,000 to
10,000, rates -1,000 % to 1,000 %, days and months of 1900 to 2199. Amounts have two decimals (fen), points two, rates
two in percent, unless `places` says otherwise.
"""

from creditdsl.checking import messages, operators, rule_messages
from creditdsl.checking.scope import Elaboration
from creditdsl.core import ir
from creditdsl.core.calendar import day_of
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Plain, Text, Truth, Type, Unit
from creditdsl.syntax import tree

DAYS = ir.Interval(day_of(ir.FIRST_DAY), day_of(ir.LAST_DAY))
MONTHS = ir.Interval(ir.FIRST_DAY.year * 12, ir.LAST_DAY.year * 12 + 11)
DEFAULTS: dict[tree.TypeWord, tuple[Unit, int, int, int]] = {
    tree.TypeWord.INT: (Unit.NUMBER, 0, -1_000_000_000, 1_000_000_000),
    tree.TypeWord.YUAN: (Unit.YUAN, 2, 0, 100_000_000_000),
    tree.TypeWord.POINTS: (Unit.POINTS, 2, -10_000, 10_000),
    tree.TypeWord.PERCENT: (Unit.RATE, 4, -10, 10),
}
"""Unit, decimal places, least and greatest whole value."""


def input_type(written: tree.TypeExpression, elaboration: Elaboration) -> tuple[Type, ir.Interval | None] | None:
    """The type and the range of values, or None after reporting."""
    plain = _plain(written, elaboration)
    if plain is None:
        return None
    type_, default = plain
    range_ = _range(written, type_, default, elaboration)
    if range_ is None and default is not None:
        return None
    return (Optional(type_) if written.optional else type_), range_


def _plain(written: tree.TypeExpression, elaboration: Elaboration) -> tuple[Plain, ir.Interval | None] | None:
    match written.name:
        case tree.Identifier(text=text):
            if text not in elaboration.enums:
                elaboration.report(messages.no_such_type(text, written.name.span, list(elaboration.enums)))
                return None
            elaboration.used.add(f"type {text}")
            return Choice(text), None
        case tree.TypeWord.DATE:
            return Day(), DAYS
        case tree.TypeWord.MONTH:
            return Month(), MONTHS
        case tree.TypeWord.TEXT:
            return Text(), None
        case tree.TypeWord.TRUTH:
            return Truth(), None
        case tree.TypeWord.INT | tree.TypeWord.YUAN | tree.TypeWord.POINTS | tree.TypeWord.PERCENT as word:
            unit, places, low, high = DEFAULTS[word]
            if written.places is not None:
                places = written.places + (2 if word is tree.TypeWord.PERCENT else 0)
            return Number(unit, places), ir.Interval(low * 10**places, high * 10**places)


def _range(
    written: tree.TypeExpression, type_: Plain, default: ir.Interval | None, elaboration: Elaboration
) -> ir.Interval | None:
    if written.low is None and written.high is None:
        return default
    if default is None:
        elaboration.report(messages.no_order(type_, written.span))
        return None
    low = default.low if written.low is None else limit(written.low, type_, elaboration)
    high = default.high if written.high is None else limit(written.high, type_, elaboration)
    if low is None or high is None:
        return None
    if low > high:
        elaboration.report(rule_messages.empty_range(written.span))
        return None
    return ir.Interval(low, high)


def limit(written: tree.Expression, type_: Plain, elaboration: Elaboration) -> int | None:
    """A literal as a value of the type: a number in its unit (or without one), a date or a month."""
    match written, type_:
        case tree.Unary(operator=tree.UnaryOperator.NEGATE, operand=operand), _:
            value = limit(operand, type_, elaboration)
            return None if value is None else -value
        case tree.Number(), Number(unit=unit, scale=scale):
            return _number_limit(written, unit, scale, elaboration)
        case tree.DateLiteral(value=day), Day():
            return day_of(day)
        case tree.MonthLiteral(year=year, month=month), Month():
            return year * 12 + month - 1
        case _:
            elaboration.report(messages.wrong_literal(type_, written.span))
            return None


def _number_limit(written: tree.Number, unit: Unit, scale: int, elaboration: Elaboration) -> int | None:
    typed = operators.literal(written)
    match typed.type, typed.expression:
        case Number(unit=own, scale=places), ir.Constant(value=int() as value):
            if own is not unit and own is not Unit.NUMBER:
                elaboration.report(messages.units_do_not_match(own, unit, written.span))
                return None
            if places > scale:
                elaboration.report(messages.too_many_places(places, scale, written.span))
                return None
            return value * int(10 ** (scale - places))
        case _:
            return None
