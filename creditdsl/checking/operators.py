"""What arithmetic and comparison mean, by type: units, scales, and the one node of the core that does it.

Every function takes elaborated, plain operands and gives an elaborated result, or None after reporting. Scales are
aligned here, so that the core adds and compares integers.
"""

from fractions import Fraction

from creditdsl.checking import messages
from creditdsl.checking.scope import NUMBER, Scope, Typed
from creditdsl.checking.workdays import add_workdays
from creditdsl.core import ir
from creditdsl.core.types import Choice, Day, Month, Number, Optional, Text, Truth, Type, Unit
from creditdsl.source import Span
from creditdsl.syntax import tree

LARGEST_SCALE = 12
"""Decimal places that an intermediate result may have; beyond it the policy must round."""

UNITS: dict[tree.UnitWord, tuple[Unit, Fraction]] = {
    tree.UnitWord.POINTS: (Unit.POINTS, Fraction(1)),
    tree.UnitWord.YUAN: (Unit.YUAN, Fraction(1)),
    tree.UnitWord.TEN_THOUSAND_YUAN: (Unit.YUAN, Fraction(10_000)),
    tree.UnitWord.HUNDRED_MILLION_YUAN: (Unit.YUAN, Fraction(100_000_000)),
    tree.UnitWord.PERCENT: (Unit.RATE, Fraction(1, 100)),
    tree.UnitWord.PERCENTAGE_POINTS: (Unit.RATE, Fraction(1, 100)),
    tree.UnitWord.DAYS: (Unit.DAYS, Fraction(1)),
    tree.UnitWord.WORKDAYS: (Unit.WORKDAYS, Fraction(1)),
    tree.UnitWord.MONTHS: (Unit.MONTHS, Fraction(1)),
    tree.UnitWord.YEARS: (Unit.YEARS, Fraction(1)),
}


def literal(number: tree.Number) -> Typed:
    """The constant that a number with its unit stands for, at the smallest scale that holds it."""
    unit, factor = UNITS[number.unit] if number.unit else (Unit.NUMBER, Fraction(1))
    dividend, divisor = number.digits * factor.numerator, 10**number.places * factor.denominator
    scale = 0
    while dividend % divisor:
        dividend *= 10
        scale += 1
    type_ = Number(unit, scale)
    return Typed(ir.Constant(dividend // divisor, type_), type_)


def scaled(typed: Typed, scale: int) -> Typed:
    """The same number at a scale that is not smaller."""
    match typed.type:
        case Number(unit=unit, scale=current):
            if current == scale:
                return typed
            type_ = Number(unit, scale)
            factor = 10 ** (scale - current)
            if isinstance(typed.expression, ir.Constant) and isinstance(typed.expression.value, int):
                return Typed(ir.Constant(typed.expression.value * factor, type_), type_, typed.product)
            by = ir.Constant(factor, Number(Unit.NUMBER, scale - current))
            return Typed(ir.Multiply(typed.expression, by, type_), type_, typed.product)
        case _:
            return typed


def scale_of(type_: Type) -> int:
    match type_:
        case Number(scale=scale) | Optional(of=Number(scale=scale)):
            return scale
        case _:
            return 0


def is_zero(typed: Typed) -> bool:
    """Whether it is the literal 0 without a unit, which fits every unit."""
    return typed.expression == ir.Constant(0, NUMBER)


def adapt(typed: Typed, unit: Unit) -> Typed:
    """A unit-less 0 takes the unit it meets, a unit-less whole number a duration's; everything else stays."""
    match typed.expression:
        case ir.Constant(value=int() as number, type=Number(unit=Unit.NUMBER, scale=0)) if number == 0 or unit in (
            Unit.DAYS,
            Unit.WORKDAYS,
            Unit.MONTHS,
            Unit.YEARS,
        ):
            type_ = Number(unit)
            return Typed(ir.Constant(number, type_), type_)
        case _:
            return typed


def same_unit(left: Typed, right: Typed, scope: Scope, span: Span) -> tuple[Typed, Typed] | None:
    """Both numbers at one scale, if they have one unit."""
    if not (isinstance(left.type, Number) and isinstance(right.type, Number)):
        scope.report(messages.types_do_not_fit(left.type, right.type, span))
        return None
    units = left.type.unit, right.type.unit
    left, right = adapt(left, units[1]), adapt(right, units[0])
    if not (isinstance(left.type, Number) and isinstance(right.type, Number)):
        return None
    if left.type.unit is not right.type.unit or left.product != right.product:
        scope.report(messages.units_do_not_match(left.type.unit, right.type.unit, span))
        return None
    scale = max(left.type.scale, right.type.scale)
    return scaled(left, scale), scaled(right, scale)


def add(left: Typed, right: Typed, scope: Scope, span: Span) -> Typed | None:
    """Numbers of one unit, or a day and a duration."""
    if isinstance(left.type, Day):
        return shift(left, right, scope, span, backwards=False)
    pair = same_unit(left, right, scope, span)
    if pair is None:
        return None
    first, second = pair
    operands = (*_terms(first), *_terms(second))
    return Typed(ir.Add(operands, first.type), first.type, first.product)


def _terms(typed: Typed) -> tuple[ir.Expression, ...]:
    """A sum of sums is one flat sum."""
    return typed.expression.operands if isinstance(typed.expression, ir.Add) else (typed.expression,)


def subtract(left: Typed, right: Typed, scope: Scope, span: Span) -> Typed | None:
    """Numbers of one unit, a duration from a day, or the days between two days."""
    if isinstance(left.type, Day):
        if isinstance(right.type, Day):
            type_ = Number(Unit.DAYS)
            return Typed(ir.DaysBetween(right.expression, left.expression, type_), type_)
        return shift(left, right, scope, span, backwards=True)
    pair = same_unit(left, right, scope, span)
    if pair is None:
        return None
    first, second = pair
    return Typed(ir.Subtract(first.expression, second.expression, first.type), first.type, first.product)


def shift(day: Typed, duration: Typed, scope: Scope, span: Span, *, backwards: bool) -> Typed | None:
    """A day some days, workdays, months or years later or earlier."""
    match duration.type:
        case Number(unit=Unit.WORKDAYS, scale=0) as type_:
            workdays = _times(duration.expression, -1, type_) if backwards else duration.expression
            return add_workdays(day, workdays, scope, span)
        case Number(unit=Unit.DAYS | Unit.MONTHS | Unit.YEARS as unit, scale=0):
            amount = duration.expression
            if unit is Unit.YEARS:
                amount = _times(amount, 12, Number(Unit.MONTHS))
            if backwards:
                amount = _times(amount, -1, duration.type)
            moved = ir.AddDays(day.expression, amount) if unit is Unit.DAYS else ir.AddMonths(day.expression, amount)
            return Typed(moved, Day())
        case _:
            scope.report(messages.not_a_duration(duration.type, span))
            return None


def _times(amount: ir.Expression, factor: int, type_: Number) -> ir.Expression:
    if isinstance(amount, ir.Constant) and isinstance(amount.value, int):
        return ir.Constant(amount.value * factor, type_)
    return ir.Multiply(amount, ir.Constant(factor, NUMBER), type_)


def multiply(left: Typed, right: Typed, scope: Scope, span: Span) -> Typed | None:
    """A number times anything, a rate of anything; two units give a product, which only a quotient can use."""
    match left.type, right.type:
        case Number(unit=first, scale=a), Number(unit=second, scale=b):
            if a + b > LARGEST_SCALE:
                scope.report(messages.too_many_places(a + b, LARGEST_SCALE, span))
                return None
            units = _product_units(left, first) + _product_units(right, second)
            product: tuple[Unit, ...] = ()
            if len(units) == 1:
                unit = units[0]
            elif units:
                unit, product = Unit.NUMBER, tuple(sorted(units, key=lambda item: item.value))
            else:
                unit = Unit.RATE if Unit.RATE in (first, second) else Unit.NUMBER
            type_ = Number(unit, a + b)
            folded = _folded_product(left.expression, right.expression, type_)
            return Typed(folded, type_, product)
        case _:
            scope.report(messages.types_do_not_fit(left.type, right.type, span))
            return None


def share_of(rate: Typed, whole: Typed, scope: Scope, span: Span) -> Typed | None:
    """`10% of x`: a rate of a number has the unit of that number, plain numbers included."""
    if not (isinstance(rate.type, Number) and rate.type.unit is Unit.RATE):
        scope.report(messages.not_a_rate(rate.type, span))
        return None
    product = multiply(rate, whole, scope, span)
    match whole.type, product:
        case Number(unit=Unit.NUMBER), Typed(expression=ir.Multiply(left, right), type=Number(scale=scale)):
            type_ = Number(Unit.NUMBER, scale)
            return Typed(ir.Multiply(left, right, type_), type_)
        case _:
            return product


def _folded_product(left: ir.Expression, right: ir.Expression, type_: Number) -> ir.Expression:
    match left, right:
        case ir.Constant(value=int() as a), ir.Constant(value=int() as b):
            return ir.Constant(a * b, type_)
        case _:
            return ir.Multiply(left, right, type_)


def _product_units(typed: Typed, unit: Unit) -> tuple[Unit, ...]:
    if typed.product:
        return typed.product
    return () if unit in (Unit.NUMBER, Unit.RATE) else (unit,)


def arithmetic(expression: tree.Binary, left: Typed, right: Typed, scope: Scope) -> Typed | None:
    """Sum, difference or product of two present values."""
    match expression.operator:
        case tree.BinaryOperator.ADD:
            return add(left, right, scope, expression.span)
        case tree.BinaryOperator.SUBTRACT:
            return subtract(left, right, scope, expression.span)
        case tree.BinaryOperator.OF:
            return share_of(left, right, scope, expression.span)
        case _:
            return multiply(left, right, scope, expression.span)


def quotient_unit(dividend: Typed, divisor: Typed) -> Unit | None:
    """The unit of a quotient: a rate when the units cancel, what is left when one is left, None otherwise."""
    if not (isinstance(dividend.type, Number) and isinstance(divisor.type, Number)):
        return None
    over = list(_product_units(dividend, dividend.type.unit))
    for unit in _product_units(divisor, divisor.type.unit):
        if unit not in over:
            return None
        over.remove(unit)
    if len(over) > 1:
        return None
    return over[0] if over else Unit.RATE


COMPARISONS = {
    tree.BinaryOperator.EQUAL,
    tree.BinaryOperator.NOT_EQUAL,
    tree.BinaryOperator.LESS,
    tree.BinaryOperator.LESS_OR_EQUAL,
    tree.BinaryOperator.GREATER,
    tree.BinaryOperator.GREATER_OR_EQUAL,
}


def compare(operator: tree.BinaryOperator, left: Typed, right: Typed, scope: Scope, span: Span) -> ir.Expression | None:
    """A comparison of two plain values of one type."""
    match left.type, right.type:
        case (Number(), _) | (_, Number()):
            pair = same_unit(left, right, scope, span)
            if pair is None:
                return None
            left, right = pair
        case (Day(), Day()) | (Month(), Month()):
            pass
        case (Text(), Text()) | (Truth(), Truth()):
            if not _is_equality(operator):
                scope.report(messages.no_order(left.type, span))
                return None
        case Choice(enum=first), Choice(enum=second) if first == second:
            if not _is_equality(operator):
                scope.report(messages.no_order(left.type, span))
                return None
        case _:
            scope.report(messages.types_do_not_fit(left.type, right.type, span))
            return None
    return comparison_node(operator, left.expression, right.expression)


def _is_equality(operator: tree.BinaryOperator) -> bool:
    return operator in (tree.BinaryOperator.EQUAL, tree.BinaryOperator.NOT_EQUAL)


def comparison_node(operator: tree.BinaryOperator, left: ir.Expression, right: ir.Expression) -> ir.Expression:
    """The node of a comparison whose operands are aligned."""
    match operator:
        case tree.BinaryOperator.EQUAL:
            return ir.Equal(left, right)
        case tree.BinaryOperator.NOT_EQUAL:
            return ir.Not(ir.Equal(left, right))
        case tree.BinaryOperator.LESS:
            return ir.Less(left, right)
        case tree.BinaryOperator.LESS_OR_EQUAL:
            return ir.LessOrEqual(left, right)
        case tree.BinaryOperator.GREATER:
            return ir.Less(right, left)
        case _:
            return ir.LessOrEqual(right, left)


def rounding_of(mode: tree.RoundingMode) -> ir.Rounding:
    return ir.Rounding(mode.value)
